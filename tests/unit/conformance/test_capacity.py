# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clusters can take, and what replicas ask for: Clusternet's own answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import CapacityReport, ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.nodes import Node
from ansible_collections.multicluster.apps.plugins.module_utils._core.pod_requests import pod_requests
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import feed_order, replica_requirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Notation, Quantity
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import (
    ReplicaRequirements,
    amount_of,
    resource_amounts,
)

_OWN_POD = "an init container counts against the containers of its own pod"
_CORDONED = "reference, Scheduling 8: nothing new runs on a node that is unschedulable"
_EXACT = "amounts are whole numbers of any size; a quantity ends at 2^63-1, as Kubernetes documents it"
_MOST = 2**63 - 1


def _only(wanted: str) -> Any:
    return lambda record: record["input"]["function"] == wanted


def _quantities(cpu: str, memory: str, gpu: str) -> dict[str, Any]:
    amounts = {"cpu": cpu, "memory": memory, "nvidia.com/gpu": gpu, "ephemeral-storage": "0", "pods": "0"}
    return {"output": amounts}


def _requested_cpu(cpu: str) -> dict[str, Any]:
    return {"output": {"resources": {"requests": {"cpu": cpu}}}}


def _parsed(desired: int, path: str) -> dict[str, Any]:
    requirements = _requested_cpu("100m")["output"]
    return {
        "output": {
            "parser": "ours",
            "desiredReplicas": desired,
            "replicaJsonPath": path,
            "replicaRequirements": requirements,
        }
    }


ROOM_ANSWERS: Final = {
    "compute-init-container-after-other-pods#c9e83648": (_OWN_POD, {"output": {"maxReplicas": 2}}),
    "compute-init-containers-in-two-pods#d97e83a6": (_OWN_POD, {"output": {"maxReplicas": 0}}),
    "predict-affinity-is-ignored#0c6a3bc7": (
        "reference, Scheduling 8: node affinity counts",
        {"output": {"replicas": {"default": 8}}},
    ),
    "predict-unschedulable-node-counted#5436b845": (_CORDONED, {"output": {"replicas": {"default": 8}}}),
    "predict-one-overcommitted-node-fails-all#20ca3fd4": (
        "an overcommitted node takes nothing more; the others do",
        {"output": {"replicas": {"default": 8}}},
    ),
    "predict-sum-over-int32#76f43b82": (
        "no more can be asked for than the API can say, so no more is told",
        {"output": {"replicas": {"default": 2**31 - 1}}},
    ),
}
FILTER_ANSWERS: Final = {
    "filter-unschedulable-flag-is-not-a-taint#06dec4c3": (_CORDONED, {"output": {"fits": False}}),
}
REQUIREMENTS_ANSWERS: Final = {
    "requirements-overhead-ignored#e0582651": ("reference, Scheduling 8: overhead counts", _requested_cpu("1250m")),
}
PARSER_ANSWERS: Final = {
    "parser-Job-batch-v1#5288fde1": ("reference, Scheduling 9: Jobs are divided, too", _parsed(1, "/spec/parallelism")),
    "parser-replicas-null#1449886b": ("reference, Scheduling 9: the default is 1", _parsed(1, "/spec/replicas")),
}
RESOURCE_ANSWERS: Final = {
    "resource-sub-missing-scalar-zero-no-scalars#796c65a8": (
        "nothing taken from nothing is nothing",
        {"output": {"milliCPU": 1000, "memory": 0, "ephemeralStorage": 0, "pods": 0, "scalars": {"other.io/x": 0}}},
    ),
    "resource-quantity-1E#76c94e04": (_EXACT, _quantities("1E", "976562500000000Ki", "1E")),
    "resource-quantity-1Ei#976b6637": (_EXACT, _quantities(str(2**60), "1Ei", str(2**60))),
    "resource-quantity-9223372036854775807#c9630008": (_EXACT, _quantities(str(_MOST), str(_MOST), str(_MOST))),
    "resource-quantity-1e20#d3856856": (_EXACT, _quantities(str(_MOST), str(_MOST), str(_MOST))),
}


def needs_of(case: Any) -> ReplicaRequirements:
    return ReplicaRequirements.of(case.input["requirements"])


def report_of(case: Any) -> CapacityReport:
    nodes = case.input["nodes"] if "nodes" in case.input else [case.input["node"]]
    return ClusterRoom.of(nodes, case.input["pods"]).report(needs_of(case))


@pytest.mark.golden("capacity", only=_only("Compute"), right_answers=ROOM_ANSWERS)
def test_one_node(case: Any) -> None:
    report = report_of(case)
    if case.error is None:
        assert {"maxReplicas": report.replicas} == case.output
    else:
        # Clusternet gives up; for us such a node is full of what it lacks, and the report names it.
        assert report.overcommitted


@pytest.mark.golden("capacity", only=_only("MaxAcceptableReplicas"), right_answers=ROOM_ANSWERS)
def test_whole_clusters(case: Any) -> None:
    report = report_of(case)
    if case.error is None:
        assert {"replicas": {"default": report.replicas}} == case.output
    else:
        # A cluster without a usable node is no reason to fail: it has no room.
        assert (report.replicas, report.usable) == (0, 0)


@pytest.mark.golden("capacity", only=_only("Filter"), right_answers=FILTER_ANSWERS)
def test_filter(case: Any) -> None:
    node = Node.of(case.input["node"], {}, "")
    assert (node.turns_away(needs_of(case)) == "") is case.output["fits"]


@pytest.mark.golden("capacity", only=_only("GetReplicaRequirements"), right_answers=REQUIREMENTS_ANSWERS)
def test_requirements(case: Any) -> None:
    assert {"resources": {}, **replica_requirements(case.input["podSpec"], "spec")} == case.output


@pytest.mark.golden("capacity", only=_only("Parser"), right_answers=PARSER_ANSWERS)
def test_workloads(case: Any) -> None:
    template = {"metadata": {"name": "x"}, **case.input["object"]}
    if case.error is not None:
        with pytest.raises(InvalidInput):
            feed_order(Feed.to(template), template)
        return
    order = feed_order(Feed.to(template), template)
    if case.output["parser"] is None:
        assert (order.desired_replicas, order.replica_json_path, order.requirements) == (None, "", {})
        return
    assert order.desired_replicas == case.output["desiredReplicas"]
    assert order.replica_json_path == case.output["replicaJsonPath"]
    assert {"resources": {}, **order.requirements} == case.output["replicaRequirements"]


@pytest.mark.golden("capacity", only=_only("Resource"), right_answers=RESOURCE_ANSWERS)
def test_amounts(case: Any) -> None:
    operation, left, right = case.input["op"], case.input["a"], case.input.get("b")
    if operation == "list":
        assert listed(resource_amounts(left, "a")) == case.output
    elif operation == "divide":
        requests = tuple(resource_amounts(right, "b").items())
        free = resource_amounts(left, "a")
        slots = free.pop("pods", 0)
        room = ClusterRoom([Node("n", free, slots)])
        assert {"maxReplicas": room.replicas(ReplicaRequirements(requests))} == case.output
    elif operation == "less":
        assert {"less": Quantity.parse(left["cpu"]) < Quantity.parse(right["cpu"])} == case.output
    elif operation == "sub":
        node = Node.of({"metadata": {"name": "n"}, "status": {"allocatable": left}}, {"n": amounts(right)}, "")
        assert bool(node.overcommitted) is (case.error is not None)
        if case.error is None:
            assert named({**node.free, "pods": node.slots}) == case.output
    else:
        spec = {
            "new": {"containers": [asking(left)]},
            "add": {"containers": [asking(left), asking(right)]},
            "multi": {"containers": [asking(left)] * case.input.get("ratio", 0)},
            "max": {"containers": [asking(left)], "initContainers": [asking(right)]},
        }[operation]
        asked = {name: str(quantity) for name, quantity in pod_requests(spec, "spec").items()}
        assert named(amounts(asked)) == case.output


def asking(requests: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"resources": {"requests": requests}}


def amounts(raw: Any) -> dict[str, int]:
    return resource_amounts(raw, "b")


def named(found: Mapping[str, int]) -> dict[str, Any]:
    """Amounts with the names of the golden output."""
    names = {"milliCPU": "cpu", "memory": "memory", "ephemeralStorage": "ephemeral-storage", "pods": "pods"}
    answer: dict[str, Any] = {name: found.get(resource, 0) for name, resource in names.items()}
    if scalars := {resource: amount for resource, amount in found.items() if resource not in names.values()}:
        answer["scalars"] = scalars
    return answer


def listed(found: Mapping[str, int]) -> dict[str, str]:
    """Amounts as the texts that Clusternet writes for them."""
    binary = ("memory", "ephemeral-storage")
    answer = dict.fromkeys(("cpu", "memory", "ephemeral-storage", "pods"), "0")
    for resource, amount in found.items():
        is_binary = resource in binary or resource.startswith("hugepages-")
        make = Quantity.of_millis if resource == "cpu" else Quantity.of_units
        quantity = make(amount, Notation.BINARY if is_binary else Notation.DECIMAL)
        assert amount_of(resource, quantity) == amount
        answer[resource] = str(quantity)
    return answer
