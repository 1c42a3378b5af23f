# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What playbooks and templates can ask without writing anything: rendered objects, clusters, overrides."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

BASE, DESCRIPTION, CLUSTERS = (f"multicluster.apps.{name}" for name in ("base", "description", "clusters"))


VARIABLES = {
    "deployment": {
        "kind": "Deployment",
        "spec": {"replicas": 1, "paths": ["a"]},
        "data": {"c.json": '{"a": 1, "b": 2}'},
    },
    "overrides": [
        {"type": "MergePatch", "value": "spec: {replicas: 5}"},
        {"type": "JSONPatch", "value": [{"op": "add", "path": "/spec/paths/-", "value": "b"}]},
        {"type": "FieldMergePatch", "fieldPath": "/data/c.json", "fieldFormat": "JSON", "value": {"a": None}},
    ],
    "missing": [{"type": "JSONPatch", "value": [{"op": "remove", "path": "/spec/none"}]}],
}


@pytest.fixture
def hub(project: Project) -> Project:
    """A hub on which everything is stored and nothing is rendered."""
    project.tasks(
        {"multicluster.apps.register": {"group": "managed_clusters"}}, {"multicluster.apps.apply": {"src": "app/"}}
    ).ok()
    return project


def asked(project: Project, **questions: str) -> dict[str, Any]:
    """The answers to expressions, each as a template of Ansible gives it; the hub must be as before."""
    tasks = [{"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}} for name, text in questions.items()]
    before = project.files("fleet")
    run = project.tasks(*tasks).ok()
    assert project.files("fleet") == before
    return {name: run.task(name).result["msg"] for name in questions}


def test_what_would_be_delivered(hub: Project) -> None:
    answers = asked(
        hub,
        bases=f"query('{BASE}', 'default/web', hub_dir='fleet')",
        base=f"lookup('{BASE}', 'web', cluster='shanghai', hub_dir='fleet')",
        feeds=f"query('{BASE}', 'default/web', cluster='shanghai', objects=true, hub_dir='fleet')",
        description=f"lookup('{DESCRIPTION}', 'default/web', cluster='shanghai', hub_dir='fleet')",
        objects=f"query('{DESCRIPTION}', 'default/web', cluster='shanghai', objects=true, hub_dir='fleet')",
        both=f"query('{DESCRIPTION}', 'default/web', objects=true, hub_dir='fleet')",
        none=f"query('{DESCRIPTION}', 'default/web', cluster='frankfurt', hub_dir='fleet')",
    )
    assert [base["metadata"]["namespace"] for base in answers["bases"]] == ["clusternet-beijing", "clusternet-shanghai"]
    assert answers["base"] == answers["bases"][1]
    assert [feed["kind"] for feed in answers["feeds"]] == ["ConfigMap", "Secret"]
    assert answers["description"]["kind"] == "Description"
    raw = [json.loads(base64.b64decode(text)) for text in answers["description"]["spec"]["raw"]]
    assert raw == answers["objects"]
    assert [item["data"] for item in raw if item["kind"] == "ConfigMap"] == [
        {"greeting": "ni hao", "template": "{{ not }}"}
    ]
    greetings = [item["data"]["greeting"] for item in answers["both"] if item["kind"] == "ConfigMap"]
    assert greetings == ["hello", "ni hao"]
    assert answers["none"] == []
    # What they say is what is then done.
    hub.tasks({"multicluster.apps.distribute": {}}, secrets="plain").ok()
    delivered = hub.delivered("clusternet-shanghai")
    assert list(delivered.values()) == answers["objects"]


def test_which_clusters_a_selector_matches(hub: Project) -> None:
    names = "| map(attribute='metadata.name') | list"
    mapping = "{'matchExpressions': [{'key': 'region', 'operator': 'NotIn', 'values': ['eu']}]}"
    answers = asked(
        hub,
        text=f"query('{CLUSTERS}', 'region=cn,tier!=test', hub_dir='fleet') {names}",
        mapping=f"query('{CLUSTERS}', {mapping}, hub_dir='fleet') {names}",
        several=f"query('{CLUSTERS}', 'region=eu', 'tier=test', hub_dir='fleet') {names}",
        everything=f"query('{CLUSTERS}', hub_dir='fleet') {names}",
        nothing=f"query('{CLUSTERS}', 'region in (us)', hub_dir='fleet')",
    )
    assert answers == {
        "text": ["shanghai"],
        "mapping": ["beijing", "shanghai"],
        "several": ["beijing", "frankfurt"],
        "everything": ["beijing", "frankfurt", "shanghai"],
        "nothing": [],
    }


def test_overrides_in_a_template(project: Project) -> None:
    project.write("inventory.yml", {"all": {}})
    project.write("vars.yml", VARIABLES)
    questions = {
        "all": "deployment | multicluster.apps.override(overrides)",
        "missing": "deployment | multicluster.apps.override(missing)",
        "strict": "deployment | multicluster.apps.override(missing, strict=true)",
        "wrong": "deployment | multicluster.apps.override([{'type': 'Patch', 'value': 'a'}])",
    }
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}, "ignore_errors": True}
        for name, text in questions.items()
    ]
    run = project.tasks(*tasks, arguments=("-e", "@vars.yml"))
    assert "Traceback" not in run.output
    changed = run.task("all").result["msg"]
    assert changed == {
        "kind": "Deployment",
        "spec": {"replicas": 5, "paths": ["a", "b"]},
        "data": {"c.json": '{\n    "b": 2\n}'},
    }
    assert run.task("missing").result["msg"]["spec"] == {"replicas": 1, "paths": ["a"]}
    assert "/spec/none" in run.output.split("TASK [strict]")[0]
    for name, words in {"strict": ["/spec/none"], "wrong": ["Patch", "MergePatch", "FieldJSONPatch"]}.items():
        assert run.task(name).failed
        assert all(word in run.task(name).message for word in words)


def test_questions_about_nothing(hub: Project) -> None:
    questions = {
        "subscription": (f"query('{DESCRIPTION}', 'default/wep', hub_dir='fleet')", ["default/wep", "default/web"]),
        "cluster": (f"query('{BASE}', 'default/web', cluster='shangai', hub_dir='fleet')", ["shangai", "shanghai"]),
        "selector": (f"query('{CLUSTERS}', 'region==', 'region in cn', hub_dir='fleet')", ["region in cn"]),
        "hub": (f"query('{CLUSTERS}', hub_dir='flet')", ["flet"]),
        "no hub": (f"query('{CLUSTERS}')", ["hub_dir", "MULTICLUSTER_HUB_DIR"]),
    }
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}, "ignore_errors": True}
        for name, (text, _words) in questions.items()
    ]
    run = hub.tasks(*tasks)
    assert "Traceback" not in run.output
    for name, (_text, words) in questions.items():
        assert run.task(name).failed
        assert all(word in run.task(name).message for word in words), run.task(name).message
    hub.environment["MULTICLUSTER_HUB_DIR"] = "fleet"
    assert len(asked(hub, environment=f"query('{CLUSTERS}')")["environment"]) == 3
