# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters `divide_replicas` and `schedule`."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.multicluster.apps.plugins.filter.divide_replicas import FilterModule as Divide
from ansible_collections.multicluster.apps.plugins.filter.schedule import FilterModule as Schedule
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    deployment,
    dynamic,
    web,
)

divide_replicas = Divide().filters()["divide_replicas"]
schedule = Schedule().filters()["schedule"]


def managed(name: str, **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels}
    spec = {"clusterId": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57", "syncMode": "Push"}
    return {
        "apiVersion": "clusters.clusternet.io/v1beta1",
        "kind": "ManagedCluster",
        "metadata": metadata,
        "spec": spec,
    }


def test_division_by_weights() -> None:
    assert divide_replicas(5, {"a": 5, "b": 1, "c": 0, "d": 2}) == {"a": 4, "b": 0, "c": 0, "d": 1}


def test_division_by_capacity_moves_nothing_that_runs() -> None:
    assert divide_replicas(10, capacity={"a": 6, "b": 2}, running={"a": 6}) == {"a": 9, "b": 1}
    assert divide_replicas(5, capacity={"a": 6, "b": 9}, strategy="Binpack") == {"a": 0, "b": 5}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either weights or capacity"),
        ({"weights": {"a": 1}, "capacity": {"a": 1}}, "either weights or capacity"),
        ({"weights": {"a": -1}}, r"weights\[a\]: found -1"),
        ({"weights": [1]}, "weights: found"),
        ({"weights": {"a": "2"}}, r"weights\[a\]: found '2'; a whole number from 0 on is accepted; .* \| int$"),
        ({"weights": {"a": "two"}}, r"weights\[a\]: found 'two'; a whole number from 0 on is accepted$"),
        (
            {"weights": {"a": 0}},
            "^multicluster.apps.divide_replicas: weights: all of them are 0, .* from 1 on is accepted$",
        ),
        ({"weights": {}}, "weights: no cluster is in it"),
        ({"weights": {"a": 1}, "running": {}}, "running: is accepted with capacity only"),
        ({"weights": {"a": 1}, "strategy": "Spread"}, "strategy: is accepted with capacity only"),
        ({"capacity": {"a": 1}, "strategy": "Spred"}, "strategy: found 'Spred'; .*did you mean 'Spread'"),
        (
            {"capacity": {"beijing": 1}, "running": {"bejing": 1}},
            "running: there is no cluster 'bejing' in capacity, which",
        ),
        ({"capacity": {}, "running": {"a": 1}}, "no cluster 'a' in capacity, which has none"),
        (
            {"weight": {"a": 1}},
            "there is no option weight; accepted: weights, capacity, running, strategy; did you mean 'weights'",
        ),
    ],
)
def test_malformed_divisions_name_the_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        divide_replicas(3, **options)


@pytest.mark.parametrize(
    ("replicas", "message"),
    [
        ("5", r"replicas: found '5'; .* \| int$"),
        (-1, "replicas: found -1; a whole number"),
        (True, "replicas: found true"),
    ],
)
def test_malformed_numbers_of_replicas(replicas: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        divide_replicas(replicas, {"a": 1})


@pytest.mark.parametrize("weights", [{"a": 0, "b": 0}, {"a": 1, "b": 2}])
def test_no_replicas_are_divided_by_any_weights(weights: dict[str, int]) -> None:
    assert divide_replicas(0, weights) == {"a": 0, "b": 0}


def test_what_has_no_room_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text: said.append(text))
    assert divide_replicas(1, capacity={"a": 0}) == {"a": 0}
    assert said == ["multicluster.apps.divide_replicas: of 1 replica, 1 found room in no cluster"]


def test_a_schedule_of_what_is_given() -> None:
    objects = [managed("a"), managed("b"), deployment(6), web(**dynamic())]
    found = schedule(objects, {"a": {"cpu": 8}, "b": {"cpu": 4}})["default/web"]
    assert found["problems"] == []
    assert found["bound"] == ["a", "b"]
    assert {name: each["replicas"] for name, each in found["clusters"].items()} == {"a": {KEY: 4}, "b": {KEY: 2}}
    assert len(found["table"]) == 3


def test_what_runs_already_stays() -> None:
    running = web(**dynamic())
    running["status"] = {"bindingClusters": ["clusternet-b/b"], "replicas": {KEY: [4]}}
    found = schedule([managed("a"), managed("b"), deployment(6), running], {"a": {"cpu": 8}})["default/web"]
    assert found["clusters"]["b"]["replicas"] == {KEY: 4}
    assert found["clusters"]["a"]["replicas"] == {KEY: 2}


def test_a_capacity_for_no_cluster_is_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="no cluster 'x' among the objects; there are: a"):
        schedule([managed("a")], {"x": {"cpu": 1}})


def test_a_malformed_capacity_is_that_of_the_option() -> None:
    with pytest.raises(AnsibleFilterError, match=r"schedule: capacities\[a\]\[cpu\]: found '1q'"):
        schedule([managed("a")], {"a": {"cpu": "1q"}})


def test_a_schedule_without_clusters_is_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="no ManagedCluster is among the objects"):
        schedule([deployment(1), web(**dynamic())])


def test_a_missing_feed_is_told_as_missing_among_the_objects() -> None:
    (problem,) = schedule([managed("a"), web(**dynamic())])["default/web"]["problems"]
    assert problem == f"feed {KEY}: the list of objects holds no such object; add it"


def test_an_unknown_option_of_schedule_is_named() -> None:
    with pytest.raises(AnsibleFilterError, match="no option capacity; accepted: capacities; did you mean 'capacities'"):
        schedule([managed("a")], capacity={})
