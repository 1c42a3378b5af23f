# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three revisions in a real cluster and in a directory, back to one of them, and on again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE, Project, until

pytestmark = pytest.mark.integration


class Site:
    """A hub in a directory, with a real cluster (`real`) and two directories (`beijing`, `shanghai`)."""

    def __init__(self, project: Project, servers: ControlPlane) -> None:
        self.project = project
        self.member = servers.members[0]
        self.web = f"default/{project.namespace}"
        project.inventory(
            {
                "beijing": {"multicluster_directory": "out/beijing"},
                "real": {"multicluster_kubeconfig": str(self.member.kubeconfig)},
                "shanghai": {"multicluster_directory": "out/shanghai"},
            }
        )

    def release(self, color: str, *more: str, secret: str = "") -> None:
        """Change the application, store and deliver it."""
        maps = [_config_map(name, color) for name in ("settings", *more)]
        if secret:
            metadata = {"name": "token", "namespace": NAMESPACE}
            maps.append({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"token": secret}})
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        self.project.write("app/web.yml", (space, *maps, _subscription(space, *maps)))
        self.run({"group": "managed_clusters", "src": "app/"}, secrets="plain")

    def run(self, options: dict[str, Any] | None = None, **defaults: Any) -> Any:
        """Distribute."""
        task = {"name": "distribute", "multicluster.apps.distribute": {"max_pruned_objects": 9, **(options or {})}}
        return self.project.tasks(task, **{"secrets": "plain", **defaults}).ok().task("distribute")

    def rollback(self, *arguments: str, **options: Any) -> Any:
        """Go back, or end that."""
        task = {"name": "rollback", "multicluster.apps.rollback": {"subscription": self.web, **options}}
        return self.project.tasks(task, secrets="plain", arguments=arguments)

    def info(self, **options: Any) -> Any:
        """Ask the hub."""
        run = self.project.tasks({"name": "info", "multicluster.apps.info": {"subscriptions": [self.web], **options}})
        return run.ok().task("info").result

    def colors(self) -> dict[str, str]:
        """What runs where."""
        found = self.member.kubectl("get", "configmap", "settings", "-n", self.project.namespace, "-o", "json").stdout
        place = f"{self.project.namespace}/configmap-settings.yaml"
        return {
            "beijing": self.project.read(f"out/beijing/{place}")["data"]["color"],
            "real": json.loads(found)["data"]["color"],
            "shanghai": self.project.read(f"out/shanghai/{place}")["data"]["color"],
        }


def _config_map(name: str, color: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"color": color}}


def _subscription(*objects: dict[str, Any]) -> dict[str, Any]:
    feeds = [{"apiVersion": raw["apiVersion"], "kind": raw["kind"], **raw["metadata"]} for raw in objects]
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": NAMESPACE, "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds},
    }


@pytest.fixture
def site(project: Project, servers: ControlPlane) -> Site:
    """Three revisions: red, green with one object more, blue with a Secret."""
    made = Site(project, servers)
    made.release("red")
    made.release("green", "extra")
    made.release("blue", "extra", secret="a-word-that-nobody-may-see")
    return made


def test_back_on_again_and_what_the_hub_tells(site: Site) -> None:
    told = site.info(compare=[1, 3])
    shanghai = told["subscriptions"][site.web]["clusters"]["shanghai"]
    assert [(each["number"], each["objects"], each["current"]) for each in shanghai["revisions"]] == [
        (1, 2, False),
        (2, 3, False),
        (3, 4, True),
    ]
    (group,) = told["comparison"]["groups"]
    space = site.project.namespace
    assert group["clusters"] == ["beijing", "real", "shanghai"]
    assert group["added"] == [f"ConfigMap {space}/extra", f"Secret {space}/token"]
    assert group["changed"] == [
        {"object": f"ConfigMap {space}/settings", "fields": [{"field": "/data/color", "old": "red", "new": "blue"}]}
    ]
    before = site.project.files("fleet")
    checked = site.rollback("--check", "--diff").ok().task("rollback").result
    assert site.project.files("fleet") == before
    run = site.rollback("--diff", "-vvv").ok()
    assert {name: each["revision"] for name, each in run.only.result["clusters"].items()} == dict.fromkeys(
        ("beijing", "real", "shanghai"), 2
    )
    assert checked["diff"] == run.only.result["diff"]
    assert "a-word-that-nobody-may-see" not in run.output
    assert set(site.colors().values()) == {"blue"}, "the hub only is changed"
    assert not site.rollback().ok().only.changed
    delivered = site.run()
    assert set(site.colors().values()) == {"green"}
    assert delivered.result["clusters"]["real"]["pruned"] == [f"Secret {space}/token"]
    assert "stays at revision 2 in beijing, real, shanghai" in delivered.warnings
    assert not site.run().changed
    site.release("white")
    assert set(site.colors().values()) == {"green"}, "it stays until it is released"
    assert site.rollback(state="released").ok().only.changed
    assert set(site.colors().values()) == {"green"}
    site.run()
    assert set(site.colors().values()) == {"white"}
    assert site.info()["subscriptions"][site.web]["clusters"]["real"]["revision"] == 4


def test_some_clusters_and_deploy_delivers_them(site: Site) -> None:
    site.rollback(revision=1, clusters=["real"]).ok()
    play = [
        {
            "name": "Deploy",
            "hosts": "managed_clusters",
            "gather_facts": False,
            "tasks": [{"name": "deploy", "multicluster.apps.deploy": {"hub_dir": "fleet", "secrets": "plain"}}],
        }
    ]
    site.project.write("deploy.yml", play)
    site.project.play("deploy.yml").ok()
    assert site.colors() == {"beijing": "blue", "real": "red", "shanghai": "blue"}
    clusters = site.info()["subscriptions"][site.web]["clusters"]
    assert {name: each["pinned"] for name, each in clusters.items()} == {"beijing": None, "real": 1, "shanghai": None}


WRONG = {
    "has no revision 9; it has: 1, 2, 3": {"revision": 9},
    "the hub holds no cluster 'paris'": {"clusters": ["paris"]},
    "the hub holds no Subscription 'default/wep'": {"subscription": "default/wep"},
    "give one or the other": {"state": "released", "revision": 1},
}


def test_what_there_is_not(site: Site) -> None:
    before = site.project.files("fleet")
    tasks = [
        {
            "name": message,
            "multicluster.apps.rollback": {"subscription": site.web, **options},
            "ignore_errors": True,
        }
        for message, options in WRONG.items()
    ]
    run = site.project.tasks(*tasks, secrets="plain").ok()
    for message in WRONG:
        assert message in run.task(message).message
    assert site.project.files("fleet") == before


def test_a_secret_is_refused_in_what_is_kept_too_and_kept_as_secret_as_in_its_description(site: Site) -> None:
    contents = site.project.path / "fleet" / "clusternet-reserved" / "controllerrevisions"
    modes = sorted(path.stat().st_mode & 0o777 for path in contents.glob("*.yaml"))
    assert modes[0] == 0o600, "the one with the Secret"
    assert modes[1:] != [0o600] * 2
    # Without its content the revision is made again, and refused as the Description would be.
    for path in contents.glob("*.yaml"):
        path.unlink()
    task = {"name": "distribute", "multicluster.apps.distribute": {}}
    said = site.project.tasks(task).failure().message
    assert "carries secret data, which this hub refuses to store in the clear" in said


def test_killed_in_between(site: Site) -> None:
    """Runs that die at any moment on the way back, and on the way on again: the next one ends it."""
    whole = None
    for change in ({"revision": 1}, {"state": "released"}):
        site.project.write("kill.yml", [_way(site, change)])
        before = _marks(site.project)
        for share in (1, 3, 6):
            process = site.project.start("kill.yml")
            until(lambda: _different(site.project, before) >= share or process.poll() is not None)  # noqa: B023 (at once)
            site.project.kill(process)
        site.project.play("kill.yml").ok()
        assert set(site.colors().values()) == ({"red"} if "revision" in change else {"blue"})
        assert site.project.play("kill.yml").ok().changed == []
        whole = site.info()["subscriptions"][site.web]["clusters"]
    assert whole is not None
    assert {each["revision"] for each in whole.values()} == {3}
    assert not [path for path in site.project.path.rglob("*") if ".tmp" in path.name]


def _way(site: Site, change: dict[str, Any]) -> dict[str, Any]:
    hub = {"hub_dir": "fleet", "secrets": "plain"}
    tasks = [
        {"name": "rollback", "multicluster.apps.rollback": {"subscription": site.web, **hub, **change}},
        {"name": "distribute", "multicluster.apps.distribute": hub},
    ]
    return {"name": "There", "hosts": "localhost", "gather_facts": False, "tasks": tasks}


def _marks(project: Project) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for name in ("fleet", "out") for path in _files(project, name)}


def _files(project: Project, name: str) -> list[Path]:
    return list((project.path / name).rglob("*.yaml"))


def _different(project: Project, before: dict[Path, int]) -> int:
    try:
        now = _marks(project)
    except FileNotFoundError:  # it went while we looked
        return 0
    return sum(now.get(path) != mark for path, mark in before.items()) + len(now.keys() - before.keys())
