# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of killed runs share: a hub and two members behind proxies that count writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import fault_proxy
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_kill.runs import Proxies

__all__ = ["hub_server", "server"]


@pytest.fixture
def proxies(server: Server, servers: ControlPlane) -> Iterator[Proxies]:
    """The hub, empty, and two members."""
    with ExitStack() as stack:
        hub = stack.enter_context(fault_proxy(server.access.kubeconfig))
        members = {each.name: stack.enter_context(fault_proxy(each.kubeconfig)) for each in servers.members[:2]}
        yield Proxies(hub, members)
