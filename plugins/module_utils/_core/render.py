# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bases and Descriptions: a Subscription as it applies to one cluster, and what is delivered there.

Reference, sections "Objects" (names, fields, labels) and "Overrides".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name, description_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import Provenance, digest, still_holds
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import GENERIC, HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    ObjectKey,
    identity_uid,
    label_value_slug,
    shorten,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    ApiObject,
    Description,
    HelmChart,
    ManagedCluster,
    Manifest,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

Source: TypeAlias = Union[Manifest, HelmChart]


@dataclass(frozen=True, slots=True)
class Rendered:
    """One Subscription in one cluster.

    :param base: the Base, raw.
    :param descriptions: its Descriptions, raw, Generic before Helm; a status that the hub holds is kept.
    :param warnings: patches that missed their target, one sentence each.
    """

    base: dict[str, Any]
    descriptions: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...] = ()


class Renderer:
    """Renders the Subscriptions of one snapshot; what clusters have in common is worked out once.

    :param overlay: the policies of the same snapshot.
    """

    def __init__(self, snapshot: Snapshot, overlay: Overlay) -> None:
        self._snapshot = snapshot
        self._overlay = overlay
        self._digests: dict[ObjectKey, str] = {}

    def render(self, subscription: Subscription, cluster: ManagedCluster) -> Rendered:
        """Base and Descriptions of a Subscription in a cluster.

        :raises InvalidInput: for a feed without its object, or a policy that cannot be applied.
        """
        sources = [self._snapshot.resolve(feed) for feed in subscription.feeds]
        base = self._base(subscription, cluster)
        descriptions: list[dict[str, Any]] = []
        warnings: list[str] = []
        for deployer, kind in ((GENERIC, Manifest), (HELM, HelmChart)):
            group = [source for source in sources if isinstance(source, kind)]
            if group:
                description, missed = self._description(subscription, cluster, base, deployer, group)
                descriptions.append(description)
                warnings.extend(missed)
        return Rendered(base, tuple(descriptions), tuple(warnings))

    def _base(self, subscription: Subscription, cluster: ManagedCluster) -> dict[str, Any]:
        name = base_name(subscription.meta.namespace, subscription.meta.name)
        stored = self._snapshot.bases_by_key.get((cluster.namespace, name))
        metadata = {
            **_kept_metadata(stored, "Base", cluster.namespace, name),
            "labels": _labels("Subscription", subscription.raw["metadata"], subscription, cluster),
            "annotations": {api.ANNOTATION_SUBSCRIPTION: _full_name(subscription)},
        }
        spec = {"feeds": [feed.as_raw() for feed in subscription.feeds]}
        return {"apiVersion": api.APPS_API_VERSION, "kind": "Base", "metadata": metadata, "spec": spec}

    def _description(
        self,
        subscription: Subscription,
        cluster: ManagedCluster,
        base: Mapping[str, Any],
        deployer: str,
        sources: Sequence[Source],
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        name = description_name(base["metadata"]["name"], deployer)
        stored = self._snapshot.descriptions_by_key.get((cluster.namespace, name))
        inputs, now = self._inputs(subscription, sources), self._overlay.now(cluster, sources)
        warnings: tuple[str, ...] = ()
        if stored is not None and still_holds(stored, inputs, now, self._overlay.policies):
            spec = stored.raw["spec"]
        else:
            spec, warnings = self._spec(cluster, deployer, sources)
        record = Provenance(inputs, now, digest(spec))
        metadata = {
            **_kept_metadata(stored, "Description", cluster.namespace, name),
            "labels": _labels("Base", base["metadata"], subscription, cluster),
            "annotations": {
                api.ANNOTATION_SUBSCRIPTION: _full_name(subscription),
                api.ANNOTATION_RENDERED_FROM: record.text(),
            },
            "ownerReferences": [_owner(base)],
        }
        description = {"apiVersion": api.APPS_API_VERSION, "kind": "Description", "metadata": metadata, "spec": spec}
        if stored is not None and stored.status:
            description["status"] = stored.status
        return description, warnings

    def _inputs(self, subscription: Subscription, sources: Sequence[Source]) -> str:
        fed = [self._digest(source, "template" if isinstance(source, Manifest) else "spec") for source in sources]
        return digest([self._digest(subscription, "spec"), *fed])

    def _digest(self, item: ApiObject, field: str) -> str:
        known = self._digests.get(item.key)
        if known is None:
            known = self._digests[item.key] = digest(item.raw.get(field))
        return known

    def _spec(
        self, cluster: ManagedCluster, deployer: str, sources: Sequence[Source]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        laid = [self._overlay.lay(cluster, source) for source in sources]
        warnings = tuple(warning for item in laid for warning in item.warnings)
        spec: dict[str, Any] = {"deployer": deployer}
        if deployer == HELM:
            spec["charts"] = [{"namespace": each.meta.namespace, "name": each.meta.name} for each in sources]
            spec["chartRaw"] = [encode(item.chart) for item in laid]
        spec["raw"] = [encode(item.generic) for item in laid]
        return spec, warnings


def encode(value: Any) -> str:
    """A value as the API's byte fields hold it: compact JSON with sorted keys, in base64; empty for None."""
    if value is None:
        return ""
    return base64.b64encode(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).decode()


def decode(text: str) -> Any:
    """The value of a byte field; None for an empty one.

    :raises InvalidInput: when it is no base64 of JSON.
    """
    try:
        return json.loads(base64.b64decode(text, validate=True)) if text else None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{shorten(text)!r} is no base64 of JSON") from error


def objects_of(description: Description) -> tuple[Mapping[str, Any], ...]:
    """The objects that a Description holds, in its order; none in one for Helm.

    :raises InvalidInput: for an entry that is none; the next `distribute` makes a damaged Description again.
    """
    if description.deployer != GENERIC:
        return ()
    found = []
    for index, text in enumerate(description.raw_objects):
        try:
            raw = decode(text)
            ObjectKey.of(raw if isinstance(raw, dict) else {})
        except InvalidInput as error:
            raise InvalidInput(
                f"{description.key}: spec.raw[{index}]: {error}; run multicluster.apps.distribute"
            ) from error
        found.append(raw)
    return tuple(found)


def _full_name(subscription: Subscription) -> str:
    return f"{subscription.meta.namespace}/{subscription.meta.name}"


def _kept_metadata(stored: ApiObject | None, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """The metadata that an object keeps from run to run, with the uid that a new one will have on a directory hub."""
    if stored is not None:
        return {field: value for field, value in stored.raw["metadata"].items() if field != "deletionTimestamp"}
    uid = identity_uid(ObjectKey(api.APPS_GROUP, kind, namespace, name))
    return {"name": name, "namespace": namespace, "uid": uid}


def _labels(
    parent_kind: str, parent: Mapping[str, Any], subscription: Subscription, cluster: ManagedCluster
) -> dict[str, str]:
    """Reference, "Labels written on Bases and Descriptions"; names that no label can hold become slugs."""
    labels = {
        api.LABEL_CREATED_BY: api.CREATED_BY,
        api.LABEL_CONFIG_KIND: parent_kind,
        api.LABEL_CONFIG_NAMESPACE: parent["namespace"],
        api.LABEL_CONFIG_NAME: parent["name"],
        api.LABEL_CONFIG_UID: parent["uid"],
        api.LABEL_SUBSCRIPTION_NAME: subscription.meta.name,
        api.LABEL_SUBSCRIPTION_NAMESPACE: subscription.meta.namespace,
        api.LABEL_SUBSCRIPTION_UID: subscription.meta.uid,
        api.LABEL_CLUSTER_ID: cluster.cluster_id,
        api.LABEL_CLUSTER_NAME: cluster.name,
    }
    return {key: label_value_slug(value) for key, value in labels.items()}


def _owner(base: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": base["apiVersion"],
        "kind": base["kind"],
        "name": base["metadata"]["name"],
        "uid": base["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
