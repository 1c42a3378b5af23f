# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Room that was given away is not given away again, whether or not anything is to be seen of it yet."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    World,
    deployment,
    dynamic,
    overwrite_replicas,
    pod,
    static,
    web,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import overwrite


def with_selector(replicas: int, name: str = "web") -> dict[str, Any]:
    raw = deployment(replicas, name)
    raw["spec"]["selector"] = {"matchLabels": {"app": name}}
    return raw


def pod_of(name: str, place: str) -> dict[str, Any]:
    raw = pod(1, place)
    raw["metadata"]["labels"] = {"app": name, "pod-template-hash": "x"}
    return raw


def capacities(**processors: int) -> Any:
    return lambda cluster: {"cpu": processors[cluster.name]}


@pytest.mark.parametrize("given", [True, False])
def test_a_second_run_does_not_find_the_room_of_the_first_once_more(given: bool) -> None:
    world = World(a=4, b=2)
    options = {"capacities": capacities(a=4, b=2)} if given else {}
    first = world.distribute(with_selector(9), web(**dynamic()), **options)
    assert world.replicas() == {"a": 4, "b": 2}
    second = world.distribute(**options)
    assert second.changes == ()
    assert world.replicas() == {"a": 4, "b": 2}
    (shortage,) = [warning for warning in first.decision.warnings if "3 of 9" in warning]
    assert shortage in second.decision.warnings


def test_what_was_decided_and_not_delivered_has_its_room() -> None:
    world = World(a=4, b=4)
    world.distribute(with_selector(6), web(**dynamic()), deliver=False)
    world.distribute(with_selector(9, "api"), web("api", **dynamic()), deliver=False)
    assert sum(world.status("web")["replicas"]["apps/v1/Deployment/shop/web"]) == 6
    assert sum(world.status("api")["replicas"]["apps/v1/Deployment/shop/api"]) == 2


def test_pods_on_nodes_are_not_counted_twice() -> None:
    world = World(a=6, b=0)
    world.distribute(with_selector(3), web(**dynamic()))
    assert world.replicas() == {"a": 3, "b": 0}
    for number in range(2):
        world.apis["a"].put(pod_of("web", f"web-{number}"))
    world.distribute(with_selector(6), web(**dynamic()))
    assert world.replicas() == {"a": 6, "b": 0}


def test_subscriptions_that_the_run_is_not_about_keep_their_room() -> None:
    world = World(a=4, b=0)
    world.distribute(with_selector(3), web(**dynamic()))
    world.distribute(with_selector(3, "api"), web("api", **dynamic()), scope=Scope(frozenset({"default/api"})))
    assert world.replicas("api") == {"a": 1, "b": 0}


def test_a_higher_priority_takes_from_a_cluster_of_which_a_user_says_what_it_has() -> None:
    world = World(a=4, b=4)
    options = {"capacities": capacities(a=4, b=4)}
    world.distribute(with_selector(6, "low"), web("low", **dynamic()), **options)
    assert world.replicas("low") == {"a": 3, "b": 3}
    done = world.distribute(with_selector(6, "high"), web("high", priority=10, **dynamic()), **options)
    assert sum(world.replicas("high").values()) == 6
    assert sum(world.replicas("low").values()) == 2
    assert any("give way" in warning for warning in done.decision.warnings)
    assert world.distribute(**options).changes == ()


def test_dividing_anew_leaves_a_cluster_that_cannot_be_asked_as_it_is() -> None:
    world = World(a=4, b=4, c=4)
    world.distribute(with_selector(6), web(**dynamic()))
    before = world.replicas()
    frozen = world.apis["b"].open

    def fails(name: str, connection: Connection) -> Any:
        raise ClusterError("it is not reachable")

    world.apis["b"].open = fails  # type: ignore[method-assign]
    done = world.distribute(anew=True)
    assert world.replicas() == before == {"a": 2, "b": 2, "c": 2}
    assert any("keeps what it runs" in warning for warning in done.decision.warnings)
    world.apis["b"].open = frozen  # type: ignore[method-assign]


def test_a_weight_takes_no_cluster_its_replicas_unasked() -> None:
    world = World(a=1, b=1, c=1)
    world.distribute(with_selector(6), web(**static(a=1, b=1, c=1)))
    mistyped = web(**static(a=1, b=0, c=0))
    (problem,) = world.distribute(mistyped, guards=Guards()).decision.problems["default/web"]
    assert "would take it from 2 clusters (b, c)" in problem
    assert world.replicas() == {"a": 2, "b": 2, "c": 2}
    assert world.distribute(with_selector(1), web(**static(a=1, b=1, c=1)), guards=Guards()).decision.problems == {}
    assert world.replicas() == {"a": 1, "b": 0, "c": 0}


def test_a_capacity_that_a_hub_keeps_and_nobody_can_read_concerns_one_cluster() -> None:
    world = World(a=4, b=4)
    world.distribute(with_selector(4), web(**dynamic()))
    (broken,) = [raw for raw in world.raw("ManagedCluster") if raw["metadata"]["name"] == "b"]
    broken["metadata"]["annotations"] = {"multicluster.apps/capacity": "{"}
    overwrite(world.store, broken)
    overwrite_replicas(world, 6)
    world.variables.clear()
    done = world.distribute()
    assert world.replicas() == {"a": 4, "b": 2}
    assert any("it is no JSON" in warning for warning in done.decision.warnings)


def test_who_may_not_give_way_keeps_what_it_has_and_is_told_nothing() -> None:
    world = World(a=6)
    world.distribute(
        with_selector(4, "low"), web("low", **dynamic()), with_selector(2, "high"), web("high", **dynamic())
    )
    wanted = web("high", priority=9, **dynamic())
    done = world.distribute(with_selector(4, "high"), wanted, guards=Guards(fail_on_shortage=True))
    assert list(done.decision.problems) == ["default/high"]
    assert not any("give way" in warning for warning in done.decision.warnings)
    assert (world.replicas("low"), world.replicas("high")) == ({"a": 4}, {"a": 2})
