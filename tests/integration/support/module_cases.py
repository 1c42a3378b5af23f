# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that store one object each: their arguments, and what is then on a hub; new, again, different, gone.

Each hub says in its own test how an object on it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run, Task

APPS, CLUSTERS = "apps.clusternet.io/v1alpha1", "clusters.clusternet.io/v1beta1"
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
FEED = {"api_version": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}


def patch(replicas: int) -> list[dict[str, Any]]:
    """Overrides with one patch, written as data."""
    return [{"name": "replicas", "type": "MergePatch", "value": {"spec": {"replicas": replicas}}}]


def config_map(value: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "namespace": "shop"},
        "data": {"a": value},
    }


@dataclass(frozen=True)
class Case:
    """A module's arguments, a change of them, and what is then on the hub.

    :param words: what the diff of the change shows, of before and of after.
    """

    new: Mapping[str, Any]
    change: Mapping[str, Any]
    absent: Mapping[str, Any]
    shown: str
    file: str
    apiversion: str
    spec: Mapping[str, Any]
    words: tuple[str, str]


CASES = {
    "subscription": Case(
        new={
            "name": "web",
            "labels": {"team": "shop"},
            "subscribers": [
                {"cluster_affinity": {"match_labels": {"region": "eu"}}},
                {"cluster_affinity": {"match_expressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}]}},
            ],
            "cluster_tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
            "feeds": [FEED],
        },
        change={"labels": {"team": "mall"}},
        absent={"name": "web"},
        shown="Subscription default/web",
        file="default/subscriptions/web.yaml",
        apiversion=APPS,
        spec={
            "subscribers": [
                {"clusterAffinity": {"matchLabels": {"region": "eu"}}},
                {"clusterAffinity": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}]}},
            ],
            "clusterTolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
            "feeds": [DEPLOYMENT],
        },
        words=("shop", "mall"),
    ),
    "globalization": Case(
        new={
            "name": "web",
            "feed": FEED,
            "priority": 700,
            "override_policy": "ApplyNow",
            "cluster_affinity": {"match_labels": {"region": "eu"}},
            "overrides": patch(2),
        },
        change={"overrides": patch(7)},
        absent={"name": "web"},
        shown="Globalization web",
        file="_cluster/globalizations/web.yaml",
        apiversion=APPS,
        spec={
            "feed": DEPLOYMENT,
            "priority": 700,
            "overridePolicy": "ApplyNow",
            "clusterAffinity": {"matchLabels": {"region": "eu"}},
            "overrides": [{"name": "replicas", "type": "MergePatch", "value": "spec:\n  replicas: 2\n"}],
        },
        words=("replicas: 2", "replicas: 7"),
    ),
    "localization": Case(
        new={
            "cluster": "shanghai",
            "name": "web",
            "feed": FEED,
            "overrides": [
                {
                    "type": "FieldMergePatch",
                    "field_path": "/metadata/annotations/settings",
                    "field_format": "YAML",
                    "value": "a: 1",
                }
            ],
        },
        change={"overrides": patch(7)},
        absent={"cluster": "shanghai", "name": "web"},
        shown="Localization clusternet-shanghai/web",
        file="clusternet-shanghai/localizations/web.yaml",
        apiversion=APPS,
        spec={
            "feed": DEPLOYMENT,
            "overrides": [
                {
                    "type": "FieldMergePatch",
                    "fieldPath": "/metadata/annotations/settings",
                    "fieldFormat": "YAML",
                    "value": "a: 1",
                }
            ],
        },
        words=("FieldMergePatch", "replicas: 7"),
    ),
    "manifest": Case(
        new={"definition": config_map("before")},
        change={"definition": config_map("afterwards")},
        absent={
            "definition": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"}}
        },
        shown="Manifest clusternet-reserved/configmap--shop--web",
        file="clusternet-reserved/manifests/configmap--shop--web.yaml",
        apiversion=APPS,
        spec={},
        words=("before", "afterwards"),
    ),
    "managed_cluster": Case(
        new={
            "name": "shanghai",
            "labels": {"region": "cn"},
            "annotations": {"multicluster.apps/directory": "../out"},
            "taints": [{"key": "dedicated", "value": "shop", "effect": "NoSchedule"}],
        },
        change={"labels": {"region": "asia"}},
        absent={"name": "shanghai"},
        shown="ManagedCluster clusternet-shanghai/shanghai",
        file="clusternet-shanghai/managedclusters/shanghai.yaml",
        apiversion=CLUSTERS,
        spec={"syncMode": "Push", "taints": [{"key": "dedicated", "value": "shop", "effect": "NoSchedule"}]},
        words=("cn", "asia"),
    ),
}


# A module is a process that costs half a second: the steps are no more than it takes to see each thing once.
STEPS = ("check new", "new", "again", "change", "check absent", "absent")
DONE = dict(zip(STEPS, ("created", "created", None, "updated", "removed", "removed"), strict=True))
IS_THERE = dict(zip(STEPS, (False, True, True, True, True, False), strict=True))

# Makes the task whose message is the object of a case as YAML, empty where it is not there.
Look = Callable[[Case], Mapping[str, Any]]


def run_steps(project: Project, module: str, look: Look, **hub: Any) -> dict[str, dict[str, Any] | None]:
    """Take a module through all steps, in one play and with its diffs.

    :param hub: the options that name the hub.
    :returns: the object after each step; None where it is not there.
    """
    case = CASES[module]
    different, gone = {**case.new, **case.change}, {**case.absent, "state": "absent"}
    arguments = dict(zip(STEPS, (case.new, case.new, case.new, different, gone, gone), strict=True))
    # After each step a look at the hub: check mode must not have made or removed anything.
    tasks = [
        task
        for step in STEPS
        for task in (
            {"name": step, f"multicluster.apps.{module}": arguments[step], "check_mode": step.startswith("check")},
            {"name": f"look {step}", **look(case)},
        )
    ]
    project.write("inventory.yml", {"all": {}})
    run = project.tasks(*tasks, arguments=("--diff",), **hub).ok()
    for step in STEPS:
        _assert_did(run.task(step), DONE[step], case.shown)
    for step in ("new", "absent"):
        assert _diff(run.task(f"check {step}")) == _diff(run.task(step))
    (diff,) = run.task("change").result["diff"]
    before, after = case.words
    assert before in str(diff["before"])
    assert after in str(diff["after"])
    assert after not in str(diff["before"])
    found = {step: _seen(run, step) for step in STEPS}
    assert {step: raw is not None for step, raw in found.items()} == IS_THERE
    return found


def _seen(run: Run, step: str) -> dict[str, Any] | None:
    task = run.task(f"look {step}")
    seen: dict[str, Any] | None = yaml.safe_load(task.result.get("stdout", task.message))
    return seen


def _assert_did(task: Task, done: str | None, shown: str) -> None:
    assert task.changed == bool(done)
    found = {key: task.result[key] for key in ("created", "updated", "removed") if task.result[key]}
    assert found == ({done: [shown]} if done else {})


def _diff(task: Task) -> str:
    """A diff without the second in which it was made."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "now", str(task.result["diff"]))


def assert_stored(case: Case, raw: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The options became the fields of the API, and nothing else.

    :param spec: what is below `spec` on this hub.
    """
    assert raw["apiVersion"] == case.apiversion
    assert {key: value for key, value in raw.get("spec", {}).items() if key != "clusterId"} == spec
    assert raw["metadata"].get("labels", {}).items() >= dict(case.new.get("labels", {})).items()
    assert raw.get("template") == case.new.get("definition")
