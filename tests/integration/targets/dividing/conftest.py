# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets over which replicas are divided: on a hub in a directory, and on one that is a real API server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import Fleet, with_processors
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_plugins.conftest import access, versions

__all__ = ["access", "hub_server", "server", "versions"]


@pytest.fixture
def fleet(servers: ControlPlane, project: Project) -> Iterator[Fleet]:
    """A server with four free processors, and a directory of which a user says that it has two; the hub is a directory."""
    with with_processors(servers.members[0], project, 4) as member:
        made = Fleet(project, {"server": member}, {"server": {}, "paper": {"multicluster_capacity": {"cpu": 2}}})
        made.inventory()
        yield made


@pytest.fixture
def served_fleet(servers: ControlPlane, project: Project, server: Server) -> Iterator[Fleet]:
    """Two servers with four and two free processors, and a hub that is a server, too."""
    project.environment["K8S_AUTH_KUBECONFIG"] = str(server.access.kubeconfig)
    one, two = servers.members[:2]
    with with_processors(one, project, 4), with_processors(two, project, 2):
        made = Fleet(project, {"one": one, "two": two}, {"one": {}, "two": {}}, {"hub_dir": None})
        made.inventory()
        yield made
