# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that ends at any moment leaves a hub that loads, and the next run brings everything to where it belongs."""

from __future__ import annotations

import random
import signal
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, until

pytestmark = pytest.mark.integration

OBJECTS = 60
CLUSTERS = ("beijing", "frankfurt", "shanghai")
JOB = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
# What differs between two hubs that mean the same.
TIMES = ("creationTimestamp", "lastTransitionTime")


@pytest.fixture
def fleet(project: Project) -> Project:
    """So many objects for so many clusters that there is time to die in between."""
    project.inventory({name: {"multicluster_directory": f"out/{name}"} for name in CLUSTERS})
    _write_application(project, "hello")
    return project


def _write_application(project: Project, greeting: str) -> None:
    names = [f"settings-{n:02}" for n in range(OBJECTS)]
    feeds = [{"apiVersion": "v1", "kind": "ConfigMap", "namespace": "shop", "name": name} for name in names]
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds},
    }
    maps = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "shop"},
            "data": {"a": greeting},
        }
        for name in names
    ]
    project.write("app/web.yml", (subscription, *maps))


def timeless(value: Any) -> Any:
    """An object without its times."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in TIMES}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def state(project: Project) -> dict[str, Any]:
    """Everything on the hub and in the clusters."""
    places = ("fleet", *(f"out/{name}" for name in CLUSTERS))
    return timeless({place: project.objects(place) for place in places})


def written(project: Project) -> int:
    """How many files a run has written so far, counted without reading them."""
    return sum(1 for place in ("fleet", "out") for _path in (project.path / place).rglob("*.yaml"))


def test_killed_at_any_moment(fleet: Project) -> None:
    fleet.tasks(JOB).ok()
    whole, total = state(fleet), written(fleet)
    contents = 1  # for revisions: all clusters have the same
    assert total == 3 + OBJECTS + 1 + contents + 3 * 3 + 3 * (OBJECTS + 1)
    fleet.remove("fleet", "out")
    # Deaths while the hub is written, and while clusters are; the numbers are in the message of a failure.
    moments = sorted({*random.sample(range(1, OBJECTS + 10), 2), *random.sample(range(OBJECTS + 20, total), 3)})
    deaths = 0
    for moment in moments:
        process = fleet.start("tasks.yml")
        until(lambda: written(fleet) >= moment or process.poll() is not None)  # noqa: B023 (called at once)
        fleet.kill(process)
        deaths += process.returncode == -signal.SIGKILL
        left = state(fleet)  # every file can be read
        assert set(left["fleet"]) <= set(whole["fleet"]), moments
        for cluster in CLUSTERS:
            assert left[f"out/{cluster}"].items() <= whole[f"out/{cluster}"].items(), moments
    assert deaths, f"every run was over before it was killed: {moments}"
    fleet.tasks(JOB).ok()
    assert state(fleet) == whole, moments
    assert not [path for path in fleet.path.rglob("*") if ".tmp" in path.name], moments
    assert fleet.tasks(JOB).ok().changed == []


def test_killed_while_things_change(fleet: Project) -> None:
    """An update and a removal, cut off in the middle: nothing is lost or left behind."""
    fleet.tasks(JOB).ok()
    _write_application(fleet, "good day")
    before = fleet.files("out")
    for share in (0.2, 0.6):
        process = fleet.start("tasks.yml")
        done = int(share * len(before))
        until(lambda: _different(fleet, before) >= done or process.poll() is not None)  # noqa: B023 (called at once)
        fleet.kill(process)
    fleet.tasks(JOB).ok()
    assert {raw["data"]["a"] for raw in fleet.objects("out").values()} == {"good day"}

    gone = {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": "Subscription"}
    gone["metadata"] = {"name": "web", "namespace": "default"}
    removal = {"multicluster.apps.apply": {"definition": gone, "state": "absent"}}
    fleet.tasks(removal).ok()
    fleet.tasks({"name": "remove", "multicluster.apps.distribute": {}}, arguments=("--check",)).ok()
    process = fleet.start("tasks.yml")
    until(lambda: written(fleet) < 200 or process.poll() is not None)
    fleet.kill(process)
    fleet.tasks({"name": "remove", "multicluster.apps.distribute": {}}).ok()
    assert not (fleet.path / "out").exists() or not fleet.objects("out")
    assert not [name for name in fleet.objects("fleet") if name.startswith(("Base ", "Description "))]


def test_interrupted_by_its_user(fleet: Project) -> None:
    fleet.tasks({"multicluster.apps.register": {"group": "managed_clusters"}}).ok()
    fleet.tasks(JOB, arguments=("--check",)).ok()
    process = fleet.start("tasks.yml")
    until(lambda: written(fleet) > OBJECTS + 30 or process.poll() is not None)
    said = fleet.kill(process, signal.SIGINT)
    assert process.returncode not in (0, None)
    assert "Traceback" not in said
    fleet.tasks(JOB).ok()
    assert {len(cluster) for cluster in _by_cluster(fleet).values()} == {OBJECTS}


def _different(project: Project, before: dict[str, str]) -> int:
    now = project.files("out")
    return sum(1 for name, mark in before.items() if now.get(name) != mark)


def _by_cluster(project: Project) -> dict[str, dict[str, Any]]:
    return {name: project.objects(f"out/{name}") for name in CLUSTERS}
