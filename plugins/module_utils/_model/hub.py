# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub holds, and changes to it, as plain data.

A hub speaks in raw objects: parsing and validation happen once, above the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    ANNOTATION_CREATED,
    LABEL_CLUSTER_ID,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as the hub holds it.

    :param raw: the object; `metadata.uid` and `metadata.creationTimestamp` are always there.
    :param version: what optimistic concurrency compares; opaque. None: known to this run, not stored yet.
    :param source: where it is, for messages: a file, or the address of a server.
    """

    raw: Mapping[str, Any]
    version: str | None
    source: str

    @property
    def key(self) -> ObjectKey:
        """The identity of the object, without its version."""
        return ObjectKey.of(self.raw)


@dataclass(frozen=True, slots=True)
class Put:
    """Create or replace one object, status included.

    :param raw: the object whole.
    :param version: the version that was read; None says that the object must not exist yet.
    """

    raw: Mapping[str, Any]
    version: str | None

    @property
    def key(self) -> ObjectKey:
        """The identity of the object, without its version."""
        return ObjectKey.of(self.raw)


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove one object.

    :param version: the version that was read.
    """

    key: ObjectKey
    version: str


Change: TypeAlias = "Put | Delete"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything of a hub that one run read, once.

    :param objects: by identity.
    :param warnings: one sentence for each thing that was left aside (a file that is no hub object).
    :param clusternet: a sentence that says which Lease shows that Clusternet's own controllers run on this hub right now;
        empty where none does.
    """

    objects: Mapping[ObjectKey, StoredObject]
    warnings: tuple[str, ...] = ()
    clusternet: str = ""

    def with_changes(self, changes: Iterable[Change], now: str) -> Contents:
        """What the hub will hold once `changes` are written: the same objects that `write` leaves behind.

        :param now: RFC 3339, UTC, whole seconds; the creation time of what is new.
        """
        objects = dict(self.objects)
        for change in changes:
            if isinstance(change, Delete):
                objects.pop(change.key, None)
                continue
            previous = objects.get(change.key)
            raw = with_identity(change.raw, previous.raw if previous else None, now)
            objects[change.key] = StoredObject(raw, change.version, previous.source if previous else "this run")
        return replace(self, objects=objects)

    def after(self, changes: Iterable[Change], stored: Iterable[StoredObject]) -> Contents:
        """What the hub holds now that it has written `changes`.

        :param stored: what the hub answered: one for each Put.
        """
        objects = dict(self.objects)
        for change in changes:
            if isinstance(change, Delete):
                objects.pop(change.key, None)
        objects.update((item.key, item) for item in stored)
        return replace(self, objects=objects)


def marked(stored: StoredObject, now: str) -> Put | None:
    """The change that marks an object as being deleted, as Kubernetes does; None where it is so already."""
    metadata = stored.raw["metadata"]
    if metadata.get("deletionTimestamp"):
        return None
    return Put({**stored.raw, "metadata": {**metadata, "deletionTimestamp": now}}, stored.version)


def coalesce(changes: Iterable[Change]) -> tuple[Change, ...]:
    """One change for each object: the last, in its place, for the version that the first one read."""
    last: dict[ObjectKey, Change] = {}
    for change in changes:
        earlier = last.pop(change.key, None)
        if isinstance(change, Put) and change.version is None and earlier is not None:
            change = replace(change, version=earlier.version)
        last[change.key] = change
    return tuple(last.values())


def with_uids(raw: Mapping[str, Any], uids: Mapping[str, str]) -> Mapping[str, Any]:
    """Replace uids in the values of labels and in owner references: those that were predicted, or of another hub.

    :param uids: the old uid to the new one.
    :returns: a new mapping, or `raw` itself where nothing is replaced.
    """
    metadata = raw["metadata"]
    # The id of a cluster may have been made as its uid was predicted, and is no uid for all that: it stays for life.
    labels = {
        key: value if key == LABEL_CLUSTER_ID else _renamed(value, uids)
        for key, value in (metadata.get("labels") or {}).items()
    }
    owners = [
        {**owner, "uid": uids[owner["uid"]]} if owner.get("uid") in uids else owner
        for owner in metadata.get("ownerReferences") or ()
    ]
    changed = {
        field: value
        for field, value in (("labels", labels), ("ownerReferences", owners))
        if value and value != metadata[field]
    }
    return {**raw, "metadata": {**metadata, **changed}} if changed else raw


def _renamed(value: Any, uids: Mapping[str, str]) -> Any:
    """What stands for a uid that is replaced; every other value as it is, of whatever type."""
    return uids.get(value, value) if isinstance(value, str) else value


def with_identity(raw: Mapping[str, Any], previous: Mapping[str, Any] | None, now: str) -> dict[str, Any]:
    """Give an object the uid and the creation time that it keeps for life; what the caller wrote there does not count.

    A new object that comes from another hub says in an annotation when it was made, and that time is its own from then on.

    :param previous: the object as it is stored, or None where it is new.
    :returns: a new mapping; `raw` is left as it is.
    """
    before: Mapping[str, Any] = (previous or {}).get("metadata") or {}
    metadata = {**raw["metadata"]}
    annotations = metadata.get("annotations") or {}
    created = before.get("creationTimestamp") or annotations.get(ANNOTATION_CREATED) or now
    if not before and ANNOTATION_CREATED in annotations:
        del metadata["annotations"]
        rest = {key: value for key, value in annotations.items() if key != ANNOTATION_CREATED}
        metadata |= {"annotations": rest} if rest else {}
    metadata |= {"uid": before.get("uid") or identity_uid(ObjectKey.of(raw)), "creationTimestamp": created}
    return {**raw, "metadata": metadata}
