# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replicas divided over a real API server with nodes and pods, and a directory of which a user says what it has free."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE, Project, Run

pytestmark = pytest.mark.integration

DISTRIBUTE = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}


def pod(name: str, node: str, cpu: str) -> dict[str, Any]:
    container = {"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"nodeName": node, "automountServiceAccountToken": False, "containers": [container]},
    }


@pytest.fixture
def member(servers: ControlPlane, project: Project) -> Iterator[ClusterAccess]:
    """The first member, with a node of six processors, two of which are taken; only this test's pods may run there."""
    found, name = servers.members[0], project.namespace
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"test": name}},
        "status": {"allocatable": {"cpu": "6", "memory": "8Gi", "pods": "110", "ephemeral-storage": "10Gi"}},
    }
    items = [node, pod(name, name, "2")]
    account = found.kubectl("get", "serviceaccount", "default", "-n", "default", check=False)
    if account.returncode:
        found.kubectl("create", "serviceaccount", "default", "-n", "default")
    found.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    # What a new node is kept away from by the server's own admission.
    found.kubectl("patch", "node", name, "--type=merge", "-p", '{"spec": {"taints": null}}')
    yield found
    found.kubectl("delete", "pod", name, "-n", "default", "--force", "--grace-period=0", "--ignore-not-found")
    found.kubectl("delete", "node", name)


def write_app(project: Project, replicas: int, **dividing: Any) -> None:
    container = {"name": "c", "image": "i", "resources": {"requests": {"cpu": "1"}}}
    labels = {"app": "web"}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"nodeSelector": {"test": NAMESPACE}, "containers": [container]},
            },
        },
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    subscribers = [
        {"clusterAffinity": {"matchLabels": {"site": site}}, "weight": weight}
        for site, weight in (("server", 3), ("paper", 1))
    ]
    feeds = [
        {"apiVersion": "v1", "kind": "Namespace", "name": NAMESPACE},
        {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": NAMESPACE, "name": "web"},
    ]
    spec = {
        "schedulingStrategy": "Dividing",
        "dividingScheduling": dividing,
        "subscribers": subscribers,
        "feeds": feeds,
    }
    metadata = {"name": "web", "namespace": "default"}
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": metadata,
        "spec": spec,
    }
    project.write("app/app.yml", (namespace, deployment, subscription))


def write_inventory(project: Project, member: ClusterAccess, **paper: Any) -> None:
    hosts = {
        f"server-{project.namespace}": {
            "multicluster_kubeconfig": str(member.kubeconfig),
            "multicluster_labels": {"site": "server"},
        },
        "paper": {
            "multicluster_directory": "out/paper",
            "multicluster_labels": {"site": "paper"},
            "multicluster_capacity": {"cpu": 2},
            **paper,
        },
    }
    project.inventory(hosts)


def delivered(project: Project, member: ClusterAccess) -> tuple[int, int]:
    """The replicas of the server and of the directory."""
    found = member.kubectl("get", "deployment", "web", "-n", project.namespace, "-o", "json", check=False)
    there = json.loads(found.stdout)["spec"]["replicas"] if found.returncode == 0 else 0
    paper = project.objects("out/paper") if (project.path / "out/paper").exists() else {}
    on_paper = [raw["spec"]["replicas"] for raw in paper.values() if raw["kind"] == "Deployment"]
    return there, sum(on_paper)


def run(project: Project, *arguments: str, **options: Any) -> Run:
    (name,) = DISTRIBUTE
    return project.tasks({name: {**DISTRIBUTE[name], **options}}, arguments=arguments)


def test_static_dividing_reaches_the_clusters_once(project: Project, member: ClusterAccess) -> None:
    write_inventory(project, member)
    write_app(project, 9, type="Static")
    assert run(project, "--check").ok().only.changed
    assert delivered(project, member) == (0, 0)
    first = run(project).ok().only
    assert delivered(project, member) == (7, 2)
    assert first.changed
    assert not run(project).ok().only.changed


def test_dynamic_dividing_goes_by_what_the_nodes_have_left(project: Project, member: ClusterAccess) -> None:
    write_inventory(project, member)
    write_app(project, 3, type="Dynamic", dynamicDividing={"strategy": "Spread"})
    predicted = run(project, "--check").ok().only.result["hub"]
    done = run(project).ok().only
    assert done.result["hub"] == predicted
    assert delivered(project, member) == (2, 1)
    assert not run(project).ok().only.changed

    write_app(project, 4, type="Dynamic", dynamicDividing={"strategy": "Spread"})
    run(project).ok()
    assert delivered(project, member) == (3, 1)

    write_inventory(project, member, multicluster_taints=[{"key": "down", "effect": "NoExecute"}])
    run(project).ok()
    assert delivered(project, member)[0] == 4


def test_a_shortage_is_said_and_fails_where_that_is_asked(project: Project, member: ClusterAccess) -> None:
    write_inventory(project, member)
    write_app(project, 10, type="Dynamic", dynamicDividing={"strategy": "Spread"})
    failed = run(project, fail_on_shortage=True).failure()
    assert_says(failed, "4 of 10 replicas have room in none of its clusters")
    assert delivered(project, member) == (0, 0)
    assert "4 of 10 replicas have room in none" in run(project).ok().only.warnings
    assert delivered(project, member) == (4, 2)
