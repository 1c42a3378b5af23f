# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job of a user, as the documentation has it: to directories and to real API servers, from one inventory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Task, until

pytestmark = pytest.mark.integration

SECRET = "a-word-that-nobody-may-see"
SECRET_BASE64 = "YS13b3JkLXRoYXQtbm9ib2R5LW1heS1zZWU"


@pytest.fixture(autouse=True)
def kubeconfigs(project: Project, servers: ControlPlane) -> None:
    """One kubeconfig of its own, and one with two contexts, of which the current one is the wrong one."""
    shanghai, frankfurt, other = servers.members
    (project.path / "kube").mkdir()
    shutil.copy(shanghai.kubeconfig, project.path / "kube" / "shanghai")
    project.write("kube/all", _merged({"fra": frankfurt.kubeconfig, "other": other.kubeconfig}, current="other"))


def _merged(kubeconfigs: Mapping[str, Path], current: str) -> dict[str, Any]:
    merged: dict[str, Any] = {"apiVersion": "v1", "kind": "Config", "current-context": current}
    merged |= {"clusters": [], "users": [], "contexts": []}
    for name, path in kubeconfigs.items():
        one = yaml.safe_load(path.read_text(encoding="utf-8"))
        merged["clusters"].append({**one["clusters"][0], "name": name})
        merged["users"].append({**one["users"][0], "name": name})
        merged["contexts"].append({"name": name, "context": {"cluster": name, "user": name}})
    return merged


def live(member: ClusterAccess, project: Project) -> dict[str, Any]:
    """The objects of the test in a member, its Namespace among them, without what the cluster puts there by itself."""
    kinds = "configmap,deployment,service,secret"
    listed = json.loads(member.kubectl("get", kinds, "-n", project.namespace, "-o", "json").stdout)["items"]
    space = member.kubectl("get", "namespace", project.namespace, "-o", "json", "--ignore-not-found").stdout
    found = [*listed, *([json.loads(space)] if space.strip() else [])]
    named = {f"{raw['kind']} {raw['metadata']['name']}": raw for raw in found}
    return {name: raw for name, raw in named.items() if name != "ConfigMap kube-root-ca.crt"}


def versions(members: list[ClusterAccess], project: Project) -> list[dict[str, str]]:
    """The resourceVersion of every object of the test, and of the ApplySet parents: what any write would change."""
    found = []
    for member in members:
        parents = json.loads(member.kubectl("get", "configmap", "-n", "multicluster-apps", "-o", "json").stdout)[
            "items"
        ]
        ours = {f"parent {raw['metadata']['name']}": raw for raw in parents if project.namespace in str(raw)}
        objects = {**live(member, project), **ours}
        found.append({name: raw["metadata"]["resourceVersion"] for name, raw in objects.items()})
    return found


def comparable(task: Task) -> dict[str, Any]:
    """What a result says apart from the time that it took."""
    result = {key: task.result[key] for key in ("changed", "hub", "problems", "failed_clusters", "clusters")}
    timeless = {name: {**cluster, "seconds": 0} for name, cluster in result["clusters"].items()}
    return {**result, "clusters": timeless, "warnings": task.warnings}


def test_the_job_as_three_tasks(project: Project, servers: ControlPlane) -> None:
    first = project.play("three_tasks.yml").ok()
    space = project.namespace
    everything = {
        f"{kind} {name}"
        for kind, name in [
            ("Namespace", space),
            ("ConfigMap", f"{space}/web"),
            ("Deployment", f"{space}/web"),
            ("Service", f"{space}/web"),
            ("Secret", f"{space}/web"),
        ]
    }
    clusters = first.task("Distribute it").result["clusters"]
    assert {name: set(cluster["created"]) for name, cluster in clusters.items()} == dict.fromkeys(
        ("shanghai", "beijing", "frankfurt"), everything
    )
    shanghai, frankfurt = (live(member, project) for member in servers.members[:2])
    assert len(shanghai) == len(frankfurt) == 5
    containers = [raw["Deployment web"]["spec"]["template"]["spec"]["containers"] for raw in (shanghai, frankfurt)]
    assert [[container["name"] for container in each] for each in containers] == [["web", "cache"], ["web"]]
    assert not live(servers.members[2], project)  # the current context of the kubeconfig was not the one asked for

    beijing = project.objects("out/beijing")
    assert set(beijing) == everything
    assert json.loads(beijing[f"ConfigMap {space}/web"]["data"]["server.json"]) == {"greeting": "ni hao", "workers": 2}
    assert set(project.read("out/beijing/kustomization.yaml")["resources"]) == {
        path.removeprefix("out/beijing/") for path in project.files("out/beijing") if "kustomization" not in path
    }
    owners = {raw["metadata"]["annotations"]["apps.clusternet.io/owned-by-description"] for raw in beijing.values()}
    assert len(owners) == 1
    assert owners.pop().startswith(f"clusternet-beijing.{space}-")
    _second_run_changes_nothing(project, servers)


def _second_run_changes_nothing(project: Project, servers: ControlPlane) -> None:
    """Once the clusters' own controllers are done: what they report until then is news for the hub."""
    members = servers.members[:2]
    until(lambda: all(_settled(live(member, project)["Deployment web"]) for member in members))
    before = project.files("out"), versions(members, project)
    assert project.play("three_tasks.yml").ok().changed == []
    assert (project.files("out"), versions(members, project)) == before
    hub = project.files("fleet")
    again = project.play("three_tasks.yml").ok()
    assert again.changed == []
    unchanged = [cluster["unchanged"] for cluster in again.task("Distribute it").result["clusters"].values()]
    assert [len(objects) for objects in unchanged] == [5, 5, 5]
    assert (project.files("out"), versions(members, project), project.files("fleet")) == (*before, hub)
    status = project.read(f"fleet/default/subscriptions/{project.namespace}.yaml")["status"]
    available = [
        {detail["clusterName"]: detail["available"] for detail in feed["feedStatusDetails"]}
        for feed in status["aggregatedStatuses"]
    ]
    assert available == [{"beijing": False, "frankfurt": True, "shanghai": True}] * 5  # a directory runs nothing


def _settled(deployment: dict[str, Any]) -> bool:
    generation = deployment["metadata"]["generation"]
    conditions = deployment.get("status", {}).get("conditions", [])
    return deployment["status"].get("observedGeneration") == generation and len(conditions) == 2


def test_check_mode_on_an_empty_hub_says_what_the_run_then_does(project: Project, servers: ControlPlane) -> None:
    predicted = project.play("three_in_one.yml", "--check", "--diff").ok()
    assert not (project.path / "fleet").exists()
    assert not (project.path / "out").exists()
    assert not any(live(member, project) for member in servers.members)
    done = project.play("three_in_one.yml", "--diff").ok()
    assert comparable(predicted.task("Distribute it")) == comparable(done.task("Distribute it"))
    # Besides Bases and Descriptions what revisions keep: the overrides make it another one in each cluster.
    assert len(done.task("Distribute it").result["hub"]["created"]) == 3 + 5 + 1 + 2 + 3 * 2 + 3
    headers = [entry["after_header"] for entry in done.task("Distribute it").result["diff"]]
    assert headers == [entry["after_header"] for entry in predicted.task("Distribute it").result["diff"]]
    assert {f"shanghai: Secret {project.namespace}/web", f"hub: Subscription default/{project.namespace}"} <= {*headers}

    # A change of everything that has a diff: an object, a policy and, of the Secret, the word itself.
    for name, old, new in [
        ("app/web.yml", "web:1.0", "web:1.1"),
        ("app/web.yml", SECRET, "another-secret-word"),
        ("app/policies.yml", "ni hao", "nin hao"),
    ]:
        text = (project.path / name).read_text(encoding="utf-8")
        project.write(name, text.replace(old, new))
    before = project.files("fleet"), project.files("out"), versions(servers.members[:2], project)
    predicted = project.play("three_in_one.yml", "--check", "--diff").ok()
    assert (project.files("fleet"), project.files("out"), versions(servers.members[:2], project)) == before
    done = project.play("three_in_one.yml", "--diff", "-vvv").ok()
    assert comparable(predicted.task("Distribute it")) == comparable(done.task("Distribute it"))
    updated = {name: len(cluster["updated"]) for name, cluster in done.task("Distribute it").result["clusters"].items()}
    assert updated == {"shanghai": 2, "beijing": 3, "frankfurt": 2}
    assert "nin hao" in done.output
    assert "registry.example.com/web:1.1" in done.output
    for secret in (SECRET, SECRET_BASE64, "another-secret-word", "YW5vdGhlci1zZWNyZXQtd29yZA"):
        assert secret not in done.output
        assert secret not in json.dumps([task.result for task in done.tasks])


def test_a_run_can_be_limited_and_can_stop_before_delivery(project: Project, servers: ControlPlane) -> None:
    project.write("app/other.yml", _other_subscription(project))
    store = [
        {"name": "register", "multicluster.apps.register": {"group": "managed_clusters"}},
        {"name": "apply", "multicluster.apps.apply": {"src": "app/"}},
    ]
    rendered = project.tasks(
        *store, {"name": "render", "multicluster.apps.distribute": {"deliver": False}}, secrets="plain"
    )
    assert rendered.ok().task("render").result["clusters"] == {}
    assert len(list((project.path / "fleet").glob("clusternet-*/descriptions/*.yaml"))) == 6
    assert not (project.path / "out").exists()
    assert not any(live(member, project) for member in servers.members)

    one = {"subscriptions": [f"default/{project.namespace}"], "clusters": ["beijing"]}
    limited = project.tasks({"name": "some", "multicluster.apps.distribute": one}, secrets="plain").ok().task("some")
    assert list(limited.result["clusters"]) == ["beijing"]
    assert len(limited.result["clusters"]["beijing"]["created"]) == 5
    assert not any(live(member, project) for member in servers.members)

    rest = project.tasks({"name": "all", "multicluster.apps.distribute": {}}, secrets="plain").ok().task("all")
    created = {name: len(cluster["created"]) for name, cluster in rest.result["clusters"].items()}
    assert created == {"beijing": 1, "frankfurt": 6, "shanghai": 6}

    for unknown, known in [
        ({"subscriptions": ["default/wep"]}, project.namespace),
        ({"clusters": ["beijin"]}, "beijing"),
    ]:
        message = project.tasks({"multicluster.apps.distribute": unknown}, secrets="plain").failure().message
        assert next(iter(unknown.values()))[0] in message
        assert known in message.replace("beijin'", "")


def _other_subscription(project: Project) -> tuple[dict[str, Any], ...]:
    feed = {"apiVersion": "v1", "kind": "ConfigMap", "namespace": project.namespace, "name": "other"}
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": f"z-{project.namespace}", "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": [feed]},
    }
    settings = {"name": "other", "namespace": project.namespace}
    return subscription, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": settings, "data": {"a": "b"}}
