# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `cluster` where the hub is an API server, too."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.cluster_access.conftest import (
    Joining,
    config_map,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server

pytestmark = pytest.mark.integration


@pytest.fixture
def hub(server: Server) -> ClusterAccess:
    """The hub, empty, as its administrator has it."""
    return server.access


@pytest.fixture
def joining(project: Project, member: ClusterAccess, hub: ClusterAccess) -> Iterator[Joining]:
    made = Joining(project, member, {"kubeconfig": str(hub.kubeconfig)}, f"one-{project.namespace}")
    yield made
    hub.kubectl("delete", "namespace", home(made), "--ignore-not-found", "--wait=false")


def home(joining: Joining) -> str:
    """The cluster's namespace on the hub."""
    return f"clusternet-{joining.name}"


def secret_of(hub: ClusterAccess, joining: Joining, field: str) -> str:
    found = hub.kubectl("get", "secret", "child-cluster-deployer", "-n", home(joining), "-o", f"jsonpath={{{field}}}")
    return found.stdout


def test_a_cluster_joins_is_delivered_to_and_leaves(joining: Joining, project: Project, hub: ClusterAccess) -> None:
    predicted = joining.result(joining.run("--check", "--diff"))
    done = joining.result(joining.run("--diff"))
    assert predicted["member"] == done["member"]
    assert predicted["hub"] == done["hub"]
    assert secret_of(hub, joining, ".type") == "Opaque"
    url = base64.b64decode(secret_of(hub, joining, ".data.apiserver-advertise-url")).decode()
    assert url == joining.member.server
    assert not joining.run().changed

    joining.drop_variables()
    joining.member.kubectl("create", "namespace", project.namespace)
    deployed = joining.distribute(config_map(project)).ok().task("task 1")
    assert deployed.result["clusters"][joining.name]["location"] == joining.member.server
    assert not joining.distribute(config_map(project)).ok().changed
    joining.distribute(config_map(project), absent=True).ok()

    joining.administrator()
    expected = joining.result(joining.run("--check", cluster_state="absent"))
    left = joining.result(joining.run(cluster_state="absent"))
    assert expected["hub"] == left["hub"]
    assert set(left["hub"]["removed"]) == {
        f"Secret {home(joining)}/child-cluster-deployer",
        f"ManagedCluster {home(joining)}/{joining.name}",
        f"Namespace {home(joining)}",
    }
    phase = hub.kubectl("get", "namespace", home(joining), "-o", "jsonpath={.status.phase}", "--ignore-not-found")
    assert phase.stdout in ("", "Terminating")


def test_a_namespace_in_which_something_is_stays(joining: Joining, hub: ClusterAccess) -> None:
    joining.run().ok()
    hub.kubectl("create", "configmap", "notes", "-n", home(joining))
    left = joining.run(cluster_state="absent")
    assert f"ConfigMap {home(joining)}/notes is in it" in left.ok().task(joining.task, joining.name).warnings
    assert hub.kubectl("get", "configmap", "notes", "-n", home(joining), "-o", "name").stdout


def test_a_secret_of_somebody_else_is_not_overwritten(joining: Joining, hub: ClusterAccess) -> None:
    hub.kubectl("create", "namespace", home(joining))
    hub.kubectl(
        "create", "secret", "generic", "child-cluster-deployer", "-n", home(joining), "--from-literal=token=theirs"
    )
    refused: Any = joining.run().failure()
    assert "was not made by this role" in refused.message
    assert base64.b64decode(secret_of(hub, joining, ".data.token")).decode() == "theirs"
