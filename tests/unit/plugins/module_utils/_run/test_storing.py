# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may store, and what becomes of it on the hub."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import (
    StoreRequest,
    feeds_without_object,
    plan_store,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    merge,
    subscription,
)

NOW = "2026-01-01T00:00:00Z"
NOTHING = Contents({})


def documents(*objects: Any) -> list[Document]:
    return [Document(raw, f"app.yml:{number}") for number, raw in enumerate(objects, 1)]


def stored(*objects: Any, before: Contents = NOTHING, **options: Any) -> Contents:
    """The hub after storing; versions as a store would give them."""
    request = StoreRequest(documents(*objects), **options)
    after = before.with_changes(plan_store(request, before, GoYaml(), NOW), NOW)
    return Contents({key: type(item)(item.raw, "v1", item.source) for key, item in after.objects.items()})


def kinds(contents: Contents) -> list[str]:
    return sorted(f"{key.kind} {key.namespace}/{key.name}" for key in contents.objects)


def test_native_objects_become_manifests_and_api_objects_stay() -> None:
    hub = stored(config_map(), subscription("web", feed(config_map())))
    (manifest,) = [item.raw for key, item in hub.objects.items() if key.kind == "Manifest"]
    assert manifest["template"] == config_map()
    assert manifest["metadata"]["namespace"] == "clusternet-reserved"
    assert manifest["metadata"]["labels"]["apps.clusternet.io/config.kind"] == "ConfigMap"
    assert "Subscription default/web" in kinds(hub)


def test_storing_twice_changes_nothing() -> None:
    hub = stored(config_map(), source="app")
    assert plan_store(StoreRequest(documents(config_map()), source="app"), hub, GoYaml(), NOW) == ()


def changed(hub: Contents, metadata: Any, spec: Any) -> Contents:
    """The hub after someone else changed its only object."""
    (item,) = hub.objects.values()
    raw = {
        **item.raw,
        "metadata": {**item.raw["metadata"], **metadata},
        "spec": {**item.raw["spec"], **spec},
    }
    return hub.with_changes([Put(raw, "v1")], NOW)


FILLED_IN = {
    "schedulerName": "default",
    "schedulingStrategy": "Replication",
    "preemptionPolicy": "PreemptLowerPriority",
}
CONTROLLERS = {
    "labels": {
        "0f6f0a8e-3f57-4c5e-9b43-6d0ef0c153a1": "Subscription",
        "apps.clusternet.io/config.kind": "Subscription",
    },
    "finalizers": ["apps.clusternet.io/finalizer"],
}


def test_what_a_server_and_controllers_add_is_no_change() -> None:
    web = subscription("web", feed(config_map()))
    web["metadata"] |= {"labels": {}, "creationTimestamp": None}
    hub = changed(stored(web), CONTROLLERS, FILLED_IN)
    assert plan_store(StoreRequest(documents(web)), hub, GoYaml(), NOW) == ()


def test_a_change_keeps_what_a_server_and_controllers_add() -> None:
    hub = changed(stored(subscription("web", feed(config_map()))), CONTROLLERS, FILLED_IN)
    web = subscription("web", feed(config_map()), priority=3)
    web["metadata"] |= {"labels": {"team": "shop"}, "finalizers": ["mine/x"]}
    (change,) = plan_store(StoreRequest(documents(web)), hub, GoYaml(), NOW)
    assert isinstance(change, Put)
    assert change.raw["metadata"]["labels"] == {**CONTROLLERS["labels"], "team": "shop"}
    assert change.raw["metadata"]["finalizers"] == ["mine/x", "apps.clusternet.io/finalizer"]
    assert change.raw["spec"].items() >= {**FILLED_IN, "priority": 3}.items()


def test_what_others_add_is_the_users_to_take_back() -> None:
    web = subscription("web", feed(config_map()))
    hub = changed(stored(web), {"labels": {"team": "shop"}, "annotations": {"note": "x"}}, {})
    (change,) = plan_store(StoreRequest(documents(web)), hub, GoYaml(), NOW)
    assert isinstance(change, Put)
    assert not {"labels", "annotations"} & change.raw["metadata"].keys()


def test_an_object_that_is_being_deleted_is_wanted_again() -> None:
    web = subscription("web", feed(config_map()))
    hub = changed(stored(web), {"deletionTimestamp": NOW, "finalizers": ["apps.clusternet.io/finalizer"]}, {})
    (change,) = plan_store(StoreRequest(documents(web)), hub, GoYaml(), NOW)
    assert isinstance(change, Put)
    assert "deletionTimestamp" not in change.raw["metadata"]


def test_a_status_and_an_identity_on_the_hub_survive_a_new_version_of_the_object() -> None:
    web = subscription("web", feed(config_map()))
    hub = stored(web)
    (key,) = hub.objects
    hub = hub.with_changes([Put({**hub.objects[key].raw, "status": {"specHash": 1}}, "v1")], NOW)
    (change,) = plan_store(
        StoreRequest(documents(subscription("web", feed(config_map()), priority=3))), hub, GoYaml(), NOW
    )
    assert isinstance(change, Put)
    assert change.raw["status"] == {"specHash": 1}
    assert change.raw["metadata"]["uid"] == hub.objects[key].raw["metadata"]["uid"]
    assert change.raw["spec"]["priority"] == 3


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}, "configmap--default--x"),
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}, "namespace--x"),
        ({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}}, "thing.example.com--x"),
    ],
)
def test_an_object_that_needs_a_namespace_is_in_default(raw: dict[str, Any], name: str) -> None:
    assert kinds(stored(raw)) == [f"Manifest clusternet-reserved/{name}"]


def test_a_crd_beside_its_objects_tells_where_they_live() -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Thing"}, "scope": "Namespaced"},
    }
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}}
    assert "Manifest clusternet-reserved/thing.example.com--default--x" in kinds(stored(crd, thing))


def test_a_managed_cluster_is_in_its_own_namespace() -> None:
    raw = cluster("a")
    del raw["metadata"]["namespace"]
    assert kinds(stored(raw)) == ["ManagedCluster clusternet-a/a"]


def test_a_list_stands_for_its_items() -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [config_map("a"), config_map("b")]}
    assert len(stored(listed).objects) == 2


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("just text", "app.yml:1: a Kubernetes object is a mapping"),
        ({"kind": "ConfigMap", "metadata": {"name": "x"}}, "app.yml:1: an object needs apiVersion"),
        ({**subscription("w", feed(config_map())), "kind": "Subscripton"}, "Subscription"),
        (subscription("w", feed(config_map()), feedz=[]), "spec.feedz"),
        ({**subscription("w", feed(config_map())), "kind": "Base"}, "made by multicluster.apps.distribute"),
        (globalization("g", feed(config_map()), merge("a: [1")), "Globalization"),
        (globalization("g", feed(config_map()), {"type": "JSONPatch", "value": '{"op": "add"}'}), "JSONPatch"),
        (globalization("g", feed(config_map()), {"type": "JSONPatch", "value": '[{"op": "ad"}]'}), "op"),
        (globalization("g", feed(config_map()), merge("just text")), "MergePatch"),
        (
            subscription("w", feed(config_map()), affinity={"matchExpressions": [{"key": "a", "operator": "Is"}]}),
            "operator",
        ),
        (subscription("../w", feed(config_map())), "metadata.name"),
        ({**config_map(), "apiVersion": "a/b/c"}, "a/b/c"),
        (config_map("../../web"), "metadata.name is no name of an object"),
        ({**config_map(), "metadata": {"name": "web", "namespace": "../etc"}}, "metadata.namespace is no name"),
        ({**config_map(), "metadata": {"name": 12}}, "metadata.name as a string, not 12"),
    ],
)
def test_bad_input_names_the_place_and_what_is_accepted(raw: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        stored(raw)
    assert "app.yml:1" in str(caught.value)
    assert message in str(caught.value)


def test_the_same_object_twice_names_both_places() -> None:
    with pytest.raises(InvalidInput, match=r"app.yml:2: ConfigMap shop/web is already in app.yml:1"):
        stored(config_map(), config_map())


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        stored(subscription("w", feed(config_map()), x=1), subscription("v", feed(config_map()), y=1))
    assert len(caught.value.problems) == 2


def test_removing_is_by_identity_and_again_is_no_change() -> None:
    hub = stored(config_map(), subscription("web", feed(config_map())))
    assert kinds(stored(config_map(), before=hub, absent=True)) == ["Subscription default/web"]
    assert plan_store(StoreRequest(documents(config_map("other")), absent=True), hub, GoYaml(), NOW) == ()


def test_a_cluster_that_still_runs_something_is_not_removed() -> None:
    base = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Base",
        "metadata": {"name": "web-1", "namespace": "clusternet-a"},
    }
    hub = Contents(
        {
            key: type(item)(item.raw, "v1", "x")
            for key, item in stored(cluster("a")).with_changes([Put(base, None)], NOW).objects.items()
        }
    )
    with pytest.raises(InvalidInput, match="still has 1 Bases"):
        stored(cluster("a"), before=hub, absent=True)


def test_prune_removes_what_the_source_no_longer_has_and_nothing_else() -> None:
    hub = stored(config_map("a"), config_map("b"), source="app")
    hub = stored(config_map("c"), before=hub, source="other")
    after = stored(config_map("a"), before=hub, source="app", prune=True)
    assert [name.rpartition("-")[2] for name in kinds(after)] == ["a", "c"]


@pytest.mark.parametrize(
    ("options", "objects", "message"),
    [
        ({"source": "app"}, [], "holds no object, so prune would remove all"),
        ({"source": None}, ["a"], "prune needs source"),
        ({"source": "app", "max_pruned_objects": 1}, ["a"], "prune would remove 2 objects"),
    ],
)
def test_prune_refuses_what_is_not_safe(options: dict[str, Any], objects: list[str], message: str) -> None:
    hub = stored(*(config_map(name) for name in ("a", "b", "c")), source="app")
    with pytest.raises(InvalidInput, match=message):
        stored(*map(config_map, objects), before=hub, prune=True, **options)


def test_a_feed_without_its_object_is_a_warning_when_stored() -> None:
    (warning,) = feeds_without_object(stored(subscription("web", feed(config_map()))))
    assert "v1/ConfigMap/shop/web" in warning
    assert feeds_without_object(stored(subscription("web", feed(config_map())), config_map())) == ()


@pytest.mark.parametrize(("written", "kept"), [(1.0, 1), (1.5, 1.5), (-3.0, -3), (1e300, 1e300)])
def test_a_whole_number_is_stored_as_every_hub_reads_it_back(written: float, kept: float) -> None:
    raw = {**config_map(), "apiVersion": "example.com/v1", "spec": {"items": [written]}}
    (stored_raw,) = [item.raw for item in stored(raw).objects.values()]
    assert repr(stored_raw["template"]["spec"]["items"]) == repr([kept])
