# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`distribute` beside Clusternet's controllers (a stand-in for them) on a real API server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Task
from ansible_collections.multicluster.apps.tests.integration.targets.engine_clusternet.conftest import (
    NAMESPACES,
    identity,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server
from ansible_collections.multicluster.apps.tests.unit.fakes.clusternet import Controllers
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map, feed, globalization, merge

pytestmark = pytest.mark.integration

APPS = "apps.clusternet.io"
WEB = config_map(color="blue")


def app(color: str = "blue", site: str | None = None, **spec: Any) -> tuple[dict[str, Any], ...]:
    affinity = {"matchLabels": {"site": site}} if site else {}
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": affinity}], "feeds": [feed(WEB)], **spec},
    }
    return (config_map(color=color), subscription)


def distribute(
    project: Project, kubeconfig: Path, *arguments: str, objects: tuple[dict[str, Any], ...] = (), **options: Any
) -> Task:
    project.write("inventory.yml", {"all": {}})
    given = {"engine": "clusternet", "wait_timeout": 20, "wait_sleep": 0.3, **options}
    if objects:
        project.write("app.yml", objects)
        given["src"] = "app.yml"
    run = project.tasks(
        {"multicluster.apps.distribute": given}, arguments=arguments, hub_dir=None, kubeconfig=str(kubeconfig)
    )
    assert "Traceback" not in run.output, run.output
    return run.only


@pytest.mark.usefixtures("controllers")
def test_stored_delivered_and_reported_and_a_second_run_changes_nothing(project: Project, kubeconfig: Path) -> None:
    first = distribute(project, kubeconfig, objects=app())
    assert not first.failed, first.message
    assert {name: item["created"] for name, item in first.result["clusters"].items()} == {
        name: ["ConfigMap shop/web"] for name in NAMESPACES
    }
    assert first.changed
    again = distribute(project, kubeconfig, objects=app())
    assert (again.failed, again.changed) == (False, False), again.result


def test_a_changed_manifest_is_waited_for(project: Project, kubeconfig: Path, controllers: Controllers) -> None:
    distribute(project, kubeconfig, objects=app())
    controllers.paused = {"base"}
    late = distribute(project, kubeconfig, objects=app("green"), wait_timeout=2)
    assert late.failed
    assert late.result["failed_clusters"] == ["beijing", "shanghai"]
    assert "not within 2 s: ConfigMap shop/web is not in its Description as it is on the hub now" in late.message
    controllers.paused = set()
    mended = distribute(project, kubeconfig)
    assert not mended.failed, mended.message
    assert not mended.result["hub"]["updated"]


@pytest.mark.usefixtures("controllers")
def test_the_diff_shows_what_clusternet_changed(project: Project, kubeconfig: Path) -> None:
    distribute(project, kubeconfig, objects=app())
    shown = distribute(project, kubeconfig, "--diff", objects=app("green"))
    assert not shown.failed, shown.message
    diffs = [entry for entry in shown.result["diff"] if entry["after_header"] == "shanghai: ConfigMap shop/web"]
    assert [entry["after"]["data"] for entry in diffs] == [{"color": "green"}]


def test_a_description_that_fails_is_a_failed_cluster(
    project: Project, kubeconfig: Path, controllers: Controllers
) -> None:
    controllers.failures[NAMESPACES["beijing"]] = "the quota is used up"
    done = distribute(project, kubeconfig, objects=app())
    assert (done.failed, done.result["failed_clusters"]) == (True, ["beijing"])
    assert "the quota is used up" in done.message
    assert done.result["clusters"]["shanghai"]["phase"] == "Success"


@pytest.mark.usefixtures("controllers")
def test_what_leaves_a_cluster_is_waited_for(project: Project, kubeconfig: Path) -> None:
    distribute(project, kubeconfig, objects=app())
    done = distribute(project, kubeconfig, objects=app(site="shanghai"))
    assert not done.failed, done.message
    assert done.result["clusters"]["beijing"]["pruned"] == ["ConfigMap shop/web"]
    assert done.result["clusters"]["shanghai"]["unchanged"] == ["ConfigMap shop/web"]


def test_controllers_that_do_not_run_are_a_timeout_that_says_so(project: Project, kubeconfig: Path) -> None:
    done = distribute(project, kubeconfig, objects=app(), wait_timeout=1)
    assert done.failed
    assert "Subscription default/web: not within 1 s: no scheduler has bound it to clusters yet" in done.message
    assert "no Lease shows that Clusternet's controllers run on this hub" in done.warnings


@pytest.mark.usefixtures("controllers")
def test_check_mode_stores_nothing(project: Project, kubeconfig: Path, server: Server) -> None:
    done = distribute(project, kubeconfig, "--check", objects=app())
    assert (done.failed, done.changed) == (False, True), done.message
    assert done.result["hub"]["created"] == [
        "Manifest clusternet-reserved/configmap--shop--web",
        "Subscription default/web",
    ]
    assert server.send("GET", f"/apis/{APPS}/v1alpha1/subscriptions")["items"] == []


@pytest.mark.usefixtures("controllers")
def test_schedulers(project: Project, kubeconfig: Path, server: Server) -> None:
    key = ObjectKey(APPS, "Subscription", "default", "web")
    other = distribute(project, kubeconfig, objects=app(schedulerName="nightly"))
    assert (other.failed, other.result["clusters"]) == (False, {}), other.message
    assert "names the scheduler 'nightly'" in other.warnings
    assert "bindingClusters" not in server.get(key).get("status", {})
    ours = distribute(project, kubeconfig, objects=app(schedulerName="multicluster.apps"))
    assert not ours.failed, ours.message
    assert server.get(key)["status"]["bindingClusters"] == [
        f"{NAMESPACES[name]}/{name}" for name in ("beijing", "shanghai")
    ]
    assert {name: item["phase"] for name, item in ours.result["clusters"].items()} == dict.fromkeys(
        NAMESPACES, "Success"
    )
    assert not distribute(project, kubeconfig, objects=app(schedulerName="multicluster.apps")).changed


@pytest.mark.usefixtures("controllers")
def test_the_marks_of_the_controllers_survive(project: Project, kubeconfig: Path, server: Server) -> None:
    policy = globalization("p", feed(WEB), merge('{"data":{"a":"b"}}'), overridePolicy="ApplyLater")
    del policy["metadata"]["uid"], policy["metadata"]["creationTimestamp"]
    distribute(project, kubeconfig, objects=(*app(), policy))
    path = f"/apis/{APPS}/v1alpha1/globalizations/p"
    mark = {"metadata": {"labels": {"0e3d1a52-5a9b-4c0c-8a58-4c1de3a5b0f1": "ConfigMap"}}}
    server.send("PATCH", path, mark, content_type="application/merge-patch+json")
    again = distribute(project, kubeconfig, objects=(*app(), policy))
    assert not again.changed, again.result["hub"]
    policy["spec"]["priority"] = 700
    assert distribute(project, kubeconfig, objects=(*app(), policy)).changed
    assert server.send("GET", path)["metadata"]["labels"] == mark["metadata"]["labels"]


def test_our_own_engine_is_refused_beside_clusternet(
    project: Project, kubeconfig: Path, server: Server, controllers: Controllers
) -> None:
    def versions() -> list[str]:
        items = server.send("GET", f"/apis/{APPS}/v1alpha1/descriptions")["items"]
        return sorted(item["metadata"]["resourceVersion"] for item in items)

    distribute(project, kubeconfig, objects=app())
    controllers.paused = {"scheduler", "subscription", "base", "generic"}
    before = versions()
    refused = distribute(project, kubeconfig, objects=app("red"), engine="multicluster")
    assert refused.failed
    assert "engine=clusternet" in refused.message
    deploy = {
        "name": "Deploy",
        "hosts": "all",
        "gather_facts": False,
        "tasks": [{"multicluster.apps.deploy": {"kubeconfig": str(kubeconfig)}}],
    }
    project.inventory({"shanghai": {"multicluster_namespace": NAMESPACES["shanghai"]}})
    project.write("deploy.yml", [deploy])
    assert "engine=clusternet" in project.play("deploy.yml").failure().message
    assert versions() == before


@pytest.mark.usefixtures("controllers")
def test_group_labels_registered_clusters(project: Project, kubeconfig: Path, server: Server) -> None:
    key = ObjectKey("clusters.clusternet.io", "ManagedCluster", NAMESPACES["shanghai"], "shanghai")
    task = {"multicluster.apps.distribute": {"engine": "clusternet", "group": "managed_clusters", "wait_timeout": 10}}
    project.inventory({"shanghai": {"multicluster_labels": {"region": "cn"}}}, edge=["shanghai"])
    done = project.tasks(task, hub_dir=None, kubeconfig=str(kubeconfig)).ok().only
    assert done.changed
    stored = server.get(key)
    labels = stored["metadata"]["labels"]
    assert (labels["region"], labels["inventory.multicluster.apps/edge"], labels["site"]) == ("cn", "true", "shanghai")
    assert stored["spec"] == {"clusterId": identity("shanghai"), "syncMode": "Pull"}
    project.inventory({"tokyo": {}})
    failed = project.tasks(task, hub_dir=None, kubeconfig=str(kubeconfig)).failure()
    assert "hosts without a ManagedCluster on the hub: tokyo" in failed.message
