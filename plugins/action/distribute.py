# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole path: register, store, schedule, render, deliver, report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest, distribute
from ansible_collections.multicluster.apps.plugins.module_utils._run.engine_clusternet import distribute_by_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.explaining import explained
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_tasks import source_of
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import documents_of
from ansible_collections.multicluster.apps.plugins.plugin_utils import reports
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import DISTRIBUTE_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import (
    capacities,
    connections,
    hosts_of_group,
)
from ansible_collections.multicluster.apps.plugins.plugin_utils.progress import Progress
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import delivery_options, guards_of, scope_of
from ansible_collections.multicluster.apps.plugins.plugin_utils.templates import rendered
from ansible_collections.multicluster.apps.plugins.plugin_utils.vault_passwords import vault_of


class ActionModule(HubAction):
    """See plugins/modules/distribute.py."""

    SPEC = DISTRIBUTE_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Run the whole path."""
        request = DistributeRequest(
            hosts=hosts_of_group(params["group"], task_vars) if params["group"] else None,
            store=self._store(params, task_vars),
            scope=scope_of(params),
            guards=guards_of(params),
            deliver=params["deliver"],
            options=delivery_options(params, check=self.check),
            strict=params["strict"],
            forks=params["forks"] or int(task_vars.get("ansible_forks") or 5),
            anew=params["rebalance"],
            capacities=capacities(task_vars),
        )
        tools = self.tools(params, must_exist=request.hosts is None and request.store is None)
        progress = Progress(Display().display)
        if params["engine"] == "clusternet":
            done = distribute_by_clusternet(request, tools, connections(task_vars), progress)
        else:
            done = distribute(request, tools, connections(task_vars), progress)
        result = reports.of_run(done, diff=self.diff)
        if self.check:  # only then: it has a reason for each cluster of each Subscription
            result["subscriptions"] = {
                placement.subscription.full_name: explained(placement, scope=request.scope)
                for placement in done.decision.placements
            }
        return result

    def _store(self, params: Params, task_vars: Mapping[str, Any]) -> StoreRequest | None:
        if not params["src"] and not params["template"]:
            return None
        src = self.absolute(params["src"]) if params["src"] else None
        documents = documents_of(src, None, vault_of(self._loader)) if src else []
        items = rendered(params["template"] or (), task_vars, self._loader, self._templar)
        for item in items:
            documents += documents_of(None, item["text"], None, item["where"])
        paths = (src, *(item["where"] for item in items))
        return StoreRequest(documents, source_of(params["source"], paths, params["hub_dir"]))
