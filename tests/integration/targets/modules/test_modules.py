# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module that stores, on a directory hub: new, again, different, gone, in check mode first; and what `apply` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.module_cases import (
    APPS,
    CASES,
    Case,
    assert_stored,
    run_steps,
)
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("module", sorted(CASES))
def test_one_object(project: Project, module: str) -> None:
    def look(case: Case) -> Mapping[str, Any]:
        path = project.path / "fleet" / case.file
        return {"ansible.builtin.debug": {"msg": f"{{{{ lookup('file', '{path}') if '{path}' is file else '' }}}}"}}

    stored = run_steps(project, module, look)["new"]
    assert stored is not None
    assert_stored(CASES[module], stored, CASES[module].spec)


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
