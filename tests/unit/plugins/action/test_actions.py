# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions, from a task to the files of a hub and of directory clusters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub

Make = Callable[..., Any]
TaskVars = dict[str, Any]


def files(folder: Path) -> dict[str, int]:
    """Every file below a folder, locks excepted, with the time of its last change."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".locks" not in path.parts)
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in found}


def run(make_action: Make, task_vars: TaskVars, name: str, options: dict[str, Any], **mode: bool) -> dict[str, Any]:
    result = make_action(name, options, **mode).run(task_vars=task_vars)
    json.dumps(result)  # Ansible sends results to other processes
    return dict(result)


WHOLE = {"hub_dir": "fleet", "group": "managed_clusters", "src": "app"}


def test_the_whole_path(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    result = run(make_action, task_vars, "distribute", WHOLE)
    assert result["changed"]
    assert result["failed_clusters"] == []
    assert set(result["clusters"]) == {"beijing", "shanghai"}
    assert result["clusters"]["shanghai"]["created"] == ["Namespace shop"]
    assert "Subscription default/web" in result["hub"]["created"]
    assert (application.parent / "out" / "shanghai").is_dir()


def test_a_second_run_changes_nothing(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    run(make_action, task_vars, "distribute", WHOLE)
    before = files(application.parent)
    result = run(make_action, task_vars, "distribute", WHOLE)
    assert result["changed"] is False
    assert result["clusters"]["beijing"]["unchanged"] == ["Namespace shop"]
    assert files(application.parent) == before


def test_check_mode_is_truthful_on_an_empty_hub(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    before = files(application.parent)
    predicted = run(make_action, task_vars, "distribute", WHOLE, check=True, diff=True)
    assert files(application.parent) == before
    done = run(make_action, task_vars, "distribute", WHOLE)
    assert predicted["hub"] == done["hub"]
    assert predicted["clusters"]["shanghai"]["created"] == done["clusters"]["shanghai"]["created"]
    headers = [entry["after_header"] for entry in predicted["diff"]]
    assert "hub: Subscription default/web" in headers
    assert "shanghai: Namespace shop" in headers


def test_nothing_is_delivered_unless_asked(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    result = run(make_action, task_vars, "distribute", {**WHOLE, "deliver": False})
    assert result["changed"]
    assert result["clusters"] == {}
    assert not (application.parent / "out").exists()


def test_one_cluster_fails_and_the_other_is_served(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    (application.parent / "out").mkdir()
    (application.parent / "out" / "beijing").write_text("in the way")
    result = run(make_action, task_vars, "distribute", WHOLE)
    assert result["failed"]
    assert result["failed_clusters"] == ["beijing"]
    assert result["msg"].startswith("1 of 2 clusters failed: beijing\ncluster beijing: ")
    assert result["clusters"]["shanghai"]["created"] == ["Namespace shop"]


def test_deploy_is_for_its_own_host(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    run(make_action, task_vars, "distribute", {**WHOLE, "deliver": False})
    result = run(make_action, task_vars, "deploy", {"hub_dir": "fleet", "subscriptions": ["web"]})
    assert set(result["clusters"]) == {"shanghai"}
    assert result["clusters"]["shanghai"]["created"] == ["Namespace shop"]
    assert not (application.parent / "out" / "beijing").exists()


def test_nobody_has_to_read_secrets_to_be_informed(
    make_action: Make, task_vars: TaskVars, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(make_action, task_vars, "distribute", WHOLE)
    load, read = DirectoryHub.load, []

    def noting(self: DirectoryHub, namespaces: Any = None, kinds: Any = None) -> Any:
        read.append(kinds)
        return load(self, namespaces, kinds)

    monkeypatch.setattr(DirectoryHub, "load", noting)
    assert run(make_action, task_vars, "info", {"hub_dir": "fleet"})["clusters"]
    (kinds,) = read
    assert "Secret" not in kinds


def test_info_says_why(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    task_vars["hostvars"]["beijing"]["multicluster_taints"] = [{"key": "drain", "effect": "NoSchedule"}]
    run(make_action, task_vars, "distribute", WHOLE)
    result = run(make_action, task_vars, "info", {"hub_dir": "fleet", "kinds": ["Manifest"]})
    clusters = result["subscriptions"]["default/web"]["clusters"]
    assert clusters["shanghai"]["chosen"]
    assert clusters["shanghai"]["phase"] == "Success"
    assert not clusters["beijing"]["chosen"]
    assert "drain:NoSchedule" in clusters["beijing"]["reason"]
    assert [item["kind"] for item in result["objects"]] == ["Manifest"]


def test_check_mode_gives_the_reasons_and_a_run_does_not(
    make_action: Make, task_vars: TaskVars, application: Path
) -> None:
    predicted = run(make_action, task_vars, "distribute", {**WHOLE, "clusters": ["shanghai"]}, check=True)
    assert list(predicted["subscriptions"]) == ["default/web"]
    web = predicted["subscriptions"]["default/web"]
    assert (web["problems"], web["shortages"], list(web["clusters"])) == ([], {}, ["shanghai"])
    assert [line.split()[:2] for line in web["table"]] == [["CLUSTER", "CHOSEN"], ["shanghai", "yes"]]
    assert "subscriptions" not in run(make_action, task_vars, "distribute", WHOLE)
    told = run(make_action, task_vars, "info", {"hub_dir": "fleet"})["subscriptions"]["default/web"]
    shanghai = told["clusters"]["shanghai"]
    assert web["clusters"]["shanghai"] == {key: shanghai[key] for key in web["clusters"]["shanghai"]}


def test_info_tells_the_room_when_asked_for_it(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    template = {"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"replicas": 2, "template": template},
    }
    dividing = {"type": "Dynamic", "dynamicDividing": {"strategy": "Spread"}}
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "divided"},
        "spec": {
            "schedulingStrategy": "Dividing",
            "dividingScheduling": dividing,
            "subscribers": [{"clusterAffinity": {}}],
            "feeds": [{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}],
        },
    }
    (application / "divided.yaml").write_text(yaml.safe_dump_all([deployment, subscription]))
    for name in ("shanghai", "beijing"):
        task_vars["hostvars"][name]["multicluster_capacity"] = {"cpu": 8}
    assert "failed" not in run(make_action, task_vars, "distribute", WHOLE)

    def capacity(**options: Any) -> Any:
        answer = run(make_action, task_vars, "info", {"hub_dir": "fleet", **options})
        return answer["subscriptions"]["default/divided"]["clusters"]["shanghai"]["capacity"]

    assert capacity() == {}
    assert list(capacity(capacity=True)) == ["apps/v1/Deployment/shop/web"]
    assert None not in capacity(capacity=True).values()


@pytest.mark.usefixtures("template_lookup")
def test_templates_are_stored_too(make_action: Make, task_vars: TaskVars, application: Path) -> None:
    (application.parent / "app.j2").write_text("{{ '---' }}\n" + (application / "app.yaml").read_text())
    options = {"hub_dir": "fleet", "group": "managed_clusters", "template": "app.j2"}
    result = run(make_action, task_vars, "distribute", options)
    assert result["clusters"]["shanghai"]["created"] == ["Namespace shop"]


def test_register_alone(make_action: Make, task_vars: TaskVars, tmp_path: Path) -> None:
    options = {"hub_dir": "fleet", "group": "north"}
    assert run(make_action, task_vars, "register", options)["created"] == ["ManagedCluster clusternet-beijing/beijing"]
    assert run(make_action, task_vars, "register", options)["changed"] is False


@pytest.mark.parametrize(
    ("action", "options", "message"),
    [
        ("register", {"grup": "x"}, "missing required arguments: group\nunknown options: grup."),
        ("register", {"group": "managed_clusters"}, "no hub is named"),
        ("register", {"hub_dir": "fleet", "group": "south"}, "'south' is not in the inventory; groups with hosts: "),
        ("distribute", {"hub_dir": "fleet"}, "does not exist"),
        ("distribute", {"hub_dir": "fleet", "src": "a", "template": "b"}, "there is no such file or directory"),
        ("distribute", {"hub_dir": "fleet", "forks": "many"}, "'forks'"),
        ("deploy", {"hub_dir": "fleet"}, "does not exist"),
        ("info", {"hub_dir": "fleet", "kinds": ["Pod"]}, "one or more of: Base, "),
    ],
)
def test_what_is_wrong_is_said(
    make_action: Make, task_vars: TaskVars, tmp_path: Path, action: str, options: dict[str, Any], message: str
) -> None:
    result = run(make_action, task_vars, action, options)
    assert result["failed"]
    assert message in result["msg"]
    assert files(tmp_path) == {}
