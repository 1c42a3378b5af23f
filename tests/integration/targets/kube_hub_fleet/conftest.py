# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub that is a real API server, empty for each test."""

from __future__ import annotations

from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    admin,
    hub_server,
    open_hub,
    server,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_plugins.conftest import access, versions

__all__ = ["access", "admin", "hub_server", "open_hub", "server", "versions"]
