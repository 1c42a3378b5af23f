# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The suite of hubs on a real API server."""

from __future__ import annotations

from typing import ClassVar

import pytest
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_contract import HubContract

pytestmark = pytest.mark.integration


class TestKubernetesHub(HubContract):
    SERVER: ClassVar[bool] = True
