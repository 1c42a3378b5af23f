# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed clusters as the inventory knows them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleUndefinedVariable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import (
    connections,
    host_of,
    hosts_of_group,
    namespace_of,
)

TaskVars = dict[str, Any]


class Undefined(dict[str, Any]):
    """Variables of a host of which some cannot be templated, as ansible-core 2.19 has them."""

    def __getitem__(self, key: str) -> Any:
        if key == "multicluster_context":
            raise AnsibleUndefinedVariable("'nobody' is undefined")
        return super().__getitem__(key)


def cluster(name: str, full_name: str | None = None) -> ManagedCluster:
    metadata: dict[str, Any] = {"name": name, "namespace": f"clusternet-{name}"}
    if full_name:
        metadata["annotations"] = {"multicluster.apps/full-name": full_name}
    return ManagedCluster.of({"metadata": metadata})


def test_hosts_of_a_group(task_vars: TaskVars) -> None:
    shanghai, beijing = hosts_of_group("managed_clusters", task_vars)
    assert (shanghai.name, shanghai.groups) == ("shanghai", ("managed_clusters",))
    assert shanghai.variables == {"multicluster_directory": "out/shanghai"}
    assert shanghai.base_dir == task_vars["playbook_dir"]
    assert beijing.groups == ("managed_clusters", "north")
    assert host_of("other", task_vars).groups == ()


def test_paths_begin_with_the_inventory_or_else_the_playbook(task_vars: TaskVars) -> None:
    task_vars["hostvars"]["shanghai"]["inventory_dir"] = "/inventory"
    assert host_of("shanghai", task_vars).base_dir == "/inventory"
    task_vars["hostvars"]["shanghai"]["inventory_dir"] = None
    assert host_of("shanghai", task_vars).base_dir == task_vars["playbook_dir"]


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("south", "group 'south' is not in the inventory; groups with hosts: managed_clusters, north"),
        ("empty", "group 'empty' has no hosts; groups with hosts: managed_clusters, north"),
    ],
)
def test_a_group_without_hosts(task_vars: TaskVars, group: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{message}$"):
        hosts_of_group(group, task_vars)


def test_a_variable_that_cannot_be_templated(task_vars: TaskVars) -> None:
    task_vars["hostvars"]["beijing"] = Undefined(multicluster_context="x")
    with pytest.raises(
        InvalidInput, match=r"^host beijing: variable multicluster_context cannot be templated: 'nobody'"
    ):
        hosts_of_group("managed_clusters", task_vars)


def test_the_namespace_on_the_hub(task_vars: TaskVars) -> None:
    assert namespace_of(host_of("shanghai", task_vars)) == "clusternet-shanghai"
    task_vars["hostvars"]["shanghai"]["multicluster_namespace"] = "mine"
    assert namespace_of(host_of("shanghai", task_vars)) == "mine"


def directory(task_vars: TaskVars, target: ManagedCluster) -> str | None:
    connection = connections(task_vars)(target)
    return None if connection is None else connection.directory


def test_a_cluster_is_reached_as_its_host_says(task_vars: TaskVars) -> None:
    assert directory(task_vars, cluster("shanghai")) == f"{task_vars['playbook_dir']}/out/shanghai"


def test_a_cluster_whose_name_is_a_slug_is_its_host(task_vars: TaskVars) -> None:
    task_vars["groups"]["all"].append("web_01")
    task_vars["hostvars"]["web_01"] = {"multicluster_directory": "/out/web"}
    assert directory(task_vars, cluster("web-01-1a2b3c", "web_01")) == "/out/web"
    assert directory(task_vars, cluster("web-01-1a2b3c")) is None


@pytest.mark.parametrize("name", ["other", "nowhere"])
def test_the_hub_has_to_know_the_others(task_vars: TaskVars, name: str) -> None:
    assert directory(task_vars, cluster(name)) is None


def test_a_literal_template_is_refused(task_vars: TaskVars) -> None:
    task_vars["hostvars"]["shanghai"]["multicluster_directory"] = "{{ nobody }}/x"
    with pytest.raises(InvalidInput, match="host shanghai: variable multicluster_directory still holds a template"):
        directory(task_vars, cluster("shanghai"))
