# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivers to the cluster of the host that the task runs for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.plugin_utils import reports
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import DEPLOY_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import (
    connections,
    host_of,
    namespace_of,
)
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import delivery_options, scope_of


class ActionModule(HubAction):
    """See plugins/modules/deploy.py."""

    SPEC = DEPLOY_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Deliver to one cluster."""
        host = host_of(str(task_vars["inventory_hostname"]), task_vars)
        outcome, warnings = deploy(
            host.name,
            namespace_of(host),
            scope_of(params),
            delivery_options(params, check=self.check),
            self.tools(params, must_exist=True),
            connections(task_vars),
        )
        return reports.of_delivery((outcome,) if outcome else (), warnings, diff=self.diff)
