# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks the clusters how they are, and keeps that on the hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.observing import observe
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import STATUS_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import connections
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import scope_of


class ActionModule(HubAction):
    """See plugins/modules/status.py."""

    SPEC = STATUS_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Ask, and store."""
        return observe(
            scope_of(params),
            self.tools(params, must_exist=True),
            connections(task_vars),
            forks=params["forks"] or int(task_vars.get("ansible_forks") or 5),
            check=self.check,
            diff=self.diff,
        )
