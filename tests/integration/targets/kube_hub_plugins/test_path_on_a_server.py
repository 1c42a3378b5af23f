# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions, lookups and `apply` on a hub that is an API server: check mode first, then truly, then again without a write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

Versions = Callable[[], Mapping[str, Any]]
APPS = "apps.clusternet.io/v1alpha1"
FEED = {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "web"}


def config_map(name: str, value: str = "1") -> dict[str, Any]:
    metadata = {"name": name, "namespace": "shop", "labels": {}, "creationTimestamp": None}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": value}}


def web() -> dict[str, Any]:
    """A Subscription as `kubectl create --dry-run` writes one: full of what a server leaves out."""
    return {
        "apiVersion": APPS,
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default", "labels": {}, "creationTimestamp": None},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": [FEED]},
    }


@pytest.fixture
def prepared(project: Project, access: ClusterAccess) -> Project:
    """Two directory clusters in the inventory, and an application."""
    project.inventory({name: {"multicluster_directory": f"out/{name}"} for name in ("shanghai", "beijing")})
    project.write("app/app.yml", (config_map("web"), web()))
    project.environment["K8S_AUTH_KUBECONFIG"] = str(access.kubeconfig)
    return project


TASKS: tuple[dict[str, Any], ...] = (
    {"name": "register", "multicluster.apps.register": {"group": "managed_clusters"}},
    {"name": "apply", "multicluster.apps.apply": {"src": "app/", "source": "shop"}},
    {"name": "distribute", "multicluster.apps.distribute": {}},
)
WHOLE = {"group": "managed_clusters", "src": "app/", "source": "shop"}


def test_the_three_tasks_and_then_nothing_more(prepared: Project, versions: Versions) -> None:
    first = prepared.tasks(*TASKS, hub_dir=None).ok()
    assert first.changed == ["register", "apply", "distribute"]
    assert prepared.objects("out")["ConfigMap shop/web"]["data"] == {"a": "1"}
    before = versions()
    assert any(name.startswith("Description ") for name in before)
    assert prepared.tasks(*TASKS, hub_dir=None).ok().changed == []
    assert versions() == before


def test_check_mode_tells_what_will_be(prepared: Project, versions: Versions) -> None:
    distribute = {"name": "distribute", "multicluster.apps.distribute": WHOLE}
    check = prepared.tasks(distribute, arguments=("--check", "--diff"), hub_dir=None).ok().only
    assert versions() == {}
    assert not (prepared.path / "out").exists()
    done = prepared.tasks(distribute, arguments=("--diff",), hub_dir=None).ok().only
    assert check.changed
    assert done.changed
    for part in ("created", "updated", "removed"):
        assert check.result["hub"][part] == done.result["hub"][part]
    for cluster, outcome in check.result["clusters"].items():
        assert outcome["created"] == done.result["clusters"][cluster]["created"] == ["ConfigMap shop/web"]
    shown = [entry["before_header"] for entry in done.result["diff"]]
    assert "hub: Subscription default/web" in shown
    assert [entry["before_header"] for entry in check.result["diff"]] == shown

    prepared.write("app/app.yml", (config_map("web", "2"), web()))
    check = prepared.tasks(distribute, arguments=("--check", "--diff"), hub_dir=None).ok().only
    done = prepared.tasks(distribute, arguments=("--diff",), hub_dir=None).ok().only
    assert check.result["hub"]["updated"] == done.result["hub"]["updated"]
    assert "Manifest clusternet-reserved/configmap--shop--web" in done.result["hub"]["updated"]
    assert prepared.objects("out")["ConfigMap shop/web"]["data"] == {"a": "2"}


def test_every_host_gets_its_own(prepared: Project) -> None:
    prepared.tasks({"multicluster.apps.distribute": {**WHOLE, "deliver": False}}, hub_dir=None).ok()
    deploy = {"name": "deploy", "multicluster.apps.deploy": {}}
    play = {"hosts": "managed_clusters", "gather_facts": False, "connection": "local", "tasks": [deploy]}
    prepared.write("deploy.yml", [play])
    run = prepared.play("deploy.yml").ok()
    for host in ("shanghai", "beijing"):
        assert run.task("deploy", host).result["clusters"][host]["created"] == ["ConfigMap shop/web"]
    assert prepared.play("deploy.yml").ok().changed == []


def test_questions_are_answered_and_nothing_is_written(prepared: Project, versions: Versions) -> None:
    prepared.tasks({"multicluster.apps.distribute": WHOLE}, hub_dir=None).ok()
    before = versions()
    conf = "kubeconfig=lookup('env', 'K8S_AUTH_KUBECONFIG')"
    asked = {
        "clusters": f"query('multicluster.apps.clusters', {conf}) | map(attribute='metadata.name')",
        "base": f"query('multicluster.apps.base', 'web', cluster='shanghai', objects=true, {conf})",
        "description": "query('multicluster.apps.description', 'web', cluster='shanghai', objects=true)",
    }
    lookups = [{"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}} for name, text in asked.items()]
    info = {"name": "info", "multicluster.apps.info": {"kinds": ["Subscription"]}}
    run = prepared.tasks(info, *lookups, hub_dir=None).ok()
    assert run.task("info").result["subscriptions"]["default/web"]["clusters"]["beijing"]["phase"] == "Success"
    assert run.task("info").result["objects"][0]["metadata"]["name"] == "web"
    assert run.task("clusters").result["msg"] == ["beijing", "shanghai"]
    assert run.task("base").result["msg"] == [FEED]
    assert run.task("description").result["msg"][0]["data"] == {"a": "1"}
    assert versions() == before


def test_paths_are_kept_whole(prepared: Project, access: ClusterAccess) -> None:
    prepared.tasks(TASKS[0], hub_dir=None).ok()
    path = "jsonpath={.metadata.annotations.multicluster\\.apps/directory}"
    kept = access.kubectl("get", "mcls", "shanghai", "-n", "clusternet-shanghai", "-o", path).stdout
    assert kept == str(prepared.path / "out" / "shanghai")


def test_prune_goes_by_the_source(prepared: Project) -> None:
    prepared.write("app/more.yml", config_map("more"))
    prune = {"src": "app/", "prune": True}
    message = prepared.tasks({"multicluster.apps.apply": prune}, hub_dir=None).failure().message
    assert message.startswith("prune needs source")
    other = {"multicluster.apps.apply": {"definition": config_map("other"), "source": "another repository"}}
    unnamed = {"multicluster.apps.apply": {"definition": config_map("unnamed")}}
    prepared.tasks(TASKS[1], other, unnamed, hub_dir=None).ok()
    prepared.remove("app/more.yml")
    pruned = prepared.tasks({"multicluster.apps.apply": {**prune, "source": "shop"}}, hub_dir=None).ok().only
    assert pruned.result["removed"] == ["Manifest clusternet-reserved/configmap--shop--more"]


def test_what_clusternets_controllers_add_is_left_alone(
    prepared: Project, access: ClusterAccess, versions: Versions
) -> None:
    """Else each run of ours would undo what they do, and they what we do."""
    prepared.tasks(TASKS[1], hub_dir=None).ok()
    uid = "0f6f0a8e-3f57-4c5e-9b43-6d0ef0c153a1=Subscription"
    manifest = ("manifest", "-n", "clusternet-reserved", "configmap--shop--web")
    access.kubectl("label", *manifest, uid)
    patch = '{"metadata": {"finalizers": ["apps.clusternet.io/feed-protection"]}}'
    access.kubectl("patch", *manifest, "--type=merge", "-p", patch)
    before = versions()
    assert prepared.tasks(TASKS[1], hub_dir=None).ok().changed == []
    assert versions() == before
    prepared.write("app/app.yml", (config_map("web", "2"), web()))
    assert prepared.tasks(TASKS[1], hub_dir=None).ok().changed == ["apply"]
    kept = access.kubectl("get", *manifest, "-o", "jsonpath={.metadata.labels}{.metadata.finalizers}").stdout
    assert uid.partition("=")[0] in kept
    assert "feed-protection" in kept
