# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The member port on real API servers: the common suite, and what only API servers do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import (
    CONTAINS_GROUP_KINDS,
    PARENT_ID,
    PARENTS_NAMESPACE,
    applyset_id,
)
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.unit.contracts.member_contract import (
    MemberContract,
    World,
    applyset,
    assert_holds,
    bundle,
    config_map,
    deployment,
    marked,
    names,
    namespace_of,
    service,
)

pytestmark = pytest.mark.integration


class TestKubernetesMember(MemberContract):
    """The common suite."""


# ----------------------------------------------------------------------------------------------------- applying


def test_what_the_server_writes_in_its_own_way_counts_as_equal(world: World, log: list[Request]) -> None:
    wanted = bundle(applyset(world, namespace_of(world), deployment(world)))
    world.deliver(wanted)
    live = world.get(deployment(world))
    assert live is not None
    assert live["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "1"  # "1000m" was sent
    log.clear()
    assert len(world.deliver(wanted).unchanged) == 2
    assert [request.method for request in log] == ["GET"] * len(log)


def test_nothing_to_do_reads_by_list(world: World, log: list[Request]) -> None:
    wanted = bundle(applyset(world, namespace_of(world), *(config_map(world, f"settings-{n}") for n in range(5))))
    world.deliver(wanted)
    log.clear()
    world.deliver(wanted)
    # The parents, one discovery of v1, one list for each of two kinds.
    assert len(log) == 4


def test_a_change_by_hand_is_put_right(world: World, access: ClusterAccess) -> None:
    wanted = bundle(applyset(world, namespace_of(world), config_map(world)))
    world.deliver(wanted)
    patch = '{"data":{"colour":"pink"}}'
    access.kubectl("patch", "configmap", "settings", "-n", world.namespace, "-p", patch, "--field-manager=hand")
    refused = world.deliver(wanted)
    assert '"hand"' in refused.failed[0].reason
    assert ".data.colour" in refused.failed[0].reason
    assert "force_conflicts" in refused.failed[0].reason
    forced = world.deliver(wanted, force_conflicts=True)
    assert names(forced.updated) == ["ConfigMap/settings"]
    assert forced.updated[0].before["data"] == {"colour": "pink"}
    assert_holds(world, config_map(world), "data", {"colour": "green"})


def test_a_field_that_others_own_is_left_to_them(world: World, access: ClusterAccess) -> None:
    wanted = bundle(applyset(world, namespace_of(world), config_map(world)))
    world.deliver(wanted)
    access.kubectl("patch", "configmap", "settings", "-n", world.namespace, "-p", '{"data":{"size":"big"}}')
    assert not world.deliver(wanted).changed
    assert_holds(world, config_map(world), "data", {"colour": "green", "size": "big"})


def test_an_object_of_a_helm_release_is_refused(world: World) -> None:
    world.deliver(bundle(applyset(world, namespace_of(world))))
    foreign = config_map(world)
    foreign["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    foreign["metadata"]["annotations"] = {
        "meta.helm.sh/release-name": "cache",
        "meta.helm.sh/release-namespace": world.namespace,
    }
    world.put(foreign)
    outcome = world.deliver(bundle(applyset(world, namespace_of(world), config_map(world, colour="red"))))
    assert f"the Helm release {world.namespace}/cache" in outcome.failed[0].reason
    assert_holds(world, foreign, "data", {"colour": "green"})


def test_an_object_that_nobody_marked_is_applied_to(world: World) -> None:
    world.deliver(bundle(applyset(world, namespace_of(world))))
    plain = config_map(world, size="big")
    world.put(plain)
    outcome = world.deliver(bundle(applyset(world, namespace_of(world), config_map(world, colour="red"))))
    assert names(outcome.updated) == ["ConfigMap/settings"]
    assert_holds(world, plain, "data", {"colour": "red", "size": "big"})


def test_an_invalid_object_does_not_stop_the_others_but_pruning(world: World) -> None:
    world.deliver(bundle(applyset(world, namespace_of(world), config_map(world), service(world))))
    broken = deployment(world)
    broken["spec"]["selector"] = {"matchLabels": {"app": "another"}}
    outcome = world.deliver(bundle(applyset(world, namespace_of(world), broken, config_map(world, colour="red"))))
    assert names(outcome.failed) == ["Deployment/web"]
    assert "selector" in outcome.failed[0].reason
    assert names(outcome.updated) == ["ConfigMap/settings"]
    assert names(outcome.kept) == ["Service/web"]
    mended = world.deliver(
        bundle(applyset(world, namespace_of(world), deployment(world), config_map(world, colour="red")))
    )
    assert names(mended.pruned) == ["Service/web"]


def test_an_unknown_kind_fails_alone(world: World) -> None:
    strange = {
        "apiVersion": "nowhere.example/v1",
        "kind": "Thing",
        "metadata": {"name": "a", "namespace": world.namespace},
    }
    for check in (True, False):
        outcome = world.deliver(bundle(applyset(world, namespace_of(world), strange, config_map(world))), check=check)
        assert names(outcome.failed) == ["Thing/a"]
        assert "no kind Thing in nowhere.example/v1" in outcome.failed[0].reason
        assert len(outcome.created) == 2


def test_a_namespace_that_is_missing_is_named(world: World) -> None:
    outcome = world.deliver(bundle(applyset(world, config_map(world))))
    assert f"deliver the Namespace {world.namespace} too" in outcome.failed[0].reason
    predicted = world.deliver(bundle(applyset(world, config_map(world))), check=True)
    assert [item.reason for item in predicted.failed] == [item.reason for item in outcome.failed]


# --------------------------------------------------------------------------------------------- CRDs and scopes


def definition(world: World, scope: str) -> dict[str, Any]:
    group = f"{world.namespace}.example"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"menus.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": "Menu", "plural": "menus"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    },
                }
            ],
        },
    }


@pytest.mark.parametrize("scope", ["Namespaced", "Cluster"])
@pytest.mark.parametrize("written", ["with a namespace", "without"])
def test_a_crd_and_its_object_come_together(world: World, access: ClusterAccess, scope: str, written: str) -> None:
    crd = definition(world, scope)
    metadata = {"name": "lunch", "namespace": "default"} if written == "with a namespace" else {"name": "lunch"}
    menu = {"apiVersion": f"{crd['spec']['group']}/v1", "kind": "Menu", "metadata": metadata, "soup": "leek"}
    wanted = bundle(applyset(world, menu, crd))
    expected = [f"CustomResourceDefinition/{crd['metadata']['name']}", "Menu/lunch"]
    try:
        assert names(world.deliver(wanted, check=True).created) == expected
        assert names(world.deliver(wanted).created) == expected
        writes = world.writes()
        assert names(world.deliver(wanted).unchanged) == expected
        assert world.writes() == writes
        without = world.deliver(bundle(applyset(world, crd)))
        assert names(without.pruned) == ["Menu/lunch"]
        assert names(world.deliver(bundle(applyset(world, removing=True))).kept) == expected[:1]
    finally:
        access.kubectl("delete", "crd", crd["metadata"]["name"], "--ignore-not-found", "--wait=false")


# ------------------------------------------------------------------------------------------------------ pruning


def test_the_parent_says_what_is_in_its_set(world: World, access: ClusterAccess) -> None:
    world.deliver(bundle(applyset(world, namespace_of(world), service(world))))

    def parent() -> Any:
        answer = access.kubectl(
            "get", "configmap", world.base, "-n", PARENTS_NAMESPACE, "-o", "json", "--ignore-not-found"
        )
        return json.loads(answer.stdout)["metadata"] if answer.stdout.strip() else None

    assert parent()["labels"][PARENT_ID] == applyset_id(world.base)
    assert parent()["annotations"][CONTAINS_GROUP_KINDS] == "Namespace,Service"
    world.deliver(bundle(applyset(world, namespace_of(world), config_map(world))))
    assert parent()["annotations"][CONTAINS_GROUP_KINDS] == "ConfigMap,Namespace"
    outcome = world.deliver(bundle(applyset(world, removing=True)))
    assert outcome.removed == (world.base,)
    assert parent() is None


def test_what_controllers_copy_our_label_to_is_not_pruned(world: World) -> None:
    # The Endpoints of a Service carry the Service's labels.
    endpoints = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "db", "namespace": world.namespace}}
    world.deliver(bundle(applyset(world, namespace_of(world), service(world), endpoints)))
    copied = {**endpoints, "metadata": {**endpoints["metadata"], "name": "copy"}}
    copied["metadata"]["labels"] = marked(world, copied)["metadata"]["labels"]
    world.put(copied)
    outcome = world.deliver(bundle(applyset(world, namespace_of(world), service(world))))
    assert names(outcome.pruned) == ["Endpoints/db"]
    assert world.get(copied) is not None


def test_an_object_that_waits_for_its_finalizer_is_reported(world: World, access: ClusterAccess) -> None:
    held = config_map(world)
    held["metadata"]["finalizers"] = ["shop.example/hold"]
    world.deliver(bundle(applyset(world, namespace_of(world), held)))
    for check in (True, False):
        pruned = world.deliver(bundle(applyset(world, namespace_of(world))), check=check).pruned
        assert [(item.key.name, item.reason) for item in pruned] == [
            ("settings", "its end waits for shop.example/hold")
        ]
    outcome = world.deliver(bundle(applyset(world, namespace_of(world))))
    assert "shop.example/hold" in outcome.kept[0].reason
    assert not outcome.changed
    again = world.deliver(bundle(applyset(world, namespace_of(world), held)))
    assert "being deleted" in again.failed[0].reason
    patch = '{"metadata":{"finalizers":null}}'
    access.kubectl("patch", "configmap", "settings", "-n", world.namespace, "--type=merge", "-p", patch)
