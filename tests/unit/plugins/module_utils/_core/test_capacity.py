# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many replicas a cluster can still take."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from hypothesis import given
from hypothesis import strategies as st


def node(name: str = "n1", cpu: str = "4", pods: str = "110", labels: Any = None, **spec: Any) -> dict[str, Any]:
    allocatable = {"cpu": cpu, "memory": "8Gi", "pods": pods}
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": spec, "status": {"allocatable": allocatable}}


def pod(on: str | None = "n1", cpu: str = "1", phase: str = "Running", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]
    where = {"nodeName": on} if on else {}
    return {
        "metadata": {"namespace": "default", "name": "p"},
        "spec": {"containers": containers, **where, **spec},
        "status": {"phase": phase},
    }


def needs(cpu: str = "1", **raw: Any) -> ReplicaRequirements:
    return ReplicaRequirements.of({"resources": {"requests": {"cpu": cpu}}, **raw})


def required(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}}


def term(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


SSD = node("n2", labels={"disk": "ssd", "cores": "8"})


@pytest.mark.parametrize(
    ("nodes", "pods", "wanted", "replicas"),
    [
        ([node(), node("n2")], [], needs(), 8),
        ([node(), node("n2")], [pod(), pod("n2", "3")], needs(), 4),
        ([node(pods="3")], [pod(cpu="0")], needs(), 2),
        ([node()], [pod(phase="Succeeded"), pod(phase="Failed"), pod(phase="Pending")], needs(), 3),
        # A pod without a node, or on one that is not there.
        ([node()], [pod(None), pod("gone")], needs(), 4),
        ([node()], [pod(initContainers=[{"resources": {"requests": {"cpu": "3"}}}])], needs(), 1),
        ([node()], [pod(initContainers=[{"restartPolicy": "Always", "resources": {"requests": {"cpu": "2"}}}])], needs(), 1),
        ([node()], [pod(overhead={"cpu": "500m"})], needs(), 2),
        ([node(), SSD], [], needs(nodeSelector={"disk": "ssd"}), 4),
        ([node(), SSD], [], needs(affinity=required(term("disk", "In", "ssd"))), 4),
        ([node(), SSD], [], needs(affinity=required(term("disk", "In", "hdd"), term("cores", "Gt", "7"))), 4),
        ([node(), SSD], [], needs(affinity=required()), 0),
        ([node(), SSD], [], needs(affinity=required(term("disk", "Exists")), nodeSelector={"disk": "hdd"}), 0),
        ([node(unschedulable=True), SSD], [], needs(), 4),
        ([node(taints=[{"key": "a", "effect": "NoSchedule"}]), SSD], [], needs(), 4),
        ([node(taints=[{"key": "a", "effect": "NoExecute"}]), SSD], [], needs(tolerations=[{"operator": "Exists"}]), 8),
        ([node(taints=[{"key": "a", "effect": "PreferNoSchedule"}])], [], needs(), 4),
        ([node(unschedulable=True)], [], needs(tolerations=[{"operator": "Exists"}]), 4),
        # More is asked for on n1 than there is; that takes nothing from n2.
        ([node(), node("n2")], [pod(cpu="9")], needs(), 4),
        ([], [], needs(), 0),
        ([node(cpu="100000000", pods="3000000000")] * 2, [], needs("1m"), 2**31 - 1),
        ([node()], [], ReplicaRequirements(), 110),
    ],
)  # fmt: skip
def test_room(nodes: list[Any], pods: list[Any], wanted: ReplicaRequirements, replicas: int) -> None:
    assert ClusterRoom.of(nodes, pods).replicas(wanted) == replicas


def test_the_report() -> None:
    nodes = [
        node(),
        node("n2", pods="1"),
        node("n3", unschedulable=True),
        node("n4", taints=[{"key": "gpu", "value": "a100", "effect": "NoSchedule"}]),
        node("n5", labels={"disk": "hdd"}),
    ]
    room = ClusterRoom.of(nodes, [pod("n5", "9")])
    report = room.report(needs(affinity=required(term("disk", "NotIn", "hdd"))))
    assert (report.replicas, report.nodes, report.usable) == (5, 5, 2)
    assert str(report) == (
        "room for 5 on 2 of 5 nodes; cpu runs out on 1; pods runs out on 1; 1 turned away: nodeAffinity; 1 turned away: "
        "taint gpu=a100:NoSchedule; 1 turned away: taint node.kubernetes.io/unschedulable:NoSchedule; "
        "overcommitted: n5 (cpu)"
    )


@pytest.mark.parametrize(
    ("given_room", "requests", "replicas"),
    [
        ({"cpu": 4, "pods": 10}, {"cpu": "500m", "memory": "64Gi"}, 8),
        ({"pods": 3}, {"cpu": "99", "memory": "1Ti", "ephemeral-storage": "1Ti"}, 3),
        ({"cpu": 4}, {}, 2**31 - 1),
        ({"cpu": 4}, {"nvidia.com/gpu": "1"}, 0),
        ({"cpu": 4}, {"hugepages-2Mi": "2Mi"}, 0),
        ({"nvidia.com/gpu": 4}, {"nvidia.com/gpu": "3", "cpu": "1"}, 1),
        ({"memory": "0"}, {"memory": "1"}, 0),
    ],
)
def test_room_that_a_user_gives(given_room: dict[str, Any], requests: dict[str, str], replicas: int) -> None:
    wanted = {"resources": {"requests": requests}, "nodeSelector": {"any": "node"}}
    room = ClusterRoom.given(given_room, "multicluster_capacity")
    assert room.replicas(ReplicaRequirements.of(wanted)) == replicas


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (7, "^multicluster_capacity: found 7; a mapping of resources"),
        ({}, "multicluster_capacity: is empty; a mapping of resources"),
        ({"CPU": 1}, "found the key 'CPU'; accepted: cpu, memory.*did you mean 'cpu'"),
        ({"cpu": "many"}, r"multicluster_capacity\[cpu\]: found 'many', which is no quantity"),
        ({"cpu": -1}, r"multicluster_capacity\[cpu\]: found -1; quantities from 0 on"),
    ],
)
def test_what_a_user_cannot_give(raw: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ClusterRoom.given(raw, "multicluster_capacity")


def test_taking_leaves_what_the_others_find() -> None:
    room = ClusterRoom.of([node(), node("n2")], [])
    assert room.taking(needs(), 3).replicas(needs()) == 5
    # Spread over the nodes: two on one and two on the other leave no room for three processors on either.
    assert room.taking(needs(), 4).replicas(needs("3")) == 0
    assert room.taking(needs(), 99).replicas(needs()) == 0
    assert room.replicas(needs()) == 8


def test_releasing_makes_room_for_what_may_run_there() -> None:
    room = ClusterRoom.of([node()], [pod(cpu="4")])
    plain, tolerant = needs(), needs(tolerations=[{"operator": "Exists"}])
    assert room.replicas(plain) == 0
    assert room.releasing((plain, 3)).replicas(plain) == 3
    assert room.releasing((plain, 3)).replicas(needs("2")) == 1
    assert room.releasing((plain, 3)).replicas(tolerant) == 3
    assert room.releasing((plain, 3)).replicas(needs(nodeSelector={"disk": "ssd"})) == 0
    assert room.releasing((tolerant, 3)).replicas(plain) == 0
    choosy = needs(affinity=required(term("disk", "In", "ssd")))
    assert room.releasing((plain, 3)).replicas(choosy) == 0
    assert room.releasing((choosy, 3)).replicas(choosy) == 3
    assert room.releasing((choosy, 3)).replicas(plain) == 3
    assert room.releasing((plain, 0)) is room


@pytest.mark.parametrize(
    ("nodes", "pods", "message"),
    [
        ([7], [], "^east: found a number in the list of Nodes without a name"),
        ([{"metadata": {}}], [], "^east: found a mapping in the list of Nodes"),
        ([node(cpu="x")], [], r"^east: Node n1: status.allocatable\[cpu\]: found 'x', which is no quantity"),
        ([node(taints=[{"key": "a"}])], [], r"Node n1: spec.taints\[0\]: a taint has a key and an effect"),
        ([node(taints="a")], [], "Node n1: spec.taints: found a string; a list"),
        ([], ["x"], "found a string in the list of Pods"),
        ([], [pod(cpu="x")], r"Pod default/p: spec.containers\[0\].resources.requests\[cpu\]: found 'x'"),
        ([], [pod(nodeName=7)], "Pod default/p: spec.nodeName: found 7; the name of a node"),
        ([], [{"metadata": {"name": "p"}, "spec": []}], "Pod p.spec: found a list; a mapping"),
    ],
)
def test_what_is_malformed(nodes: list[Any], pods: list[Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ClusterRoom.of(nodes, pods, "east")


@given(
    st.lists(st.tuples(st.integers(0, 8000), st.integers(0, 20)), max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3000)), max_size=8),
    st.integers(1, 2000),
    st.integers(0, 30),
)
def test_room_is_what_can_be_placed(
    sizes: list[tuple[int, int]], running: list[tuple[int, int]], cpu: int, count: int
) -> None:
    """Against placing replicas one by one."""
    nodes = [node(f"n{index}", f"{size}m", str(slots)) for index, (size, slots) in enumerate(sizes)]
    room = ClusterRoom.of(nodes, [pod(f"n{index}", f"{used}m") for index, used in running])
    expected = 0
    for index, (size, slots) in enumerate(sizes):
        free = size - sum(used for place, used in running if place == index)
        slots -= sum(place == index for place, _used in running)
        while free >= cpu and slots >= 1:
            free, slots, expected = free - cpu, slots - 1, expected + 1
    wanted = needs(f"{cpu}m")
    assert room.replicas(wanted) == expected
    assert room.taking(wanted, count).replicas(wanted) == max(0, expected - count)
