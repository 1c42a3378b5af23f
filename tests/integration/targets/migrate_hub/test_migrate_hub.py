# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub in a directory, moved to a real API server and back, while its application runs in a real cluster."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE, Project, Run
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import feed, globalization, merge

pytestmark = pytest.mark.integration

CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "web", "namespace": NAMESPACE},
    "data": {"color": "blue"},
}
SPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
TOKEN = "bm90LXRvLWJlLXNlZW4="
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-shanghai"},
    "data": {"token": TOKEN, "apiserver-advertise-url": "aHR0cHM6Ly94"},
}


@pytest.fixture
def fleet(project: Project, servers: ControlPlane, server: Server) -> Project:
    """A hub in a directory, distributed; beside it the API server, which is empty."""
    assert server.send("GET", "/apis/apps.clusternet.io/v1alpha1/bases")["items"] == []
    (project.path / "kube").mkdir()
    (project.path / "kube" / "shanghai").write_bytes(servers.members[0].kubeconfig.read_bytes())
    labels = {"region": "cn-east"}
    shanghai = {"multicluster_kubeconfig": "kube/shanghai", "multicluster_labels": labels}
    beijing = {"multicluster_directory": "out/beijing"}
    project.inventory({"shanghai": shanghai, "beijing": beijing})
    policy = globalization("p", feed(CONFIG), merge('{"data":{"a":"b"}}'), overridePolicy="ApplyNow")
    policy["metadata"] = {"name": f"p-{NAMESPACE}"}
    spec = {"subscribers": [{"clusterAffinity": {}}], "feeds": [feed(SPACE), feed(CONFIG)]}
    web = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": spec,
    }
    project.write("app.yml", (SPACE, CONFIG, policy, web))
    distribute(project, group="managed_clusters", src="app.yml").ok()
    task = {"multicluster.apps.apply": {"definition": SECRET, "secrets": "plain"}}
    project.tasks(task).ok()
    time.sleep(1.1)  # a creation time has whole seconds, and every later one has to be another one
    return project


def distribute(project: Project, hub: dict[str, Any] | None = None, *arguments: str, **options: Any) -> Run:
    hub = hub or {"hub_dir": "fleet"}
    return project.tasks(
        {"multicluster.apps.distribute": options}, arguments=arguments, **{"hub_dir": None, "secrets": "plain", **hub}
    )


def migrate(project: Project, source: dict[str, Any], target: dict[str, Any], *arguments: str) -> Run:
    task = {"name": "Migrate", "multicluster.apps.migrate_hub": {"source": source, "target": target}}
    return project.tasks(task, arguments=arguments)


def on_server(server: Server) -> dict[str, Any]:
    return {"kubeconfig": str(server.access.kubeconfig)}


def texts(project: Project, directory: str) -> dict[str, str]:
    top = project.path / directory
    return {str(path.relative_to(top)): path.read_text(encoding="utf-8") for path in top.rglob("*.yaml")}


def member_versions(servers: ControlPlane, project: Project) -> str:
    query = "jsonpath={.items[*].metadata.resourceVersion}"
    return "".join(
        servers.members[0].kubectl("get", "configmap", "-n", namespace, "-o", query).stdout
        for namespace in (project.namespace, "multicluster-apps")
    )


def test_there_and_back_again(fleet: Project, servers: ControlPlane, server: Server) -> None:
    run = migrate(fleet, {"hub_dir": "fleet"}, on_server(server)).ok()
    assert len(run.only.result["created"]) == len(texts(fleet, "fleet"))
    assert TOKEN not in run.output
    before = member_versions(servers, fleet), fleet.files("out")
    moved = distribute(fleet, on_server(server), "--diff").ok().only
    assert not moved.changed, json.dumps(moved.result["diff"], indent=1)
    assert (member_versions(servers, fleet), fleet.files("out")) == before
    assert not migrate(fleet, {"hub_dir": "fleet"}, on_server(server)).ok().changed

    back = migrate(fleet, on_server(server), {"hub_dir": "back", "secrets": "plain"}).ok()
    assert len(back.only.result["created"]) == len(run.only.result["created"])
    assert texts(fleet, "back") == texts(fleet, "fleet")
    assert not distribute(fleet, {"hub_dir": "back"}).ok().changed
    assert member_versions(servers, fleet) == before[0]


def test_check_mode_and_diff(fleet: Project, server: Server) -> None:
    run = migrate(fleet, {"hub_dir": "fleet"}, on_server(server), "--check", "--diff").ok()
    assert run.changed
    assert TOKEN not in run.output
    for plural in ("subscriptions", "bases", "descriptions", "manifests"):
        assert server.send("GET", f"/apis/apps.clusternet.io/v1alpha1/{plural}")["items"] == []


def test_a_target_with_other_objects_is_refused(fleet: Project, server: Server) -> None:
    raw = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "other", "namespace": "default"},
        "spec": {"subscribers": [], "feeds": []},
    }
    server.send("POST", "/apis/apps.clusternet.io/v1alpha1/namespaces/default/subscriptions", raw)
    failed = migrate(fleet, {"hub_dir": "fleet"}, on_server(server)).failure()
    assert "Subscription default/other" in failed.message
    assert server.send("GET", "/apis/apps.clusternet.io/v1alpha1/bases")["items"] == []


def test_one_that_is_killed_goes_on_when_it_is_run_again(fleet: Project, server: Server) -> None:
    """Killed when some objects are there and others are not; what is done stays done, and nothing is there twice."""
    fleet.write(
        "migrate.yml",
        [
            {
                "name": "Migrate",
                "hosts": "localhost",
                "gather_facts": False,
                "tasks": [
                    {"multicluster.apps.migrate_hub": {"source": {"hub_dir": "fleet"}, "target": on_server(server)}}
                ],
            }
        ],
    )
    for plural in ("managedclusters", "bases"):
        process = fleet.start("migrate.yml")
        group = "clusters.clusternet.io/v1beta1" if plural == "managedclusters" else "apps.clusternet.io/v1alpha1"
        while process.poll() is None and not server.send("GET", f"/apis/{group}/{plural}")["items"]:
            time.sleep(0.005)
        if process.poll() is None:
            fleet.kill(process)
    # The lock of a killed run ends by itself.
    migrate(fleet, {"hub_dir": "fleet"}, {**on_server(server), "lock_timeout": 60}).ok()
    assert not migrate(fleet, {"hub_dir": "fleet"}, on_server(server)).ok().changed
    migrate(fleet, on_server(server), {"hub_dir": "back", "secrets": "plain"}).ok()
    assert texts(fleet, "back") == texts(fleet, "fleet")


def test_the_playbook_and_the_policy_for_secrets(fleet: Project, server: Server) -> None:
    def play(source: dict[str, Any], target: dict[str, Any], *arguments: str) -> Run:
        hubs = json.dumps({"multicluster_source": source, "multicluster_target": target})
        return fleet.play("multicluster.apps.migrate_hub", "-e", hubs, *arguments)

    assert play({"hub_dir": "fleet"}, on_server(server), "--limit", "beijing").ok().changed == ["Copy all objects"]
    refused = play(on_server(server), {"hub_dir": "back"})
    assert refused.returncode != 0
    assert "carries secret data" in refused.output
    assert TOKEN not in refused.output
    assert not Path(fleet.path / "back").exists() or texts(fleet, "back") == {}
    fleet.write("vault-password", "a-password")
    kept = play(on_server(server), {"hub_dir": "back", "secrets": "vault"}, "--vault-password-file", "vault-password")
    assert kept.ok().changed == ["Copy all objects"]
    secret = next(text for name, text in texts(fleet, "back").items() if "child-cluster-deployer" in name)
    assert "$ANSIBLE_VAULT" in secret


def test_bad_hubs_are_named(fleet: Project, server: Server) -> None:
    nowhere = migrate(fleet, {"hub_dir": "fleet"}, {"context": "lab"}).failure()
    assert "target: nothing says where the hub is" in nowhere.message
    unknown = migrate(fleet, {"hub_dri": "fleet"}, on_server(server)).failure()
    assert "hub_dri" in unknown.message
    missing = migrate(fleet, {"hub_dir": "fleeet"}, on_server(server)).failure()
    assert "fleeet does not exist" in missing.message
    same = migrate(fleet, {"hub_dir": "fleet"}, {"hub_dir": "fleet"}).failure()
    assert "the same hub" in same.message
    assert yaml.safe_load((fleet.path / "inventory.yml").read_text(encoding="utf-8"))
