# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server port on a real API server: the common suite, and the faults that only real servers have."""

from __future__ import annotations

import base64
import json
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._edge.server_kubernetes import KubernetesServer
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane, Faults
from ansible_collections.multicluster.apps.tests.unit.contracts.server_contract import (
    ServerContract,
    World,
    binding_of,
    config_map,
    namespace_of,
    role_of,
)

pytestmark = pytest.mark.integration


def connect(access: ClusterAccess, connection: Connection) -> KubernetesServer:
    pacing = Pacing(time.sleep, random.random, time.monotonic)
    return KubernetesServer.connect(access.name, connection, patience=Patience(connect=2, read=5), pacing=pacing)


@pytest.fixture
def access(control_plane: ControlPlane) -> ClusterAccess:
    return control_plane.members[0]


@pytest.fixture
def world(access: ClusterAccess) -> Iterator[World]:
    namespace = f"shop-{uuid.uuid4().hex[:8]}"

    def put(raw: Any) -> None:
        access.kubectl("create", "-f", "-", stdin=json.dumps(raw))

    yield World(
        open=lambda: connect(access, Connection(kubeconfig=str(access.kubeconfig))),
        namespace=namespace,
        put=put,
        now=lambda: datetime.now(UTC),
    )
    access.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


class TestKubernetesServer(ServerContract):
    """The common suite."""


def test_a_refusal_names_verb_and_resource(world: World, access: ClusterAccess) -> None:
    stranger = connect(access, Connection(kubeconfig=str(access.unprivileged_kubeconfig)))
    with pytest.raises(ClusterError, match=r'HTTP 403.*cannot patch resource "namespaces"'):
        stranger.apply(namespace_of(world))


@pytest.fixture
def granter(world: World, access: ClusterAccess) -> Iterator[KubernetesServer]:
    """Somebody who may grant what he has himself, to read ConfigMaps, and nothing else."""
    name = f"granter-{world.namespace}"
    verbs = {"clusterroles,clusterrolebindings": "get,create,patch", "configmaps": "get"}
    for number, (resources, allowed) in enumerate(verbs.items()):
        role = f"{name}-{number}"
        access.kubectl("create", "clusterrole", role, f"--verb={allowed}", f"--resource={resources}")
        access.kubectl("create", "clusterrolebinding", role, f"--clusterrole={role}", f"--user={name}")
    yield connect(access, Connection(kubeconfig=str(access.kubeconfig), impersonate_user=name))
    for number in range(len(verbs)):
        access.kubectl("delete", f"clusterrole/{name}-{number}", f"clusterrolebinding/{name}-{number}")


def test_who_may_not_grant_everything_can_have_a_new_role_and_its_binding_tried(
    world: World, granter: KubernetesServer
) -> None:
    with pytest.raises(ClusterError, match="404"):
        granter.apply(binding_of(world), dry_run=True)
    granter.apply(role_of(world), dry_run=True)
    assert granter.apply(binding_of(world), dry_run=True) == binding_of(world)
    more = {**role_of(world), "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}
    with pytest.raises(ClusterError, match="403"):
        granter.apply(more, dry_run=True)


def test_who_may_not_list_everything_cannot_say_what_is_in_a_namespace(world: World, granter: KubernetesServer) -> None:
    with pytest.raises(ClusterError, match=r"HTTP 403.*cannot list resource"):
        granter.inhabitants(world.namespace)


def test_a_new_definition_is_known_at_once(world: World) -> None:
    group = f"{world.namespace}.example.com"
    names = {"kind": "Lamp", "plural": "lamps", "singular": "lamp", "listKind": "LampList"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"lamps.{group}"},
        "spec": {"group": group, "scope": "Cluster", "names": names, "versions": versions},
    }
    server = world.open()
    assert server.list(f"{group}/v1", "Lamp") == []
    server.apply(definition)
    lamp = {"apiVersion": f"{group}/v1", "kind": "Lamp", "metadata": {"name": "desk"}}
    deadline = time.monotonic() + 20
    try:
        while not _applied(server, lamp):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert [raw["metadata"]["name"] for raw in server.list(f"{group}/v1", "Lamp")] == ["desk"]
    finally:
        server.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", f"lamps.{group}")
        server.close()


def _applied(server: Any, raw: Any) -> bool:
    try:
        server.apply(raw)
    except ClusterError:
        return False
    return True


def test_a_dead_server_is_not_reachable(access: ClusterAccess, world: World, member_faults: Faults) -> None:
    member_faults.kill(access.name)
    server = world.open()
    with pytest.raises(ClusterUnreachable, match="refused"):
        server.version()
    with pytest.raises(ClusterUnreachable, match="refused"):
        server.probe("readyz")


def test_a_wrong_token_is_said_without_the_token(access: ClusterAccess, world: World) -> None:
    cluster = yaml.safe_load(access.kubeconfig.read_text())["clusters"][0]["cluster"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    stranger = connect(access, Connection(host=access.server, api_key="not-a-token-of-this-server", ca_data=authority))
    with pytest.raises(ClusterUnreachable) as caught:
        stranger.apply(config_map(world))
    assert "401" in str(caught.value)
    assert "not-a-token" not in str(caught.value)
