# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument specs say the same, and the examples are tasks that can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multicluster.apps.plugins.module_utils._run import module_specs
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HUB_SPEC, KUBERNETES_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils import action_specs

PLUGINS = Path(__file__).parents[4] / "plugins"
ACTIONS = ("cluster_access", "deploy", "distribute", "hub_setup", "info", "migrate_hub", "register", "status")
MODULES = ("apply", "globalization", "localization", "managed_cluster", "manifest", "rollback", "subscription")
SPECS: dict[str, dict[str, Any]] = {
    **{name: getattr(action_specs, f"{name.upper()}_SPEC") for name in ACTIONS},
    **{name: getattr(module_specs, f"{name.upper()}_SPEC") for name in MODULES},
}
# What it goes back to is on no hub that an example could begin with.
NEEDS_A_PAST = "rollback"
COMPUTING = [
    ("lookup", "base"),
    ("lookup", "description"),
    ("lookup", "clusters"),
    ("lookup", "schedule"),
    ("filter", "divide_replicas"),
    ("filter", "override"),
    ("filter", "schedule"),
    ("test", "matches_affinity"),
]


def test_every_module_is_tested_here() -> None:
    assert {path.stem for path in (PLUGINS / "modules").glob("*.py")} == set(SPECS)


def of_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What an argument spec says of its options."""
    return {
        name: {
            **{key: rules.get(key) for key in ("type", "elements", "default", "choices", "aliases")},
            "required": rules.get("required", False),
            "suboptions": of_spec(rules.get("options", {})),
        }
        for name, rules in spec.items()
    }


def of_document(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a documentation."""
    return {
        name: {
            **{key: option.get(key) for key in ("type", "elements", "default", "choices", "aliases")},
            "required": option.get("required", False),
            "suboptions": of_document(option.get("suboptions", {})),
        }
        for name, option in options.items()
    }


@pytest.mark.parametrize("name", SPECS)
def test_documentation_is_the_spec(documentation: Callable[[str, str], dict[str, Any]], name: str) -> None:
    document = documentation("modules", name)
    assert document["module"] == name
    assert of_document(document["options"]) == of_spec(SPECS[name])


@pytest.mark.parametrize("name", [name for kind, name in COMPUTING if kind == "lookup"])
def test_lookups_have_the_options_of_a_hub(documentation: Callable[[str, str], dict[str, Any]], name: str) -> None:
    """A path is text there: Ansible would make it one from the working directory before the lookup sees it."""
    options = documentation("lookup", name)["options"]
    wanted = of_spec({"hub_dir": HUB_SPEC["hub_dir"], **KUBERNETES_SPEC})
    for option in wanted.values():
        option["type"] = "str" if option["type"] == "path" else option["type"]
    assert {option: rules for option, rules in of_document(options).items() if option in wanted} == wanted


@pytest.mark.parametrize("name", SPECS)
def test_attributes_are_said(documentation: Callable[[str, str], dict[str, Any]], name: str) -> None:
    attributes = documentation("modules", name)["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == ("N/A" if name == "info" else "full")
    assert attributes["action_group"]["membership"] == ["multicluster.apps.hub"]


def described(options: Mapping[str, Any]) -> bool:
    return all(option.get("description") and described(option.get("suboptions", {})) for option in options.values())


@pytest.mark.parametrize(("kind", "name"), [*(("modules", name) for name in SPECS), *COMPUTING])
def test_every_option_is_described(documentation: Callable[[str, str], dict[str, Any]], kind: str, name: str) -> None:
    document = documentation(kind, name)
    assert document["author"] == ["The multicluster.apps authors (@multicluster-apps)"]
    assert str(document["version_added"]) == "0.1.0"
    assert described(document["options"])


@pytest.mark.parametrize("name", [*ACTIONS, NEEDS_A_PAST])
def test_examples_of_actions_are_accepted(examples: Callable[[str, str], list[dict[str, Any]]], name: str) -> None:
    checked = 0
    for task in examples("modules", name):
        if (options := task.get(f"multicluster.apps.{name}")) is not None:
            assert ArgumentSpecValidator(SPECS[name]).validate(options).error_messages == []
            checked += 1
    assert checked


@pytest.mark.parametrize("name", [name for name in MODULES if name != NEEDS_A_PAST])
def test_examples_of_modules_run(
    examples: Callable[[str, str], list[dict[str, Any]]],
    run_module: Callable[..., dict[str, Any]],
    application: Path,
    name: str,
) -> None:
    tasks = [task[f"multicluster.apps.{name}"] for task in examples("modules", name)]
    assert tasks
    for options in tasks:
        # An example for an API server is stored in a directory, too: which hub it is changes nothing of the rest.
        server_options = KUBERNETES_SPEC.keys() & options.keys()
        hub_dir = str(application.parent / options.get("hub_dir", "fleet"))
        given = {key: value for key, value in options.items() if key not in server_options} | {"hub_dir": hub_dir}
        if "src" in given:
            given["src"] = str(application)
        if "template" in given:
            given["rendered"] = [
                {"where": given["template"], "text": "{kind: Namespace, apiVersion: v1, metadata: {name: a}}"}
            ]
        assert "failed" not in run_module(name, given)


@pytest.mark.parametrize(("kind", "name"), COMPUTING)
def test_examples_of_the_others_name_them(
    examples: Callable[[str, str], list[dict[str, Any]]], kind: str, name: str
) -> None:
    for task in examples(kind, name):
        assert f"multicluster.apps.{name}" in task["ansible.builtin.debug"]["msg"]
