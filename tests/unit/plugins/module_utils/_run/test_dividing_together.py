# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that divide replicas where Subscriptions stand in each other's way, and what runs leave behind for the next."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    World,
    deployment,
    dynamic,
    pod,
    static,
    web,
)

IN_A = {"subscribers": [{"clusterAffinity": {"matchLabels": {"name": "a"}}}]}


def test_what_is_refused_for_a_shortage_takes_no_room_from_others() -> None:
    world = World(a=5)
    objects = [deployment(10, "big"), deployment(3, "small")]
    wishes = [
        web("big", **dynamic(), priority=9),
        web("small", **dynamic(), priority=1),
    ]
    done = world.distribute(*objects, *wishes, guards=Guards(9, fail_on_shortage=True))
    assert done.decision.problems.keys() == {"default/big"}
    assert world.replicas("small") == {"a": 3}


def test_what_a_guard_refuses_takes_no_room_from_others() -> None:
    world = World(a=5, b=5, c=5)
    world.distribute(deployment(3, "big"), web("big", **static(a=1, b=1, c=1)))
    wishes = [
        web("big", **{**dynamic(), **IN_A}, priority=9),
        web("small", **{**dynamic(), **IN_A}),
    ]
    done = world.distribute(deployment(9, "big"), deployment(3, "small"), *wishes, guards=Guards(1))
    assert done.decision.problems.keys() == {"default/big"}
    assert world.replicas("small") == {"a": 3}


def test_what_gave_way_to_the_last_replica_fails_no_later_run() -> None:
    world = World(a=4, b=4)
    world.distribute(deployment(8, "low"), web("low", **dynamic(), priority=1))
    for api in world.apis.values():
        api.put(pod(4))
    world.distribute(deployment(8, "high"), web("high", **dynamic(), priority=9))
    assert world.replicas("low") == {"a": 0, "b": 0}
    again = world.distribute()
    assert again.decision.problems == {}
    assert any("8 of 8 replicas have no room in any" in each for each in again.warnings)


def test_asked_for_it_comes_back_also_where_the_number_of_clusters_is_limited() -> None:
    world = World(a=10, b=10)
    term = {"matchExpressions": [{"key": "name", "operator": "In", "values": ["a"]}]}
    rules = dynamic(maxClusters=1, preferredClusters=[{"weight": 9, "preference": term}])
    world.distribute(deployment(4), web(**rules))
    assert world.status()["bindingClusters"] == ["clusternet-a/a"]
    world.variables["a"]["multicluster_taints"] = [{"key": "down", "effect": "NoExecute"}]
    world.distribute()
    world.variables["a"]["multicluster_taints"] = []
    world.distribute()
    assert world.status()["bindingClusters"] == ["clusternet-b/b"]
    world.distribute(anew=True)
    assert world.status()["bindingClusters"] == ["clusternet-a/a"]
    assert world.status()["replicas"] == {KEY: [4]}


def test_nothing_gives_way_in_a_cluster_that_cannot_be_asked() -> None:
    world = World(a=4, b=0)
    world.distribute(deployment(4, "low"), web("low", **dynamic(), priority=1))
    world.apis["a"].down = ClusterError("a: connection refused")
    done = world.distribute(deployment(2, "high"), web("high", **dynamic(), priority=9))
    assert done.decision.problems.keys() == {"default/high"}
    assert world.status("low")["replicas"] == {"apps/v1/Deployment/shop/low": [4, 0]}


@pytest.mark.parametrize("other", [static(a=1, b=3), {}], ids=["divides", "replicates"])
def test_two_subscriptions_that_divide_one_object_differently_are_told(
    other: dict[str, Any],
) -> None:
    world = World(a=1, b=1)
    first, second = web("web", **static(a=3, b=1)), web("web", **other)
    second["metadata"] = {**second["metadata"], "name": "other", "uid": "uid-other"}
    done = world.distribute(deployment(8), first, second)
    reasons = [item.reason for outcome in done.outcomes for item in outcome.failed]
    assert any("default/other and default/web feed it with different contents" in str(reason) for reason in reasons)
    assert world.replicas() == {}
