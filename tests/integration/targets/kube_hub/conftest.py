# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real API server as the hub, with the collection's CRDs; empty for each test."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import KINDS
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_api import resource_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    ApiError,
    KubeHttp,
    Pacing,
    Patience,
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import (
    FaultProxy,
    fault_proxy,
)
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import Opener

CRDS = Path(__file__).resolve().parents[4] / "roles" / "hub" / "files" / "crds"
PACING = Pacing(time.sleep, random.random, time.monotonic)
PATIENCE = Patience(connect=2, read=20, attempts=4, backoff=0.01)

_LEASES = Resource("coordination.k8s.io/v1", "Lease", "leases", namespaced=True)
_OURS = "clusternet.io/created-by=multicluster.apps"


def opened(connection: Connection, **options: Any) -> KubernetesHub:
    """The hub of a connection, as another run would open it."""
    defaults = {"lock_timeout": 0, "holder": "a test", "patience": PATIENCE, "pacing": PACING}
    return KubernetesHub(open_endpoint("hub", connection), **{**defaults, **options})


class Server:
    """The hub's API server, as somebody else has it."""

    def __init__(self, access: ClusterAccess) -> None:
        self.access = access
        self.http = KubeHttp(
            "hub", open_endpoint("hub", Connection(kubeconfig=str(access.kubeconfig))), PATIENCE, PACING
        )

    def send(self, method: str, path: str, body: Any = None, query: Any = None, **more: Any) -> dict[str, Any]:
        return self.http.send(Request(method, path, f"{method} {path}", query, body, **more))

    def get(self, key: ObjectKey) -> dict[str, Any]:
        return self.send("GET", resource_of(key).path(key.namespace, key.name))

    def patch(self, key: ObjectKey, body: Any, manager: str = "alice") -> dict[str, Any]:
        path = resource_of(key).path(key.namespace, key.name)
        return self.send("PATCH", path, body, {"fieldManager": manager}, content_type="application/merge-patch+json")

    def wipe(self) -> None:
        """Remove all objects of the hub, and our Leases."""
        wanted = [(_LEASES, {"labelSelector": _OURS})]
        for kind in KINDS.values():
            query = {"labelSelector": _OURS} if kind.kind == "ControllerRevision" else {}
            query |= {"fieldSelector": "metadata.name=child-cluster-deployer"} if kind.kind == "Secret" else {}
            wanted.append((Resource(kind.api_version, kind.kind, kind.plural, kind.namespaced), query))
        with ThreadPoolExecutor(max_workers=4) as threads:
            list(threads.map(self._remove, wanted))

    def _remove(self, wanted: tuple[Resource, dict[str, str]]) -> None:
        resource, query = wanted
        for item in self.send("GET", resource.path(), query=query)["items"]:
            metadata = item["metadata"]
            path = resource.path(metadata.get("namespace", ""), metadata["name"])
            try:
                if not metadata.get("deletionTimestamp"):
                    self.send("DELETE", path)
                if metadata.get("finalizers"):
                    body = {"metadata": {"finalizers": None}}
                    self.send("PATCH", path, body, content_type="application/merge-patch+json")
            except ApiError as error:
                if error.status != 404:  # the server's own garbage collection may be faster
                    raise


def install_crds(access: ClusterAccess, *files: Path) -> None:
    """Have the collection's CRDs, and wait until they are served."""
    arguments = [argument for file in files or (CRDS,) for argument in ("-f", str(file))]
    access.kubectl("apply", "--server-side", *arguments)
    access.kubectl("wait", "--for=condition=Established", "--timeout=30s", *arguments)


@pytest.fixture(scope="session")
def hub_server(control_plane: ControlPlane) -> Iterator[Server]:
    """The hub with the collection's CRDs; empty again in the end."""
    install_crds(control_plane.hub)
    server = Server(control_plane.hub)
    yield server
    server.wipe()


@pytest.fixture
def server(hub_server: Server) -> Server:
    """The hub, empty."""
    hub_server.wipe()
    return hub_server


@pytest.fixture
def admin(server: Server) -> Connection:
    """Who may do everything on the hub."""
    return Connection(kubeconfig=str(server.access.kubeconfig))


@pytest.fixture
def open_hub(admin: Connection) -> Opener:
    return lambda **options: opened(admin, **options)


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    """A proxy in front of the hub."""
    with fault_proxy(server.access.kubeconfig) as one:
        yield one


@pytest.fixture
def behind(proxy: FaultProxy) -> KubernetesHub:
    """The hub behind the proxy."""
    return opened(Connection(host=proxy.url))
