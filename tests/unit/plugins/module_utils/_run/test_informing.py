# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub answers: where things run and how, and why a cluster was chosen or not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster, feed, manifest, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    SECRET_TEXT,
    WEB,
    delivered,
    fleet_of,
    load,
    overwrite,
    rendered,
    secret,
    store_of,
    tools_of,
)


def ask(store: MemoryStore, scope: Scope | None = None, *kinds: str) -> dict[str, Any]:
    answer = inform(load(store), scope or Scope(), kinds, Guards())
    json.dumps(answer)  # Ansible sends results to other processes
    return answer


def tainted(name: str, effect: str) -> dict[str, Any]:
    raw = cluster(name, region="cn")
    return {**raw, "spec": {**raw["spec"], "taints": [{"key": "maintenance", "effect": effect}]}}


def fleet() -> MemoryStore:
    """One cluster of each sort: chosen, of another region, tainted."""
    web = subscription("web", feed(WEB), affinity={"matchLabels": {"region": "cn"}})
    clusters = [cluster("chosen", region="cn"), cluster("elsewhere", region="eu"), tainted("tainted", "NoSchedule")]
    return store_of(*clusters, manifest(WEB), web)


def test_why_each_cluster_was_chosen_or_not() -> None:
    clusters = ask(fleet())["subscriptions"]["default/web"]["clusters"]
    assert {name: each["chosen"] for name, each in clusters.items()} == {
        "chosen": True,
        "elsewhere": False,
        "tainted": False,
    }
    assert clusters["chosen"]["subscribers"] == [0]
    assert "region" in clusters["elsewhere"]["reason"]
    assert "maintenance" in clusters["tainted"]["reason"]


def test_what_is_known_of_a_cluster() -> None:
    tainted_one = ask(fleet())["clusters"]["tainted"]
    assert tainted_one == {
        "namespace": "clusternet-tainted",
        "cluster_id": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57",
        "labels": {"region": "cn"},
        "taints": [{"key": "maintenance", "effect": "NoSchedule"}],
        "status": {},
    }


def test_how_the_delivery_stands() -> None:
    store = fleet_of("a", "b")
    web = "default/web"

    def phases() -> dict[str, Any]:
        clusters = ask(store)["subscriptions"][web]["clusters"]
        return {name: (each["phase"], each["failure"]) for name, each in clusters.items()}

    assert phases() == {"a": (None, ""), "b": (None, "")}
    loaded = rendered(store)
    assert phases() == {"a": ("Pending", ""), "b": ("Pending", "")}
    members = {"a": MemoryCluster(), "b": MemoryCluster()}
    members["b"].failing[ObjectKey.of(WEB)] = ClusterError("HTTP 403: no")
    delivered(loaded, tools_of(store, members))
    found = phases()
    assert found["a"] == ("Success", "")
    assert found["b"][0] == "Failure"
    assert "HTTP 403: no" in found["b"][1]


def test_the_status_is_of_the_clusters_that_are_bound_and_in_their_order() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    raw = subscription("web", feed(WEB))
    overwrite(store, {**raw, "status": {"bindingClusters": ["clusternet-b/b", "clusternet-gone/gone"]}})
    status = ask(store)["subscriptions"]["default/web"]["status"]
    assert status["bindingClusters"] == ["clusternet-b/b"]
    (aggregated,) = status["aggregatedStatuses"]
    assert [each["clusterName"] for each in aggregated["feedStatusDetails"]] == ["b"]


def test_why_a_subscription_goes_nowhere() -> None:
    store = fleet_of("a", web=subscription("web", feed(WEB), affinity={"matchLabels": {"site": "x"}}))
    answer = ask(store)["subscriptions"]["default/web"]
    assert "none of the 1 clusters" in answer["problems"][0]
    assert answer["clusters"]["a"]["chosen"] is False
    assert answer["feeds"] == ["v1/ConfigMap/shop/web"]


def test_a_scope_limits_the_answer() -> None:
    store = store_of(cluster("a"), cluster("b"), manifest(WEB), *(subscription(name, feed(WEB)) for name in ("x", "y")))
    answer = ask(store, Scope(frozenset({"default/y"}), frozenset({"b"})))
    assert list(answer["clusters"]) == ["b"]
    assert list(answer["subscriptions"]) == ["default/y"]
    assert list(answer["subscriptions"]["default/y"]["clusters"]) == ["b"]
    with pytest.raises(InvalidInput, match="no cluster 'c'; it holds: a, b"):
        ask(store, Scope(clusters=frozenset({"c"})))


def test_objects_are_given_by_kind_and_without_secrets() -> None:
    store = store_of(cluster("a"), manifest(WEB), manifest(secret()), subscription("web", feed(WEB), feed(secret())))
    rendered(store)
    assert ask(store)["objects"] == []
    answer = ask(store, None, "Manifest", "Description")
    assert [each["kind"] for each in answer["objects"]] == ["Description", "Manifest", "Manifest"]
    assert SECRET_TEXT not in json.dumps(answer)
    (held,) = [each["template"] for each in answer["objects"][1:] if each["template"]["kind"] == "Secret"]
    assert list(held["data"]) == ["token"]
    (shown,) = [each["template"] for each in answer["objects"][1:] if each["template"]["kind"] == "ConfigMap"]
    assert shown["data"] == {"color": "blue"}
