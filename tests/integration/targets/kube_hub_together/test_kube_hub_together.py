# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several runs on one hub at the same time, and people who edit there meanwhile: all gets done, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_api import resource_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import (
    FaultProxy,
    fault_proxy,
)
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_contract import Opener

pytestmark = pytest.mark.integration

Versions = Callable[[], Mapping[str, Any]]
APPS = "apps.clusternet.io/v1alpha1"
CLUSTERS = ("beijing", "shanghai")
STORE = {"multicluster.apps.apply": {"src": "app/", "source": "app"}}


def application(name: str, objects: int, value: str = "1") -> tuple[dict[str, Any], ...]:
    """A Subscription for all clusters, and the ConfigMaps that it feeds."""
    maps = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"{name}-{number}", "namespace": "shop"},
            "data": {"a": value},
        }
        for number in range(objects)
    ]
    feeds = [{"apiVersion": "v1", "kind": "ConfigMap", **each["metadata"]} for each in maps]
    metadata = {"name": name, "namespace": "default"}
    spec = {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds}
    return ({"apiVersion": APPS, "kind": "Subscription", "metadata": metadata, "spec": spec}, *maps)


def user(path: Path, server: Server, name: str, objects: int = 20) -> Project:
    """Somebody with an application and a working directory, and with the same clusters as everybody."""
    path.mkdir()
    project = Project(path, name)
    project.environment["K8S_AUTH_KUBECONFIG"] = str(server.access.kubeconfig)
    project.inventory({each: {"multicluster_directory": str(path.parent / "out" / each)} for each in CLUSTERS})
    project.write("app/app.yml", application(name, objects))
    return project


def distribution(**more: Any) -> dict[str, Any]:
    """The whole path."""
    options = {"group": "managed_clusters", "src": "app/", "source": "app", **more}
    return {"name": "distribute", "multicluster.apps.distribute": options}


def delivered(project: Project, cluster: str) -> list[str]:
    """What is in a cluster."""
    return sorted(project.objects(str(project.path.parent / "out" / cluster)))


def wanted(*names: str, objects: int = 20) -> list[str]:
    return sorted(f"ConfigMap shop/{name}-{number}" for name in names for number in range(objects))


def test_two_applications_at_once(tmp_path: Path, server: Server, versions: Versions) -> None:
    users = [user(tmp_path / name, server, name) for name in ("web", "mail")]
    for once_more in range(2):
        with ThreadPoolExecutor(max_workers=2) as pool:
            runs = [run.ok() for run in pool.map(lambda each: each.tasks(distribution(), hub_dir=None), users)]
        assert all(delivered(users[0], cluster) == wanted("web", "mail") for cluster in CLUSTERS)
        if once_more:
            assert [run.changed for run in runs] in ([[], []], [[], ["distribute"]], [["distribute"], []])
    # One of the first two may have delivered what the other rendered; who was told first is told again, and that is all.
    before = versions()
    assert [each.tasks(distribution(), hub_dir=None).ok().changed for each in users] == [[], []]
    assert versions() == before


def test_deploy_waits_for_nobody_but_its_own_cluster(tmp_path: Path, server: Server, open_hub: Opener) -> None:
    project = user(tmp_path / "web", server, "web")
    project.tasks(distribution(deliver=False), hub_dir=None).ok()
    deploy = {"name": "deploy", "multicluster.apps.deploy": {"lock_timeout": 0}}
    play = {"hosts": "managed_clusters", "gather_facts": False, "connection": "local", "tasks": [deploy]}
    project.write("deploy.yml", [play])
    with open_hub(holder="alice").lock("hub"):
        run = project.play("deploy.yml").ok()
    assert all(len(run.task("deploy", each).result["clusters"][each]["created"]) == 20 for each in CLUSTERS)
    project.remove("../out/beijing", "../out/shanghai")
    with open_hub(holder="alice@laptop").lock("cluster-clusternet-beijing"):
        run = project.play("deploy.yml")
    assert len(run.task("deploy", "shanghai").result["clusters"]["shanghai"]["created"]) == 20
    assert "is held by alice@laptop" in run.failure().message
    assert not (tmp_path / "out" / "beijing").exists()


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    with fault_proxy(server.access.kubeconfig) as one:
        yield one


def meanwhile(proxy: FaultProxy, request: str, edit: Callable[[], Any]) -> list[str]:
    """Have somebody edit something just before the first request that ends so is carried out; gives the requests that met it."""
    met: list[str] = []

    def fault(method: str, path: str) -> str:
        line = f"{method} {path.partition('?')[0]}"
        if line.endswith(request):
            met.append(line)
            if len(met) == 1:
                edit()
        return ""

    proxy.fault = fault
    return met


def test_an_edit_before_a_status_is_written_stays(tmp_path: Path, server: Server, proxy: FaultProxy) -> None:
    """The status is worked out again, from what the person wrote."""
    project = user(tmp_path / "web", server, "web", 2)
    project.tasks({"multicluster.apps.register": {"group": "managed_clusters"}}, STORE, hub_dir=None).ok()
    project.environment = {"K8S_AUTH_HOST": proxy.url}
    subscription = ObjectKey("apps.clusternet.io", "Subscription", "default", "web")
    feed = {"apiVersion": "v1", "kind": "ConfigMap", "name": "web-1", "namespace": "shop"}
    met = meanwhile(proxy, "/subscriptions/web/status", lambda: server.patch(subscription, {"spec": {"feeds": [feed]}}))
    distribute = {"name": "distribute", "multicluster.apps.distribute": {}}
    project.tasks(distribute, hub_dir=None).ok()
    assert len(met) == 2
    stored = server.get(subscription)
    assert stored["spec"]["feeds"] == [feed]
    assert stored["status"]["aggregatedStatuses"]
    run = project.tasks(distribute, hub_dir=None).ok()
    assert run.only.result["clusters"]["beijing"]["pruned"] == ["ConfigMap shop/web-0"]


def test_an_edit_before_an_object_is_stored_is_a_conflict(tmp_path: Path, server: Server, proxy: FaultProxy) -> None:
    """Of two who want something else, one is told; nothing is overwritten that nobody has seen."""
    project = user(tmp_path / "web", server, "web", 2)
    project.tasks(distribution(), hub_dir=None).ok()
    project.environment = {"K8S_AUTH_HOST": proxy.url}
    project.write("app/app.yml", application("web", 2, "2"))
    manifest = ObjectKey("apps.clusternet.io", "Manifest", "clusternet-reserved", "configmap--shop--web-1")
    edit = {"template": {"data": {"b": "3"}}}
    met = meanwhile(
        proxy,
        "PUT " + resource_of(manifest).path(manifest.namespace, manifest.name),
        lambda: server.patch(manifest, edit),
    )
    message = project.tasks(STORE, hub_dir=None).failure().message
    assert len(met) == 1
    assert str(manifest) in message
    assert "'alice'" in message
    assert server.get(manifest)["template"]["data"] == {"a": "1", "b": "3"}
    project.tasks(distribution(), hub_dir=None).ok()
    assert server.get(manifest)["template"]["data"] == {"a": "2"}
