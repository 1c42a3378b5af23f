# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a cluster has no room: four things that must not look the same."""

from __future__ import annotations

from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.reasons import Reason, reasons
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, schedule
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster, feed, manifest, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    deployment,
    dynamic,
    node,
    pod,
)


def told(replicas: int, rooms: dict[str, ClusterRoom], **running: int) -> dict[str, Reason]:
    """By cluster, what is said when so many replicas are divided."""
    bound = {
        "bindingClusters": [f"clusternet-{name}/{name}" for name in running],
        "replicas": {KEY: [*running.values()]},
    }
    web = {**subscription("web", feed(deployment()), **dynamic()), "status": bound if running else {}}
    raws = [*map(cluster, ("a", "b", "c")), web, manifest(deployment(replicas))]
    snapshot = Snapshot.of(parse_stored(raw, "")[0] for raw in raws)
    by_binding = {f"clusternet-{name}/{name}": room for name, room in rooms.items()}
    (placement,) = schedule(snapshot, Guards(9), by_binding)
    return {reason.cluster.name: reason for reason in reasons(placement)}


def room(*pods: dict[str, Any], taint: str = "") -> ClusterRoom:
    raw = node(4)
    taints = [{"key": taint, "effect": "NoSchedule"}] if taint else []
    return ClusterRoom.of([{**raw, "spec": {"taints": taints}}], pods)


def test_where_nobody_was_asked_there_is_no_room_to_tell() -> None:
    found = told(3, {}, a=3)["a"]
    assert (found.capacity, found.shares[KEY]) == ({}, "3: had 3")


def test_why_there_is_no_room() -> None:
    found = told(3, {"a": room(taint="gpu"), "b": room(pod(4)), "c": room()})
    assert found["a"].capacity == found["b"].capacity == {KEY: 0}
    assert found["a"].shares[KEY] == "0: had 0, room for 0 on 0 of 1 nodes (1 turned away: taint gpu:NoSchedule)"
    assert found["b"].shares[KEY] == "0: had 0, room for 0 on 1 of 1 nodes (cpu runs out on 1)"
    assert found["c"].shares[KEY].startswith("3: had 0, room for 4; +3 of 3")


def test_what_is_not_known_is_no_lack_of_room() -> None:
    found = told(3, {"a": room()})
    assert found["b"].capacity == {KEY: None}
    assert found["b"].shares[KEY] == "0: had 0, room not known"


def test_room_that_others_have_is_not_a_cluster_that_is_too_small() -> None:
    found = told(6, {"a": ClusterRoom.given({"cpu": 4}, ""), "b": room()}, a=4)
    assert found["a"].shares[KEY].startswith("4: had 4, room for 0, all of it is taken")
