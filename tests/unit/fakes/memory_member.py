# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A managed cluster in memory, with as much of server-side apply as delivery relies on."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    GroupKind,
    Ledger,
    Live,
    Observed,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.unit.fakes.server_side_apply import merged, without

Raw = Mapping[str, Any]


class MemoryCluster:
    """What survives a session: objects, ledgers, and a count of the writes.

    :ivar failing: errors to raise when an object is applied or deleted, by identity.
    :ivar blocked: kinds that cannot be read, and why.
    :ivar down: the error of every call, while it is set.
    :ivar conditions: the `status` that an object gets when it is applied, by kind.
    """

    def __init__(self) -> None:
        self.objects: dict[ObjectKey, dict[str, Any]] = {}
        self.applied: dict[ObjectKey, Raw] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.failing: dict[ObjectKey, ClusterError] = {}
        self.blocked: dict[GroupKind, str] = {}
        self.down: ClusterError | None = None
        self.status: dict[str, Raw] = {}
        self.log: list[str] = []
        self._uids = itertools.count(1)

    @property
    def writes(self) -> int:
        """How many writes there were."""
        return len(self.log)

    def put(self, raw: Raw) -> None:
        """Store an object as somebody else would."""
        key = ObjectKey.of(raw)
        made = copy.deepcopy(dict(raw))
        made["metadata"] = {**made["metadata"], "uid": f"uid-{next(self._uids)}"}
        self.objects[key] = made


class MemoryMember:
    """The port to a MemoryCluster."""

    def __init__(self, cluster: MemoryCluster) -> None:
        self._cluster = cluster

    @property
    def location(self) -> str:
        return "memory"

    def observe(self, wanted: Sequence[Raw], applysets: Collection[str]) -> Observed:
        self._check()
        keys = {ObjectKey.of(raw) for raw in wanted}
        found = {
            key: Live(copy.deepcopy(raw))
            for key, raw in self._cluster.objects.items()
            if (key in keys or PART_OF in (raw["metadata"].get("labels") or {}))
            and (key.group, key.kind) not in self._cluster.blocked
        }
        ledgers = {name: ledger for name, ledger in self._cluster.ledgers.items() if name in applysets}
        return Observed(objects=found, server=True, ledgers=ledgers, blocked=dict(self._cluster.blocked))

    def apply(self, desired: Raw, *, force: bool, dry_run: bool) -> Raw:
        key = ObjectKey.of(desired)
        self._check(key)
        present = copy.deepcopy(self._cluster.objects.get(key))
        if present is None:
            self._cluster.put(desired)
            made = self._cluster.objects.pop(key)
        else:
            made = merged(without(present, self._cluster.applied.get(key, {}), desired), desired)
        if key.kind in self._cluster.status:
            made["status"] = copy.deepcopy(dict(self._cluster.status[key.kind]))
        if not dry_run:
            self._cluster.objects[key] = made
            self._cluster.applied[key] = copy.deepcopy(dict(desired))
            self._cluster.log.append(f"apply {key}")
        return copy.deepcopy(made)

    def delete(self, live: Raw, *, dry_run: bool) -> str:
        key = ObjectKey.of(live)
        self._check(key)
        present = self._cluster.objects.get(key)
        if present is None or present["metadata"]["uid"] != live["metadata"]["uid"] or dry_run:
            return ""
        del self._cluster.objects[key]
        self._cluster.applied.pop(key, None)
        self._cluster.log.append(f"delete {key}")
        return ""

    def release(self, live: Raw, *, dry_run: bool) -> None:
        key = ObjectKey.of(live)
        self._check(key)
        if dry_run or key not in self._cluster.objects:
            return
        metadata = self._cluster.objects[key]["metadata"]
        metadata["labels"].pop(PART_OF)
        metadata["annotations"].pop(ANNOTATION_OWNED_BY_DESCRIPTION)
        self._cluster.log.append(f"release {key}")

    def note(self, ledger: Ledger) -> None:
        self._check()
        self._cluster.ledgers[ledger.name] = ledger
        self._cluster.log.append(f"note {ledger.name}")

    def forget(self, applyset: str) -> None:
        self._check()
        self._cluster.ledgers.pop(applyset, None)
        self._cluster.log.append(f"forget {applyset}")

    def index(self, contents: Sequence[Raw], *, dry_run: bool) -> tuple[str, ...]:
        self._check()
        return ()

    def read(self, objects: Collection[Raw]) -> Mapping[ObjectKey, Raw]:
        self._check()
        keys = {ObjectKey.of(raw) for raw in objects}
        return {key: copy.deepcopy(raw) for key, raw in self._cluster.objects.items() if key in keys}

    def close(self) -> None:
        return None

    def _check(self, key: ObjectKey | None = None) -> None:
        if self._cluster.down is not None:
            raise self._cluster.down
        if key in self._cluster.failing:
            raise self._cluster.failing[key]
