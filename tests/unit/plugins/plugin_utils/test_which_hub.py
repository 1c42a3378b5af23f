# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hub a task is on: the task, then MULTICLUSTER_HUB_DIR, then K8S_AUTH_*."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import KUBERNETES_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils import which_hub

DIRECTORY = {"MULTICLUSTER_HUB_DIR": "fleet"}
SERVER = {"K8S_AUTH_KUBECONFIG": "conf", "K8S_AUTH_CONTEXT": "env", "K8S_AUTH_API_KEY": "key"}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/someone")
    monkeypatch.setenv("KUBECONFIG", "/never/taken")


def hub(options: dict[str, Any]) -> dict[str, Any]:
    """What is found of the options that name a hub, paths of the working directory with `cwd` in its place."""
    found = which_hub.resolved(options, "/plays")
    assert set(found) >= {"hub_dir", *KUBERNETES_SPEC}
    cwd = str(Path.cwd())
    return {
        name: value.replace(cwd, "cwd") if isinstance(value, str) else value
        for name, value in found.items()
        if value is not None
    }


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({}, {}, {}),
        ({"hub_dir": ""}, {}, {}),
        ({"hub_dir": "fleet"}, {}, {"hub_dir": "/plays/fleet"}),
        ({"hub_dir": "~/fleet"}, {}, {"hub_dir": "/someone/fleet"}),
        ({"kubeconfig": "conf"}, {}, {"kubeconfig": "/plays/conf"}),
        ({"kubeconfig": {"a": ["b"]}}, {}, {"kubeconfig": {"a": ["b"]}}),
        ({"host": "https://a"}, {}, {"host": "https://a"}),
        # The task comes first, whole.
        ({"hub_dir": "fleet"}, SERVER, {"hub_dir": "/plays/fleet"}),
        ({"hub_dir": "fleet"}, {"MULTICLUSTER_HUB_DIR": "other"}, {"hub_dir": "/plays/fleet"}),
        ({"host": "https://a"}, DIRECTORY, {"host": "https://a"}),
        # Then the directory of the environment, then its server.
        ({}, {**DIRECTORY, **SERVER}, {"hub_dir": "cwd/fleet"}),
        ({}, SERVER, {"kubeconfig": "cwd/conf", "context": "env", "api_key": "key"}),
        ({}, {"K8S_AUTH_HOST": "https://a"}, {"host": "https://a"}),
        ({}, {"K8S_AUTH_CONTEXT": "env", "K8S_AUTH_API_KEY": "key"}, {}),
        # What a task leaves out falls back on its variable, but another hub's place does not slip in.
        ({"kubeconfig": "conf"}, {"K8S_AUTH_API_KEY": "key"}, {"kubeconfig": "/plays/conf", "api_key": "key"}),
        ({"context": "task"}, {**DIRECTORY, **SERVER}, {"kubeconfig": "cwd/conf", "context": "task", "api_key": "key"}),
        ({"host": "https://a"}, SERVER, {"host": "https://a", "context": "env", "api_key": "key"}),
        ({"kubeconfig": "/c"}, {"K8S_AUTH_HOST": "https://a"}, {"kubeconfig": "/c"}),
        ({"context": "task"}, {}, {"context": "task"}),
        ({"hub_dir": "fleet", "host": "https://a"}, {}, {"hub_dir": "/plays/fleet", "host": "https://a"}),
    ],
)
def test_which_hub(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], environment: dict[str, str], expected: dict[str, Any]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert hub(options) == expected


def test_a_hub_beside_the_tasks_own_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**DIRECTORY, **SERVER, "K8S_AUTH_CA_CERT": "ca.pem"}.items():
        monkeypatch.setenv(name, value)
    found = which_hub.described({"host": "https://a", "cert_file": "c.pem", "secrets": "plain"}, "/plays")
    assert set(found) == {"hub_dir", "secrets", *KUBERNETES_SPEC}
    given = {name: value for name, value in found.items() if value is not None}
    assert given == {"host": "https://a", "client_cert": "/plays/c.pem", "secrets": "plain"}


@pytest.mark.parametrize(
    ("variable", "value", "option", "expected"),
    [
        ("CONTEXT", "c", "context", "c"),
        ("HOST", "https://b", "host", "https://b"),
        ("API_KEY", "k", "api_key", "k"),
        ("USERNAME", "u", "username", "u"),
        ("PASSWORD", "p", "password", "p"),
        ("CLIENT_CERT", "c.pem", "client_cert", "cwd/c.pem"),
        ("CERT_FILE", "c.pem", "client_cert", "cwd/c.pem"),
        ("CLIENT_KEY", "/k.pem", "client_key", "/k.pem"),
        ("KEY_FILE", "~/k.pem", "client_key", "/someone/k.pem"),
        ("CA_CERT", "ca.pem", "ca_cert", "cwd/ca.pem"),
        ("SSL_CA_CERT", "ca.pem", "ca_cert", "cwd/ca.pem"),
        ("VALIDATE_CERTS", "no", "validate_certs", False),
        ("VERIFY_SSL", "False", "validate_certs", False),
        ("VERIFY_SSL", "0", "validate_certs", False),
        ("VERIFY_SSL", "true", "validate_certs", True),
        ("PROXY", "http://p", "proxy", "http://p"),
        ("NO_PROXY", "a,b", "no_proxy", "a,b"),
        ("IMPERSONATE_USER", "jane", "impersonate_user", "jane"),
        ("IMPERSONATE_GROUPS", "a,b", "impersonate_groups", ["a", "b"]),
    ],
)
def test_every_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, option: str, expected: Any) -> None:
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", "/c")
    monkeypatch.setenv(f"K8S_AUTH_{variable}", value)
    assert hub({}) == {"kubeconfig": "/c", option: expected}
    assert hub({"kubeconfig": "/d", option: "task"})[option] in ("task", "/plays/task")


def test_headers_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH", "a:b")
    monkeypatch.setenv("K8S_AUTH_PROXY_HEADERS_USER_AGENT", "u")
    expected = {"proxy_basic_auth": "a:b", "basic_auth": None, "user_agent": "u"}
    assert hub({"host": "https://a"})["proxy_headers"] == expected


@pytest.mark.parametrize(
    ("alias", "option"),
    [
        ("cert_file", "client_cert"),
        ("key_file", "client_key"),
        ("ssl_ca_cert", "ca_cert"),
    ],
)
def test_other_names_of_kubernetes_core(alias: str, option: str) -> None:
    assert hub({"host": "https://a", alias: "f.pem"}) == {"host": "https://a", option: "/plays/f.pem"}


@pytest.mark.parametrize("value", [5, ["a"]])
def test_what_is_malformed_is_left_to_the_check(value: Any) -> None:
    assert hub({"kubeconfig": value, "src": "app"}) == {"kubeconfig": value, "src": "app"}
