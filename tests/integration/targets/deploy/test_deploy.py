# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery cluster by cluster: waves, limits, forks side by side, and what becomes of a cluster that is down."""

from __future__ import annotations

import json

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane, Faults
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run

pytestmark = pytest.mark.integration

ALL_AT_ONCE = json.dumps({"waves": "100%", "tolerated": 100})


@pytest.fixture
def rendered(project: Project, servers: ControlPlane) -> Project:
    """A hub on which all is rendered, for three real clusters and a directory, and delivered nowhere."""
    hosts = {member.name: {"multicluster_kubeconfig": str(member.kubeconfig)} for member in servers.members}
    project.inventory(hosts | {"review": {"multicluster_directory": "out/review"}})
    project.play("render.yml").ok()
    assert not (project.path / "out").exists()
    return project


def created(run: Run) -> dict[str, int]:
    """How many objects were created, by host, in the order in which the hosts ended."""
    return {task.host: len(task.result["clusters"][task.host]["created"]) for task in run.tasks if not task.failed}


def test_waves_and_limits(rendered: Project, servers: ControlPlane) -> None:
    hub = {name: mark for name, mark in rendered.files("fleet").items() if "/clusternet-" not in name}
    predicted = rendered.play("rollout.yml", "--check").ok()
    assert created(predicted) == {"member-1": 4, "member-2": 4, "member-3": 4, "review": 4}
    assert not (rendered.path / "out").exists()

    canary = rendered.play("rollout.yml", "--limit", "member-2").ok()
    assert created(canary) == {"member-2": 4}
    assert _there(rendered, servers) == ["member-2"]

    whole = rendered.play("rollout.yml").ok()
    assert created(whole) == {"member-1": 4, "member-2": 0, "member-3": 4, "review": 4}
    assert whole.output.count("PLAY [Roll") == 3  # one, a third, the rest
    assert not whole.task("Deliver", "member-2").changed
    assert not any(task.warnings for task in whole.tasks)
    assert _there(rendered, servers) == ["member-1", "member-2", "member-3"]

    # Nothing but the clusters' own namespaces on the hub was touched, so that slices never meet.
    assert {name: mark for name, mark in rendered.files("fleet").items() if "/clusternet-" not in name} == hub
    phases = rendered.tasks({"multicluster.apps.info": {}}).ok().only.result["subscriptions"]
    clusters = phases[f"default/{rendered.namespace}"]["clusters"]
    assert {name: cluster["phase"] for name, cluster in clusters.items()} == dict.fromkeys(created(whole), "Success")
    again = rendered.play("rollout.yml", "-e", ALL_AT_ONCE, "--forks", "4").ok()
    assert again.changed == []


def test_a_wave_that_fails_stops_the_rest(rendered: Project, servers: ControlPlane) -> None:
    """A pod template that cannot run: no node is there, so nothing with a replica is ever healthy."""
    text = (rendered.path / "app/web.yml").read_text(encoding="utf-8")
    rendered.write("app/web.yml", text.replace("replicas: 0", "replicas: 1"))
    rendered.play("render.yml").ok()
    patience = json.dumps({"patience": 1})
    failed = rendered.play("rollout.yml", "-e", patience).failure()
    assert failed.host == "member-1"
    assert f"Deployment {rendered.namespace}/web" in failed.message
    assert failed.result["clusters"]["member-1"]["unhealthy"][0]["object"] == f"Deployment {rendered.namespace}/web"
    assert _there(rendered, servers) == ["member-1"]
    rendered.write("app/web.yml", text)
    rendered.play("render.yml").ok()
    assert created(rendered.play("rollout.yml").ok()) == {"member-1": 0, "member-2": 4, "member-3": 4, "review": 4}


def test_a_cluster_that_is_down_fails_alone(rendered: Project, servers: ControlPlane, member_faults: Faults) -> None:
    member_faults.kill("member-2")
    one = {"name": "all", "multicluster.apps.distribute": {}}
    failed = rendered.tasks(one).failure()
    assert failed.result["failed_clusters"] == ["member-2"]
    assert "cluster member-2:" in failed.message
    assert servers.cluster("member-2").server.removeprefix("https://") in failed.message
    done = {name: len(cluster["created"]) for name, cluster in failed.result["clusters"].items()}
    assert done == {"member-1": 4, "member-2": 0, "member-3": 4, "review": 4}
    slices = rendered.play("rollout.yml", "-e", ALL_AT_ONCE)
    assert slices.failure().host == "member-2"
    assert not slices.changed
    member_faults.mend("member-2")
    mended = rendered.tasks(one).ok().only
    assert len(mended.result["clusters"]["member-2"]["created"]) == 4
    assert mended.result["failed_clusters"] == []


def test_a_host_that_is_not_registered(rendered: Project) -> None:
    with (rendered.path / "inventory.yml").open("a", encoding="utf-8") as file:
        file.write("others:\n  hosts:\n    nowhere: {}\n")
    play = (
        (rendered.path / "rollout.yml").read_text(encoding="utf-8").replace("hosts: managed_clusters", "hosts: others")
    )
    rendered.write("others.yml", play)
    message = rendered.play("others.yml").failure().message
    assert all(word in message for word in ("host nowhere", "clusternet-nowhere", "multicluster.apps.register"))


def _there(project: Project, servers: ControlPlane) -> list[str]:
    """The members in which the application is."""
    command = ("get", "configmap", "web", "-n", project.namespace, "-o", "name", "--ignore-not-found")
    return [member.name for member in servers.members if member.kubectl(*command).stdout.strip()]
