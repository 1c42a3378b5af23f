# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions: which number a cluster's Descriptions have, what is kept of them, and which one a cluster is pinned to.

A revision of a cluster is all Descriptions of one Base together. A number belongs to a Subscription: clusters that one run
changes share it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import content_name, revision_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import (
    Provenance,
    is_intact,
    output_digest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ControllerRevision,
    Description,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import packed, unpacked
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

_API_VERSION = "apps/v1"


class Numbering:
    """Gives numbers to what is rendered from one snapshot; the same ones in whatever order it is asked."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._current: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        self._history: dict[tuple[str, str], dict[tuple[str, ...], int]] = {}
        self._largest: defaultdict[str, int] = defaultdict(int)
        self._elsewhere: dict[tuple[str, tuple[str, ...]], int] = {}
        for key, revisions in snapshot.revisions_by_base.items():
            self._history[key] = {item.contents: item.number for item in revisions}
            for item in revisions:
                self._note(key[1], item.contents, item.number)
        for key, descriptions in snapshot.descriptions_by_base.items():
            number, contents = number_of(descriptions), contents_of(descriptions)
            if number is not None:
                self._current[key] = number, contents
                self._note(key[1], contents, number)

    def number(self, namespace: str, base: str, contents: tuple[str, ...]) -> int:
        """The number of what a Base delivers: the one that this content has in this cluster already, or a new one.

        A new one is larger than every number of the Subscription in any cluster. Another cluster's number for the same
        content is taken where this cluster has none as large: so a canary and the clusters after it come to one number.
        """
        current = self._current.get((namespace, base))
        if current is not None and current[1] == contents:
            return current[0]
        history = self._history.get((namespace, base), {})
        if contents in history:
            return history[contents]
        own = max((*history.values(), current[0] if current else 0))
        elsewhere = self._elsewhere.get((base, contents), 0)
        return elsewhere if elsewhere > own else self._largest[base] + 1

    def _note(self, base: str, contents: tuple[str, ...], number: int) -> None:
        self._largest[base] = max(self._largest[base], number)
        self._elsewhere[base, contents] = max(self._elsewhere.get((base, contents), 0), number)


def number_of(descriptions: Sequence[Description]) -> int | None:
    """The number that all these Descriptions of one Base say; None where they say none, or not one."""
    found = {item.meta.annotations.get(api.ANNOTATION_REVISION, "") for item in descriptions}
    text = found.pop() if len(found) == 1 else ""
    return int(text) if text.isascii() and text.isdigit() else None


def contents_of(descriptions: Iterable[Description]) -> tuple[str, ...]:
    """The names of the contents that these Descriptions were rendered as, in their order; what is no rendering has none."""
    records = map(Provenance.of, descriptions)
    return tuple(content_name(record.output) for record in records if record is not None)


def pin_of(base: Base | None) -> int | None:
    """The number that a Base is pinned to.

    :raises InvalidInput: where somebody wrote what is no number.
    """
    text = None if base is None else base.meta.annotations.get(api.ANNOTATION_PINNED)
    if base is None or text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InvalidInput(
            f"{base.key}: the annotation {api.ANNOTATION_PINNED} is {text!r}; the number of a revision is accepted, and "
            "multicluster.apps.rollback writes it"
        )
    return int(text)


def revision_of(snapshot: Snapshot, namespace: str, base: str, number: int) -> ControllerRevision | None:
    """A cluster's revision by its number; None where the hub has none."""
    found = snapshot.revisions_by_base.get((namespace, base), ())
    return next((item for item in found if item.number == number), None)


def specs_of(revision: ControllerRevision, snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """The specs of the Descriptions that a revision was, in their order.

    :raises InvalidInput: where a content is lost or damaged.
    """
    specs = []
    for name in revision.contents:
        content = snapshot.contents_by_name.get(name)
        try:
            if content is None:
                raise InvalidInput("it is not on the hub")
            spec = unpacked(content.raw.get("data"))
            if content_name(output_digest(spec)) != name:
                raise InvalidInput("somebody changed it")
        except InvalidInput as error:
            raise InvalidInput(
                f"{revision.key}: its content {api.RESERVED_NAMESPACE}/{name} cannot be used: {error}; choose another revision"
            ) from error
        specs.append(spec)
    return tuple(specs)


def is_whole(revision: ControllerRevision, snapshot: Snapshot) -> bool:
    """Whether all contents of a revision are on the hub."""
    return all(name in snapshot.contents_by_name for name in revision.contents)


def content_object(spec: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The content that keeps the spec of a Description."""
    metadata = _metadata(api.RESERVED_NAMESPACE, name) | {"labels": {api.LABEL_CREATED_BY: api.CREATED_BY}}
    return {
        "apiVersion": _API_VERSION,
        "kind": ControllerRevision.KIND,
        "metadata": metadata,
        "data": packed(spec),
        "revision": 0,
    }


def delivered_revision(base: Base, descriptions: Sequence[Description]) -> dict[str, Any] | None:
    """The revision that a full success of these Descriptions is; None where they have no number, or are no renderings.

    :param descriptions: all of the Base, exactly as they were delivered.
    """
    number = number_of(descriptions)
    records = [(item, Provenance.of(item)) for item in descriptions]
    if not number or not all(record is not None and is_intact(item, record) for item, record in records):
        return None
    metadata = {
        **_metadata(base.meta.namespace, revision_name(base.meta.name, number)),
        "labels": dict(base.meta.labels),
        "annotations": {api.ANNOTATION_SUBSCRIPTION: base.meta.annotations.get(api.ANNOTATION_SUBSCRIPTION, "")},
        # No owner: a Base that is wanted again while it is being deleted is made anew, and a server would collect what the
        # old one owned. What outlives its Base goes with `unused`.
    }
    objects = sum(len(item.charts if item.deployer == HELM else item.raw_objects) for item in descriptions)
    return {
        "apiVersion": _API_VERSION,
        "kind": ControllerRevision.KIND,
        "metadata": metadata,
        "data": {"contents": list(contents_of(descriptions)), "objects": objects},
        "revision": number,
    }


def outdated(
    revisions: Sequence[ControllerRevision], kept: Collection[int], limit: int
) -> tuple[ControllerRevision, ...]:
    """The revisions of one Base beyond the limit: the ones with the smallest numbers.

    :param kept: the numbers of the current and the pinned one, which count and never go.
    """
    falling = sorted(revisions, key=lambda item: (item.number not in kept, -item.number))
    return tuple(item for item in falling[limit:] if item.number not in kept)


def unused(snapshot: Snapshot) -> Iterator[ControllerRevision]:
    """What nothing needs any more: revisions of Bases that are gone, then contents that nothing refers to.

    :param snapshot: the whole hub, as far as Bases, Descriptions and revisions go.
    """
    referred = set(
        contents_of(item for item in snapshot.descriptions if api.ANNOTATION_REVISION in item.meta.annotations)
    )
    for key, revisions in sorted(snapshot.revisions_by_base.items()):
        if key not in snapshot.bases_by_key:
            yield from revisions
        else:
            referred.update(name for item in revisions for name in item.contents)
    yield from (item for name, item in sorted(snapshot.contents_by_name.items()) if name not in referred)


def _metadata(namespace: str, name: str) -> dict[str, Any]:
    uid = identity_uid(ObjectKey(ControllerRevision.GROUP, ControllerRevision.KIND, namespace, name))
    return {"name": name, "namespace": namespace, "uid": uid}
