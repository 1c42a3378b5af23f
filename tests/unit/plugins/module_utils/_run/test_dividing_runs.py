# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that divide replicas: from Subscriptions and nodes to the number in each cluster (reference, "Scheduling" 6 to 12)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge, nothing_given
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import hub_result
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import localization
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    World,
    deployment,
    dynamic,
    overwrite_replicas,
    pod,
    static,
    web,
)

LOST = [{"key": "down", "effect": "NoExecute"}]


def lose(world: World, name: str, *, lost: bool = True) -> None:
    world.variables[name]["multicluster_taints"] = LOST if lost else []


def test_static_goes_by_weights_and_a_second_run_changes_nothing() -> None:
    world = World(a=1, b=1, c=1)
    first = world.distribute(deployment(10), web(**static(a=2, b=1, c=2)))
    assert first.decision.problems == {}
    assert world.replicas() == {"a": 4, "b": 2, "c": 4}
    assert world.status()["replicas"] == {KEY: [4, 2, 4]}
    assert world.asked == []
    writes = world.store.writes
    second = world.distribute()
    assert (second.changes, world.store.writes) == ((), writes)
    assert not any(outcome.changed for outcome in second.outcomes)


def test_users_see_what_feeds_ask_for_and_what_each_cluster_gets() -> None:
    world = World(a=1, b=1)
    world.distribute(deployment(3), web(**static(a=2, b=1)))
    (inventory,) = world.raw("FeedInventory")
    assert inventory["metadata"]["name"] == "web"
    (order,) = inventory["spec"]["feeds"]
    assert (order["desiredReplicas"], order["replicaJsonPath"]) == (3, "/spec/replicas")
    assert order["replicaRequirements"] == {"resources": {"requests": {"cpu": "1"}}}
    found = {item["metadata"]["namespace"]: item["spec"] for item in world.raw("Localization")}
    assert found.keys() == {"clusternet-a", "clusternet-b"}
    assert json.loads(found["clusternet-a"]["overrides"][0]["value"]) == [
        {"op": "replace", "path": "/spec/replicas", "value": 2}
    ]


def test_no_policy_of_a_user_comes_after_the_division() -> None:
    world = World(a=1, b=1)
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
    late = {"name": "z", "type": "MergePatch", "value": '{"spec": {"replicas": 77}}'}
    policy = localization("zzz", "clusternet-a", target, late, priority=1000)
    policy["metadata"] = {"name": "zzz", "namespace": "clusternet-a"}
    world.distribute(deployment(2), web(**static(a=1, b=1)), policy)
    assert world.replicas() == {"a": 1, "b": 1}


def test_dynamic_goes_by_what_nodes_have_left_and_reads_them_once() -> None:
    world = World(a=10, b=4)
    world.apis["a"].put(pod(4))
    first = world.distribute(deployment(5), web(**dynamic()))
    assert first.decision.problems == {}
    assert world.replicas() == {"a": 3, "b": 2}
    assert sorted(world.asked) == ["a", "b"]
    second = world.distribute()
    assert (second.changes, world.asked) == ((), [])


def test_growing_places_only_what_is_new_and_shrinking_asks_nobody() -> None:
    world = World(a=10, b=4)
    world.distribute(deployment(5), web(**dynamic()))
    before = world.replicas()
    world.apis["b"].put(pod(4))
    world.distribute(deployment(7))
    assert world.replicas() == {"a": before["a"] + 2, "b": before["b"]}
    world.distribute(deployment(2))
    assert sum(world.replicas().values()) == 2
    assert world.asked == []


def test_check_mode_says_what_the_run_does() -> None:
    world = World(a=10, b=4)
    predicted = world.distribute(deployment(5), web(**dynamic()), check=True)
    assert world.store.writes == 0
    done = world.distribute(deployment(5), web(**dynamic()))
    assert hub_result(predicted.changes, predicted.before) == hub_result(done.changes, done.before)
    assert [each.key for each in predicted.changes] == [each.key for each in done.changes]


def test_what_a_lost_cluster_ran_goes_to_the_others_and_comes_back_only_when_asked() -> None:
    world = World(a=10, b=10)
    world.distribute(deployment(6), web(**dynamic()))
    assert world.replicas() == {"a": 3, "b": 3}
    lose(world, "a")
    world.distribute()
    assert world.status()["replicas"] == {KEY: [6]}
    assert [name.partition("/")[0] for name in world.named("Localization")] == ["clusternet-b"]
    lose(world, "a", lost=False)
    world.distribute()
    assert world.status()["replicas"] == {KEY: [0, 6]}
    world.apis["b"].put(pod(6))
    world.distribute(anew=True)
    assert world.status()["replicas"] == {KEY: [3, 3]}


def test_what_has_no_room_is_said_in_the_result_and_on_the_hub() -> None:
    world = World(a=2, b=1)
    done = world.distribute(deployment(5), web(**dynamic()))
    assert done.decision.problems == {}
    assert f"default/web: feed {KEY}: 2 of 5 replicas have no room in any of its clusters" in done.warnings
    (inventory,) = world.raw("FeedInventory")
    assert json.loads(inventory["metadata"]["annotations"]["multicluster.apps/shortage"]) == {KEY: 2}
    world.distribute(deployment(3))
    (inventory,) = world.raw("FeedInventory")
    assert "annotations" not in inventory["metadata"]


def test_a_shortage_fails_where_that_is_asked_and_then_nothing_changes() -> None:
    world = World(a=2, b=1)
    world.distribute(deployment(3), web(**dynamic()))
    world.apis["a"].put(pod(2))
    world.apis["b"].put(pod(1))
    guards = Guards(max_removed_clusters=9, fail_on_shortage=True)
    done = world.distribute(deployment(5), guards=guards)
    assert done.decision.problems["default/web"] == (
        f"feed {KEY}: 2 of 5 replicas have no room in any of its clusters",
    )
    assert world.replicas() == {"a": 2, "b": 1}


def test_without_any_room_nothing_is_delivered_in_place_of_what_runs() -> None:
    world = World(a=0, b=0)
    world.distribute(deployment(5), web())
    assert world.replicas() == {"a": 5, "b": 5}
    done = world.distribute(web(**dynamic()))
    assert "has room for even one of 5 replicas" in done.decision.problems["default/web"][0]
    assert world.replicas() == {"a": 5, "b": 5}


def test_a_cluster_that_cannot_be_asked_keeps_what_it_runs_and_gets_nothing_new() -> None:
    world = World(a=10, b=10)
    world.distribute(deployment(4), web(**dynamic()))
    world.apis["a"].down = ClusterError("a: connection refused")
    done = world.distribute(deployment(6))
    assert world.replicas() == {"a": 2, "b": 4}
    (warning,) = [each for each in done.warnings if "how much room" in each]
    assert warning.startswith("cluster a: ")
    assert "connection refused" in warning


def test_a_user_may_say_what_a_cluster_has_free() -> None:
    world = World(a=0, b=0)
    for name, cpu in (("a", 3), ("b", 1)):
        world.variables[name]["multicluster_capacity"] = {"cpu": cpu}
    world.distribute(deployment(4), web(**dynamic()))
    assert world.replicas() == {"a": 3, "b": 1}
    assert world.asked == []
    world.variables["a"]["multicluster_capacity"] = {"cpus": 3}
    with pytest.raises(InvalidInput, match=r"host a: variable multicluster_capacity: found the key .*cpus"):
        world.distribute(deployment(5))


def test_the_inventory_goes_before_what_the_hub_keeps_of_capacities() -> None:
    world = World(a=0, b=0)
    for name in ("a", "b"):
        world.variables[name]["multicluster_capacity"] = {"cpu": 1}
    world.distribute(
        deployment(4), web(**dynamic()), capacities=lambda cluster: {"cpu": {"a": 3, "b": 1}[cluster.name]}
    )
    assert world.replicas() == {"a": 3, "b": 1}


def test_higher_priority_takes_from_lower_and_says_so() -> None:
    world = World(a=4)
    world.distribute(deployment(4, "low"), web("low", **dynamic(), priority=1))
    world.apis["a"].put(pod(4))
    done = world.distribute(deployment(3, "high"), web("high", **dynamic(), priority=9))
    assert world.status("high")["replicas"] == {"apps/v1/Deployment/shop/high": [3]}
    assert world.status("low")["replicas"] == {"apps/v1/Deployment/shop/low": [1]}
    assert any("3 replicas of feed apps/v1/Deployment/shop/low" in each for each in done.warnings)


def test_what_is_out_of_scope_gives_way_to_nobody() -> None:
    world = World(a=4)
    world.distribute(deployment(4, "low"), web("low", **dynamic(), priority=1))
    world.apis["a"].put(pod(4))
    scope = Scope(subscriptions=frozenset({"default/high"}))
    done = world.distribute(deployment(3, "high"), web("high", **dynamic(), priority=9), scope=scope)
    assert "default/high" in done.decision.problems
    assert world.status("low")["replicas"] == {"apps/v1/Deployment/shop/low": [4]}


def test_binpack_binds_only_the_clusters_that_it_fills() -> None:
    world = World(a=2, b=9, c=3)
    world.distribute(deployment(6), web(**dynamic("Binpack")))
    assert world.replicas() == {"b": 6}
    assert world.status()["bindingClusters"] == ["clusternet-b/b"]
    assert [name.partition("/")[0] for name in world.named("Base")] == ["clusternet-b"]


@pytest.mark.parametrize("gone", ["replication", "subscription"])
def test_nothing_of_it_stays_on_the_hub_when_nothing_is_divided_any_more(gone: str) -> None:
    world = World(a=1, b=1)
    world.distribute(deployment(2), web(**static(a=1, b=1)))
    assert len(world.named("Localization")) == 2
    if gone == "replication":
        world.distribute(web())
        assert world.replicas() == {"a": 2, "b": 2}
        assert "replicas" not in world.status()
    else:
        key = next(key for key in world.store.objects if key.kind == "Subscription")
        del world.store.objects[key]
        world.distribute()
        assert world.replicas() == {}
    assert world.named("Localization") == world.named("FeedInventory") == []


def test_what_a_guard_refuses_keeps_all_that_was_made_for_it() -> None:
    world = World(a=1, b=1, c=1)
    world.distribute(deployment(3), web(**static(a=1, b=1, c=1)))
    done = world.distribute(web(**static(a=1)), guards=Guards(max_removed_clusters=1))
    assert "more than max_removed_clusters=1" in done.decision.problems["default/web"][0]
    assert world.replicas() == {"a": 1, "b": 1, "c": 1}
    assert len(world.named("Localization")) == 3


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"schedulingStrategy": "Dividing"}, "spec.dividingScheduling: is missing"),
        (dynamic(minClusters=3, maxClusters=2), "minClusters: is 3 and above maxClusters, which is 2"),
        (dynamic("Binpak"), "spec.dividingScheduling.dynamicDividing.strategy"),
        (
            {**static(a=1), "subscribers": [{"clusterAffinity": {}, "weight": -1}]},
            r"spec.subscribers\[0\].weight",
        ),
    ],
)
def test_malformed_rules_are_refused_at_the_door(spec: dict[str, Any], message: str) -> None:
    world = World(a=1)
    with pytest.raises(InvalidInput, match=message):
        world.distribute(deployment(1), web(**spec))
    assert world.store.writes == 0


def test_a_path_that_is_none_is_refused_at_the_door() -> None:
    raw = deployment(1)
    raw["metadata"]["annotations"] = {"multicluster.apps/replicas-path": "spec.size"}
    with pytest.raises(InvalidInput, match=r"Deployment.*multicluster.apps/replicas-path.*JSON pointer"):
        World(a=1).distribute(raw, web(**static(a=1)))


@pytest.mark.parametrize(
    ("pointer", "spec", "delivered"),
    [
        ("/spec/size", {"size": 3}, [{"size": 2}, {"size": 1}]),
        ('"/spec/groups/0/n"', {"groups": [{"n": 3}]}, [{"groups": [{"n": 2}]}, {"groups": [{"n": 1}]}]),
    ],
)
def test_replicas_of_any_object_are_divided_by_the_path_that_its_user_declares(
    pointer: str, spec: dict[str, Any], delivered: list[dict[str, Any]]
) -> None:
    world = World(a=1, b=1)
    metadata = {"name": "q", "namespace": "shop", "annotations": {"multicluster.apps/replicas-path": pointer}}
    queue = {"apiVersion": "example.org/v1", "kind": "Queue", "metadata": metadata, "spec": spec}
    feed = {"apiVersion": "example.org/v1", "kind": "Queue", "namespace": "shop", "name": "q"}
    done = world.distribute(
        queue, {**web(**static(a=2, b=1)), "spec": {**web(**static(a=2, b=1))["spec"], "feeds": [feed]}}
    )
    assert done.decision.problems == {}
    assert world.status()["replicas"] == {"example.org/v1/Queue/shop/q": [2, 1]}
    found = [item["spec"] for name in "ab" for key, item in world.clusters[name].objects.items() if key.kind == "Queue"]
    assert found == delivered


def test_weights_that_are_all_zero_are_an_error_that_names_the_field() -> None:
    world = World(a=1, b=1)
    done = world.distribute(deployment(2), web(**static(a=0, b=0)))
    assert "spec.subscribers[].weight" in done.decision.problems["default/web"][0]
    assert world.replicas() == {}


def reasons_of(world: World, **request: Any) -> dict[str, Any]:
    """What `info` says of the Subscription `web`."""
    loaded = parse_contents(MemoryHub(world.store).load())
    gauge = Gauge(world.tools, lambda _cluster: Connection(host="https://fake"), nothing_given, 5)
    measure = partial(gauge.measure, contents=loaded.contents)
    found: dict[str, Any] = inform(loaded, Scope(), (), Guards(9), measure=measure, **request)["subscriptions"][
        "default/web"
    ]
    return found


def test_info_tells_weights_and_how_they_were_followed() -> None:
    world = World(a=1, b=1, c=1)
    world.distribute(deployment(8), web(**static(a=5, b=1)))
    found = reasons_of(world)
    assert found["clusters"]["a"]["weight"] == 5
    assert found["clusters"]["a"]["replicas"] == {KEY: 7}
    assert found["clusters"]["a"]["shares"] == {KEY: "7: weight 5 of 6 gives 6, and 1 of the rest (turn 1)"}
    assert (found["clusters"]["c"]["chosen"], found["clusters"]["c"]["turned_away_by"]) == (False, "affinity")
    assert found["clusters"]["c"]["replicas"] == {}
    assert found["table"][0].split() == ["CLUSTER", "CHOSEN", "SCORE", "WEIGHT", "REPLICAS", "PHASE", "REASON"]
    assert found["table"][1].split()[:5] == ["a", "yes", "300", "5", "7"]
    assert found["table"][3].startswith("c        no ")


def test_info_tells_of_a_schedule_that_was_not_made_yet_what_clusters_have_room_for() -> None:
    world = World(a=2, b=9, c=3)
    world.distribute(deployment(1), web(**dynamic("Binpack")))
    assert world.replicas() == {"b": 1}
    world.apis["b"].put(pod(1))
    overwrite_replicas(world, 11)
    found = reasons_of(world)
    assert {name: each["chosen"] for name, each in found["clusters"].items()} == {"a": False, "b": True, "c": True}
    assert found["clusters"]["a"]["reason"] == "selected, but strategy Binpack puts no replica there"
    assert found["clusters"]["b"]["capacity"] == {KEY: 8}
    assert found["clusters"]["c"]["shares"] == {KEY: "2: had 0, room for 3; +2 of 10 by packing"}
    overwrite_replicas(world, 20)
    assert reasons_of(world)["shortages"] == {KEY: 6}


def test_info_names_the_clusters_that_a_limit_leaves_out() -> None:
    world = World(a=2, b=9)
    world.distribute(deployment(3), web(**dynamic(maxClusters=1)))
    left_out = reasons_of(world)["clusters"]["a"]
    assert left_out["chosen"] is False
    assert left_out["reason"].startswith("selected, but maxClusters leaves it out")


@pytest.mark.parametrize(("weights", "warned"), [({"a": 1, "b": 1}, 1), ({"a": 1}, 0)])
def test_a_job_that_is_divided_is_warned_of_what_is_not(weights: dict[str, int], warned: int) -> None:
    metadata = {"name": "mig", "namespace": "shop"}
    spec = {"parallelism": 4, "completions": 10}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
    feed = {"apiVersion": "batch/v1", "kind": "Job", "namespace": "shop", "name": "mig"}
    raw = web(**static(**weights))
    done = World(a=9, b=9).distribute(job, {**raw, "spec": {**raw["spec"], "feeds": [feed]}})
    said = [each for each in done.warnings if "completions" in each]
    assert len(said) == warned
    assert all(each.startswith("default/web: Job.batch shop/mig: its parallelism is divided") for each in said)
