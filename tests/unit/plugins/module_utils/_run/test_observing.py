# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking clusters how they are: side by side, one's failure its own, and nothing written where nothing is new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubError,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.observing import observe, table
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import MemoryApi
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    fleet_of,
    overwrite,
    rendered,
    store_of,
    tools_of,
)

EARLIER, NOW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "n1"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": "1900m", "memory": "2Gi"}},
}


class Fleet:
    """Clusters that answer, and a hub that knows them."""

    def __init__(self, *names: str, store: MemoryStore | None = None) -> None:
        self.store = store or store_of(*(cluster(name) for name in names))
        self.apis = {name: MemoryApi(NODE) for name in names}
        self.links: dict[str, Connection | None] = {name: Connection(host=f"https://{name}") for name in names}
        self.now = EARLIER
        self.hub = MemoryHub(self.store)

    @property
    def tools(self) -> Tools:
        tools = tools_of(self.store, {}, self.hub)
        return replace(tools, now=lambda: self.now, open_server=lambda name, link: self.apis[name].open(name, link))

    def observe(self, *clusters: str, check: bool = False) -> dict[str, Any]:
        scope = Scope(None, frozenset(clusters) if clusters else None)
        return observe(scope, self.tools, self.connection, forks=4, check=check, diff=True)

    def connection(self, item: ManagedCluster) -> Connection | None:
        return self.links[item.name]

    def status(self, name: str) -> Any:
        key = ObjectKey("clusters.clusternet.io", "ManagedCluster", f"clusternet-{name}", name)
        return self.hub.load().objects[key].raw.get("status")


def test_what_is_seen_is_kept() -> None:
    fleet = Fleet("one")
    done = fleet.observe()
    assert done["updated"] == ["ManagedCluster clusternet-one/one"]
    assert done["not_ready"] == []
    assert fleet.status("one")["k8sVersion"] == "v1.33.0"
    assert done["clusters"]["one"] == {
        "ready": "True",
        "reason": "ManagedClusterReady",
        "message": "the API server is live and ready",
        "since": EARLIER,
        "version": "v1.33.0",
        "location": "https://one",
        "nodes": {"readyNodes": 1, "notReadyNodes": 0, "unknownNodes": 0, "lostNodes": 0},
        "allocatable": {"cpu": "1900m", "memory": "2Gi"},
        "capacity": {},
    }


def test_a_second_run_writes_nothing() -> None:
    fleet = Fleet("one", "two")
    fleet.apis["two"].down = ClusterUnreachable("two: https://two is not reachable: refused")
    fleet.links["three"] = Connection(directory="/out/three")
    fleet.hub.write([Put(cluster("three"), None)], NOW)
    fleet.observe()
    stored = dict(fleet.store.objects)
    fleet.now = NOW
    again = fleet.observe()
    assert not again["changed"]
    assert again["diff"] == []
    assert fleet.store.objects == stored


def test_no_history_is_read_for_it() -> None:
    fleet = Fleet("a")
    fleet.observe()
    wanted = {"Base", "Description", "HelmChart", "ManagedCluster", "Manifest", "Secret", "Subscription"}
    assert fleet.store.read == [wanted] * 2


def test_check_mode_says_the_same_and_writes_nothing() -> None:
    fleet = Fleet("one")
    stored = dict(fleet.store.objects)
    predicted = fleet.observe(check=True)
    assert fleet.store.objects == stored
    done = fleet.observe()
    assert {**predicted, "diff": None} == {**done, "diff": None}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClusterUnreachable("two: https://two is not reachable: refused"), "https://two is not reachable: refused"),
        (ClusterError("cluster two: no such kubeconfig"), "no such kubeconfig"),
    ],
)
def test_one_that_is_away_is_said_and_means_nothing_to_the_others(error: ClusterError, said: str) -> None:
    fleet = Fleet("one", "two")
    fleet.apis["two"].down = error
    done = fleet.observe()
    assert done["not_ready"] == ["two"]
    assert (done["clusters"]["two"]["ready"], done["clusters"]["two"]["message"]) == ("Unknown", said)
    assert done["clusters"]["one"]["ready"] == "True"


def test_one_that_nobody_can_reach_is_away() -> None:
    fleet = Fleet("one", "two")
    fleet.links["two"] = None
    assert "nothing says how to reach it" in fleet.observe()["clusters"]["two"]["message"]


def test_a_directory_is_neither_ready_nor_not() -> None:
    fleet = Fleet("one")
    fleet.links["one"] = Connection(directory="/out/one")
    found = fleet.observe()["clusters"]["one"]
    assert (found["ready"], found["reason"]) == ("Unknown", "DirectoryCluster")
    assert "k8sVersion" not in fleet.status("one")


def test_a_server_that_is_not_ready() -> None:
    fleet = Fleet("one")
    fleet.apis["one"].healthy["readyz"] = False
    found = fleet.observe()["clusters"]["one"]
    assert (found["ready"], found["message"]) == ("False", "the API server fails readyz")


def test_nodes_that_may_not_be_read_are_a_warning() -> None:
    fleet = Fleet("one")
    fleet.apis["one"].failing["list"] = ClusterError("one: cannot list the nodes of the cluster: HTTP 403")
    done = fleet.observe()
    assert done["clusters"]["one"]["ready"] == "True"
    assert done["warnings"] == ["one: its nodes are not known: cannot list the nodes of the cluster: HTTP 403"]


def test_a_server_that_goes_away_between_two_questions_is_away() -> None:
    fleet = Fleet("one")
    fleet.apis["one"].failing["list"] = ClusterUnreachable("one: timed out")
    assert fleet.observe()["clusters"]["one"]["ready"] == "Unknown"


def test_only_those_that_are_asked_for() -> None:
    fleet = Fleet("one", "two")
    done = fleet.observe("two")
    assert list(done["clusters"]) == ["two"]
    assert fleet.status("one") is None


@pytest.mark.parametrize(
    ("names", "scope", "message"),
    [
        (("one",), Scope(None, frozenset()), "no cluster is selected"),
        (("one",), Scope(None, frozenset(["tow"])), "holds no cluster 'tow'; it holds: "),
        ((), Scope(), "the hub holds no cluster"),
    ],
)
def test_to_ask_nobody_is_an_error(names: tuple[str, ...], scope: Scope, message: str) -> None:
    fleet = Fleet(*names)
    with pytest.raises(InvalidInput, match=message):
        observe(scope, fleet.tools, fleet.connection, forks=4, check=False, diff=False)


def test_a_lost_hub_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet("one")
    monkeypatch.setattr(fleet.hub, "write", _raising(HubError("the disk is full")))
    with pytest.raises(HubError, match="the disk is full"):
        fleet.observe()


def _raising(error: Exception) -> Callable[..., Any]:
    def fail(*_arguments: Any) -> Any:
        raise error

    return fail


def test_a_change_by_somebody_else_meanwhile_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between our read and our write somebody labels the cluster."""
    fleet = Fleet("one")
    load, times = fleet.hub.load, []

    def load_and_meddle(*arguments: Any, **more: Any) -> Contents:
        contents = load(*arguments, **more)
        times.append(1)
        if len(times) == 2:
            overwrite(fleet.store, cluster("one", tier="gold"))
        return contents

    monkeypatch.setattr(fleet.hub, "load", load_and_meddle)
    done = fleet.observe()
    assert done["changed"]
    key = ObjectKey("clusters.clusternet.io", "ManagedCluster", "clusternet-one", "one")
    stored = load().objects[key].raw
    assert stored["metadata"]["labels"]["tier"] == "gold"
    assert stored["status"]["k8sVersion"] == "v1.33.0"


def test_subscriptions_are_summed_up_where_they_are_bound() -> None:
    store = fleet_of("one")
    key = next(key for key in store.objects if key.kind == "Subscription")
    fleet = Fleet("one", store=store)
    rendered(store)
    assert "Subscription" not in str(fleet.observe()["updated"])  # it was never placed
    stored = fleet.hub.load().objects[key]
    bound = {"bindingClusters": ["clusternet-one/one"]}
    fleet.hub.write([Put({**stored.raw, "status": bound}, stored.version)], NOW)
    assert fleet.observe()["updated"] == [f"Subscription {key.namespace}/{key.name}"]
    status = fleet.hub.load().objects[key].raw["status"]
    assert [item["clusterName"] for item in status["aggregatedStatuses"][0]["feedStatusDetails"]] == ["one"]
    assert not fleet.observe()["changed"]


def test_what_clusternets_agents_report_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet("one", "two")
    overwrite(fleet.store, {**cluster("two"), "status": {"heartbeatFrequencySeconds": 180}})
    load = fleet.hub.load
    monkeypatch.setattr(fleet.hub, "load", lambda *args, **more: replace(load(*args, **more), clusternet="it runs"))
    done = fleet.observe()
    assert done["updated"] == ["ManagedCluster clusternet-one/one"]
    assert done["warnings"] == ["two: Clusternet's agent reports its status, which is left to it"]
    assert fleet.status("two") == {"heartbeatFrequencySeconds": 180}


def test_the_table_reads_well() -> None:
    fleet = Fleet("one", "a-long-name")
    fleet.apis["one"].down = ClusterUnreachable("one: refused")
    assert fleet.observe()["table"] == [
        "CLUSTER      READY    SINCE                 VERSION  NODES  CPU    MEMORY  REASON",
        "a-long-name  True     2026-01-01T00:00:00Z  v1.33.0  1/1    1900m  2Gi",
        "one          Unknown  2026-01-01T00:00:00Z                                 refused",
    ]
    assert table([("x", {})])[1] == "x        Unknown"
