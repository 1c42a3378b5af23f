# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members with narrow rights, members that fail, and waiting for health."""

from __future__ import annotations

import time

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_kubernetes import KubernetesMember
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import (
    PARENTS_NAMESPACE,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import HealthStatus
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, Faults
from ansible_collections.multicluster.apps.tests.integration.targets.members.conftest import (
    CountingHttp,
)
from ansible_collections.multicluster.apps.tests.unit.contracts.member_contract import (
    World,
    applyset,
    bundle,
    config_map,
    deployment,
    names,
    namespace_of,
    service,
)

pytestmark = pytest.mark.integration


def test_a_namespace_goes_when_somebody_asks_for_it(world: World) -> None:
    world.deliver(bundle(applyset(world, namespace_of(world), config_map(world))))
    asked = {"prune_kinds": frozenset({"Namespace"})}
    predicted = world.deliver(bundle(applyset(world, removing=True)), check=True, **asked)
    outcome = world.deliver(bundle(applyset(world, removing=True)), **asked)
    assert names(outcome.pruned) == ["ConfigMap/settings", f"Namespace/{world.namespace}"]
    assert outcome.pruned[1].reason == "its end waits for kubernetes"
    assert [item.reason for item in predicted.pruned] == [item.reason for item in outcome.pruned]
    assert predicted.removed == outcome.removed == ()  # not before it is gone

    def removed() -> bool:
        return world.deliver(bundle(applyset(world, removing=True)), **asked).removed == (world.base,)

    deadline = time.monotonic() + 30
    while not removed():
        assert time.monotonic() < deadline
        time.sleep(0.5)


# ------------------------------------------------------------------------------------- credentials and failures


@pytest.fixture
def limited(world: World, access: ClusterAccess, log: list[Request]) -> World:
    """The same cluster for a user who may work in one namespace and in that of the parents only."""
    for namespace in (world.namespace, PARENTS_NAMESPACE):
        access.kubectl("create", "namespace", namespace, check=False)
        access.kubectl(
            "create", "rolebinding", world.namespace, "--clusterrole=admin", "--user=lab-nobody", "-n", namespace
        )
    return World(
        open=lambda: KubernetesMember(CountingHttp(access.name, access.unprivileged_kubeconfig, log)),
        namespace=world.namespace,
        put=world.put,
        get=world.get,
        writes=world.writes,
        server=True,
    )


def test_a_credential_of_one_namespace_is_enough(limited: World, log: list[Request]) -> None:
    assert limited.deliver(bundle(applyset(limited, config_map(limited), service(limited)))).ok
    writes = limited.writes()
    assert len(limited.deliver(bundle(applyset(limited, config_map(limited), service(limited)))).unchanged) == 2
    assert limited.writes() == writes
    assert names(limited.deliver(bundle(applyset(limited, config_map(limited)))).pruned) == ["Service/web"]


def test_a_kind_that_may_not_be_read_fails_alone_and_nothing_is_pruned(limited: World) -> None:
    limited.deliver(bundle(applyset(limited, config_map(limited), service(limited))))
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": limited.namespace},
    }
    outcome = limited.deliver(bundle(applyset(limited, config_map(limited, colour="red"), role)))
    assert names(outcome.failed) == [f"ClusterRole/{limited.namespace}"]
    assert "HTTP 403" in outcome.failed[0].reason
    assert names(outcome.updated) == ["ConfigMap/settings"]
    assert names(outcome.kept) == ["Service/web"]


def test_a_user_without_rights_gets_one_error(world: World, access: ClusterAccess, log: list[Request]) -> None:
    stranger = World(
        lambda: KubernetesMember(CountingHttp(access.name, access.unprivileged_kubeconfig, log)),
        world.namespace, world.put, world.get, world.writes, True,
    )  # fmt: skip
    access.kubectl("delete", "rolebinding", "--all", "-n", PARENTS_NAMESPACE)
    outcome = stranger.deliver(bundle(applyset(world, config_map(world))))
    assert "HTTP 403" in outcome.errors[0]
    assert outcome.phase == "Failure"


def test_a_dead_server_is_an_outcome(world: World, access: ClusterAccess, member_faults: Faults) -> None:
    wanted = bundle(applyset(world, namespace_of(world), config_map(world)))
    member_faults.kill(access.name)
    outcome = world.deliver(wanted)
    assert outcome.unreachable
    assert access.server in outcome.errors[0]
    assert "refused" in outcome.errors[0]
    member_faults.mend(access.name)
    assert world.deliver(wanted).ok


def test_a_frozen_server_is_an_outcome(world: World, access: ClusterAccess, member_faults: Faults) -> None:
    member_faults.freeze(access.name)
    outcome = world.deliver(bundle(applyset(world, namespace_of(world))))
    assert outcome.unreachable
    assert outcome.seconds < 10
    assert "timed out" in outcome.errors[0]


# ------------------------------------------------------------------------------------------------------- health


def test_waiting_ends_when_all_is_healthy_or_the_time_is_over(world: World) -> None:
    settled = bundle(applyset(world, namespace_of(world), config_map(world), service(world)))
    assert world.deliver(settled, wait=True, wait_timeout=10, wait_sleep=0.2).ok
    # No node: no pod will ever run.
    rolling = bundle(applyset(world, namespace_of(world), config_map(world), service(world), deployment(world)))
    outcome = world.deliver(rolling, wait=True, wait_timeout=1, wait_sleep=0.2)
    assert names(outcome.unhealthy) == ["Deployment/web"]
    assert outcome.unhealthy[0].health.status is HealthStatus.IN_PROGRESS
    assert not outcome.ok
    assert outcome.seconds < 10
