# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project whose hub is a real API server, empty for each test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)

__all__ = ["hub_server", "server"]

# Everything that a run may write there.
KINDS = (
    "bases,descriptions,feedinventories,globalizations,helmcharts,localizations,managedclusters,manifests,subscriptions"
)


@pytest.fixture
def access(server: Server) -> ClusterAccess:
    """The hub, as its administrator has it."""
    return server.access


@pytest.fixture
def versions(access: ClusterAccess) -> Callable[[], Mapping[str, Any]]:
    """Tells the version of every object on the hub."""

    def read() -> Mapping[str, Any]:
        path = "{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}"
        lines = access.kubectl("get", KINDS, "-A", "-o", f"jsonpath={path}").stdout.splitlines()
        return {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines}

    return read
