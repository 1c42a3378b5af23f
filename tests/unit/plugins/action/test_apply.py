# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of the modules: what a module is given, and what is shown of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible.parsing.vault import VaultSecret


@pytest.fixture
def given(make_action: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Runs the action for a module, and returns the arguments that the module would get, or the failure."""

    def run(
        module: str, options: dict[str, Any], seen: Callable[[dict[str, Any]], None] = lambda _: None
    ) -> dict[str, Any]:
        action = make_action("apply", options, task=module)
        if module == "vaulted":
            action._loader.set_vault_secrets([("prod", VaultSecret(b"pw")), ("prod", VaultSecret(b"other"))])
        arguments: dict[str, Any] = {}

        def execute(module_args: dict[str, Any], task_vars: Any) -> dict[str, Any]:
            arguments.update(module_args)
            seen(module_args)
            return {"changed": False, "invocation": {"module_args": dict(module_args)}}

        action._execute_module = execute
        result = action.run(task_vars={})
        return result if "failed" in result else arguments | {"shown": result["invocation"]["module_args"]}

    return run


def test_paths_are_absolute(given: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    arguments = given("apply", {"hub_dir": "fleet", "src": "app/*.yaml"})
    assert arguments["hub_dir"] == str(tmp_path / "fleet")
    assert arguments["src"] == str(tmp_path / "app" / "*.yaml")


def test_the_environment_names_the_hub(
    given: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("MULTICLUSTER_HUB_DIR", "fleet")
    assert given("subscription", {"name": "web"})["hub_dir"] == str(tmp_path / "cwd" / "fleet")
    assert given("subscription", {"name": "web", "hub_dir": "mine"})["hub_dir"] == str(tmp_path / "mine")


def test_an_api_server_is_found_on_the_control_node_and_its_secrets_are_not_shown(
    given: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MULTICLUSTER_HUB_DIR", "fleet")
    monkeypatch.setenv("K8S_AUTH_PASSWORD", "s3cret")
    monkeypatch.setenv("K8S_AUTH_PROXY", "http://a:s3cret@p")
    kubeconfig = {"users": [{"name": "a", "user": {"token": "s3cret"}}]}
    headers = {"proxy_basic_auth": "a:s3cret"}
    options = {
        "name": "web",
        "kubeconfig": kubeconfig,
        "key_file": "k.pem",
        "verify_ssl": "no",
        "proxy_headers": headers,
    }
    arguments = given("subscription", {**options, "api_key": "s3cret"})
    shown = arguments.pop("shown")
    assert {name: value for name, value in arguments.items() if value is not None} == {
        "name": "web",
        "kubeconfig": kubeconfig,
        "api_key": "s3cret",
        "password": "s3cret",
        "client_key": str(tmp_path / "k.pem"),
        "validate_certs": "no",
        "proxy": "http://a:s3cret@p",
        "proxy_headers": headers,
    }
    assert "s3cret" not in str(shown)
    assert shown["client_key"] == str(tmp_path / "k.pem")


@pytest.mark.usefixtures("template_lookup")
def test_templates_are_rendered_on_the_control_node(given: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("kind: {{ 'Name' + 'space' }}")
    arguments = given("apply", {"hub_dir": "fleet", "template": "a.j2"})
    assert arguments["template"] == [str(tmp_path / "a.j2")]
    assert arguments["rendered"] == [{"where": str(tmp_path / "a.j2"), "text": "kind: Namespace"}]
    assert "rendered" not in arguments["shown"]


@pytest.mark.usefixtures("template_lookup")
def test_a_template_that_is_not_there(given: Callable[..., dict[str, Any]]) -> None:
    result = given("apply", {"hub_dir": "fleet", "template": "nope.j2"})
    assert result["failed"]
    assert result["msg"].startswith("template nope.j2: ")


def test_objects_are_not_shown(given: Callable[..., dict[str, Any]]) -> None:
    arguments = given("manifest", {"hub_dir": "fleet", "definition": {"kind": "Secret"}})
    assert arguments["definition"] == {"kind": "Secret"}
    assert [name for name, value in arguments["shown"].items() if value is not None] == ["hub_dir"]


@pytest.mark.parametrize("module", ["globalization", "localization"])
def test_overrides_are_not_shown(given: Callable[..., dict[str, Any]], module: str) -> None:
    arguments = given(module, {"hub_dir": "fleet", "overrides": [{"value": "password"}]})
    assert arguments["overrides"] == [{"value": "password"}]
    assert [name for name, value in arguments["shown"].items() if value is not None] == ["hub_dir"]


@pytest.mark.parametrize("module", ["apply", "manifest", "globalization", "localization"])
@pytest.mark.parametrize("configured", [{}, {"ansible_no_target_syslog": False}])
def test_arguments_are_not_logged_on_the_target(
    make_action: Callable[..., Any], module: str, configured: dict[str, Any]
) -> None:
    def no_syslog(variables: dict[str, Any]) -> Any:
        return constants.config.get_config_value("DEFAULT_NO_TARGET_SYSLOG", variables=variables)

    found = {}

    def execute(module_args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        found.update(no_syslog=no_syslog(task_vars), rest=task_vars["rest"])
        return {}

    action = make_action("apply", {"hub_dir": "fleet"}, task=module)
    action._execute_module = execute
    variables = {"rest": "kept", **configured}
    assert no_syslog(variables) is False
    action.run(task_vars=variables)
    assert found == {"no_syslog": True, "rest": "kept"}
    assert variables == {"rest": "kept", **configured}


def test_no_vault_password_no_file(given: Callable[..., dict[str, Any]]) -> None:
    assert given("subscription", {"hub_dir": "fleet"})["vault_password_files"] is None


def test_vault_passwords_are_files_for_the_module_alone(given: Callable[..., dict[str, Any]]) -> None:
    found = {}

    def look(arguments: dict[str, Any]) -> None:
        for vault_id, path in arguments["vault_password_files"].items():
            found[vault_id] = (
                Path(path).read_bytes(),
                os.stat(path).st_mode & 0o777,
                os.stat(Path(path).parent).st_mode & 0o777,
            )

    arguments = given("vaulted", {"hub_dir": "fleet"}, look)
    assert found == {"prod": (b"pw", 0o600, 0o700)}
    assert not Path(arguments["vault_password_files"]["prod"]).parent.exists()
