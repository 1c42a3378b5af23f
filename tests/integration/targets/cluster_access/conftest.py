# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster that joins a hub, and leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import hub_server, server

__all__ = ["hub_server", "server"]

# Where accounts and the records of ApplySets are, in each member.
PARENTS = "multicluster-apps"


@pytest.fixture
def member(servers: ControlPlane, project: Project) -> Iterator[ClusterAccess]:
    """A member; what was made for the account of the test is removed afterwards."""
    access = servers.members[0]
    phase = access.kubectl("get", "namespace", PARENTS, "-o", "jsonpath={.status.phase}", "--ignore-not-found").stdout
    if phase == "Terminating":  # the cluster of an earlier test has just left, and who joins meanwhile is refused
        access.kubectl("wait", "--for=delete", f"namespace/{PARENTS}", "--timeout=60s")
    yield access
    label = f"multicluster.apps/service-account={project.namespace}"
    for kind in ("rolebinding", "role", "serviceaccount"):
        access.kubectl("delete", kind, "-A", "-l", label)
    access.kubectl("delete", "clusterrolebinding,clusterrole", "-l", label)


class Joining:
    """The play of a user whose cluster joins, and leaves.

    :param hub: the options that name the hub.
    """

    def __init__(self, project: Project, member: ClusterAccess, hub: dict[str, Any], name: str) -> None:
        self.hub = hub
        self.name = name
        self.project = project
        self.member = member
        self.account = project.namespace
        self.administrator()

    def administrator(self) -> None:
        """The inventory says how an administrator reaches the cluster."""
        self.project.inventory({self.name: {"multicluster_kubeconfig": str(self.member.kubeconfig)}})

    def drop_variables(self) -> None:
        """The inventory says nothing of it any more."""
        self.project.inventory({self.name: {}})

    def run(self, *arguments: str, **variables: Any) -> Run:
        """Run the role with the hub `fleet`."""
        given = {"cluster_service_account": self.account, **variables}
        play = {
            "hosts": "managed_clusters",
            "gather_facts": False,
            "module_defaults": {"group/multicluster.apps.hub": self.hub},
            "roles": [{"role": "multicluster.apps.cluster", "vars": given}],
        }
        self.project.write("join.yml", [play])
        return self.project.play("join.yml", *arguments)

    @property
    def task(self) -> str:
        return "Let the cluster join, or leave"

    def result(self, run: Run) -> Any:
        return run.ok().task(self.task, self.name).result

    def distribute(self, *objects: dict[str, Any], absent: bool = False) -> Run:
        """Distribute objects to all clusters, in a Subscription of the test's own; or remove that, and so what it delivered."""
        feeds = [{"apiVersion": raw["apiVersion"], "kind": raw["kind"], **raw["metadata"]} for raw in objects]
        subscription = {
            "apiVersion": "apps.clusternet.io/v1alpha1",
            "kind": "Subscription",
            "metadata": {"name": self.project.namespace, "namespace": "default"},
            "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds},
        }
        state = "absent" if absent else "present"
        store = {"multicluster.apps.apply": {"definition": [subscription, *objects], "state": state}}
        return self.project.tasks(store, {"multicluster.apps.distribute": {}}, **{"hub_dir": None, **self.hub})


def namespace(project: Project) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}}


def config_map(project: Project) -> dict[str, Any]:
    metadata = {"name": "settings", "namespace": project.namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": "green"}}
