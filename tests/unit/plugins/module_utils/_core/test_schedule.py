# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placements and their guards (reference, "Scheduling" 10 and 11)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, abandoned, schedule
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
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
    assert "from 2 clusters (clusternet-b, clusternet-c)" in refused.problems[0]
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


def test_dividing_is_refused_by_name() -> None:
    spec = {"schedulingStrategy": "Dividing", "dividingScheduling": {"type": "Static"}}
    (placement,) = schedule(snapshot(cluster("a"), subscription("web", WEB, **spec)), Guards())
    assert "spec.schedulingStrategy Dividing is not supported" in placement.problems[0]


def test_bases_of_a_subscription_that_is_gone_are_abandoned_and_those_of_others_are_not_ours() -> None:
    hub = snapshot(base("web-x", "clusternet-a"), base("theirs", "clusternet-a", created_by="clusternet-hub"))
    (gone,) = abandoned(hub, Guards())
    assert [each.meta.name for each in gone.bases] == ["web-x"]
    assert gone.problem == ""
