# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suite of the server port on the fake; on real API servers it runs in `tests/integration`."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.tests.unit.contracts.server_contract import ServerContract, World
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import MemoryApi


class TestMemoryServer(ServerContract):
    @pytest.fixture
    def world(self) -> World:
        api = MemoryApi({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
        api.missing.add("Nothing")
        return World(open=api.open, namespace="shop", put=api.put, now=lambda: api.now)
