# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Malformed scheduling, from what a user stores to the message: it names the object and the field; nothing changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    World,
    deployment,
    dynamic,
    static,
    web,
)

Raw = dict[str, Any]
DYNAMIC = "spec.dividingScheduling.dynamicDividing"


def preferring(operator: str, *values: str) -> Raw:
    expression = {"key": "region", "operator": operator, "values": list(values)}
    return dynamic(preferredClusters=[{"weight": 1, "preference": {"matchExpressions": [expression]}}])


def spreading(**fields: Any) -> Raw:
    constraint = {"maxSkew": 1, "topologyKey": "region", "whenUnsatisfiable": "DoNotSchedule", **fields}
    return dynamic(topologySpreadConstraints=[constraint])


def selecting(operator: str, **fields: Any) -> Raw:
    affinity = {"matchExpressions": [{"key": "region", "operator": operator, "values": ["eu"]}]}
    return {"subscribers": [{"clusterAffinity": affinity, **fields}]}


@pytest.mark.parametrize(
    ("spec", "field", "found"),
    [
        ({"subscribers": [{"clusterAffinity": {}, "weight": -1}]}, "spec.subscribers[0].weight", "found -1"),
        ({"subscribers": [{"clusterAffinity": {}, "weight": "2"}]}, "spec.subscribers[0].weight", "found '2'"),
        ({"subscribers": [{"weight": 1}]}, "spec.subscribers[0].clusterAffinity", "is missing"),
        (
            selecting("Inn"),
            "spec.subscribers[0].clusterAffinity.matchExpressions[0].operator",
            "found 'Inn'; accepted: In, NotIn, Exists, DoesNotExist; did you mean 'In'",
        ),
        (
            selecting("In", subGroupStrategy={"minClusters": -1}),
            "spec.subscribers[0].subGroupStrategy.minClusters",
            "found -1",
        ),
        (dynamic(minClusters=3, maxClusters=2), f"{DYNAMIC}.minClusters", "is 3 and above maxClusters, which is 2"),
        (dynamic(minClusters=-1), f"{DYNAMIC}.minClusters", "found -1"),
        (dynamic(maxClusters=0), f"{DYNAMIC}.maxClusters", "found 0"),
        (dynamic("Pack"), f"{DYNAMIC}.strategy", "found 'Pack'; accepted: Spread, Binpack"),
        (
            preferring("Has"),
            f"{DYNAMIC}.preferredClusters[0].preference.matchExpressions[0].operator",
            "found 'Has'; accepted: In, NotIn, Exists, DoesNotExist, Gt, Lt",
        ),
        (
            preferring("Gt", "many"),
            f"{DYNAMIC}.preferredClusters[0].preference.matchExpressions[0].values",
            "Gt takes one value, a whole number in quotes",
        ),
        (
            spreading(whenUnsatisfiable="Maybe"),
            f"{DYNAMIC}.topologySpreadConstraints[0].whenUnsatisfiable",
            "found 'Maybe'",
        ),
        (spreading(maxSkew=0), f"{DYNAMIC}.topologySpreadConstraints[0].maxSkew", "found 0"),
        ({"preemptionPolicy": "Never"}, "spec.preemptionPolicy", "found 'Never'; accepted: PreemptLowerPriority"),
        ({"priority": "high"}, "spec.priority", "found 'high'"),
        (
            {"schedulingStrategy": "Divide"},
            "spec.schedulingStrategy",
            "found 'Divide'; accepted: Replication, Dividing",
        ),
    ],
)
def test_a_malformed_rule_is_refused_at_the_door_by_its_field(spec: Raw, field: str, found: str) -> None:
    world = World(a=1)
    with pytest.raises(InvalidInput) as raised:
        world.distribute(deployment(1), web(**spec))
    (problem,) = raised.value.problems
    assert "default/web" in problem or "Subscription web" in problem
    assert f"{field}: {found}" in problem
    assert world.store.writes == 0


def requesting(quantity: Any) -> Callable[[Raw], None]:
    def change(spec: Raw) -> None:
        spec["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": quantity}}

    return change


@pytest.mark.parametrize(
    ("change", "field", "found"),
    [
        (
            requesting("lots"),
            "spec.template.spec.containers[0].resources.requests[cpu]",
            "found 'lots', which is no quantity",
        ),
        (requesting("1 Gi"), "spec.template.spec.containers[0].resources.requests[cpu]", "found '1 Gi'"),
        (requesting(["1"]), "spec.template.spec.containers[0].resources.requests[cpu]", "found a list"),
        (
            lambda spec: spec.update(replicas=-1),
            "/spec/replicas",
            "found -1; a number of replicas from 0 to 2147483647",
        ),
        (lambda spec: spec.update(replicas="2"), "/spec/replicas", "found '2'"),
        (
            lambda spec: spec["template"]["spec"].update(initContainers={}),
            "spec.template.spec.initContainers",
            "found a mapping",
        ),
        (
            lambda spec: spec["template"]["spec"].update(nodeSelector={"a": 1}),
            "replicaRequirements.nodeSelector",
            "found 1; strings are accepted",
        ),
    ],
)
@pytest.mark.parametrize("rules", [dynamic(), static(a=1)], ids=["dynamic", "static"])
def test_a_malformed_object_keeps_its_own_subscription_and_no_other_from_being_placed(
    rules: Raw, change: Callable[[Raw], None], field: str, found: str
) -> None:
    world = World(a=9)
    malformed = copy.deepcopy(deployment(2))
    change(malformed["spec"])
    done = world.distribute(malformed, deployment(3, "other"), web(**rules), web("other", **rules))
    (problem,) = done.decision.problems["default/web"]
    assert "Deployment/shop/web" in problem or "Deployment.apps shop/web" in problem
    assert f"{field}: {found}" in problem
    assert done.decision.problems.keys() == {"default/web"}
    assert (world.replicas(), world.replicas("other")) == ({}, {"a": 3})


@pytest.mark.parametrize(
    ("capacity", "found"),
    [
        ({"cpu": "4 cores"}, "[cpu]: found '4 cores', which is no quantity"),
        ({"cpu": -4}, "[cpu]: found -4; quantities from 0 on are accepted"),
        ({"memory": "64GB"}, "[memory]: found '64GB', which is no quantity"),
        ({"processors": 4}, ": found the key 'processors'; accepted: cpu, memory"),
        ("4", ": found '4'; a mapping of resources to quantities is accepted"),
    ],
)
def test_a_malformed_capacity_names_the_host_and_the_resource(capacity: Any, found: str) -> None:
    world = World(a=1)
    world.variables["a"]["multicluster_capacity"] = capacity
    with pytest.raises(InvalidInput) as raised:
        world.distribute(deployment(1), web(**dynamic()))
    assert f"host a: variable multicluster_capacity{found}" in str(raised.value)
    assert world.store.writes == 0
