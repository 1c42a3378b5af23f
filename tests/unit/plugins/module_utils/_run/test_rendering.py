# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run decides, and that it decides nothing beyond its scope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import decode
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_FULL_NAME
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put, marked
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest, plan_store
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    manifest,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    WEB,
    chart,
    decided,
    fleet_of,
    load,
    overwrite,
    rendered,
    shown,
    store_of,
)

OTHER = config_map("other")


def two_applications() -> MemoryStore:
    applications = [subscription("web", feed(WEB)), subscription("other", feed(OTHER))]
    return store_of(cluster("a"), cluster("b"), manifest(WEB), manifest(OTHER), *applications)


def forget(store: MemoryStore, kind: str, name: str) -> None:
    (key,) = [key for key in store.objects if (key.kind, key.name) == (kind, name)]
    del store.objects[key]


def only_for(site: str) -> dict[str, Any]:
    return subscription("web", feed(WEB), affinity={"matchLabels": {"site": site}})


def test_bases_come_before_their_descriptions_and_a_second_decision_is_empty() -> None:
    store = fleet_of("b", "a")
    assert shown(decided(store).changes) == [
        "Put ControllerRevision clusternet-reserved",
        "Put Base clusternet-a",
        "Put Base clusternet-b",
        "Put Description clusternet-a",
        "Put Description clusternet-b",
    ]
    rendered(store)
    assert decided(store).changes == ()


@pytest.mark.parametrize(
    ("scope", "changes"),
    [
        (Scope(), 8),
        (Scope(clusters=frozenset({"a"})), 4),
        (Scope(subscriptions=frozenset({"default/web"})), 4),
        (Scope(frozenset({"default/web"}), frozenset({"b"})), 2),
        (Scope(frozenset({"default/web", "default/other"}), frozenset({"a", "b"})), 8),
    ],
)
def test_a_scope_limits_what_is_rendered_and_not_where_it_belongs(scope: Scope, changes: int) -> None:
    decision = decided(two_applications(), scope)
    made = [change for change in decision.changes if change.key.kind != "ControllerRevision"]
    assert len(made) == changes
    assert all(len(placement.clusters) == 2 for placement in decision.placements)


def test_a_cluster_is_called_by_its_hosts_name_too() -> None:
    host = cluster("web-01-example-com-1234567890")
    host["metadata"]["annotations"] = {ANNOTATION_FULL_NAME: "web_01.example.com"}
    store = store_of(host, manifest(WEB), subscription("web", feed(WEB)))
    for name in ("web_01.example.com", "web-01-example-com-1234567890"):
        made = {change.key.kind for change in decided(store, Scope(clusters=frozenset({name}))).changes}
        assert made == {"ControllerRevision", "Base", "Description"}


def test_a_base_that_is_made_anew_gets_its_descriptions_back_however_far_their_deletion_came() -> None:
    store = fleet_of("a")
    loaded = rendered(store)
    (base,) = loaded.snapshot.bases
    change = marked(loaded.contents.objects[base.key], NOW)
    assert change is not None
    MemoryHub(store).write([change], NOW)  # killed before it marked the Description
    assert shown(decided(store).changes) == ["Put Base clusternet-a", "Put Description clusternet-a"]
    rendered(store)
    assert decided(store).changes == ()


def test_a_base_that_a_killed_run_lost_is_made_anew_where_it_is_wanted() -> None:
    store = fleet_of("a")
    rendered(store)
    whole = dict(store.objects)
    (base,) = (key for key in store.objects if key.kind == "Base")
    forget(store, "Base", base.name)
    assert shown(decided(store).changes) == ["Put Base clusternet-a"]
    rendered(store)
    assert json.loads(store.objects[base][0]) == json.loads(whole[base][0])


def test_a_base_that_a_killed_run_lost_still_tells_what_has_to_leave_its_cluster() -> None:
    store = fleet_of("a", "b", web=only_for("a"))
    rendered(store)
    (base,) = (key for key in store.objects if key.kind == "Base")
    forget(store, "Base", base.name)
    overwrite(store, only_for("b"))
    decision = decided(store)
    leaving = [change for change in decision.changes if change.key.namespace == "clusternet-a"]
    assert [change.key.kind for change in leaving] == ["Base", "Description"]
    assert all(isinstance(change, Put) and change.raw["metadata"]["deletionTimestamp"] for change in leaving)
    assert decided(store, guards=Guards(max_removed_clusters=0)).problems, "it counts as taken away"
    MemoryHub(store).write(decision.changes, NOW)
    assert decided(store).changes == ()


def test_what_another_tool_left_without_a_base_is_not_ours_to_remove() -> None:
    store = fleet_of("a", "b", web=only_for("a"))
    loaded = rendered(store)
    (description,) = loaded.snapshot.descriptions
    labels = {**description.raw["metadata"]["labels"], "clusternet.io/created-by": "clusternet-hub"}
    overwrite(store, {**description.raw, "metadata": {**description.raw["metadata"], "labels": labels}})
    forget(store, "Base", description.base)
    overwrite(store, only_for("b"))
    assert {change.key.namespace for change in decided(store).changes} == {"clusternet-b"}


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(subscriptions=frozenset({"default/wbe"})), "no Subscription 'default/wbe'; it holds: default/web"),
        (Scope(clusters=frozenset({"c11", "x"})), "no cluster 'x'; it holds: c10, c11, c12, c13, c14, c15, c16, c17"),
    ],
)
def test_a_scope_that_names_nothing_says_what_there_is(scope: Scope, message: str) -> None:
    store = fleet_of(*(f"c{number}" for number in range(10, 22)))
    with pytest.raises(InvalidInput) as raised:
        decided(store, scope)
    assert message in str(raised.value)
    assert str(raised.value).endswith("c19, …") == (scope.clusters is not None)


def test_a_subscription_that_is_gone_may_be_named_as_long_as_something_of_it_is_left() -> None:
    store = two_applications()
    rendered(store)
    forget(store, "Subscription", "web")
    leaving = decided(store, Scope(subscriptions=frozenset({"default/web"}))).changes
    assert leaving == ()
    allowed = decided(store, Scope(subscriptions=frozenset({"default/web"})), Guards(max_removed_clusters=2)).changes
    assert [change.key.kind for change in allowed] == ["Base", "Description"] * 2
    assert decided(store, Scope(subscriptions=frozenset({"default/other"}))).changes == ()


def test_a_subscription_that_vanished_is_not_taken_from_the_fleet_without_being_told() -> None:
    store = two_applications()
    rendered(store)
    forget(store, "Subscription", "web")
    (problem,) = decided(store).problems["default/web"]
    assert "it is gone from the hub, and would be taken from 2 clusters" in problem
    assert "state=absent" in problem


def test_a_chart_and_an_object_are_two_descriptions_and_the_helm_one_goes_with_its_last_chart() -> None:
    store = store_of(cluster("a"), manifest(WEB), chart(), subscription("web", feed(WEB), feed(chart())))
    loaded = rendered(store)
    generic, helm = sorted(loaded.snapshot.descriptions, key=lambda each: each.deployer)
    assert (generic.deployer, helm.deployer) == ("Generic", "Helm")
    assert decode(generic.raw_objects[0])["data"] == {"color": "blue"}
    assert [(each.namespace, each.name) for each in helm.charts] == [("default", "redis")]
    assert decode(helm.chart_raw[0])["spec"]["chart"] == "redis"
    overwrite(store, subscription("web", feed(WEB)))
    changes = decided(store).changes
    assert shown(changes) == [
        "Put Base clusternet-a",
        "Put Description clusternet-a",
        "Delete Description clusternet-a",
    ]
    assert changes[2].key == helm.key


def test_what_leaves_a_cluster_is_marked_and_stays_on_the_hub() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    overwrite(store, only_for("a"))
    out_of_scope = decided(store, Scope(clusters=frozenset({"a"})))
    assert {change.key.namespace for change in out_of_scope.changes} == {"clusternet-a"}
    leaving = [change for change in decided(store).changes if change.key.namespace == "clusternet-b"]
    assert shown(leaving) == ["Put Base clusternet-b", "Put Description clusternet-b"]
    assert all(isinstance(each, Put) and each.raw["metadata"]["deletionTimestamp"] == NOW for each in leaving)
    rendered(store)
    assert decided(store).changes == (), "what is marked is marked again"


def test_a_cluster_that_is_gone_from_the_hub_is_warned_of() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    forget(store, "ManagedCluster", "b")
    decision = decided(store)
    assert decision.changes == ()
    assert decision.problems == {}
    (warning,) = decision.warnings
    assert warning.startswith("Base clusternet-b/web-")
    assert "its ManagedCluster is gone from the hub" in warning
    snapshot = load(store).snapshot
    named = [each for each in (*snapshot.bases, *snapshot.descriptions) if each.meta.namespace == "clusternet-b"]
    assert f"state=absent of {', '.join(str(each.key) for each in named)} (kubectl" in warning
    request = StoreRequest([Document(each.raw, "app.yml") for each in named], absent=True)
    MemoryHub(store).write(plan_store(request, MemoryHub(store).load(), GoYaml(), NOW), NOW)
    assert decided(store).warnings == (), "what is advised does not help"


def test_what_cannot_be_rendered_is_said_once_for_each_cluster_and_the_rest_goes_on() -> None:
    store = two_applications()
    forget(store, "Manifest", "configmap--other")
    decision = decided(store)
    kinds = [change.key.kind for change in decision.changes]
    assert kinds == ["ControllerRevision", "Base", "Base", "Description", "Description"]
    assert list(decision.problems) == ["default/other"]
    assert [problem.partition(":")[0] for problem in decision.problems["default/other"]] == ["cluster a", "cluster b"]


def test_a_guard_keeps_everything_of_its_subscription_as_it_was() -> None:
    store = fleet_of("a", "b", "c")
    rendered(store)
    overwrite(store, only_for("a"))
    refused = decided(store)
    assert refused.changes == ()
    assert "max_removed_clusters=1" in refused.problems["default/web"][0]
    meant = decided(store, guards=Guards(max_removed_clusters=2))
    assert {change.key.namespace for change in meant.changes} == {"clusternet-a", "clusternet-b", "clusternet-c"}


def test_a_patch_that_misses_is_a_warning_or_with_strict_a_problem() -> None:
    patch = {"type": "JSONPatch", "value": '[{"op":"remove","path":"/spec/replicas"}]'}
    policy = globalization("g", feed(WEB), patch)
    store = store_of(cluster("a"), manifest(WEB), subscription("web", feed(WEB)), policy)
    missed = decided(store)
    assert missed.warnings[0].startswith("default/web in a: ")
    assert "/spec/replicas" in missed.warnings[0]
    strict = decided(store, strict=True)
    assert strict.changes == ()
    assert "/spec/replicas" in strict.problems["default/web"][0]
