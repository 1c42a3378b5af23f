# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole path, on the fakes of both ports."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterUnreachable,
    DeliveryOptions,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubLocked, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import (
    Distributed,
    DistributeRequest,
    distribute,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import failure_message, hub_result
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import no_servers
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map, feed, subscription

NOW = "2026-01-01T00:00:00Z"
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}


class Fleet:
    """A hub and clusters in memory, and the runs on them."""

    def __init__(self, *names: str) -> None:
        self.store = MemoryStore()
        self.clusters = {name: MemoryCluster() for name in names}
        self.hosts = [Host(name, ("fleet",), {"multicluster_labels": {"name": name}}, "/i") for name in names]

    @property
    def tools(self) -> Tools:
        def open_member(name: str, _connection: Connection) -> MemoryMember:
            return MemoryMember(self.clusters[name])

        clock = Clock(lambda: 0.0, lambda _seconds: None)
        return Tools(MemoryHub(self.store), "/hub", GoYaml(), open_member, lambda: NOW, clock, no_servers)

    def distribute(self, *objects: dict[str, Any], check: bool = False, **request: Any) -> Distributed:
        documents = [Document(raw, f"app.yml:{number}") for number, raw in enumerate(objects, 1)]
        wanted = DistributeRequest(
            hosts=request.pop("hosts", self.hosts),
            store=StoreRequest(documents) if documents else None,
            options=DeliveryOptions(check=check),
            **request,
        )
        return distribute(wanted, self.tools, lambda _cluster: Connection(host="https://fake"))

    def deploy(self, name: str) -> Any:
        options = DeliveryOptions()
        return deploy(
            name, f"clusternet-{name}", Scope(), options, self.tools, lambda _cluster: Connection(host="https://fake")
        )

    def raw(self, kind: str, namespace: str = "") -> dict[str, Any]:
        """The only object of a kind (in a namespace) on the hub."""
        (found,) = [
            item.raw
            for key, item in MemoryHub(self.store).load().objects.items()
            if key.kind == kind and namespace in ("", key.namespace)
        ]
        return dict(found)

    def count(self, kind: str) -> int:
        return sum(key.kind == kind for key in self.store.objects)

    def runs(self, name: str) -> list[str]:
        return sorted(f"{key.kind} {key.name}" for key in self.clusters[name].objects)


WEB = (config_map(color="blue"), NAMESPACE)


def web(**affinity: str) -> dict[str, Any]:
    selector = {"matchLabels": affinity} if affinity else {}
    return subscription("web", feed(config_map()), feed(NAMESPACE), affinity=selector)


def test_an_application_reaches_its_clusters_and_a_second_run_writes_nothing() -> None:
    fleet = Fleet("a", "b")
    first = fleet.distribute(*WEB, web())
    assert [outcome.phase for outcome in first.outcomes] == ["Success", "Success"]
    assert fleet.runs("a") == fleet.runs("b") == ["ConfigMap web", "Namespace shop"]
    assert fleet.raw("Subscription")["status"]["bindingClusters"] == ["clusternet-a/a", "clusternet-b/b"]
    hub_writes, member_writes = fleet.store.writes, [cluster.writes for cluster in fleet.clusters.values()]
    second = fleet.distribute(*WEB, web())
    assert second.changes == ()
    assert not any(outcome.changed for outcome in second.outcomes)
    assert (fleet.store.writes, [cluster.writes for cluster in fleet.clusters.values()]) == (hub_writes, member_writes)


def test_check_mode_on_an_empty_hub_predicts_what_the_run_does_and_writes_nothing() -> None:
    fleet = Fleet("a", "b")
    predicted = fleet.distribute(*WEB, web(), check=True)
    assert fleet.store.writes == 0
    assert not any(cluster.writes for cluster in fleet.clusters.values())
    done = fleet.distribute(*WEB, web())
    assert hub_result(predicted.changes, predicted.before) == hub_result(done.changes, done.before)
    assert [[item.key for item in each.created] for each in predicted.outcomes] == [
        [item.key for item in each.created] for each in done.outcomes
    ]


def test_one_clusters_failure_does_not_touch_the_others_and_the_next_run_mends_it() -> None:
    fleet = Fleet("a", "b", "c")
    fleet.clusters["b"].down = ClusterUnreachable("cluster b: connection refused")
    done = fleet.distribute(*WEB, web())
    assert [outcome.phase for outcome in done.outcomes] == ["Success", "Failure", "Success"]
    message = failure_message(done.outcomes, done.decision.problems)
    assert message is not None
    assert message.splitlines()[0] == "1 of 3 clusters failed: b"
    assert fleet.raw("Description", "clusternet-b")["status"]["phase"] == "Failure"
    fleet.clusters["b"].down = None
    fleet.distribute()
    assert fleet.runs("b") == ["ConfigMap web", "Namespace shop"]
    assert fleet.raw("Description", "clusternet-b")["status"]["phase"] == "Success"


def test_a_cluster_that_is_selected_no_longer_loses_the_application_but_not_its_namespace() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    done = fleet.distribute(web(name="a"))
    assert [item.key.kind for item in done.outcomes[1].pruned] == ["ConfigMap"]
    assert [key.kind for key in done.gone] == ["Description", "Base"]
    removed = hub_result(done.changes, done.before, done.gone)["removed"]
    assert [text.split()[0] for text in removed] == ["Description", "Base"]
    assert fleet.runs("b") == ["Namespace shop"]
    assert fleet.count("Base") == fleet.count("Description") == 1


def test_what_could_not_be_removed_is_remembered_and_removed_later() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    fleet.clusters["b"].down = ClusterUnreachable("cluster b: connection refused")
    fleet.distribute(web(name="a"))
    assert fleet.raw("Base", "clusternet-b")["metadata"]["deletionTimestamp"] == NOW
    fleet.clusters["b"].down = None
    fleet.distribute()
    assert fleet.runs("b") == ["Namespace shop"]
    assert fleet.count("Base") == 1


def test_a_cluster_that_is_selected_again_gets_it_back() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    fleet.distribute(web(name="a"))
    fleet.distribute(web())
    assert fleet.runs("b") == ["ConfigMap web", "Namespace shop"]
    assert "deletionTimestamp" not in fleet.raw("Base", "clusternet-b")["metadata"]


def test_removing_the_subscription_removes_what_it_delivered() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    request = StoreRequest([Document(web(), "app.yml:1")], absent=True)
    distribute(DistributeRequest(store=request), fleet.tools, lambda _cluster: Connection(host="https://fake"))
    assert fleet.runs("a") == fleet.runs("b") == ["Namespace shop"]
    assert fleet.count("Base") == fleet.count("Description") == 0


def test_a_subscription_that_is_only_lost_is_not_removed_and_named_absent_it_is() -> None:
    fleet = Fleet("a", "b", "c")
    fleet.distribute(*WEB, web())
    hub = MemoryHub(fleet.store)
    (key,) = [key for key in hub.load().objects if key.kind == "Subscription"]
    del fleet.store.objects[key]
    lost = fleet.distribute()
    assert "it is gone from the hub" in lost.decision.problems["default/web"][0]
    assert fleet.runs("c") == ["ConfigMap web", "Namespace shop"]
    store = StoreRequest([Document(web(), "app.yml:1")], absent=True)
    done = distribute(DistributeRequest(store=store), fleet.tools, lambda _cluster: Connection(host="https://fake"))
    assert done.decision.problems == {}
    assert fleet.runs("c") == ["Namespace shop"]
    assert fleet.count("Base") == 0


def test_the_outcomes_survive_a_hub_that_is_busy_when_they_are_summed_up() -> None:
    fleet = Fleet("a")
    tools = fleet.tools
    with ExitStack() as stack:

        def seize(_outcome: object, _total: int) -> None:
            stack.enter_context(MemoryHub(fleet.store, holder="bob@control").lock("hub"))

        request = DistributeRequest(
            hosts=fleet.hosts, store=StoreRequest([Document(raw, "x") for raw in (*WEB, web())])
        )
        done = distribute(request, tools, lambda _cluster: Connection(host="https://fake"), seize)
    assert [outcome.phase for outcome in done.outcomes] == ["Success"]
    assert any("bob@control" in warning for warning in done.warnings)


def test_two_clusters_that_share_a_directory_are_told_and_the_others_served() -> None:
    fleet = Fleet("a", "b", "c")

    def connections(cluster: Any) -> Connection:
        return Connection(directory="/out/shared" if cluster.name in "ab" else "/out/c")

    request = DistributeRequest(hosts=fleet.hosts, store=StoreRequest([Document(raw, "x") for raw in (*WEB, web())]))
    done = distribute(request, fleet.tools, connections)
    assert [outcome.phase for outcome in done.outcomes] == ["Failure", "Failure", "Success"]
    assert "clusters a and b share the directory /out/shared" in done.outcomes[0].errors[0]


def test_a_mistyped_label_empties_nothing() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    done = fleet.distribute(web(nmae="a"))
    assert "none of the 2 clusters" in done.decision.problems["default/web"][0]
    assert fleet.runs("a") == fleet.runs("b") == ["ConfigMap web", "Namespace shop"]


def test_leaving_more_clusters_than_allowed_changes_nothing_until_it_is_said() -> None:
    fleet = Fleet("a", "b", "c")
    fleet.distribute(*WEB, web())
    refused = fleet.distribute(web(name="a"))
    assert "max_removed_clusters=1" in refused.decision.problems["default/web"][0]
    assert fleet.runs("c") == ["ConfigMap web", "Namespace shop"]
    fleet.distribute(web(name="a"), guards=Guards(max_removed_clusters=2))
    assert fleet.runs("c") == ["Namespace shop"]


def test_a_missing_host_removes_nothing() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    fleet.distribute(hosts=fleet.hosts[:1])
    assert fleet.runs("b") == ["ConfigMap web", "Namespace shop"]


def test_a_feed_that_leaves_the_subscription_leaves_the_clusters() -> None:
    fleet = Fleet("a")
    fleet.distribute(*WEB, config_map("old"), subscription("web", feed(config_map()), feed(config_map("old"))))
    assert fleet.runs("a") == ["ConfigMap old", "ConfigMap web"]
    fleet.distribute(subscription("web", feed(config_map())))
    assert fleet.runs("a") == ["ConfigMap web"]


def test_a_feed_without_its_object_stops_that_subscription_only() -> None:
    fleet = Fleet("a")
    done = fleet.distribute(*WEB, web(), subscription("broken", feed(config_map("missing"))))
    assert list(done.decision.problems) == ["default/broken"]
    assert "v1/ConfigMap/shop/missing" in done.decision.problems["default/broken"][0]
    assert fleet.runs("a") == ["ConfigMap web", "Namespace shop"]


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(subscriptions=frozenset({"default/wbe"})), "no Subscription 'default/wbe'; it holds: default/web"),
        (Scope(clusters=frozenset({"c"})), "no cluster 'c'; it holds: a, b"),
    ],
)
def test_a_mistyped_scope_is_an_error_and_not_nothing_to_do(scope: Scope, message: str) -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web())
    with pytest.raises(InvalidInput, match=message):
        fleet.distribute(scope=scope)


def test_a_run_for_one_cluster_touches_no_other() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web(), scope=Scope(clusters=frozenset({"a"})))
    assert fleet.runs("b") == []
    assert fleet.raw("Subscription")["status"]["bindingClusters"] == ["clusternet-a/a", "clusternet-b/b"]


def test_without_delivery_the_hub_is_complete_and_deploy_delivers_from_it() -> None:
    fleet = Fleet("a", "b")
    fleet.distribute(*WEB, web(), deliver=False)
    assert fleet.runs("a") == []
    outcome, _warnings = fleet.deploy("a")
    assert outcome.phase == "Success"
    assert (fleet.runs("a"), fleet.runs("b")) == (["ConfigMap web", "Namespace shop"], [])
    assert fleet.raw("Description", "clusternet-a")["status"]["phase"] == "Success"


def test_deploy_of_an_unknown_cluster_says_what_to_do() -> None:
    with pytest.raises(InvalidInput, match=r"register it with multicluster\.apps\.register"):
        Fleet("a").deploy("a")


def test_a_locked_hub_is_an_error_that_names_the_holder() -> None:
    fleet = Fleet("a")
    with MemoryHub(fleet.store, holder="alice@control").lock("hub"), pytest.raises(HubLocked, match="alice@control"):
        fleet.distribute(*WEB, web())
    assert fleet.runs("a") == []


def test_a_cluster_that_another_run_delivers_to_is_an_outcome_and_the_others_are_done() -> None:
    fleet = Fleet("a", "b")
    with MemoryHub(fleet.store, holder="alice@control").lock("cluster-clusternet-a"):
        done = fleet.distribute(*WEB, web())
    assert [outcome.phase for outcome in done.outcomes] == ["Failure", "Success"]
    assert "alice@control" in done.outcomes[0].errors[0]
    assert fleet.runs("b") == ["ConfigMap web", "Namespace shop"]


def test_a_status_is_stored_also_when_somebody_changes_the_subscription_meanwhile() -> None:
    fleet = Fleet("a")
    fleet.distribute(*WEB, web(), deliver=False)

    def edit(_outcome: object, _total: int) -> None:
        hub = MemoryHub(fleet.store)
        contents: Contents = hub.load()
        (stored,) = [item for key, item in contents.objects.items() if key.kind == "Subscription"]
        labels = {**stored.raw["metadata"], "labels": {"edited": "yes"}}
        hub.write([_put({**stored.raw, "metadata": labels}, stored.version)], NOW)

    request = DistributeRequest(hosts=fleet.hosts)
    distribute(request, fleet.tools, lambda _cluster: Connection(host="https://fake"), edit)
    raw = fleet.raw("Subscription")
    assert raw["metadata"]["labels"] == {"edited": "yes"}
    assert raw["status"]["aggregatedStatuses"]


def _put(raw: dict[str, Any], version: str | None) -> Any:
    from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put

    return Put(raw, version)


def test_a_host_and_an_object_of_the_same_cluster_are_one_change() -> None:
    fleet = Fleet("a")
    managed = {
        "apiVersion": "clusters.clusternet.io/v1beta1",
        "kind": "ManagedCluster",
        "metadata": {"name": "a", "labels": {"name": "a"}},
        "spec": {"clusterId": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57", "syncMode": "Push"},
    }
    done = fleet.distribute(managed)
    assert len(done.changes) == 1


def test_warnings_tell_of_patches_that_missed() -> None:
    fleet = Fleet("a")
    patch = {"type": "JSONPatch", "value": '[{"op":"remove","path":"/spec/replicas"}]'}
    policy = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Globalization",
        "metadata": {"name": "g"},
        "spec": {"feed": feed(config_map()), "overrides": [patch]},
    }
    assert any("/spec/replicas" in warning for warning in fleet.distribute(*WEB, web(), policy).warnings)
    strict = Fleet("a").distribute(*WEB, web(), policy, strict=True)
    assert "/spec/replicas" in strict.decision.problems["default/web"][0]
    assert replace(strict, warnings=()).outcomes == strict.outcomes


def test_a_description_that_deploy_reports_on_meanwhile_is_rendered_from_a_fresh_read() -> None:
    fleet = Fleet("a")
    fleet.distribute(*WEB, web(), deliver=False)
    tools = fleet.tools
    load = tools.hub.load
    reported: list[Any] = []

    def load_then_deploy(namespaces: Any = None, kinds: Any = None) -> Contents:
        contents = load(namespaces, kinds)
        if not reported:
            reported.append(fleet.deploy("a"))
        return contents

    tools.hub.load = load_then_deploy  # type: ignore[method-assign]
    store = StoreRequest([Document(config_map(color="red"), "app.yml:1")])
    done = distribute(DistributeRequest(store=store), tools, lambda _cluster: Connection(host="https://fake"))
    assert [outcome.phase for outcome in done.outcomes] == ["Success"]
    (web_map,) = [raw for key, raw in fleet.clusters["a"].objects.items() if key.kind == "ConfigMap"]
    assert web_map["data"] == {"color": "red"}
