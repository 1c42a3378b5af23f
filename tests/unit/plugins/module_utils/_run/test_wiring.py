# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to adapters, and from what a task names to documents."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_directory import DirectoryMember
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_kubernetes import KubernetesMember
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubError,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import documents_of, open_tools, text_codec
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import subscription

TEXT = "kind: A\n---\nkind: B\n"


def options(hub_dir: Path, secrets: Any = "plain", lock_timeout: float = 0) -> HubOptions:
    return HubOptions(str(hub_dir), secrets, lock_timeout)


@pytest.mark.parametrize(
    ("definition", "documents"),
    [
        ({"kind": "A"}, [({"kind": "A"}, "definition")]),
        (TEXT, [({"kind": "A"}, "definition:1"), ({"kind": "B"}, "definition:3")]),
        (
            [{"kind": "Z"}, TEXT],
            [
                ({"kind": "Z"}, "definition[0]"),
                ({"kind": "A"}, "definition[1]:1"),
                ({"kind": "B"}, "definition[1]:3"),
            ],
        ),
        ([[{"kind": "A"}]], [({"kind": "A"}, "definition[0][0]")]),
        ("", []),
        ([], []),
    ],
)
def test_a_definition_is_a_mapping_text_or_a_list_of_these(definition: Any, documents: list[Any]) -> None:
    found = [(item.raw, item.where) for item in documents_of(None, definition, None)]
    assert found == documents


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (5, "app: a mapping, YAML text, or a list of these is accepted, not int"),
        (None, "app: a mapping, YAML text, or a list of these is accepted, not NoneType"),
        ([{"kind": "A"}, True], "app[1]: a mapping, YAML text, or a list of these is accepted, not bool"),
        ("a: [", "app: "),
        (["kind: A", "a: ["], "app[1]: "),
    ],
)
def test_what_a_definition_cannot_be_is_named_by_its_place(definition: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        documents_of(None, definition, None, "app")
    assert str(raised.value).startswith(message)


def test_a_source_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "app.yml").write_text(TEXT)
    found = documents_of(str(tmp_path), None, None)
    assert [item.where for item in found] == [f"{tmp_path}/app.yml:1", f"{tmp_path}/app.yml:3"]


def test_a_hub_that_must_exist_and_does_not_is_a_mistyped_path(tmp_path: Path) -> None:
    missing = tmp_path / "flete"
    with pytest.raises(HubError, match=f"^hub_dir {missing} does not exist; "):
        open_tools(options(missing), "a test", None, must_exist=True)
    assert open_tools(options(missing), "a test", None).hub.load().objects == {}
    missing.mkdir()
    assert open_tools(options(missing), "a test", None, must_exist=True).hub.location == str(missing)
    assert list(missing.iterdir()) == []


def test_the_hub_is_the_one_that_the_options_name(tmp_path: Path) -> None:
    tools = open_tools(options(tmp_path), "multicluster.apps.apply", None)
    assert tools.hub_dir == str(tmp_path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", tools.now())
    tools.hub.write([Put(subscription("web"), None)], tools.now())
    assert (tmp_path / "default" / "subscriptions" / "web.yaml").is_file()
    other = open_tools(options(tmp_path), "multicluster.apps.deploy", None)
    with tools.hub.lock("hub"), pytest.raises(HubLocked, match=r"multicluster\.apps\.apply"), other.hub.lock("hub"):
        raise AssertionError("two runs hold one lock")


def test_a_hub_that_is_an_api_server_has_no_directory() -> None:
    server = HubOptions(None, "refuse", 0, Connection(host="https://one.example:6443", api_key="k"))
    tools = open_tools(server, "a test", None, must_exist=True)
    assert (tools.hub_dir, tools.hub.location) == (None, "https://one.example:6443")


def test_a_hub_that_the_options_do_not_lead_to() -> None:
    server = HubOptions(None, "refuse", 0, Connection(kubeconfig="/nowhere/config", prefix=""))
    with pytest.raises(
        HubError, match=r"kubeconfig /nowhere/config cannot be used: .*see kubeconfig and context"
    ) as caught:
        open_tools(server, "a test", None)
    assert "multicluster_" not in str(caught.value)


def test_secrets_are_kept_as_the_options_say(tmp_path: Path) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-a"},
        "data": {"token": "aHVudGVyMg=="},
    }
    with pytest.raises(InvalidInput):
        open_tools(options(tmp_path, "refuse"), "a test", None).hub.check([Put(secret, None)])
    open_tools(options(tmp_path, "plain"), "a test", None).hub.check([Put(secret, None)])


def test_a_cluster_is_a_directory_or_an_api_server(tmp_path: Path) -> None:
    open_member = open_tools(options(tmp_path), "a test", None).open_member
    directory = open_member("a", Connection(directory=str(tmp_path / "out")))
    assert isinstance(directory, DirectoryMember)
    server = open_member("b", Connection(host="https://one.example"))
    assert isinstance(server, KubernetesMember)
    server.close()
    with pytest.raises(ClusterError, match=r"^c: nothing says how to reach it"):
        open_member("c", Connection())


@pytest.mark.parametrize(
    "entry",
    [
        text_codec,
        lambda: documents_of(None, "kind: A", None),
        lambda: open_tools(HubOptions("/hub", "plain", 0), "a test", None),
    ],
    ids=["text_codec", "documents_of", "open_tools"],
)
def test_every_way_in_says_that_pyyaml_is_missing(entry: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(InvalidInput, match="lacks PyYAML"):
        entry()
