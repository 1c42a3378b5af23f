# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `status`: real API servers with nodes of several shapes, one that is away, and a directory."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane, Faults
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run, Task

pytestmark = pytest.mark.integration

PLAYBOOK = "multicluster.apps.status"
ASK = "Ask the clusters, and keep what they say"


def node(name: str, ready: str | None, **capacity: str) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": ready}] if ready else [{"type": "MemoryPressure", "status": "False"}]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        # Others than the tests put no pods on it.
        "spec": {"taints": [{"key": "test", "effect": "NoSchedule"}]},
        "status": {
            "capacity": {key.replace("_", "-"): value for key, value in capacity.items()},
            "allocatable": {"cpu": "1500m", "memory": "2Gi"},
            "conditions": conditions,
        },
    }


@pytest.fixture
def nodes(servers: ControlPlane, project: Project) -> Iterator[ClusterAccess]:
    """The first member with four nodes, one of each state."""
    member, name = servers.members[0], project.namespace
    made = [
        node(f"{name}-a", "True", cpu="4", memory="8Gi", pods="110"),
        node(f"{name}-b", "False", cpu="1500m", memory="1536Mi", pods="110", ephemeral_storage="10G"),
        node(f"{name}-c", "Unknown", cpu="0.5", memory="512Mi"),
        node(f"{name}-d", None, cpu="500m", memory="1024Ki"),
    ]
    # Of a node that is created the server takes the status, too; its controllers judge the conditions of the silent only later.
    member.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    yield member
    member.kubectl("delete", "node", *(raw["metadata"]["name"] for raw in made))


def status(project: Project, *arguments: str) -> Run:
    return project.play(PLAYBOOK, "-e", "hub_dir=fleet", *arguments)


def asked(project: Project, *arguments: str) -> Task:
    run = status(project, *arguments).ok()
    (task,) = [task for task in run.tasks if task.name == ASK]
    return task


def register(project: Project) -> None:
    project.tasks({"multicluster.apps.register": {"group": "managed_clusters"}}).ok()


def stored(project: Project, name: str) -> Any:
    return project.objects("fleet")[f"ManagedCluster clusternet-{name}/{name}"]["status"]


def test_version_health_nodes_and_sums_are_kept(project: Project, nodes: ClusterAccess) -> None:
    project.inventory({"one": {"multicluster_kubeconfig": str(nodes.kubeconfig)}})
    register(project)
    predicted = asked(project, "--check", "--diff")
    assert predicted.changed
    assert "status" not in project.objects("fleet")["ManagedCluster clusternet-one/one"]
    task = asked(project)
    assert task.result["updated"] == predicted.result["updated"] == ["ManagedCluster clusternet-one/one"]
    found = stored(project, "one")
    version = json.loads(nodes.kubectl("version", "-o", "json").stdout)["serverVersion"]["gitVersion"]
    assert (found["k8sVersion"], found["apiserverURL"]) == (version, nodes.server)
    assert (found["livez"], found["readyz"]) == (True, True)
    assert found["nodeStatistics"] == {"readyNodes": 1, "notReadyNodes": 1, "unknownNodes": 1, "lostNodes": 1}
    assert found["capacity"] == {"cpu": "6500m", "ephemeral-storage": "10G", "memory": "10241Mi", "pods": "220"}
    assert found["allocatable"] == {"cpu": "6", "memory": "8Gi"}
    (ready,) = found["conditions"]
    assert (ready["type"], ready["status"], ready["reason"]) == ("Ready", "True", "ManagedClusterReady")


def test_a_second_run_changes_and_writes_nothing(project: Project, nodes: ClusterAccess) -> None:
    project.inventory({"one": {"multicluster_kubeconfig": str(nodes.kubeconfig)}})
    register(project)
    asked(project)
    before = project.files("fleet")
    time.sleep(1.1)  # times have whole seconds
    again = asked(project)
    assert not again.changed
    assert project.files("fleet") == before


def test_a_dead_cluster_is_not_ready_and_the_others_are(
    project: Project, servers: ControlPlane, member_faults: Faults
) -> None:
    one, two = servers.members[:2]
    project.inventory(
        {
            "one": {"multicluster_kubeconfig": str(one.kubeconfig)},
            "two": {"multicluster_kubeconfig": str(two.kubeconfig)},
            "paper": {"multicluster_directory": "out"},
        }
    )
    register(project)
    asked(project)
    alive = stored(project, "two")
    member_faults.kill(two.name)
    run = status(project).ok()
    (task,) = [task for task in run.tasks if task.name == ASK]
    assert task.result["not_ready"] == ["paper", "two"]
    assert task.result["updated"] == ["ManagedCluster clusternet-two/two"]
    dead = stored(project, "two")
    (ready,) = dead["conditions"]
    assert (ready["status"], ready["reason"]) == ("Unknown", "ManagedClusterUnreachable")
    assert "refused" in ready["message"]
    assert (dead["livez"], dead["readyz"], dead["k8sVersion"]) == (False, False, alive["k8sVersion"])
    assert stored(project, "one")["conditions"][0]["status"] == "True"
    assert stored(project, "paper")["conditions"][0]["reason"] == "DirectoryCluster"
    assert not asked(project).changed
    (shown,) = [task for task in run.tasks if task.name == "Show the clusters"]
    lines = shown.result["msg"]
    assert lines[0].split()[:3] == ["CLUSTER", "READY", "SINCE"]
    assert [line.split()[:2] for line in lines[1:]] == [["one", "True"], ["paper", "Unknown"], ["two", "Unknown"]]
    member_faults.mend(two.name)
    healed = asked(project, "--limit", "two")
    assert list(healed.result["clusters"]) == ["two"]
    assert stored(project, "two")["conditions"][0]["status"] == "True"


def test_subscriptions_are_summed_up_after_deliveries_of_single_clusters(
    project: Project, servers: ControlPlane
) -> None:
    project.inventory({"one": {"multicluster_kubeconfig": str(servers.members[0].kubeconfig)}})
    metadata = {"name": "settings", "namespace": project.namespace}
    objects = (
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}},
    )
    feeds = [{"apiVersion": "v1", "kind": raw["kind"], **raw["metadata"]} for raw in objects]
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": project.namespace, "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds},
    }
    project.write("app/web.yml", (subscription, *objects))
    run = {"group": "managed_clusters", "src": "app", "deliver": False}
    project.tasks({"multicluster.apps.distribute": run}).ok()
    project.write(
        "deploy.yml",
        [
            {
                "hosts": "managed_clusters",
                "gather_facts": False,
                "tasks": [{"multicluster.apps.deploy": {"hub_dir": "fleet"}}],
            }
        ],
    )
    project.play("deploy.yml").ok()

    def available() -> list[bool]:
        found = project.objects("fleet")[f"Subscription default/{project.namespace}"]["status"]
        return [item["feedStatusSummary"]["available"] for item in found["aggregatedStatuses"]]

    assert available() == [False, False]
    assert f"Subscription default/{project.namespace}" in asked(project).result["updated"]
    assert available() == [True, True]
    assert not asked(project).changed


def test_a_selection_of_nothing_is_an_error(project: Project) -> None:
    project.inventory({"one": {"multicluster_directory": "out"}}, others=["db", "localhost"])
    assert_says(status(project).failure(), "hub_dir", "does not exist")
    register(project)
    assert_says(status(project, "--limit", "db").failure(), "no cluster 'db'", "one")
    assert_says(status(project, "--limit", "localhost").failure(), "no cluster is selected")
    assert asked(project, "--limit", "one").result["not_ready"] == ["one"]


def test_the_environment_names_the_hub(project: Project) -> None:
    project.inventory({"one": {"multicluster_directory": "out"}})
    register(project)
    project.environment["MULTICLUSTER_HUB_DIR"] = "fleet"
    run = project.play(PLAYBOOK).ok()
    assert "DirectoryCluster" in str(run.tasks)
