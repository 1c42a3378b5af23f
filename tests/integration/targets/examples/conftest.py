# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the examples name: a hub that is an API server, clusters that are, and Clusternet's controllers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.engine_clusternet.conftest import (
    controllers,
    kubeconfig,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)

__all__ = ["controllers", "hub_server", "kubeconfig", "server"]

# What the examples make in clusters: the account of deliveries, and namespaces, which stay when a cluster leaves.
ACCOUNT = "multicluster-apps"
NAMESPACES = ("shop", "shop-db")
OURS = "clusternet.io/created-by=multicluster.apps"


@pytest.fixture
def home(project: Project, server: Server) -> Iterator[None]:
    """A home directory in which the kubeconfigs that examples name lead to the hub, empty before; none of its rights stay."""
    kubeconfigs = project.path / "home" / ".kube"
    kubeconfigs.mkdir(parents=True)
    for name in ("hub", "hub-admin"):
        (kubeconfigs / name).symlink_to(server.access.kubeconfig)
    project.environment["HOME"] = str(kubeconfigs.parent)
    yield
    server.access.kubectl("delete", "clusterrole,clusterrolebinding", "-l", OURS)


@pytest.fixture
def real_clusters(project: Project, servers: ControlPlane) -> Iterator[None]:
    """The clusters of the inventory are API servers; nothing of the examples stays in them."""
    members = dict(zip(("shanghai", "beijing"), servers.members, strict=False))
    project.inventory({name: {"multicluster_kubeconfig": str(member.kubeconfig)} for name, member in members.items()})
    yield
    label = f"multicluster.apps/service-account={ACCOUNT}"
    for member in members.values():
        for kind in ("rolebinding", "role", "serviceaccount"):
            member.kubectl("delete", kind, "-A", "-l", label)
        member.kubectl("delete", "clusterrolebinding,clusterrole", "-l", label)
    for wait in ("--wait=false", "--timeout=60s"):  # side by side, and not before all is gone
        for member in members.values():
            member.kubectl("delete", "namespace", *NAMESPACES, "--ignore-not-found", wait)
