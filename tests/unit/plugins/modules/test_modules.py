# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules, from their options to the files of a hub."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic

Run = Callable[..., dict[str, Any]]

FEED = {"api_version": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
SUBSCRIPTION = {
    "name": "web",
    "subscribers": [
        {
            "cluster_affinity": {"match_expressions": [{"key": "region", "operator": "In", "values": ["n", "s"]}]},
            "weight": 2,
            "subgroup_strategy": {"min_clusters": 1},
        }
    ],
    "scheduling_by_subgroup": True,
    "feeds": [FEED],
}


def stored(hub: Path, kind: str, name: str) -> Any:
    """The object of a hub whose file has a name."""
    (path,) = hub.rglob(f"{kind}/{name}.yaml")
    return yaml.safe_load(path.read_text())


def files(hub: Path) -> list[Path]:
    return sorted(path for path in hub.rglob("*.yaml"))


def test_a_subscription_is_stored_with_the_names_of_the_api(run_module: Run, tmp_path: Path) -> None:
    result = run_module("subscription", {**SUBSCRIPTION, "hub_dir": str(tmp_path)})
    assert (result["changed"], result["created"]) == (True, ["Subscription default/web"])
    assert stored(tmp_path, "subscriptions", "web")["spec"] == {
        "schedulingBySubGroup": True,
        "subscribers": [
            {
                "clusterAffinity": {"matchExpressions": [{"key": "region", "operator": "In", "values": ["n", "s"]}]},
                "weight": 2,
                "subGroupStrategy": {"minClusters": 1},
            }
        ],
        "feeds": [{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}],
    }
    assert result["warnings"] == [
        "Subscription default/web: feed apps/v1/Deployment/shop/web has no object on the hub yet"
    ]


def test_a_second_run_changes_nothing(run_module: Run, tmp_path: Path) -> None:
    options = {**SUBSCRIPTION, "hub_dir": str(tmp_path)}
    run_module("subscription", options)
    before = {path: path.stat().st_mtime_ns for path in files(tmp_path)}
    assert run_module("subscription", options)["changed"] is False
    assert {path: path.stat().st_mtime_ns for path in files(tmp_path)} == before


def test_check_mode_says_what_would_be_and_writes_nothing(run_module: Run, tmp_path: Path) -> None:
    options = {**SUBSCRIPTION, "hub_dir": str(tmp_path / "hub")}
    result = run_module("subscription", options, check=True, diff=True)
    assert result["created"] == ["Subscription default/web"]
    assert [entry["after"]["kind"] for entry in result["diff"]] == ["Subscription"]
    assert not (tmp_path / "hub").exists()


def test_absent_removes(run_module: Run, tmp_path: Path) -> None:
    run_module("subscription", {**SUBSCRIPTION, "hub_dir": str(tmp_path)})
    result = run_module("subscription", {"name": "web", "state": "absent", "hub_dir": str(tmp_path)})
    assert result["removed"] == ["Subscription default/web"]
    assert files(tmp_path) == []


def test_an_override_is_written_as_text(run_module: Run, tmp_path: Path) -> None:
    overrides = [
        {"type": "MergePatch", "value": {"spec": {"replicas": 3}}},
        {"type": "JSONPatch", "value": "[]"},
    ]
    run_module("globalization", {"name": "g", "feed": FEED, "overrides": overrides, "hub_dir": str(tmp_path)})
    texts = [item["value"] for item in stored(tmp_path, "globalizations", "g")["spec"]["overrides"]]
    assert texts == ["spec:\n  replicas: 3\n", "[]"]


@pytest.mark.parametrize(
    ("cluster", "namespace"),
    [
        ("shanghai", "somewhere"),
        ("beijing", "clusternet-beijing"),
    ],
)
def test_a_localization_is_in_the_namespace_of_its_cluster(
    run_module: Run, tmp_path: Path, cluster: str, namespace: str
) -> None:
    run_module("managed_cluster", {"name": "shanghai", "namespace": "somewhere", "hub_dir": str(tmp_path)})
    overrides = [{"type": "MergePatch", "value": {}}]
    options = {"name": "l", "cluster": cluster, "feed": FEED, "overrides": overrides, "hub_dir": str(tmp_path)}
    assert run_module("localization", options)["created"] == [f"Localization {namespace}/l"]


def test_a_managed_cluster_keeps_its_id(run_module: Run, tmp_path: Path) -> None:
    given = "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57"
    run_module("managed_cluster", {"name": "a", "cluster_id": given, "hub_dir": str(tmp_path)})
    run_module("managed_cluster", {"name": "a", "labels": {"region": "n"}, "hub_dir": str(tmp_path)})
    raw = stored(tmp_path, "managedclusters", "a")
    assert raw["spec"] == {"clusterId": given, "syncMode": "Push"}
    assert raw["metadata"]["labels"] == {
        "region": "n",
        "clusters.clusternet.io/cluster-id": given,
        "clusters.clusternet.io/cluster-name": "a",
    }


def test_apply_prunes_what_its_source_no_longer_has(run_module: Run, tmp_path: Path, application: Path) -> None:
    (application / "more.yaml").write_text("{apiVersion: v1, kind: Namespace, metadata: {name: more}}")
    options = {"src": str(application), "prune": True, "hub_dir": str(tmp_path / "hub")}
    assert len(run_module("apply", options)["created"]) == 3
    (application / "more.yaml").unlink()
    assert run_module("apply", options)["removed"] == ["Manifest clusternet-reserved/namespace--more"]


def test_the_source_is_the_same_in_every_clone(run_module: Run, tmp_path: Path, application: Path) -> None:
    run_module("apply", {"src": str(application), "hub_dir": str(tmp_path / "hub")})
    annotations = stored(tmp_path, "subscriptions", "web")["metadata"]["annotations"]
    assert annotations == {"multicluster.apps/source": "../app"}


def test_apply_names_the_template_in_its_errors(run_module: Run, tmp_path: Path) -> None:
    rendered = [{"where": "a.j2", "text": "kind: ["}]
    result = run_module("apply", {"template": ["a.j2"], "rendered": rendered, "hub_dir": str(tmp_path)})
    assert result["failed"]
    assert result["msg"].startswith("a.j2: line ")


SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": "hidden"}}


def test_a_secret_is_refused_and_not_shown(run_module: Run, tmp_path: Path) -> None:
    result = run_module("manifest", {"definition": SECRET, "hub_dir": str(tmp_path / "hub")}, diff=True)
    assert "secrets: vault" in result["msg"]
    assert files(tmp_path) == []


def test_a_plain_secret_is_for_its_owner_only_and_not_shown(run_module: Run, tmp_path: Path) -> None:
    result = run_module("manifest", {"definition": SECRET, "secrets": "plain", "hub_dir": str(tmp_path)}, diff=True)
    assert "hidden" not in str(result)
    (path,) = files(tmp_path)
    assert os.stat(path).st_mode & 0o777 == 0o600


OVERRIDES = {"name": "g", "feed": FEED, "overrides": [{"type": "MergePatch", "value": "{data: {a: hidden}}"}]}


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("apply", {"definition": SECRET, "secrets": "plain"}),
        ("apply", {"template": ["a.j2"], "rendered": [{"where": "a.j2", "text": str(SECRET)}], "secrets": "plain"}),
        ("manifest", {"definition": SECRET, "secrets": "plain"}),
        ("globalization", OVERRIDES),
        ("localization", {**OVERRIDES, "cluster": "a"}),
    ],
)
def test_nothing_is_logged_without_the_action_plugin_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, options: dict[str, Any]
) -> None:
    arguments = {"ANSIBLE_MODULE_ARGS": {**options, "hub_dir": str(tmp_path)}}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    logged: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda _self, text: logged.append(text))
    monkeypatch.setattr(basic, "has_journal", False)
    main = importlib.import_module(f"ansible_collections.multicluster.apps.plugins.modules.{module}").main
    with pytest.raises(SystemExit) as end:
        main()
    assert (end.value.code, logged) == (0, [])
    assert files(tmp_path)


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        ("subscription", {**SUBSCRIPTION, "hub_dir": None}, "no hub is named"),
        ("subscription", {"name": "web", "hub_dir": "hub"}, "subscribers, feeds"),
        ("subscription", {**SUBSCRIPTION, "name": "../x", "hub_dir": "hub"}, "metadata.name: found '../x'"),
        ("globalization", {"name": "g", "hub_dir": "hub"}, "feed, overrides"),
        ("localization", {"name": "l", "state": "absent", "hub_dir": "hub"}, "cluster, namespace"),
        ("managed_cluster", {"name": "a", "cluster_id": "1", "hub_dir": "hub"}, "spec.clusterId: found '1'"),
        ("manifest", {"definition": {"kind": "A"}, "hub_dir": "hub"}, "apiVersion"),
        ("apply", {"hub_dir": "hub"}, "one of the following is required: src, template, definition"),
        ("apply", {"definition": 5, "hub_dir": "hub"}, "a mapping, YAML text, or a list of these is accepted, not int"),
        ("apply", {"definition": "a", "src": "b", "hub_dir": "hub"}, "mutually exclusive"),
    ],
)
def test_what_is_wrong_is_said(
    run_module: Run, tmp_path: Path, module: str, options: dict[str, Any], message: str
) -> None:
    hub = options["hub_dir"] and str(tmp_path / options["hub_dir"])
    result = run_module(module, {**options, "hub_dir": hub})
    assert result["failed"]
    assert message in result["msg"]
    assert files(tmp_path) == []
