# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hubs that cannot be read, written or had: one message, and nothing that was half-written."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says, ignored
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

STORE_AND_DISTRIBUTE = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
"""


@pytest.fixture
def hub(project: Project) -> Project:
    """A project with a hub on which the application is already."""
    project.tasks(STORE_AND_DISTRIBUTE).ok()
    return project


def test_what_a_hub_holds(hub: Project) -> None:
    """What another version or a person put there: an unknown field is a warning, what cannot be read ends the run."""
    path = "fleet/default/subscriptions/web.yaml"
    text = (hub.path / path).read_text(encoding="utf-8")
    hub.write(path, text.replace("  feeds:", "  futureField: 1\n  feeds:"))
    warned = hub.tasks({"multicluster.apps.distribute": {}}).ok().only
    assert path in warned.warnings
    assert "spec.futureField" in warned.warnings
    assert not hub.tasks({"multicluster.apps.distribute": {}}).ok().only.changed
    for content, words in [
        (text.replace("kind: Subscription", "kind: [Subscription"), ["line"]),
        (text.replace("feeds:", "feeds: 5\n  others:"), ["spec.feeds"]),
    ]:
        hub.write(path, content)
        before = hub.files("fleet")
        tasks = {
            "distribute": {"multicluster.apps.distribute": {}},
            "apply": {"multicluster.apps.apply": {"definition": CONFIG_MAP}},
            "register": {"multicluster.apps.register": {"group": "managed_clusters"}},
            "info": {"multicluster.apps.info": {}},
            "lookup": {"ansible.builtin.debug": {"msg": "{{ lookup('multicluster.apps.clusters', hub_dir='fleet') }}"}},
        }
        run = hub.tasks(*ignored(tasks))
        assert "Traceback" not in run.output
        for name in tasks:
            assert_says(run.task(name), path, *words)
        assert hub.files("fleet") == before


def test_hubs_that_are_none(project: Project) -> None:
    project.write("file", "")
    info = {"multicluster.apps.info": {}}
    tasks = {
        "mistyped": {"multicluster.apps.info": {"hub_dir": "flet"}},
        "a file": {"multicluster.apps.register": {"hub_dir": "file", "group": "managed_clusters"}},
        "unknown option": {"multicluster.apps.info": {"hubdir": "fleet"}},
        "wrong choice": {"multicluster.apps.info": {"hub_dir": "fleet", "secrets": "hide"}},
        "wrong group": {"multicluster.apps.register": {"hub_dir": "fleet", "group": "managed_cluster"}},
    }
    run = project.tasks(*ignored(tasks))
    assert_says(run.task("mistyped"), "flet", "does not exist")
    assert_says(run.task("a file"), "file", "Not a directory")
    assert_says(run.task("unknown option"), "hubdir", "hub_dir")
    assert_says(run.task("wrong choice"), "secrets", "hide", "refuse", "vault", "plain")
    assert_says(run.task("wrong group"), "'managed_cluster'", "managed_clusters")
    assert not (project.path / "fleet").exists()
    project.write("none.yml", [{"name": "Test", "hosts": "localhost", "gather_facts": False, "tasks": [info]}])
    assert_says(project.play("none.yml").failure(), "hub_dir", "MULTICLUSTER_HUB_DIR")


def test_a_hub_that_another_run_holds(hub: Project) -> None:
    lock = hub.path / "fleet" / ".locks" / "hub.lock"
    before = hub.files("fleet")
    with lock.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("alice@control, process 4711, multicluster.apps.distribute, since 2026-01-02T03:04:05Z\n")
        file.flush()
        tasks = {
            "apply": {"multicluster.apps.apply": {"src": "app/"}},
            "register": {"multicluster.apps.register": {"group": "managed_clusters"}},
            "distribute": {"multicluster.apps.distribute": {}},
        }
        run = hub.tasks(*ignored(tasks), {"name": "read", "multicluster.apps.info": {}}, lock_timeout=0.2)
        for name in tasks:
            assert_says(run.task(name), "alice@control, process 4711", "0.2 seconds", "lock_timeout")
        assert not run.task("read").failed
        file.truncate(0)
    assert hub.files("fleet") == before
    assert hub.tasks({"multicluster.apps.distribute": {}}).ok().changed == []


def test_a_cluster_that_another_run_delivers_to(hub: Project) -> None:
    hub.write("app/web.yml", (hub.path / "app/web.yml").read_text(encoding="utf-8").replace("hello", "good day"))
    with (hub.path / "fleet" / ".locks" / "cluster-clusternet-beijing.lock").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        failed = hub.tasks(STORE_AND_DISTRIBUTE, lock_timeout=0.2).failure()
    assert_says(failed, "cluster-clusternet-beijing.lock", "lock_timeout")
    assert failed.result["failed_clusters"] == ["beijing"]
    assert failed.result["clusters"]["shanghai"]["updated"] == ["ConfigMap shop/web"]
    mended = hub.tasks(STORE_AND_DISTRIBUTE).ok().only
    assert mended.result["clusters"]["beijing"]["updated"] == ["ConfigMap shop/web"]


@pytest.fixture
def mounted(project: Project) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system of the test's own at a directory of the project, with options."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    places: list[Path] = []

    def mount(options: str) -> Path:
        place = project.path / "disk"
        place.mkdir(exist_ok=True)
        command = [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        mounting = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounting.returncode != 0:
            pytest.skip(f"this machine lets us mount nothing: {mounting.stderr.strip()}")
        if "remount" not in options:
            places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run([*sudo, "umount", str(place)], check=True)


def test_a_directory_that_cannot_be_written(project: Project, mounted: Callable[[str], Path]) -> None:
    mounted("ro,size=1m")
    tasks = ignored(
        {
            "distribute": STORE_AND_DISTRIBUTE,
            "apply": {"multicluster.apps.apply": {"src": "app/"}},
            "register": {"multicluster.apps.register": {"group": "managed_clusters"}},
        }
    )
    run = project.tasks(*tasks, hub_dir="disk/fleet")
    for task in run.tasks:
        assert_says(task, "disk/fleet", "Read-only file system", "hub_dir")
    project.inventory(
        {"shanghai": {"multicluster_directory": "disk/out"}, "beijing": {"multicluster_directory": "out"}}
    )
    failed = project.tasks(STORE_AND_DISTRIBUTE).failure()
    assert_says(failed, "shanghai", "disk/out", "Read-only file system", "multicluster_directory")
    assert failed.result["failed_clusters"] == ["shanghai"]
    assert failed.result["clusters"]["beijing"]["created"] == ["ConfigMap shop/web"]


def test_a_disk_that_is_full(project: Project, mounted: Callable[[str], Path]) -> None:
    disk = mounted("size=64k,mode=0777")
    objects = [f"{CONFIG_MAP.replace('name: web', f'name: web-{n}')}data: {{a: {'x' * 6000}}}\n" for n in range(20)]
    project.write("app/many.yml", "---\n".join(objects))
    failed = project.tasks({"multicluster.apps.apply": {"src": "app/"}}, hub_dir="disk/fleet").failure()
    assert_says(failed, "disk/fleet", "No space left on device", "free some space")
    left = project.objects("disk/fleet")  # all of it can be read
    assert len(left) < 20
    assert not [path for path in disk.rglob("*") if path.is_file() and path.suffix not in (".yaml", ".lock", "")]
    mounted("remount,size=4m")
    done = project.tasks({"multicluster.apps.apply": {"src": "app/"}}, hub_dir="disk/fleet").ok().only
    assert len(done.result["created"]) == 22 - len(left)
    assert len(project.objects("disk/fleet")) == 22
