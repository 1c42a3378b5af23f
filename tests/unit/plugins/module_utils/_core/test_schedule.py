# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placements and their guards (reference, "Scheduling" 10 and 11)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.claiming import to_measure
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
    abandoned,
    ask,
    schedule,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    manifest,
    subscription,
)

WEB = feed(config_map())
IN_CN = {"matchLabels": {"region": "cn"}}


def base(name: str, namespace: str, created_by: str = "multicluster.apps", **meta: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Base",
        "metadata": {"name": name, "namespace": namespace, "labels": {"clusternet.io/created-by": created_by}, **meta},
        "spec": {"feeds": [WEB]},
    }


def snapshot(*objects: dict[str, Any]) -> Snapshot:
    return Snapshot.of(parse_stored(raw, "test")[0] for raw in objects)


def test_it_goes_where_it_is_selected_and_leaves_where_it_is_not() -> None:
    name = base_name("default", "web")
    hub = snapshot(
        cluster("a", region="cn"),
        cluster("b", region="eu"),
        subscription("web", WEB, affinity=IN_CN),
        base(name, "clusternet-b"),
    )
    (placement,) = schedule(hub, Guards())
    assert [each.name for each in placement.clusters] == ["a"]
    assert [each.meta.namespace for each in placement.leaving] == ["clusternet-b"]
    assert placement.problems == ()


def test_no_feasible_cluster_is_a_problem_and_nothing_leaves() -> None:
    name = base_name("default", "web")
    hub = snapshot(cluster("b", region="eu"), subscription("web", WEB, affinity=IN_CN), base(name, "clusternet-b"))
    (placement,) = schedule(hub, Guards(max_removed_clusters=99))
    assert placement.clusters == ()
    assert placement.leaving == ()
    assert "it stays in the 1 where it runs" in placement.problems[0]


def test_a_run_that_takes_it_from_too_many_clusters_changes_nothing() -> None:
    name = base_name("default", "web")
    objects = [
        cluster("a", region="cn"),
        *(cluster(each, region="eu") for each in ("b", "c")),
        subscription("web", WEB, affinity=IN_CN),
        *(base(name, f"clusternet-{each}") for each in ("b", "c")),
    ]
    (refused,) = schedule(snapshot(*objects), Guards(max_removed_clusters=1))
    assert refused.clusters == ()
    assert "from 2 clusters (b, c)" in refused.problems[0]
    (allowed,) = schedule(snapshot(*objects), Guards(max_removed_clusters=2))
    assert len(allowed.leaving) == 2


def test_what_an_earlier_run_let_go_of_is_not_counted_again() -> None:
    name = base_name("default", "web")
    gone = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
    hub = snapshot(
        cluster("a", region="cn"),
        *(cluster(each, region="eu") for each in ("b", "c")),
        subscription("web", WEB, affinity=IN_CN),
        *(base(name, f"clusternet-{each}", **gone) for each in ("b", "c")),
    )
    (placement,) = schedule(hub, Guards(max_removed_clusters=0))
    assert placement.problems == ()
    assert len(placement.leaving) == 2


def test_clusters_that_the_hub_does_not_know_any_more_are_not_counted() -> None:
    name = base_name("default", "web")
    hub = snapshot(
        cluster("a", region="cn"),
        subscription("web", WEB, affinity=IN_CN),
        *(base(name, f"clusternet-{each}") for each in ("b", "c")),
    )
    (placement,) = schedule(hub, Guards(max_removed_clusters=0))
    assert placement.problems == ()


@pytest.mark.parametrize("scheduler", ["default", "multicluster.apps"])
def test_our_schedulers_are_served(scheduler: str) -> None:
    assert len(schedule(snapshot(cluster("a"), subscription("web", WEB, schedulerName=scheduler)), Guards())) == 1


def test_another_scheduler_is_left_alone() -> None:
    assert schedule(snapshot(cluster("a"), subscription("web", WEB, schedulerName="mine")), Guards()) == ()


def deployment(replicas: int) -> dict[str, Any]:
    pod = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}
    spec = {"replicas": replicas, "template": {"spec": pod}}
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def dividing(replicas: int, *clusters: str, running: dict[str, int] | None = None, **spec: Any) -> Snapshot:
    """A hub with a Subscription that divides, dynamically unless it says otherwise, and what runs of it."""
    rules = {"type": "Dynamic", "dynamicDividing": {"strategy": "Spread"}}
    raw = subscription(
        "web", feed(deployment(1)), **{"schedulingStrategy": "Dividing", "dividingScheduling": rules, **spec}
    )
    if running:
        bindings = [f"clusternet-{name}/{name}" for name in running]
        raw["status"] = {"bindingClusters": bindings, "replicas": {KEY: list(running.values())}}
    return snapshot(*map(cluster, clusters), raw, manifest(deployment(replicas)))


KEY = "apps/v1/Deployment/shop/web"


def room(cpu: int) -> ClusterRoom:
    return ClusterRoom.given({"cpu": cpu}, "test")


def to_measure_for(hub: Snapshot, *, anew: bool = False) -> list[str]:
    claims = [each.claim for each in ask(hub, anew=anew) if each.claim]
    return [each.name for each in to_measure(claims)]


def test_dividing_goes_by_the_room_of_the_clusters() -> None:
    rooms = {"clusternet-a/a": room(6), "clusternet-b/b": room(3)}
    (placement,) = schedule(dividing(6, "a", "b"), Guards(), rooms)
    assert placement.divided is not None
    assert placement.divided.replicas == {KEY: (4, 2)}
    assert placement.problems == ()


@pytest.mark.parametrize(
    ("replicas", "running", "rules", "asked"),
    [
        (4, {}, {}, ["a", "b"]),
        (4, {"a": 2, "b": 2}, {}, []),
        (3, {"a": 2, "b": 2}, {}, []),
        (5, {"a": 2, "b": 2}, {}, ["a", "b"]),
        (4, {"a": 2, "c": 2}, {}, ["a", "b"]),
        (4, {"a": 4}, {"minClusters": 2}, ["a", "b"]),
        (1, {"a": 1}, {"minClusters": 2}, []),
        (4, {"a": 2, "b": 2}, {"maxClusters": 1}, ["a", "b"]),
        (4, {"a": 4}, {"maxClusters": 1}, []),
    ],
)
def test_clusters_are_asked_for_their_room_only_where_a_replica_needs_a_place(
    replicas: int, running: dict[str, int], rules: dict[str, int], asked: list[str]
) -> None:
    scheduling = {"type": "Dynamic", "dynamicDividing": {"strategy": "Spread", **rules}}
    hub = dividing(replicas, "a", "b", running=running, dividingScheduling=scheduling)
    assert to_measure_for(hub) == asked


def test_static_dividing_asks_nobody_and_dividing_anew_asks_all() -> None:
    assert to_measure_for(dividing(4, "a", "b", dividingScheduling={"type": "Static"})) == []
    assert to_measure_for(dividing(4, "a", "b", running={"a": 2, "b": 2}), anew=True) == ["a", "b"]


@pytest.mark.parametrize(("policy", "asked"), [("PreemptLowerPriority", ["a", "b"]), ("PreemptNever", ["a"])])
def test_those_who_may_have_to_give_way_need_to_know_of_other_places(policy: str, asked: list[str]) -> None:
    rules = {"schedulingStrategy": "Dividing", "dividingScheduling": {"type": "Dynamic", "dynamicDividing": {}}}
    high = subscription("high", feed(deployment(1)), affinity=IN_CN, priority=5, preemptionPolicy=policy, **rules)
    low = subscription("low", feed(deployment(1)), **rules)
    low["status"] = {"bindingClusters": ["clusternet-b/b"], "replicas": {KEY: [4]}}
    hub = snapshot(cluster("a", region="cn"), cluster("b"), high, low, manifest(deployment(4)))
    assert to_measure_for(hub) == asked


def test_nobody_gives_way_to_what_a_guard_refuses() -> None:
    rules = {"schedulingStrategy": "Dividing", "dividingScheduling": {"type": "Dynamic", "dynamicDividing": {}}}
    high = subscription("high", feed(deployment(1)), affinity=IN_CN, priority=5, **rules)
    low = subscription("low", feed(deployment(1)), **rules)
    low["status"] = {"bindingClusters": ["clusternet-a/a"], "replicas": {KEY: [4]}}
    high_base = base(base_name("default", "high"), "clusternet-b")
    hub = snapshot(cluster("a", region="cn"), cluster("b"), high, low, manifest(deployment(4)), high_base)
    rooms = {"clusternet-a/a": room(0), "clusternet-b/b": room(0)}
    refused, kept = schedule(hub, Guards(max_removed_clusters=0), rooms)
    assert "max_removed_clusters=0" in refused.problems[0]
    assert kept.divided is not None
    assert kept.divided.replicas == {KEY: (4, 0)}
    _high, gives_way = schedule(hub, Guards(max_removed_clusters=1), rooms)
    assert gives_way.divided is not None
    assert gives_way.divided.replicas == {KEY: (0, 0)}


def test_a_feed_without_its_object_leaves_what_runs_as_it_is() -> None:
    raw = subscription(
        "web", WEB, schedulingStrategy="Dividing", dividingScheduling={"type": "Dynamic", "dynamicDividing": {}}
    )
    (placement,) = schedule(snapshot(cluster("a"), raw), Guards())
    assert placement.clusters == ()
    assert "the hub holds no such object" in placement.problems[0]


def test_bases_of_a_subscription_that_is_gone_are_abandoned_and_those_of_others_are_not_ours() -> None:
    hub = snapshot(base("web-x", "clusternet-a"), base("theirs", "clusternet-a", created_by="clusternet-hub"))
    (gone,) = abandoned(hub, Guards())
    assert [each.meta.name for each in gone.bases] == ["web-x"]
    assert gone.problem == ""
