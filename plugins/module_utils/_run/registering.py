# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ManagedClusters out of inventory hosts (`register`)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import cluster_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    ObjectKey,
    identity_uid,
    is_label_key,
    label_value_slug,
    slug,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema import TAINTS
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Taint, taint_findings
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import (
    PREFIX,
    VARIABLES,
    annotations_for,
    connection_from_variables,
    is_connection_annotation,
)

# Annotations that `register` writes, beside those that say how a cluster is reached.
_OURS = (
    api.ANNOTATION_CAPACITY,
    api.ANNOTATION_FULL_NAME,
    api.ANNOTATION_INVENTORY_LABELS,
    api.ANNOTATION_INVENTORY_TAINTS,
)


@dataclass(frozen=True, slots=True)
class Host:
    """An inventory host that is a managed cluster.

    :param groups: the names of its groups, without `all` and `ungrouped`.
    :param variables: its `multicluster_*` variables, templated.
    :param base_dir: the directory of its inventory.
    """

    name: str
    groups: tuple[str, ...]
    variables: Mapping[str, Any]
    base_dir: str


def plan_register(
    hosts: Sequence[Host], contents: Contents, hub_dir: str | None
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes that make a ManagedCluster of each host, and warnings.

    A host that is missing is no reason to remove a cluster. Labels that others put on a ManagedCluster stay, and so do taints
    unless the inventory says which there are. What the inventory gave and does not give any more is taken back.

    :param hub_dir: the directory of the hub; None where it is an API server.
    :raises InvalidInput: with all that is wrong with the hosts' variables; two hosts that make one cluster.
    """
    changes: list[Change] = []
    problems: list[str] = []
    taken: dict[ObjectKey | str, str] = {}
    known = [key for key in contents.objects if key.kind == "ManagedCluster"]
    for host in hosts:
        try:
            raw = _managed_cluster(host, contents, hub_dir)
            _claim(taken, host, ObjectKey.of(raw))
        except InvalidInput as error:
            problems.extend(error.problems)
            continue
        stored = contents.objects.get(ObjectKey.of(raw))
        if stored is None:
            problems.extend(_twins(host, ObjectKey.of(raw), known))
        if stored is None or stored.raw != raw:
            changes.append(Put(raw, stored.version if stored else None))
    if problems:
        raise InvalidInput(problems)
    return tuple(changes), (*_skipped_groups(hosts), *_unknown_variables(hosts))


def _claim(taken: dict[ObjectKey | str, str], host: Host, key: ObjectKey) -> None:
    for claim in (key, key.namespace):
        if claim in taken:
            raise InvalidInput(
                f"hosts {taken[claim]} and {host.name} would share {claim} on the hub; rename one of them"
            )
    taken[key] = taken[key.namespace] = host.name


def _twins(host: Host, key: ObjectKey, known: Sequence[ObjectKey]) -> Iterable[str]:
    """Why a new ManagedCluster cannot be: one of the name is elsewhere, or another one in the namespace."""
    for other in known:
        if other.name == key.name:
            yield (
                f"host {host.name}: its cluster is on the hub in namespace {other.namespace} and would be a second one in "
                f"{key.namespace}; leave multicluster_namespace as it was, or remove {other} first"
            )
        elif other.namespace == key.namespace:
            yield f"host {host.name}: namespace {key.namespace} is that of {other}; a cluster has a namespace of its own"


def _managed_cluster(host: Host, contents: Contents, hub_dir: str | None) -> dict[str, Any]:
    where = f"host {host.name}"
    connection_from_variables(host.name, host.variables, host.base_dir)
    name = slug(host.name)
    namespace = host.variables.get(f"{PREFIX}namespace") or cluster_namespace(name)
    key = ObjectKey(api.CLUSTERS_GROUP, "ManagedCluster", str(namespace), name)
    stored: Mapping[str, Any] = contents.objects[key].raw if key in contents.objects else {}
    cluster_id = _cluster_id(host, stored, key)
    labels, annotations = _labels(host, stored, cluster_id, name), _annotations(host, stored, hub_dir)
    spec = {"syncMode": "Push", **(stored.get("spec") or {}), "clusterId": cluster_id}
    if given := _given_taints(host):
        spec["taints"] = given
    else:
        spec.pop("taints", None)
    metadata = {**(stored.get("metadata") or {}), "name": name, "namespace": namespace, "labels": labels}
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    raw = {"apiVersion": api.CLUSTERS_API_VERSION, "kind": "ManagedCluster", "metadata": metadata, "spec": spec}
    parse(raw, where)
    if kept := _taints_of_others(host, stored, f"{where}: {key}"):
        raw["spec"] = {**spec, "taints": kept}
    return raw | ({"status": stored["status"]} if "status" in stored else {})


def _given_taints(host: Host) -> list[Any]:
    """What the inventory says of taints.

    :raises InvalidInput: naming the variable. An API server takes any text, and a mistyped effect would keep nothing away.
    """
    given = host.variables.get(f"{PREFIX}taints")
    if given is None:
        return []
    findings = list(TAINTS.findings(given)) or [
        finding.below(f"[{index}]") for index, each in enumerate(given) for finding in taint_findings(each)
    ]
    if findings:
        name = f"variable {PREFIX}taints"
        raise InvalidInput(f"host {host.name}: {finding.below(name)}" for finding in findings)
    return list(given)


def _taints_of_others(host: Host, stored: Mapping[str, Any], where: str) -> list[Any]:
    """What is on the ManagedCluster and not from the inventory; where this says which taints there are, nothing of it stays.

    :raises InvalidInput: when what is there cannot be read.
    """
    if host.variables.get(f"{PREFIX}taints") is not None:
        return []
    taints = (stored.get("spec") or {}).get("taints") or []
    if wrong := [finding for finding in TAINTS.findings(taints) if not finding.tolerable]:
        raise InvalidInput(f"{where}: {finding.below('spec.taints')}" for finding in wrong)
    annotations = (stored.get("metadata") or {}).get("annotations") or {}
    ours = annotations.get(api.ANNOTATION_INVENTORY_TAINTS, "").split(",")
    return [each for each in taints if str(Taint.of(each)) not in ours]


def _cluster_id(host: Host, stored: Mapping[str, Any], key: ObjectKey) -> str:
    given = host.variables.get(f"{PREFIX}cluster_id")
    if given in (None, ""):
        return str((stored.get("spec") or {}).get("clusterId") or identity_uid(key))
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        raise InvalidInput(
            f"host {host.name}: variable {PREFIX}cluster_id is {given!r}, which is no UUID "
            "(such as 6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57); leave it out to have one made from the name"
        ) from None


def _labels(host: Host, stored: Mapping[str, Any], cluster_id: str, name: str) -> dict[str, str]:
    given = host.variables.get(f"{PREFIX}labels") or {}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"host {host.name}: variable {PREFIX}labels must be a mapping of label keys to values")
    metadata = stored.get("metadata") or {}
    ours = set(filter(None, (metadata.get("annotations") or {}).get(api.ANNOTATION_INVENTORY_LABELS, "").split(",")))
    others = {
        key: value
        for key, value in (metadata.get("labels") or {}).items()
        if key not in ours and not key.startswith(api.GROUP_LABEL_PREFIX)
    }
    groups = {api.GROUP_LABEL_PREFIX + group: "true" for group in host.groups}
    return {
        **others,
        **{str(key): label_text(value) for key, value in given.items()},
        **{key: value for key, value in groups.items() if is_label_key(key)},
        api.LABEL_CLUSTER_ID: cluster_id,
        api.LABEL_CLUSTER_NAME: label_value_slug(name),
    }


def label_text(value: Any) -> str:
    """The value of a label, as text; YAML reads `true` and `2` as what no label can be."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _annotations(host: Host, stored: Mapping[str, Any], hub_dir: str | None) -> dict[str, str]:
    before = (stored.get("metadata") or {}).get("annotations") or {}
    kept = {key: value for key, value in before.items() if not is_connection_annotation(key) and key not in _OURS}
    kept.update(annotations_for(host.variables, host.base_dir, hub_dir))
    if (capacity := host.variables.get(f"{PREFIX}capacity")) is not None:
        ClusterRoom.given(capacity, f"host {host.name}: variable {PREFIX}capacity")
        kept[api.ANNOTATION_CAPACITY] = json.dumps(capacity, sort_keys=True)
    if labels := host.variables.get(f"{PREFIX}labels"):
        kept[api.ANNOTATION_INVENTORY_LABELS] = ",".join(sorted(map(str, labels)))
    if taints := _given_taints(host):
        kept[api.ANNOTATION_INVENTORY_TAINTS] = ",".join(sorted(str(Taint.of(each)) for each in taints))
    if slug(host.name) != host.name:
        kept[api.ANNOTATION_FULL_NAME] = host.name
    return kept


def _unknown_variables(hosts: Iterable[Host]) -> tuple[str, ...]:
    """A mistyped `multicluster_labelz` would be without effect and without a word."""
    found = sorted({name for host in hosts for name in host.variables} - VARIABLES)
    return tuple(
        f"variable {name} of the inventory means nothing; there are {', '.join(sorted(VARIABLES))}" for name in found
    )


def _skipped_groups(hosts: Iterable[Host]) -> tuple[str, ...]:
    groups = sorted(
        {group for host in hosts for group in host.groups if not is_label_key(api.GROUP_LABEL_PREFIX + group)}
    )
    return tuple(f"group {group} makes no valid label key and was left out of the clusters' labels" for group in groups)
