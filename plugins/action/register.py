# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes ManagedClusters on the hub out of an inventory group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import register
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import REGISTER_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import hosts_of_group


class ActionModule(HubAction):
    """See plugins/modules/register.py."""

    SPEC = REGISTER_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Register the hosts of the group."""
        hosts = hosts_of_group(params["group"], task_vars)
        return register(hosts, self.tools(params), check=self.check, diff=self.diff)
