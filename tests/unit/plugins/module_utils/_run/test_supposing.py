# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be if clusters were other than they are: computed on what a hub holds, which stays as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import by_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.supposing import Supposition, schedules
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster, feed, manifest, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    World,
    deployment,
    dynamic,
    web,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import load, store_of

CN = {"matchLabels": {"region": "cn"}}


@pytest.fixture
def store() -> MemoryStore:
    """6 replicas for the clusters of cn, which have room for 8 and 4; c is in eu."""
    world = World(a=1, b=1, c=1)
    for name, region, cpu in (("a", "cn", 8), ("b", "cn", 4), ("c", "eu", 9)):
        world.variables[name] = {"multicluster_labels": {"region": region}, "multicluster_capacity": {"cpu": cpu}}
    world.distribute(deployment(6), web(**dynamic(), subscribers=[{"clusterAffinity": CN}]), deliver=False)
    return world.store


def ask(store: MemoryStore, **what: Any) -> dict[str, Any]:
    before = dict(store.objects)
    ((answer,), _warnings) = schedules(load(store), ["default/web"], Supposition(**what), by_hub)
    assert store.objects == before
    json.dumps(answer)
    return answer


def replicas(answer: dict[str, Any]) -> dict[str, int]:
    return {name: each["replicas"][KEY] for name, each in answer["clusters"].items() if each["replicas"]}


def test_nothing_supposed_is_what_is(store: MemoryStore) -> None:
    answer = ask(store)
    assert replicas(answer) == {"a": 4, "b": 2}
    told = inform(load(store), Scope(), (), Guards())["subscriptions"]["default/web"]
    assert set(answer) == {"problems", "shortages", "clusters", "table"}
    for name, each in answer["clusters"].items():
        assert each == {key: told["clusters"][name][key] for key in each}


def test_other_labels(store: MemoryStore) -> None:
    assert replicas(ask(store, labels={"c": {"region": "cn"}})) == {"a": 4, "b": 2, "c": 0}
    gone = ask(store, labels={"b": {"region": None}})
    assert replicas(gone) == {"a": 6}
    assert gone["clusters"]["b"]["turned_away_by"] == "affinity"


def test_labels_that_are_no_text_become_it(store: MemoryStore) -> None:
    answer = ask(store, labels={"b": {"tier": 3, "old": True}})
    assert answer["clusters"]["b"]["chosen"]


def test_other_taints(store: MemoryStore) -> None:
    answer = ask(store, taints={"a": [{"key": "x", "effect": "NoSchedule"}]})
    assert answer["clusters"]["a"]["turned_away_by"] == "taint"
    assert (replicas(answer), answer["shortages"]) == ({"b": 4}, {KEY: 2})


def test_a_cluster_that_is_lost(store: MemoryStore) -> None:
    answer = ask(store, without=["a"])
    assert answer["clusters"]["a"]["turned_away_by"] == "deletion"
    assert replicas(answer) == {"b": 4}
    assert [line.split()[:2] for line in answer["table"][1:]] == [["a", "no"], ["b", "yes"], ["c", "no"]]


def test_all_clusters_lost_is_told_as_a_problem(store: MemoryStore) -> None:
    answer = ask(store, without=["a", "b"])
    assert "none of the 3 clusters" in answer["problems"][0]
    assert answer["table"][0].startswith("not scheduled")


def test_other_capacities(store: MemoryStore) -> None:
    answer = ask(store, without=["a"], capacities={"b": {"cpu": 100}})
    assert replicas(answer) == {"b": 6}
    assert answer["shortages"] == {}


def test_several_of_one_cluster_at_once(store: MemoryStore) -> None:
    what = {"labels": {"c": {"region": "cn"}}, "taints": {"c": []}, "without": ["a"], "capacities": {"c": {"cpu": 1}}}
    answer = ask(store, **what)
    assert answer["clusters"]["c"]["chosen"]
    assert answer["clusters"]["c"]["replicas"] == {KEY: 1}


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"labels": {"x": {}}}, "labels: the hub holds no cluster 'x'; it holds: a, b, c"),
        ({"taints": {"x": []}}, "taints: the hub holds no cluster 'x'"),
        ({"without": ["x"]}, "without: the hub holds no cluster 'x'"),
        ({"capacities": {"x": {"cpu": 1}}}, "capacities: the hub holds no cluster 'x'"),
        ({"capacities": {"a": {"cpi": 1}}}, r"capacities\[a\]: found the key 'cpi'"),
        ({"labels": {"a": "region"}}, r"labels\[a\]: found 'region'; a mapping of labels"),
        (
            {"labels": {"a": {"region": "no label"}}},
            r"cluster a with what is supposed.*labels\[region\]: found 'no label'",
        ),
        ({"taints": {"a": {"key": "x"}}}, r"taints\[a\]: found .*; a list of taints"),
        (
            {"taints": {"a": [{"key": "x", "effect": "NoShedule"}]}},
            r"taints\[a\]\[0\].effect: found 'NoShedule'.*'NoSchedule'",
        ),
        (
            {"taints": {"a": [{"effect": "NoSchedule"}]}},
            r"cluster a with what is supposed.*taints\[0\].key: is missing",
        ),
    ],
)
def test_what_no_cluster_could_be_like(store: MemoryStore, what: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ask(store, **what)


def test_what_is_not_scheduled_here_is_an_error() -> None:
    other = subscription("web", feed(deployment()), schedulerName="other")
    with pytest.raises(InvalidInput, match="default/web is not scheduled here"):
        ask(store_of(cluster("a"), manifest(deployment()), other))
    with pytest.raises(InvalidInput, match="no Subscription 'default/web'"):
        ask(store_of(cluster("a")))


def test_who_is_asked_about_together_competes(store: MemoryStore) -> None:
    high = web("api", **dynamic(), priority=5, subscribers=[{"clusterAffinity": CN}])
    MemoryHub(store).write([Put(high, None), Put(manifest(deployment(4, name="api")), None)], "2026-01-01T00:00:00Z")
    lost = Supposition(without=["a"])
    both, warnings = schedules(load(store), ["default/web", "default/api"], lost, by_hub)
    assert [sum(sum(each["replicas"].values()) for each in one["clusters"].values()) for one in both] == [0, 4]
    assert any("default/web" in warning for warning in warnings)
    assert replicas(ask(store, without=["a"])) == {"b": 4}
