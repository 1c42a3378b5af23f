# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed clusters as the inventory knows them: hosts, their groups and their `multicluster_*` variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import cluster_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import slug
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import PREFIX, connection_from_variables
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import VARIABLE, Capacities
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain

TaskVars = Mapping[str, Any]

# Every host is in one of these, so they tell clusters nothing.
_GROUPS_OF_ALL = ("all", "ungrouped")


def hosts_of_group(group: str, task_vars: TaskVars) -> tuple[Host, ...]:
    """The hosts of an inventory group, in the order of the inventory.

    :raises InvalidInput: when there is no such group or it has no hosts; for a variable that cannot be templated.
    """
    groups = task_vars["groups"]
    names = groups.get(group) or ()
    if not names:
        known = ", ".join(sorted(name for name, hosts in groups.items() if hosts and name not in _GROUPS_OF_ALL))
        problem = "has no hosts" if group in groups else "is not in the inventory"
        raise InvalidInput(f"group {group!r} {problem}; groups with hosts: {known or 'none'}")
    return tuple(host_of(str(name), task_vars) for name in names)


def host_of(name: str, task_vars: TaskVars) -> Host:
    """One host of the inventory.

    :raises InvalidInput: naming the host and the variable that cannot be templated.
    """
    variables = task_vars["hostvars"][name]
    groups = map(str, variables.get("group_names") or ())
    return Host(
        name=name,
        groups=tuple(sorted(group for group in groups if group not in _GROUPS_OF_ALL)),
        variables={str(key): _value(name, key, variables) for key in variables if str(key).startswith(PREFIX)},
        base_dir=str(variables.get("inventory_dir") or task_vars.get("playbook_dir") or "."),
    )


def namespace_of(host: Host) -> str:
    """The namespace of the host's cluster on the hub."""
    return str(host.variables.get(f"{PREFIX}namespace") or cluster_namespace(slug(host.name)))


def connections(task_vars: TaskVars) -> Callable[[ManagedCluster], Connection | None]:
    """What the inventory says of how a cluster is reached; None for a cluster that is no host, or a host that says nothing.

    The function raises InvalidInput for a host whose variables are wrong.
    """

    def connection(cluster: ManagedCluster) -> Connection | None:
        name = cluster.full_name
        if name not in task_vars["groups"]["all"]:
            return None
        host = host_of(name, task_vars)
        return connection_from_variables(host.name, host.variables, host.base_dir)

    return connection


def capacities(task_vars: TaskVars) -> Capacities:
    """What the inventory says that a cluster has free: `multicluster_capacity` of its host; None where it says nothing."""

    def capacity(cluster: ManagedCluster) -> Any:
        name = cluster.full_name
        if name not in task_vars["groups"]["all"]:
            return None
        return host_of(name, task_vars).variables.get(VARIABLE)

    return capacity


def _value(host: str, variable: str, variables: Mapping[str, Any]) -> Any:
    """A variable, templated. ansible-core 2.19 raises for what is undefined; 2.17 leaves `{{ … }}`, which is refused later."""
    try:
        return plain(variables[variable])
    except AnsibleError as error:
        raise InvalidInput(
            f"host {host}: variable {variable} cannot be templated: {error}. "
            "Inventory and extra variables are templated; play variables are not there"
        ) from error
