# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes and pods of many shapes, what a replica asks for, and how many of it fit, with the sum in words.

Nodes have four processors, 8Gi of memory, 10Gi of storage and 110 pods, if a row does not say something else. Each row has
nodes of its own, which its replica selects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.tests.integration.support.nodes import (
    ALLOCATABLE,
    OWNER,
    Raw,
    container,
    node,
    pod,
)
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE

ROW: Final = "row"
GPU: Final = "example.com/gpu"
RUNTIME: Final = f"{NAMESPACE}-runtime"
# One more than a page of a list, and some.
MANY: Final = 520


@dataclass(frozen=True)
class On:
    """A pod of a row.

    :ivar node: the number of its node; -1 for one that is not there, None for no node.
    """

    spec: Raw
    node: int | None = 0
    phase: str = ""
    times: int = 1
    terminating: bool = False


@dataclass(frozen=True)
class Row:
    """What is there, what is asked for, and what comes of it.

    :ivar sum: how the number is found.
    :ivar replica: the pod spec of one replica.
    :ivar nodes: arguments of `node`, each.
    """

    sum: str
    replicas: int
    replica: Raw
    nodes: tuple[Raw, ...] = ({},)
    pods: tuple[On, ...] = ()

    def items(self, name: str) -> Iterator[dict[str, Any]]:
        """Its objects."""
        for number, given in enumerate(self.nodes):
            labels = {ROW: f"{NAMESPACE}-{name}", **given.get("labels", {})}
            yield node(_node_name(name, number), **{**given, "labels": labels})
        for number, each in enumerate(self.pods):
            place = None if each.node is None else _node_name(name, each.node)
            for time in range(each.times):
                yield pod(f"{NAMESPACE}-{name}-{number}-{time}", place, each.spec, each.phase)

    def terminating(self, name: str) -> Iterator[str]:
        """The names of its pods that have to go."""
        for number, each in enumerate(self.pods):
            if each.terminating:
                yield f"{NAMESPACE}-{name}-{number}-0"

    def template(self, name: str) -> dict[str, Any]:
        """The pod spec of a replica that runs on its own nodes only."""
        selector = {ROW: f"{NAMESPACE}-{name}", **self.replica.get("nodeSelector", {})}
        return {**self.replica, "nodeSelector": selector}


def _node_name(row: str, number: int) -> str:
    return f"{NAMESPACE}-{row}-{'gone' if number < 0 else number}"


def asks(requests: Raw | None = None, limits: Raw | None = None, **spec: Any) -> dict[str, Any]:
    """The spec of a pod with one container."""
    return {"containers": [container(requests, limits=limits)], **spec}


def cpu(amount: Any, **spec: Any) -> dict[str, Any]:
    return asks({"cpu": amount}, **spec)


def has(**amounts: str) -> dict[str, Any]:
    """A node that has as much."""
    return {
        "status": {"allocatable": {**ALLOCATABLE, **{key.replace("_", "-"): text for key, text in amounts.items()}}}
    }


def tainted(key: str, effect: str, value: str = "") -> dict[str, Any]:
    return {"taints": [{"key": key, "effect": effect, **({"value": value} if value else {})}]}


def labelled(**labels: str) -> dict[str, Any]:
    return {"labels": labels}


def required(*terms: Raw) -> dict[str, Any]:
    """The affinity of a pod that needs one of these terms."""
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}}


def where(*conditions: tuple[str, str, list[str]], on: str = "matchExpressions") -> dict[str, Any]:
    """A term with conditions that all must hold."""
    found = [
        {"key": key, "operator": operator, **({"values": values} if values else {})}
        for key, operator, values in conditions
    ]
    return {on: found}


def starting(*init: Raw, running: str) -> dict[str, Any]:
    """A pod with init containers, and one container that asks for so many processors."""
    named = [{**each, "name": f"i{number}"} for number, each in enumerate(init)]
    return cpu(running, initContainers=named)


def init(amount: str, **more: Any) -> dict[str, Any]:
    return container({"cpu": amount}, **more)


ALWAYS: Final = {"restartPolicy": "Always"}

QUANTITIES: Final = {
    "cpu-millis": Row("3900m - 100m = 3800m, 15 times 250m", 15, cpu("250m"), (has(cpu="3900m"),), (On(cpu("100m")),)),
    "cpu-decimal": Row("1.5 is three times 0.5", 3, cpu(0.5), (has(cpu="1.5"),)),
    "cpu-exponent": Row("1e3 - 1 = 999, nine times 1e2", 9, cpu("1e2"), (has(cpu="1e3"),), (On(cpu(1)),)),
    "kibi": Row("1048576Ki are 1024Mi, ten times 100Mi", 10, asks({"memory": "100Mi"}), (has(memory="1048576Ki"),)),
    "mebi": Row("1000Mi are 1048.6M, ten times 100M", 10, asks({"memory": "100M"}), (has(memory="1000Mi"),)),
    "mega": Row("1000M are 953.7Mi, nine times 100Mi", 9, asks({"memory": "100Mi"}), (has(memory="1000M"),)),
    "gibi": Row("1.5Gi are 1536Mi, three times 512Mi", 3, asks({"memory": "512Mi"}), (has(memory="1.5Gi"),)),
    "bytes": Row(
        "1500000000 - 1 bytes, twice 0.5G",
        2,
        asks({"memory": "0.5G"}),
        (has(memory="1500000000"),),
        (On(asks({"memory": 1})),),
    ),
    "exponent": Row("1e9 bytes are four times 250e6", 4, asks({"memory": "250e6"}), (has(memory="1e9"),)),
    "millibytes": Row(
        "128974848000m are 123Mi, three times 41Mi", 3, asks({"memory": "41Mi"}), (has(memory="128974848000m"),)
    ),
    "capacity": Row(
        "the server takes capacity for allocatable: 4", 4, cpu(1), ({"status": {"capacity": ALLOCATABLE}},)
    ),
    "nothing": Row("a node that has not reported takes no pod", 0, cpu(1), ({"status": {}},)),
}

RESOURCES: Final = {
    "smallest": Row(
        "cpu 4 / 500m = 8, memory (8Gi - 3Gi) / 1Gi = 5, storage 10Gi / 1Gi = 10: 5",
        5,
        asks({"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1Gi"}),
        pods=(On(asks({"memory": "3Gi"})),),
    ),
    "storage": Row(
        "10Gi - 3Gi, three times 2Gi",
        3,
        asks({"ephemeral-storage": "2Gi"}),
        pods=(On(asks({"ephemeral-storage": "3Gi"})),),
    ),
    "slots": Row("5 pods - 2 that ask for nothing", 3, cpu("100m"), (has(pods="5"),), (On(asks(), times=2),)),
    "asks-nothing": Row("only the number of pods counts: 110 - 1", 109, asks(), pods=(On(cpu(9)),)),
    "gpu": Row(
        "8 - 2 devices, twice 3; the other node has none",
        2,
        asks(limits={GPU: 3}),
        (has(**{GPU: "8"}), {}),
        (On(asks(limits={GPU: 2})),),
    ),
    "hugepages": Row(
        "1Gi - 512Mi, four times 128Mi",
        4,
        asks({"cpu": "100m"}, limits={"hugepages-2Mi": "128Mi"}),
        (has(hugepages_2Mi="1Gi"),),
        (On(asks({"cpu": "100m"}, limits={"hugepages-2Mi": "512Mi"})),),
    ),
    "fragments": Row("1.5 left on each of 3 nodes: one each", 3, cpu(1), (has(cpu="1500m"),) * 3),
    "overcommitted": Row("4 - 3 - 3 is less than none, beside 4", 4, cpu(1), ({}, {}), (On(cpu(3), times=2),)),
    "pages": Row(
        f"8 - {MANY} times 10m = 2800m, 28 times 100m; 500 of the pods would leave 30",
        28,
        cpu("100m"),
        (has(cpu="8", pods="1000"),),
        (On(cpu("10m"), times=MANY),),
    ),
}

TAINTS: Final = {
    "taints": Row(
        "4 where nothing is, 4 where it is only unwelcome",
        8,
        cpu(1),
        ({}, tainted("a", "PreferNoSchedule"), tainted("a", "NoSchedule"), tainted("a", "NoExecute")),
    ),
    "tolerated": Row(
        "4 where key, value and effect are the tolerated ones",
        4,
        cpu(1, tolerations=[{"key": "for", "value": "web", "effect": "NoSchedule"}]),
        (tainted("for", "NoSchedule", "web"), tainted("for", "NoSchedule", "db"), tainted("for", "NoExecute", "web")),
    ),
    "tolerates-all": Row(
        "4 on each of 3",
        12,
        cpu(1, tolerations=[{"operator": "Exists"}]),
        (tainted("a", "NoSchedule"), tainted("b", "NoExecute", "c"), {"unschedulable": True}),
    ),
    "cordoned": Row("4 on the other", 4, cpu(1), ({"unschedulable": True}, {})),
}

SELECTION: Final = {
    "selector": Row(
        "4 on the one that has both",
        4,
        cpu(1, nodeSelector={"disk": "ssd"}),
        (labelled(disk="ssd"), labelled(disk="hdd")),
    ),
    "in": Row(
        "4 in a, 4 in b",
        8,
        cpu(1, affinity=required(where(("zone", "In", ["a", "b"])))),
        (labelled(zone="a"), labelled(zone="b"), labelled(zone="c"), {}),
    ),
    "not-in": Row(
        "4 in b, 4 in no zone",
        8,
        cpu(1, affinity=required(where(("zone", "NotIn", ["a"])))),
        (labelled(zone="a"), labelled(zone="b"), {}),
    ),
    "exists": Row("4", 4, cpu(1, affinity=required(where(("zone", "Exists", [])))), (labelled(zone="a"), {}, {})),
    "absent": Row(
        "4 + 4", 8, cpu(1, affinity=required(where(("zone", "DoesNotExist", [])))), (labelled(zone="a"), {}, {})
    ),
    "between": Row(
        "4 on the one whose number is above 4 and below 16",
        4,
        cpu(1, affinity=required(where(("cores", "Gt", ["4"]), ("cores", "Lt", ["16"])))),
        (labelled(cores="4"), labelled(cores="8"), labelled(cores="16"), labelled(cores="many"), {}),
    ),
    "by-name": Row(
        "4 on the one of that name",
        4,
        cpu(1, affinity=required(where(("metadata.name", "In", [_node_name("by-name", 1)]), on="matchFields"))),
        ({}, {}, {}),
    ),
    "either": Row(
        "4 with the one label, 4 with the other",
        8,
        cpu(1, affinity=required(where(("zone", "In", ["a"])), where(("disk", "In", ["ssd"])))),
        (labelled(zone="a"), labelled(disk="ssd"), labelled(zone="b", disk="hdd")),
    ),
    "preferred": Row(
        "what is preferred turns nobody away: 4 + 4",
        8,
        cpu(
            1,
            affinity={
                "nodeAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {"weight": 1, "preference": where(("zone", "In", ["a"]))}
                    ]
                }
            },
        ),
        (labelled(zone="a"), {}),
    ),
}

PODS: Final = {
    "ended": Row(
        "4; those that ended ask for nothing any more",
        4,
        cpu(1),
        pods=(On(cpu(3), phase="Succeeded"), On(cpu(3), phase="Failed")),
    ),
    "not-ended": Row(
        "4 - 1 that starts - 1 that runs - 1 that nobody hears of",
        1,
        cpu(1),
        pods=(On(cpu(1), phase="Pending"), On(cpu(1), phase="Running"), On(cpu(1), phase="Unknown")),
    ),
    "waiting": Row("4; who has no node takes nothing", 4, cpu(1), pods=(On(cpu(3), node=None),)),
    "terminating": Row(
        "4 - 3, for as long as it is there", 1, cpu(1), pods=(On(cpu(3), phase="Running", terminating=True),)
    ),
    "gone": Row("4; the node of that pod is not there", 4, cpu(1), pods=(On(cpu(3), node=-1),)),
    "init": Row("4 - 3 while it starts", 1, cpu(1), pods=(On(starting(init("2"), init("3"), running="1")),)),
    "small-init": Row("4 - 2 once it runs", 2, cpu(1), pods=(On(starting(init("1"), running="2")),)),
    "sidecar": Row(
        "sidecar 1 with init 2 is 3, with the container 1 is 2: 4 - 3",
        1,
        cpu(1),
        pods=(On(starting(init("1", **ALWAYS), init("2"), running="1")),),
    ),
    "late-sidecar": Row(
        "init 2 before the sidecar is 2, sidecar 1 with the container 1.5 is 2.5: 4 - 2.5, three times 0.5",
        3,
        cpu("500m"),
        pods=(On(starting(init("2"), init("1", **ALWAYS), running="1.5")),),
    ),
    "two": Row("4 - (1 + 1)", 2, cpu(1), pods=(On({"containers": [init("1"), init("1", name="d")]}),)),
    "overhead": Row(
        "4 - (750m + 250m of its RuntimeClass)", 3, cpu(1), pods=(On(cpu("750m", runtimeClassName=RUNTIME)),)
    ),
    "limits": Row("4 - 2, which the server takes for the request", 2, cpu(1), pods=(On(asks(limits={"cpu": 2})),)),
    "pod-level": Row(
        "4 - 2 of the pod as a whole, not the 500m of its container",
        2,
        cpu(1),
        pods=(On(cpu("500m", resources={"requests": {"cpu": 2}})),),
    ),
}

REPLICAS: Final = {
    "replica-init": Row("4 / max(1, 2)", 2, starting(init("2"), running="1")),
    "replica-sidecar": Row("4 / (1 + 1)", 2, starting(init("1", **ALWAYS), running="1")),
    "replica-limits": Row("4 / 2", 2, asks(limits={"cpu": 2})),
    "replica-limit-and-request": Row("the request counts: 4 / 1", 4, asks({"cpu": 1}, limits={"cpu": 4})),
    "replica-overhead": Row("4 / (750m + 250m)", 4, cpu("750m", overhead={"cpu": "250m"})),
    "replica-pod-level": Row("4 / 2 of the pod as a whole", 2, cpu("500m", resources={"requests": {"cpu": 2}})),
}

ROWS: Final = {**QUANTITIES, **RESOURCES, **TAINTS, **SELECTION, **PODS, **REPLICAS}


def everything() -> list[dict[str, Any]]:
    """The objects of all rows, and what they need."""
    runtime = {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": RUNTIME, "labels": {OWNER: NAMESPACE}},
        "handler": "some",
        "overhead": {"podFixed": {"cpu": "250m"}},
    }
    return [runtime, *(raw for name, row in ROWS.items() for raw in row.items(name))]
