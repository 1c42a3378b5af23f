# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub in memory, for tests of what stands above the port. It passes the same contract suite as the real ones."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import kind_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import MAX_OBJECT_BYTES, MIB
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Change,
    Contents,
    Delete,
    Put,
    StoredObject,
    with_identity,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import in_the_clear


@dataclass
class MemoryStore:
    """What several hubs (runs) share.

    :ivar objects: the JSON of each object and its version; JSON, so that nobody holds a part of the store.
    :ivar locks: the holder of each lock.
    :ivar writes: how many objects were written or removed, for tests that say "nothing was written".
    :ivar clusternet: what a load says of Clusternet's own controllers.
    :ivar read: the kinds that each load asked for; None for all.
    """

    objects: dict[ObjectKey, tuple[str, str]] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)
    writes: int = 0
    clusternet: str = ""
    read: list[frozenset[str] | None] = field(default_factory=list)


class MemoryHub:
    """One run's view of a store; see the port `Hub`."""

    def __init__(
        self,
        store: MemoryStore | None = None,
        *,
        secrets: Literal["refuse", "plain"] = "plain",
        lock_timeout: float = 0,
        holder: str = "a test",
    ) -> None:
        self.store = store or MemoryStore()
        self._secrets = secrets
        self._lock_timeout = lock_timeout
        self._holder = holder

    @property
    def location(self) -> str:
        return "memory"

    def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
        self.store.read.append(None if kinds is None else frozenset(kinds))
        return Contents(
            {
                key: StoredObject(json.loads(text), version, f"memory: {key}")
                for key, (text, version) in sorted(self.store.objects.items())
                if (namespaces is None or key.namespace in namespaces) and (kinds is None or key.kind in kinds)
            },
            clusternet=self.store.clusternet,
        )

    def check(self, changes: Sequence[Change]) -> None:
        problems: list[str] = []
        for change in changes:
            try:
                kind_of(change.key)
                if isinstance(change, Put) and len(_text(change.raw)) > MAX_OBJECT_BYTES:
                    size = len(_text(change.raw)) / MIB
                    problems.append(f"{change.key} has {size:.1f} MiB; Kubernetes stores objects up to 1.5 MiB")
            except InvalidInput as error:
                problems.extend(error.problems)
        if not problems and self._secrets == "refuse":
            problems.extend(in_the_clear(change.raw for change in changes if isinstance(change, Put)))
        if problems:
            raise InvalidInput(problems)

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        self.check(changes)
        stored = []
        for change in changes:
            text, version = self.store.objects.get(change.key, (None, None))
            if isinstance(change, Delete):
                if version is None:
                    continue
                self._compare(change, version)
                del self.store.objects[change.key]
            else:
                self._compare(change, version)
                new = _text(with_identity(change.raw, json.loads(text) if text else None, now))
                if new != text:
                    version = str(self.store.writes + 1)
                    self.store.objects[change.key] = (new, version)
                stored.append(StoredObject(json.loads(new), version, f"memory: {change.key}"))
                if new == text:
                    continue
            self.store.writes += 1
        return tuple(stored)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        if name != "hub" and not name.startswith("cluster-"):
            raise InvalidInput(f"{name!r} names no lock")
        deadline = time.monotonic() + self._lock_timeout
        while name in self.store.locks:
            if time.monotonic() >= deadline:
                raise HubLocked(f"the lock {name!r} is held by {self.store.locks[name]}")
            time.sleep(0.01)
        self.store.locks[name] = self._holder
        try:
            yield
        finally:
            del self.store.locks[name]

    @staticmethod
    def _compare(change: Change, version: str | None) -> None:
        if change.version != version:
            raise HubConflict(f"{change.key} was changed by somebody else since this run read it")


def _text(raw: Any) -> str:
    return json.dumps(raw, sort_keys=True)
