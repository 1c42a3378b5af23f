# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub tells: clusters, where each Subscription goes and why, how it is there, and the objects themselves."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

CHOSEN = ["beijing", "shanghai"]


@pytest.fixture
def hub(project: Project) -> Project:
    """A hub with one Subscription that runs, but for a cluster whose directory is in the way, and one that cannot."""
    project.write("out/beijing/kustomization.yaml", "resources: []\n")
    job = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
    failed = project.tasks(job, secrets="plain").failure()
    assert failed.result["failed_clusters"] == ["beijing"]
    assert list(failed.result["problems"]) == ["default/lost"]
    return project


def test_what_runs_where_and_why(hub: Project) -> None:
    before = hub.files("fleet")
    tasks = (
        {"name": "all", "multicluster.apps.info": {"kinds": ["Manifest", "Description"]}},
        {"name": "some", "multicluster.apps.info": {"subscriptions": ["web"], "clusters": ["dublin"]}},
        {"name": "none", "multicluster.apps.info": {"subscriptions": ["default/wep"]}, "ignore_errors": True},
        {"name": "kind", "multicluster.apps.info": {"kinds": ["Deployment"]}, "ignore_errors": True},
    )
    run = hub.tasks(*tasks, arguments=("-vvv",))
    assert run.returncode == 0, run.story
    assert run.changed == []
    assert hub.files("fleet") == before
    everything = run.task("all").result
    assert sorted(everything["clusters"]) == ["beijing", "dublin", "frankfurt", "shanghai"]
    _assert_dublin(everything["clusters"]["dublin"])
    _assert_web(everything["subscriptions"]["default/web"])
    (problem,) = everything["subscriptions"]["default/lost"]["problems"]
    assert "none of the 4 clusters" in problem
    assert {raw["kind"] for raw in everything["objects"]} == {"Manifest", "Description"}
    assert "a-word-that-nobody-may-see" not in run.output

    some = run.task("some").result
    assert list(some["subscriptions"]) == ["default/web"]
    assert list(some["clusters"]) == list(some["subscriptions"]["default/web"]["clusters"]) == ["dublin"]
    assert some["objects"] == []
    assert "default/web" in run.task("none").message
    assert "Subscription" in run.task("kind").message


def _assert_dublin(dublin: dict[str, Any]) -> None:
    assert dublin["namespace"] == "clusternet-dublin"
    assert dublin["labels"]["region"] == "cn"
    assert dublin["taints"] == [{"key": "maintenance", "value": "now", "effect": "NoSchedule"}]


def _assert_web(web: dict[str, Any]) -> None:
    assert web["feeds"] == ["v1/Secret/shop/web"]
    assert [name for name, cluster in sorted(web["clusters"].items()) if cluster["chosen"]] == CHOSEN
    assert "maintenance" in web["clusters"]["dublin"]["reason"]
    assert web["clusters"]["frankfurt"]["reason"]
    assert web["clusters"]["shanghai"]["phase"] == "Success"
    assert web["clusters"]["beijing"]["phase"] == "Failure"
    assert "kustomization.yaml" in web["clusters"]["beijing"]["failure"]
    bindings = [f"clusternet-{name}/{name}" for name in CHOSEN]
    assert web["status"]["bindingClusters"] == bindings
    (feed,) = web["status"]["aggregatedStatuses"]
    details = {detail["clusterName"]: detail["available"] for detail in feed["feedStatusDetails"]}
    assert details == dict.fromkeys(CHOSEN, False)  # a directory runs nothing
