# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module that stores: new, again, different, gone; and each of these in check mode first, with its diff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Task

pytestmark = pytest.mark.integration

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


@pytest.mark.parametrize("module", sorted(CASES))
def test_one_object(project: Project, module: str) -> None:
    case = CASES[module]
    path = project.path / "fleet" / case.file
    different, gone = {**case.new, **case.change}, {**case.absent, "state": "absent"}
    arguments = dict(zip(STEPS, (case.new, case.new, case.new, different, gone, gone), strict=True))
    # After each step a look at the file: check mode must not have made or removed it.
    look = {"ansible.builtin.debug": {"msg": f"{{{{ lookup('file', '{path}') if '{path}' is file else '' }}}}"}}
    tasks = [
        task
        for step in STEPS
        for task in (
            {"name": step, f"multicluster.apps.{module}": arguments[step], "check_mode": step.startswith("check")},
            {"name": f"look {step}", **look},
        )
    ]
    project.write("inventory.yml", {"all": {}})
    run = project.tasks(*tasks, arguments=("--diff",)).ok()
    for step in STEPS:
        _assert_did(run.task(step), DONE[step], case.shown)
        assert bool(run.task(f"look {step}").message) == IS_THERE[step], step
    for step in ("new", "absent"):
        assert _diff(run.task(f"check {step}")) == _diff(run.task(step))
    (diff,) = run.task("change").result["diff"]
    before, after = case.words
    assert before in str(diff["before"])
    assert after in str(diff["after"])
    assert after not in str(diff["before"])
    _assert_stored(case, yaml.safe_load(run.task("look new").message))


def _assert_did(task: Task, done: str | None, shown: str) -> None:
    assert task.changed == bool(done)
    found = {key: task.result[key] for key in ("created", "updated", "removed") if task.result[key]}
    assert found == ({done: [shown]} if done else {})


def _diff(task: Task) -> str:
    """A diff without the second in which it was made."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "now", str(task.result["diff"]))


def _assert_stored(case: Case, raw: Mapping[str, Any]) -> None:
    """The options became the fields of the API, and nothing else."""
    assert raw["apiVersion"] == case.apiversion
    assert {key: value for key, value in raw.get("spec", {}).items() if key != "clusterId"} == case.spec
    assert raw["metadata"].get("labels", {}).items() >= dict(case.new.get("labels", {})).items()
    assert raw.get("template") == case.new.get("definition")


def test_apply_takes_files_templates_and_definitions(project: Project) -> None:
    project.write("inventory.yml", {"all": {}})
    for name in ("a.yml", "glob/deep/b.yaml", "app/deep/c.json"):
        project.write(name, _named(name.rsplit(".")[0][-1]))
    project.write("glob/deep/not.yml", "not a manifest")
    project.write("app/README.md", "not a manifest")
    project.write("one.j2", "{% for n in range(2) %}\n---\n" + _text("{{ word }}-{{ n }}") + "\n{% endfor %}\n")
    sources: dict[str, tuple[dict[str, Any], list[str]]] = {
        "file": ({"src": "a.yml"}, ["a"]),
        "glob": ({"src": "glob/**/*.yaml"}, ["b"]),
        "directory": ({"src": "app/"}, ["c"]),
        "template": ({"template": "one.j2"}, ["word-0", "word-1"]),
        "text": ({"definition": f"{_text('e')}\n---\n{_text('f')}"}, ["e", "f"]),
        "list": ({"definition": [_named("g"), _text("h")]}, ["g", "h"]),
    }
    tasks = [{"name": name, "multicluster.apps.apply": arguments} for name, (arguments, _new) in sources.items()]
    run = project.tasks(*tasks, arguments=("-e", "word=word")).ok()
    for name, (_arguments, new) in sources.items():
        assert run.task(name).result["created"] == [
            f"Manifest clusternet-reserved/configmap--shop--{each}" for each in new
        ]
    again = [task for task in tasks if task["name"] in ("directory", "template")]
    assert project.tasks(*again, arguments=("-e", "word=word")).ok().changed == []


def test_apply_prunes_what_its_source_has_no_longer(project: Project) -> None:
    project.write("inventory.yml", {"all": {}})
    for letter in "abc":
        project.write(f"app/{letter}.yml", _named(letter))
    other = {"name": "other", "multicluster.apps.apply": {"definition": _named("other")}}
    project.tasks({"multicluster.apps.apply": {"src": "app/"}}, other).ok()
    project.remove("app/b.yml", "app/c.yml")
    prune = {"src": "app/", "prune": True}
    tasks = (
        {"name": "without", "multicluster.apps.apply": {"src": "app/"}},
        {"name": "few", "multicluster.apps.apply": {**prune, "max_pruned_objects": 1}, "ignore_errors": True},
        {"name": "check", "multicluster.apps.apply": prune, "check_mode": True},
        {"name": "do", "multicluster.apps.apply": prune},
    )
    run = project.tasks(*tasks).ok()
    assert run.changed == ["check", "do"]
    assert "max_pruned_objects=1" in run.task("few").message
    gone = [f"Manifest clusternet-reserved/configmap--shop--{letter}" for letter in "bc"]
    assert run.task("check").result["removed"] == run.task("do").result["removed"] == gone
    assert set(project.objects("fleet")) == {
        f"Manifest clusternet-reserved/configmap--shop--{n}" for n in ("a", "other")
    }

    project.write("app/a.yml", "# everything is gone\n")
    assert "state=absent" in project.tasks({"multicluster.apps.apply": prune}).failure().message
    project.write("app/a.yml", _named("a"))
    absent = project.tasks({"multicluster.apps.apply": {"src": "app/", "state": "absent"}}).ok().only
    assert absent.result["removed"] == ["Manifest clusternet-reserved/configmap--shop--a"]


def test_a_cluster_that_still_runs_something_is_not_forgotten(project: Project) -> None:
    project.inventory({"shanghai": {"multicluster_directory": "out"}})
    feed = {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "a"}
    spec = {"subscribers": [{"clusterAffinity": {}}], "feeds": [feed]}
    web = {
        "apiVersion": APPS,
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": spec,
    }
    project.write("app/web.yml", (_named("a"), web))
    project.tasks({"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}).ok()
    forget = {"name": "forget", "multicluster.apps.managed_cluster": {"name": "shanghai", "state": "absent"}}
    assert "Bases" in project.tasks(forget).failure().message
    leave = {"multicluster.apps.subscription": {"name": "web", "state": "absent"}}
    run = project.tasks(leave, {"name": "distribute", "multicluster.apps.distribute": {}}, forget).ok()
    assert run.task("distribute").result["clusters"]["shanghai"]["pruned"] == ["ConfigMap shop/a"]
    assert run.task("forget").result["removed"] == ["ManagedCluster clusternet-shanghai/shanghai"]


def _named(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}}


def _text(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{name}', namespace: shop}}"
