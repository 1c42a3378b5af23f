# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for a hub to which others write meanwhile: what a run gets over, check mode gets over as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest, distribute
from ansible_collections.multicluster.apps.plugins.module_utils._run.engine_clusternet import distribute_by_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.writing import write_plan
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map, manifest
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.clusternet_world import shop, world
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    WEB,
    fleet_of,
    store_of,
    tools_of,
)

NAMES = ("first", "second")


class BusyHub(MemoryHub):
    """A hub on which somebody changes an object just before each of the first writes or checks."""

    def __init__(self, store: MemoryStore, conflicts: int) -> None:
        super().__init__(store)
        self.conflicts = conflicts

    def check(self, changes: Sequence[Change]) -> None:
        self._meet()
        super().check(changes)

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        # Half of the changes are done when the conflict is met; a MemoryHub checks as part of a write.
        if self.conflicts:
            MemoryHub(self.store).write(changes[:1], now)
        return super().write(changes, now)

    def _meet(self) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise HubConflict("changed by somebody else")


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...]


def missing(contents: Contents) -> Plan:
    """Two Manifests that a hub is to hold."""
    wanted = [manifest(config_map(name)) for name in NAMES]
    puts = [Put(raw, None) for raw in wanted]
    return Plan(tuple(put for put in puts if put.key not in contents.objects))


@pytest.mark.parametrize("conflicts", [0, 1, 4])
def test_what_was_written_before_a_conflict_is_among_what_was_written(conflicts: int) -> None:
    store = MemoryStore()
    written = write_plan(missing, tools_of(store, {}, BusyHub(store, conflicts)), check=False)
    assert [change.key.name for change in written.changes] == [f"configmap--{name}" for name in NAMES]
    assert (len(written.before.objects), len(written.read.objects)) == (0, min(conflicts, 2))
    assert [item.key for item in written.stored] == [change.key for change in written.plan.changes]
    assert set(written.read.after(written.plan.changes, written.stored).objects) == set(store.objects)
    assert len(store.objects) == 2


def test_check_mode_says_what_the_last_plan_would_change_and_writes_nothing() -> None:
    store = MemoryStore()

    class Raced(BusyHub):
        def _meet(self) -> None:
            if self.conflicts:
                MemoryHub(self.store).write([Put(manifest(config_map("first")), None)], NOW)
            super()._meet()

    written = write_plan(missing, tools_of(store, {}, Raced(store, 1)), check=True)
    assert [change.key.name for change in written.changes] == ["configmap--second"]
    assert (written.stored, store.writes) == ((), 1)


@pytest.mark.parametrize("check", [False, True])
def test_who_meets_others_each_time_gives_up_and_says_so(check: bool) -> None:
    store, pauses = MemoryStore(), []
    tools = tools_of(store, {}, BusyHub(store, 99))
    tools = replace(tools, clock=replace(tools.clock, sleep=pauses.append))
    with pytest.raises(HubConflict):
        write_plan(missing, tools, check=check)
    assert pauses == pytest.approx([0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize("check", [False, True])
def test_distribute_gets_over_a_conflict_in_check_mode_as_well(check: bool) -> None:
    store = fleet_of("a")
    request = DistributeRequest(options=DeliveryOptions(check=check), deliver=False)
    done = distribute(
        request,
        tools_of(store, {"a": MemoryCluster()}, BusyHub(store, 2)),
        lambda _cluster: Connection(host="https://a"),
    )
    assert {change.key.kind for change in done.changes} == {"ControllerRevision", "Base", "Description"}


@pytest.mark.parametrize("check", [False, True])
def test_so_does_the_engine_clusternet(check: bool) -> None:
    here = world("shanghai")
    request = DistributeRequest(
        store=StoreRequest([Document(raw, "app.yml") for raw in shop()]),
        options=DeliveryOptions(check=check),
        deliver=False,
    )
    done = distribute_by_clusternet(request, here.tools(BusyHub(here.store, 2)), lambda _cluster: None)
    assert [change.key.kind for change in done.changes] == ["Manifest", "Subscription"]


def test_an_object_that_is_not_in_conflict_is_read_once() -> None:
    loads: list[Any] = []

    class Reading(MemoryHub):
        def load(self, namespaces: Any = None, kinds: Any = None) -> Contents:
            loads.append(namespaces)
            return super().load(namespaces, kinds)

    store = store_of(manifest(WEB))
    write_plan(missing, tools_of(store, {}, Reading(store)), check=False)
    assert len(loads) == 1
