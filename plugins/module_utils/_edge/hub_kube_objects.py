# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An object of the hub as its API server has it, beside what is handed up of it and what is sent to it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import text_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    APPS_GROUP,
    CLUSTERS_GROUP,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import is_ours

Raw = Mapping[str, Any]

# Holds what is being deleted until it has left its cluster. Clusternet's own, so that its controllers know it.
FINALIZER: Final = f"{APPS_GROUP}/finalizer"
_CLUSTERNETS: Final = (f"{APPS_GROUP}/", f"{CLUSTERS_GROUP}/")
# What we make carries the finalizer on the server and nowhere else.
_HELD_KINDS: Final = frozenset({"Base", "Description"})

# Bookkeeping of the server, which no hub hands up.
_SERVERS_OWN: Final = frozenset(
    {"deletionGracePeriodSeconds", "generation", "managedFields", "resourceVersion", "selfLink"}
)
# What only the server writes.
_NOT_SENT: Final = _SERVERS_OWN | {"creationTimestamp", "deletionTimestamp", "finalizers", "uid"}
_EMPTY_IS_ABSENT: Final = frozenset({"annotations", "finalizers", "labels", "ownerReferences"})


@dataclass(frozen=True, slots=True)
class ServerObject:
    """An object as the server answered it.

    :param raw: without `managedFields`, which are many and of no use here.
    """

    raw: Raw

    @classmethod
    def of(cls, answer: Raw) -> ServerObject:
        """What an answer, or an entry of a list, holds."""
        metadata = {field: value for field, value in answer["metadata"].items() if field != "managedFields"}
        return cls({**answer, "metadata": metadata})

    @property
    def key(self) -> ObjectKey:
        """The identity of the object."""
        return ObjectKey.of(self.raw)

    @property
    def uid(self) -> str:
        """What tells the object from a later one of its name."""
        return str(self.raw["metadata"].get("uid") or "")

    @property
    def version(self) -> str:
        """What optimistic concurrency compares."""
        return str(self.raw["metadata"].get("resourceVersion") or "")

    @property
    def deleting(self) -> bool:
        """Whether it only waits for its finalizers."""
        return bool(self.raw["metadata"].get("deletionTimestamp"))

    @property
    def finalizers(self) -> tuple[str, ...]:
        """All of them, hidden or not."""
        return tuple(self.raw["metadata"].get("finalizers") or ())

    def stored(self, hub: str) -> StoredObject:
        """What is handed up.

        :param hub: the address of the server.
        """
        metadata = {
            field: value
            for field, value in self.raw["metadata"].items()
            if field not in _SERVERS_OWN and (value or field not in _EMPTY_IS_ABSENT)
        }
        if FINALIZER in self.finalizers and is_held(self.raw):
            rest = [name for name in self.finalizers if name != FINALIZER]
            metadata = {field: value for field, value in metadata.items() if field != "finalizers"}
            metadata |= {"finalizers": rest} if rest else {}
        return StoredObject({**self.raw, "metadata": metadata}, self.version, f"hub {hub}: {self.key}")


def is_held(raw: Raw) -> bool:
    """Whether the server holds an object with our finalizer: it is a Base or Description of ours."""
    return raw.get("kind") in _HELD_KINDS and is_ours(raw)


def split_finalizers(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clusternet's finalizers, and all others."""
    clusternets = tuple(name for name in names if name.startswith(_CLUSTERNETS))
    return clusternets, tuple(name for name in names if name not in clusternets)


def plain(raw: Raw) -> dict[str, Any]:
    """A copy that is made of dictionaries and lists only.

    :raises TypeError, ValueError: for what is no JSON.
    """
    copied: dict[str, Any] = json.loads(text_of(raw))
    return copied


def main_part(raw: Raw, finalizers: tuple[str, ...], *, status: bool) -> dict[str, Any]:
    """What a write of the object itself says.

    :param finalizers: those that it is to have.
    :param status: whether its status is a resource of its own, and so no part of this.
    """
    metadata = {
        field: value
        for field, value in raw["metadata"].items()
        if field not in _NOT_SENT and (value or field not in _EMPTY_IS_ABSENT)
    }
    if finalizers:
        metadata["finalizers"] = list(finalizers)
    return {field: value for field, value in raw.items() if field != "status" or not status} | {"metadata": metadata}


def wanted_finalizers(wanted: Raw, stored: ServerObject | None) -> tuple[str, ...]:
    """The finalizers that an object is to have on the server.

    :param wanted: the object as it was handed down, without the hidden one.
    :param stored: as it is; an object that is being deleted can only lose finalizers.
    """
    if stored is not None and stored.deleting:
        return stored.finalizers
    named = tuple(wanted["metadata"].get("finalizers") or ())
    marked = bool(wanted["metadata"].get("deletionTimestamp"))
    if FINALIZER not in named and (is_held(wanted) or (marked and not named)):
        return (*named, FINALIZER)
    return named


def says_all(stored: Any, sent: Any) -> bool:
    """Whether what is stored says all that was sent; beside it may be what the server filled in."""
    if isinstance(sent, Mapping):
        return isinstance(stored, Mapping) and all(
            value is None or (key in stored and says_all(stored[key], value)) for key, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(stored, list) and len(stored) == len(sent) and all(map(says_all, stored, sent))
    return text_of(stored) == text_of(sent)
