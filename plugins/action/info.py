# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub holds, where things run, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._run.engines import left_alone
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    PARSED_KINDS,
    parse_contents,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import INFO_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import capacities, connections
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import scope_of


class ActionModule(HubAction):
    """See plugins/modules/info.py."""

    SPEC = INFO_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Read the hub, ask the clusters whose room matters, and answer."""
        tools = self.tools(params, must_exist=True)
        loaded = parse_contents(tools.hub.load(kinds=PARSED_KINDS))
        scope = scope_of(params)
        forks = int(task_vars.get("ansible_forks") or 5)
        gauge = Gauge(tools, connections(task_vars), capacities(task_vars), forks)
        answer = inform(
            loaded, scope, params["kinds"], Guards(), params["compare"], gauge.measure, survey=params["capacity"]
        )
        warnings = [*loaded.warnings, *left_alone(loaded, scope), *answer["warnings"]]
        return {"changed": False, **answer, "warnings": warnings}
