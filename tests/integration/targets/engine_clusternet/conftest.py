# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub that is a real API server, empty for each test, on which Clusternet runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.clusternet import clusternet
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.clusternet import Controllers

__all__ = ["hub_server", "server"]

NAMESPACES = {"shanghai": "clusternet-x7k2p", "beijing": "clusternet-b9w4d"}


@pytest.fixture
def kubeconfig(server: Server) -> Path:
    """The hub, on which Clusternet's agents have registered two clusters."""
    for name, namespace in NAMESPACES.items():
        labels = {"clusters.clusternet.io/cluster-id": identity(name), "clusters.clusternet.io/cluster-name": name}
        raw = {
            "apiVersion": "clusters.clusternet.io/v1beta1",
            "kind": "ManagedCluster",
            "metadata": {"name": name, "namespace": namespace, "labels": {**labels, "site": name}},
            "spec": {"clusterId": identity(name), "syncMode": "Pull"},
        }
        server.access.kubectl("create", "namespace", namespace, check=False)
        server.access.kubectl("label", "namespace", namespace, "--overwrite", *(f"{k}={v}" for k, v in labels.items()))
        path = f"/apis/clusters.clusternet.io/v1beta1/namespaces/{namespace}/managedclusters"
        server.send("POST", path, raw)
    return server.access.kubeconfig


@pytest.fixture
def controllers(kubeconfig: Path) -> Iterator[Controllers]:
    """Clusternet's controllers, at work on the hub."""
    with clusternet(kubeconfig) as running:
        yield running


def identity(name: str) -> str:
    """The id of a cluster."""
    return f"6d0ef0c1-53a1-4c5e-9b43-{ord(name[0]):012x}"
