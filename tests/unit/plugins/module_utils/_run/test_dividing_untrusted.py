# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statuses and objects that somebody else has written to a hub or a member: never trusted, never a crash."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import (
    inform,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    parse_contents,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.what_if import (
    scheduled,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    World,
    deployment,
    dynamic,
    pod,
    web,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    overwrite,
)


def with_status(bindings: Any, replicas: Any, **spec: Any) -> World:
    world = World(a=3, b=3)
    world.distribute(deployment(2), web(**spec))
    key = next(key for key in world.store.objects if key.kind == "Subscription")
    raw = copy.deepcopy(dict(MemoryHub(world.store).load().objects[key].raw))
    overwrite(
        world.store,
        {**raw, "status": {"bindingClusters": bindings, "replicas": replicas}},
    )
    return world


@pytest.mark.parametrize(
    "bindings",
    [7, True, "ns/a", {"a": 1}, [["x"]], [{}], [None], ["clusternet-a/a"] * 2],
)
@pytest.mark.parametrize("replicas", [{KEY: [1]}, 5, [1], {KEY: "1"}, {5: [1]}, {KEY: [10**30, -1]}])
@pytest.mark.parametrize(
    "spec",
    [dynamic(), dynamic(maxClusters=1), {}],
    ids=["spread", "limited", "replication"],
)
def test_a_damaged_status_stops_nobody(bindings: Any, replicas: Any, spec: dict[str, Any]) -> None:
    world = with_status(bindings, replicas, **spec)
    contents = MemoryHub(world.store).load()
    for seen in (contents, replace(contents, clusternet=True)):
        inform(parse_contents(seen), Scope(), (), Guards(9))
    world.distribute()
    expected = 2 if spec else 4
    assert sum(world.replicas().values()) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.apis["a"].put({**pod(1), "status": {"phase": ["Running"]}}),
        lambda world: world.apis["a"].put({**pod(1), "spec": {"nodeName": 7}}),
    ],
    ids=["phase", "nodeName"],
)
def test_a_malformed_pod_of_one_cluster_stops_no_other(change: Any) -> None:
    world = World(a=5, b=5)
    change(world)
    assert world.distribute(deployment(4), web(**dynamic())).decision.problems == {}
    assert sum(world.replicas().values()) == 4


def test_labels_of_a_node_that_are_no_strings_stop_no_other_cluster() -> None:
    world = World(a=5, b=5)
    damaged = copy.deepcopy(next(iter(world.apis["a"].open("a", None).list("v1", "Node"))))  # type: ignore[arg-type]
    damaged["metadata"]["labels"] = {"cores": 8}
    world.apis["a"].put(damaged)
    choosy = deployment(2)
    term = {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["3"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    choosy["spec"]["template"]["spec"]["affinity"] = {"nodeAffinity": required}
    done = world.distribute(choosy, deployment(1, "other"), web(**dynamic()), web("other", **dynamic()))
    assert any(warning.startswith("cluster a: ") and "metadata.labels" in warning for warning in done.warnings)
    assert world.replicas("other") == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("toleration", "field"),
    [
        (
            {"key": "a", "operator": "Exists", "tolerationSeconds": "30"},
            "tolerations[0].tolerationSeconds: found '30'",
        ),
        ({"key": False, "operator": "Exists"}, "tolerations[0].key: found false"),
        ({"key": "a", "value": 0}, "tolerations[0].value: found 0"),
    ],
)
def test_a_malformed_toleration_of_a_pod_is_a_problem_of_its_own_subscription(toleration: Any, field: str) -> None:
    world = World(a=9)
    malformed = deployment(2)
    malformed["spec"]["template"]["spec"]["tolerations"] = [toleration]
    done = world.distribute(malformed, deployment(2, "other"), web(**dynamic()), web("other", **dynamic()))
    assert done.decision.problems.keys() == {"default/web"}
    assert field in done.decision.problems["default/web"][0]
    assert world.replicas("other") == {"a": 2}


@pytest.mark.parametrize(
    ("objects", "capacities"),
    [
        ([{"kind": "Subscription", "metadata": {}}], {}),
        ([{"kind": "Subscription", "metadata": {"name": ["x"], "namespace": {}}}], {}),
        ([], {1: {"cpu": 1}, "x": {"cpu": 1}}),
    ],
)
def test_malformed_input_of_a_calculation_is_no_crash(objects: Any, capacities: Any) -> None:
    with pytest.raises(InvalidInput):
        scheduled(objects, capacities)


def test_tolerations_that_an_api_server_took_stop_their_subscription_and_nobody_else() -> None:
    world = World(a=9, b=9)
    world.distribute(deployment(2), web(**dynamic()), deployment(2, "api"), web("api", **dynamic()))
    key = next(key for key in world.store.objects if (key.kind, key.name) == ("Subscription", "web"))
    raw = copy.deepcopy(dict(MemoryHub(world.store).load().objects[key].raw))
    raw["spec"]["clusterTolerations"] = [{"key": "gpu", "operator": "exists"}]
    overwrite(world.store, raw)
    done = world.distribute(deployment(4), deployment(4, "api"))
    (problem,) = done.decision.problems["default/web"]
    assert "spec.clusterTolerations[0].operator: found 'exists'; accepted: Equal, Exists" in problem
    assert (sum(world.replicas().values()), sum(world.replicas("api").values())) == (2, 4)
    assert any("spec.clusterTolerations[0].operator" in each for each in done.warnings)
