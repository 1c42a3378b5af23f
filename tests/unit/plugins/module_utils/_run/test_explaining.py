# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reasons of a schedule in results: what is known of room, and who is asked for it."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, schedule
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._run.explaining import explained
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge, nothing_given
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    World,
    deployment,
    dynamic,
    overwrite_replicas,
    pod,
    web,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import fleet_of, load


def informed(world: World, **given: Any) -> dict[str, Any]:
    """What `info` tells of the Subscription `web`; `world.asked` are the clusters that were asked for it."""
    world.asked.clear()
    loaded = parse_contents(MemoryHub(world.store).load())
    gauge = Gauge(world.tools, lambda _cluster: Connection(host="https://fake"), nothing_given, 5)
    measure = partial(gauge.measure, contents=loaded.contents)
    answer = inform(loaded, Scope(), (), Guards(9), measure=measure, **given)
    return dict(answer["subscriptions"]["default/web"])


def test_nobody_is_asked_for_room_without_need_unless_all_is_to_be_known() -> None:
    world = World(a=4, b=4)
    world.distribute(deployment(2), web(**dynamic()))
    found = informed(world)
    assert (world.asked, found["clusters"]["a"]["capacity"]) == ([], {})
    assert "ROOM" not in found["table"][0]
    found = informed(world, survey=True)
    assert sorted(world.asked) == ["a", "b"]
    assert list(found["clusters"]["a"]["capacity"]) == [KEY]
    assert "ROOM" in found["table"][0]


def test_why_a_cluster_has_no_room() -> None:
    world = World(a=4, b=9)
    world.distribute(deployment(1), web(**dynamic("Binpack")))
    world.apis["a"].put(pod(4))
    overwrite_replicas(world, 20)
    found = informed(world)["clusters"]["a"]
    assert found["capacity"] == {KEY: 0}
    assert found["shares"][KEY] == "0: had 0, room for 0 on 1 of 1 nodes (cpu runs out on 1)"
    assert sorted(world.asked) == ["a", "b"], "each once"


def test_what_else_is_known_is_in_the_result_and_in_the_table() -> None:
    (placement,) = schedule(load(fleet_of("a", "b")).snapshot, Guards())
    found = explained(
        placement,
        scope=Scope(clusters=frozenset({"b"})),
        standing=lambda cluster: {"phase": f"phase of {cluster.name}", "pinned": 7},
    )
    assert list(found["clusters"]) == ["b"]
    assert (found["clusters"]["b"]["phase"], found["clusters"]["b"]["chosen"]) == ("phase of b", True)
    assert found["table"] == [
        "CLUSTER  CHOSEN  SCORE  PHASE       PINNED  REASON",
        "b        yes     300    phase of b  7       selected by spec.subscribers[0]",
    ]
