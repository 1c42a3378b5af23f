# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bases and Descriptions: a Subscription as it applies to one cluster, and what is delivered there.

Reference, sections "Objects" (names, fields, labels) and "Overrides".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import (
    base_name,
    content_name,
    description_name,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import Overridden
from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import (
    Provenance,
    digest,
    is_intact,
    output_digest,
    still_holds,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import (
    Numbering,
    contents_of,
    pin_of,
    revision_of,
    specs_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.split import (
    ENTRY_LIMIT,
    is_complete,
    json_size,
    part_marks,
    split,
    too_large,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import GENERIC, HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    Feed,
    ObjectKey,
    identity_uid,
    label_value_slug,
    shorten,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    ApiObject,
    Base,
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
    :param descriptions: its Descriptions, raw, Generic before Helm, and in parts where they are large; a status that the hub
        holds is kept.
    :param warnings: patches that missed their target, one sentence each.
    :param pin: the number of the revision that it is kept at; None where it is what is wanted now.
    """

    base: dict[str, Any]
    descriptions: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...] = ()
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """What a Base delivers with one deployer.

    :param specs: of its Descriptions, in order.
    :param inputs: what they were made from; see `Provenance`.
    """

    deployer: str
    specs: tuple[Mapping[str, Any], ...]
    inputs: str
    now: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Renderer:
    """Renders the Subscriptions of one snapshot; what clusters have in common is worked out once.

    :param overlay: the policies of the same snapshot.
    :param numbered: whether revisions are kept, and so have numbers.
    """

    def __init__(self, snapshot: Snapshot, overlay: Overlay, *, numbered: bool = True) -> None:
        self._snapshot = snapshot
        self._overlay = overlay
        self._numbering = Numbering(snapshot) if numbered else None
        self._digests: dict[ObjectKey, str] = {}

    def render(self, subscription: Subscription, cluster: ManagedCluster) -> Rendered:
        """Base and Descriptions of a Subscription in a cluster; where its Base is pinned, of that revision.

        :raises InvalidInput: for a feed without its object, a policy that cannot be applied, an object that is too large, or a
            revision that is lost.
        """
        name = base_name(subscription.meta.namespace, subscription.meta.name)
        stored = self._snapshot.bases_by_key.get((cluster.namespace, name))
        pin = pin_of(stored)
        groups = self._pinned(cluster, name, pin) if pin else self._groups(subscription, cluster, name)
        feeds = _feeds_in(groups) if pin else subscription.feeds
        base = _base(subscription, cluster, stored, feeds, pin)
        descriptions = self._descriptions(subscription, cluster, base, groups, pin)
        return Rendered(base, descriptions, tuple(warning for group in groups for warning in group.warnings), pin)

    def _groups(self, subscription: Subscription, cluster: ManagedCluster, base: str) -> list[_Group]:
        sources = [self._snapshot.resolve(feed) for feed in subscription.feeds]
        by_deployer = (
            (GENERIC, [source for source in sources if isinstance(source, Manifest)]),
            (HELM, [source for source in sources if isinstance(source, HelmChart)]),
        )
        return [self._group(subscription, cluster, base, *each) for each in by_deployer if each[1]]

    def _group(
        self, subscription: Subscription, cluster: ManagedCluster, base: str, deployer: str, sources: Sequence[Source]
    ) -> _Group:
        stored = self._stored(cluster, base, deployer)
        inputs, now = self._inputs(subscription, sources), self._overlay.now(cluster, sources, subscription.full_name)
        if is_complete(stored) and all(still_holds(item, inputs, now, self._overlay.policies) for item in stored):
            return _Group(deployer, tuple(item.raw["spec"] for item in stored), inputs, now)
        laid = [self._overlay.lay(cluster, source, subscription.full_name) for source in sources]
        warnings = tuple(warning for item in laid for warning in item.warnings)
        specs = _chart_specs(sources, laid) if deployer == HELM else _object_specs(laid)
        return _Group(deployer, specs, inputs, now, warnings)

    def _pinned(self, cluster: ManagedCluster, base: str, number: int) -> list[_Group]:
        """The Descriptions of a revision: the stored ones where they are that, else out of what is kept of it."""
        revision = revision_of(self._snapshot, cluster.namespace, base, number)
        if revision is None:
            raise InvalidInput(
                f"it is pinned to revision {number}, which the hub no longer has; end that with multicluster.apps.rollback and "
                "state=released"
            )
        stored = [*self._stored(cluster, base, GENERIC), *self._stored(cluster, base, HELM)]
        records = [(item, Provenance.of(item)) for item in stored]
        if contents_of(stored) == revision.contents and all(each and is_intact(item, each) for item, each in records):
            specs: Sequence[Mapping[str, Any]] = [item.raw["spec"] for item in stored]
        else:
            specs = specs_of(revision, self._snapshot)
        by_deployer = ((name, tuple(spec for spec in specs if spec["deployer"] == name)) for name in (GENERIC, HELM))
        return [_Group(name, found, f"revision {number}") for name, found in by_deployer if found]

    def _stored(self, cluster: ManagedCluster, base: str, deployer: str) -> tuple[Description, ...]:
        found = self._snapshot.descriptions_by_base.get((cluster.namespace, base), ())
        return tuple(item for item in found if item.deployer == deployer)

    def _descriptions(
        self,
        subscription: Subscription,
        cluster: ManagedCluster,
        base: Mapping[str, Any],
        groups: Sequence[_Group],
        pin: int | None,
    ) -> tuple[dict[str, Any], ...]:
        outputs = {group.deployer: [output_digest(spec) for spec in group.specs] for group in groups}
        number = pin
        if number is None and self._numbering is not None:
            contents = tuple(content_name(output) for found in outputs.values() for output in found)
            number = self._numbering.number(cluster.namespace, base["metadata"]["name"], contents)
        shared = {api.ANNOTATION_SUBSCRIPTION: subscription.full_name}
        if number is not None:
            shared[api.ANNOTATION_REVISION] = str(number)
        labels = _labels("Base", base["metadata"], subscription, cluster)
        made = []
        for group in groups:
            marks = part_marks(outputs[group.deployer])
            for part, (spec, output, mark) in enumerate(
                zip(group.specs, outputs[group.deployer], marks, strict=True), 1
            ):
                record = Provenance(group.inputs, group.now, output).text()
                annotations = {
                    **shared,
                    api.ANNOTATION_RENDERED_FROM: record,
                    **({api.ANNOTATION_PART: mark} if mark else {}),
                }
                name = description_name(base["metadata"]["name"], group.deployer, part)
                made.append(self._description(name, base, {"labels": labels, "annotations": annotations}, spec))
        return tuple(made)

    def _description(
        self, name: str, base: Mapping[str, Any], marks: Mapping[str, Any], spec: Mapping[str, Any]
    ) -> dict[str, Any]:
        namespace = base["metadata"]["namespace"]
        stored = self._snapshot.descriptions_by_key.get((namespace, name))
        metadata = {
            **_kept_metadata(stored, "Description", namespace, name),
            **marks,
            "annotations": {**_kept_annotations(stored), **marks["annotations"]},
            "ownerReferences": [_owner(base)],
        }
        description = {"apiVersion": api.APPS_API_VERSION, "kind": "Description", "metadata": metadata, "spec": spec}
        if stored is not None and stored.status:
            description["status"] = stored.status
        return description

    def _inputs(self, subscription: Subscription, sources: Sequence[Source]) -> str:
        fed = [self._digest(source, "template" if isinstance(source, Manifest) else "spec") for source in sources]
        return digest([self._digest(subscription, "spec"), *fed])

    def _digest(self, item: ApiObject, field: str) -> str:
        known = self._digests.get(item.key)
        if known is None:
            # A server has filled in defaults; nothing is made anew for that.
            known = self._digests[item.key] = digest(with_defaults(item.raw).get(field))
        return known


def _object_specs(laid: Sequence[Overridden]) -> tuple[dict[str, Any], ...]:
    parts = split([(Feed.to(item.generic), encode(item.generic)) for item in laid])
    return tuple({"deployer": GENERIC, "raw": list(part)} for part in parts)


def _chart_specs(sources: Sequence[Source], laid: Sequence[Overridden]) -> tuple[dict[str, Any], ...]:
    """One spec: the names of releases follow from the name of the Description, so a chart never moves to another one."""
    spec = {
        "deployer": HELM,
        "charts": [{"namespace": each.meta.namespace, "name": each.meta.name} for each in sources],
        "chartRaw": [encode(item.chart) for item in laid],
        "raw": [encode(item.generic) for item in laid],
    }
    size = json_size(spec)
    if size > ENTRY_LIMIT:
        raise InvalidInput(too_large("what the HelmCharts of a Subscription come to, with their values", size))
    return (spec,)


def _feeds_in(groups: Iterable[_Group]) -> Iterator[Feed]:
    """The feeds that a Subscription had when it came to this."""
    for group in groups:
        for spec in group.specs:
            for text in spec["chartRaw"] if group.deployer == HELM else spec["raw"]:
                yield Feed.to(decode(text))


def _base(
    subscription: Subscription, cluster: ManagedCluster, stored: Base | None, feeds: Iterable[Feed], pin: int | None
) -> dict[str, Any]:
    name = base_name(subscription.meta.namespace, subscription.meta.name)
    pinned = {} if pin is None else {api.ANNOTATION_PINNED: str(pin)}
    metadata = {
        **_kept_metadata(stored, "Base", cluster.namespace, name),
        "labels": _labels("Subscription", subscription.raw["metadata"], subscription, cluster),
        "annotations": {**_kept_annotations(stored), api.ANNOTATION_SUBSCRIPTION: subscription.full_name, **pinned},
    }
    spec = {"feeds": [feed.as_raw() for feed in feeds]}
    return {"apiVersion": api.APPS_API_VERSION, "kind": "Base", "metadata": metadata, "spec": spec}


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


def _kept_metadata(stored: ApiObject | None, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """The metadata that an object keeps from run to run, with the uid that a new one will have on a directory hub."""
    if stored is not None:
        return {field: value for field, value in stored.raw["metadata"].items() if field != "deletionTimestamp"}
    uid = identity_uid(ObjectKey(api.APPS_GROUP, kind, namespace, name))
    return {"name": name, "namespace": namespace, "uid": uid}


def _kept_annotations(stored: ApiObject | None) -> dict[str, str]:
    """What an object that came from another hub says of when it was made."""
    annotations = stored.meta.annotations if stored is not None else {}
    return {key: annotations[key] for key in (api.ANNOTATION_CREATED,) if key in annotations}


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
