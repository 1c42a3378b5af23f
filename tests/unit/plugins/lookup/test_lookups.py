# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookups: what they find on a hub, that they write nothing, and what they say."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.multicluster.apps.plugins.lookup import schedule
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.plugin_utils import hub_lookup

PLUGINS = "ansible_collections.multicluster.apps.plugins"
Find = Callable[..., list[Any]]


@pytest.fixture
def hub(make_action: Callable[..., Any], task_vars: dict[str, Any], application: Path) -> Path:
    """A hub where nothing is rendered yet: two clusters, one Subscription, and one override for shanghai."""
    policy = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Localization",
        "metadata": {"name": "l", "namespace": "clusternet-shanghai"},
        "spec": {
            "feed": {"apiVersion": "v1", "kind": "Namespace", "name": "shop"},
            "overrides": [{"type": "MergePatch", "value": "{metadata: {labels: {city: shanghai}}}"}],
        },
    }
    (application / "policy.yaml").write_text(yaml.safe_dump(policy))
    task_vars["hostvars"]["shanghai"]["multicluster_labels"] = {"region": "east"}
    options = {"hub_dir": "fleet", "group": "managed_clusters", "src": "app", "deliver": False}
    assert "failed" not in make_action("distribute", options).run(task_vars=task_vars)
    fleet = application.parent / "fleet"
    for path in (*fleet.rglob("bases/*"), *fleet.rglob("descriptions/*")):
        path.unlink()
    return fleet


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, documentation: Callable[[str, str], dict[str, Any]]) -> Find:
    """Runs a lookup as Ansible does, options with the defaults of its documentation."""

    def run(name: str, *terms: Any, **given: Any) -> list[Any]:
        plugin = importlib.import_module(f"{PLUGINS}.lookup.{name}")
        options = {key: value.get("default") for key, value in documentation("lookup", name)["options"].items()}
        known = dict(options)
        options = {**options, **given}
        monkeypatch.setattr(LookupBase, "set_options", lambda *_args, **_kwargs: None)
        monkeypatch.setattr(LookupBase, "get_options", lambda _self: known)
        monkeypatch.setattr(LookupBase, "get_option", lambda _self, option: options[option])
        loader = DataLoader()
        loader.set_basedir(str(tmp_path))
        return list(plugin.LookupModule(loader=loader).run(list(terms), variables={}, **given))

    return run


def test_a_description_is_what_would_be_delivered(hub: Path, find: Find) -> None:
    before = sorted(hub.rglob("*.yaml"))
    (description,) = find("description", "default/web", cluster="shanghai", hub_dir="fleet")
    assert description["kind"] == "Description"
    assert description["metadata"]["namespace"] == "clusternet-shanghai"
    (namespace,) = find("description", "default/web", cluster="shanghai", objects=True, hub_dir="fleet")
    assert namespace["metadata"] == {"name": "shop", "labels": {"city": "shanghai"}}
    assert sorted(hub.rglob("*.yaml")) == before


def test_all_clusters_where_none_is_named(hub: Path, find: Find) -> None:
    found = find("description", "web", objects=True, hub_dir="fleet")
    assert [item["metadata"].get("labels") for item in found] == [None, {"city": "shanghai"}]


def test_a_schedule_tells_what_would_be(hub: Path, find: Find) -> None:
    before = sorted(hub.rglob("*.yaml"))
    (as_it_is,) = find("schedule", "web", hub_dir="fleet")
    assert {name: each["chosen"] for name, each in as_it_is["clusters"].items()} == {"beijing": True, "shanghai": True}
    taint = {"key": "maintenance", "effect": "NoSchedule"}
    (supposed,) = find("schedule", "web", without=["beijing"], taints={"shanghai": [taint]}, hub_dir="fleet")
    turned_away = {name: each["turned_away_by"] for name, each in supposed["clusters"].items()}
    assert turned_away == {"beijing": "deletion", "shanghai": "taint"}
    assert "none of the 2 clusters" in supposed["problems"][0]
    assert sorted(hub.rglob("*.yaml")) == before


def test_what_a_hub_says_is_no_template(hub: Path, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[Any] = []

    def untrusted(value: Any) -> Any:
        marked.append(value)
        return value

    monkeypatch.setattr(hub_lookup, "untrusted", untrusted)
    found = find("schedule", "web", hub_dir="fleet")
    assert marked == [found]


def test_warnings_of_a_schedule_are_shown(hub: Path, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(schedule, "schedules", lambda *_args: ([{}], ["cluster shanghai: not known"]))
    monkeypatch.setattr(Display, "warning", lambda _self, text, **_rest: shown.append(text))
    find("schedule", "web", hub_dir="fleet")
    assert shown == ["cluster shanghai: not known"]


@pytest.mark.parametrize(
    ("name", "terms"),
    [("clusters", ()), ("description", ("web",)), ("base", ("web",)), ("schedule", ("web",))],
)
def test_nobody_has_to_read_secrets_to_look(
    hub: Path, find: Find, monkeypatch: pytest.MonkeyPatch, name: str, terms: tuple[str, ...]
) -> None:
    load, read = DirectoryHub.load, []

    def noting(self: DirectoryHub, namespaces: Any = None, kinds: Any = None) -> Any:
        read.append(kinds)
        return load(self, namespaces, kinds)

    monkeypatch.setattr(DirectoryHub, "load", noting)
    assert find(name, *terms, hub_dir="fleet")
    (kinds,) = read
    assert "ManagedCluster" in kinds
    assert "Secret" not in kinds


def test_a_base_is_before_overrides(hub: Path, find: Find) -> None:
    (base,) = find("base", "web", cluster="beijing", hub_dir="fleet")
    assert (base["kind"], base["metadata"]["namespace"]) == ("Base", "clusternet-beijing")
    feeds = find("base", "web", cluster="beijing", objects=True, hub_dir="fleet")
    assert feeds == [{"apiVersion": "v1", "kind": "Namespace", "name": "shop"}]


@pytest.mark.parametrize(
    ("selectors", "names"),
    [
        ((), ["beijing", "shanghai"]),
        (("region=east",), ["shanghai"]),
        (("!region",), ["beijing"]),
        (({"matchLabels": {"region": "east"}},), ["shanghai"]),
        (("region=east", "!region", ""), ["beijing", "shanghai"]),
        (("region=west",), []),
    ],
)
def test_clusters(hub: Path, find: Find, selectors: tuple[Any, ...], names: list[str]) -> None:
    assert [item["metadata"]["name"] for item in find("clusters", *selectors, hub_dir="fleet")] == names


def test_the_environment_names_the_hub(hub: Path, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULTICLUSTER_HUB_DIR", str(hub))
    assert len(find("clusters")) == 2


@pytest.mark.parametrize(
    ("name", "terms", "options", "message"),
    [
        ("clusters", ("a in b",), {"hub_dir": "fleet"}, "'a in b' is no condition"),
        ("clusters", ({"matchLabel": {}},), {"hub_dir": "fleet"}, "matchLabels"),
        ("clusters", (), {}, "no hub is named"),
        (
            "clusters",
            (),
            {"hub_dir": "fleet", "context": "x"},
            "hub_dir names a directory as the hub, and context an API",
        ),
        ("clusters", (), {"context": "x"}, "context: nothing says where the hub is"),
        ("clusters", (), {"kubeconfig": "conf"}, "kubeconfig /.*/conf cannot be used"),
        ("clusters", (), {"hub_dir": "nowhere"}, "does not exist"),
        ("description", ("wob",), {"hub_dir": "fleet"}, "'default/wob'; it holds: default/web"),
        ("base", ("web",), {"hub_dir": "fleet", "cluster": "paris"}, "no cluster 'paris'"),
        (
            "schedule",
            ("web",),
            {"hub_dir": "fleet", "without": ["paris"]},
            "without: the hub holds no cluster 'paris'; it holds: beijing, shanghai",
        ),
        ("schedule", ("wob",), {"hub_dir": "fleet"}, "'default/wob'; it holds: default/web"),
        ("schedule", ("web",), {"hub_dir": "fleet", "taint": {}}, "there is no option taint; .*did you mean 'taints'"),
    ],
)
def test_what_is_wrong_is_said(
    hub: Path, find: Find, name: str, terms: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(AnsibleLookupError, match=message.replace("/", "/")):
        find(name, *terms, **options)
