# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives the deliveries to a cluster an account of their own there, and the hub its token; and takes both back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.access import Access, Rule, TokenPolicy
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_dns_label
from ansible_collections.multicluster.apps.plugins.module_utils._run.enrolling import (
    EnrolRequest,
    LeaveRequest,
    enrol,
    withdraw,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import CLUSTER_ACCESS_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import host_of, namespace_of


class ActionModule(HubAction):
    """See plugins/modules/cluster_access.py."""

    SPEC = CLUSTER_ACCESS_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Let one cluster join, or leave."""
        name = params["cluster"] or str(task_vars["inventory_hostname"])
        if name not in task_vars["hostvars"]:
            raise InvalidInput(
                f"cluster {name} is no host of the inventory, which says how an administrator reaches it"
            )
        host = host_of(name, task_vars)
        if params["state"] == "absent":
            connection = HubOptions.of(params).connection
            leave = LeaveRequest(host, namespace_of(host), params["service_account"], params["force"], connection)
            return withdraw(leave, self.tools(params, must_exist=True), check=self.check, diff=self.diff)
        request = EnrolRequest(
            host,
            namespace_of(host),
            _access(params),
            TokenPolicy(params["token_lifetime"], params["renew_before"]),
            params["advertise_url"],
        )
        return enrol(request, self.tools(params), check=self.check, diff=self.diff)


def _access(params: Params) -> Access:
    names = {"service_account": [params["service_account"]], "namespaces": params["namespaces"]}
    wrong = [f"{option}: {name!r}" for option, given in names.items() for name in given if not is_dns_label(name)]
    if wrong:
        raise InvalidInput(f"{', '.join(wrong)}: lower-case letters, digits and `-` are accepted, at most 63 of them")
    return Access(
        account=params["service_account"],
        namespaces=tuple(dict.fromkeys(params["namespaces"])),
        default_rules=params["default_rules"],
        rbac=params["rbac"],
        crds=params["crds"],
        rules=tuple(
            Rule(
                api_groups=tuple(rule["api_groups"]),
                resources=tuple(rule["resources"]),
                verbs=tuple(rule["verbs"]),
                names=tuple(rule["resource_names"]),
                cluster_wide=rule["cluster_wide"],
            )
            for rule in params["rules"]
        ),
    )
