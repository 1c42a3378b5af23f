# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of plugins share: their documentation, and Ansible's objects around an action."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

PLUGINS = "ansible_collections.multicluster.apps.plugins"
FOLDER = Path(__file__).parents[3] / "plugins"


class ModuleEnd(Exception):
    """Takes the place of the process that a module ends."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(str(result))
        self.result = result


class FakeModule:
    """AnsibleModule without a process: validates as the real one does, and raises where that exits."""

    params: dict[str, Any] = {}
    check_mode = False
    _diff = False

    def __init__(self, argument_spec: Any, supports_check_mode: bool, no_log: bool = False, **rules: Any) -> None:
        from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

        assert supports_check_mode
        self.warnings: list[str] = []
        validation = ArgumentSpecValidator(argument_spec, **rules).validate(self.params)
        if validation.error_messages:
            self.fail_json("; ".join(validation.error_messages))
        self.params = validation.validated_parameters

    def warn(self, warning: str) -> None:
        self.warnings.append(warning)

    def fail_json(self, msg: str) -> None:
        raise ModuleEnd({"failed": True, "msg": msg})

    def exit_json(self, **result: Any) -> None:
        raise ModuleEnd({**result, "warnings": self.warnings})


@pytest.fixture
def run_module(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Runs the module of a name with options, and returns its result."""

    def run(name: str, options: Mapping[str, Any], *, check: bool = False, diff: bool = False) -> dict[str, Any]:
        module = importlib.import_module(f"{PLUGINS}.modules.{name}")
        fake = type("Fake", (FakeModule,), {"params": dict(options), "check_mode": check, "_diff": diff})
        monkeypatch.setattr(module, "AnsibleModule", fake)
        with pytest.raises(ModuleEnd) as end:
            module.main()
        return end.value.result

    return run


@pytest.fixture
def make_action(tmp_path: Path) -> Callable[..., Any]:
    """Makes the action plugin of a name for a task with options, in a playbook whose directory is `tmp_path`."""

    def make(name: str, options: Mapping[str, Any], *, check: bool = False, diff: bool = False, task: str = "") -> Any:
        loader = DataLoader()
        loader.set_basedir(str(tmp_path))
        plugin = importlib.import_module(f"{PLUGINS}.action.{name}")
        facts = {"args": dict(options), "check_mode": check, "diff": diff, "async_val": 0}
        action = f"multicluster.apps.{task or name}"
        return plugin.ActionModule(
            task=SimpleNamespace(**facts, action=action),
            connection=SimpleNamespace(_shell=SimpleNamespace(tmpdir=None)),
            play_context=SimpleNamespace(check_mode=check, diff=diff),
            loader=loader,
            templar=Templar(loader=loader, variables={}),
            shared_loader_obj=None,
        )

    return make


@pytest.fixture
def template_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets Ansible find its own template lookup without its loader of collections, which only its commands set up."""
    get = lookup_loader.get
    monkeypatch.setattr(lookup_loader, "get", lambda name, **rest: get(name.removeprefix("ansible.builtin."), **rest))


@pytest.fixture
def task_vars(tmp_path: Path) -> dict[str, Any]:
    """The variables of a task: two hosts in a group, and one that is no cluster; all clusters are directories."""
    inventory = {"inventory_dir": str(tmp_path)}
    return {
        "inventory_hostname": "shanghai",
        "playbook_dir": str(tmp_path),
        "ansible_forks": 2,
        "groups": {
            "all": ["shanghai", "beijing", "other"],
            "ungrouped": ["other"],
            "managed_clusters": ["shanghai", "beijing"],
            "north": ["beijing"],
            "empty": [],
        },
        "hostvars": {
            "shanghai": {
                **inventory,
                "group_names": ["managed_clusters"],
                "multicluster_directory": "out/shanghai",
                "other": "x",
            },
            "beijing": {
                **inventory,
                "group_names": ["north", "managed_clusters"],
                "multicluster_directory": "out/beijing",
            },
            "other": {**inventory, "group_names": ["ungrouped"]},
        },
    }


@pytest.fixture
def documentation() -> Callable[[str, str], dict[str, Any]]:
    """Returns a plugin's DOCUMENTATION with what its fragments add."""

    def read(kind: str, name: str) -> dict[str, Any]:
        plugin = importlib.import_module(f"{PLUGINS}.{kind}.{name}")
        document: dict[str, Any] = yaml.safe_load(plugin.DOCUMENTATION)
        for fragment in document.get("extends_documentation_fragment", ()):
            _collection, file, *variables = fragment.removeprefix("multicluster.").split(".")
            module = importlib.import_module(f"{PLUGINS}.doc_fragments.{file}")
            text = getattr(module.ModuleDocFragment, variables[0].upper() if variables else "DOCUMENTATION")
            for part, content in yaml.safe_load(text).items():
                document[part] = {**content, **document.get(part, {})} if isinstance(content, dict) else content
        return document

    return read


@pytest.fixture
def examples() -> Callable[[str, str], list[dict[str, Any]]]:
    """Returns the tasks of a plugin's EXAMPLES."""

    def read(kind: str, name: str) -> list[dict[str, Any]]:
        plugin = importlib.import_module(f"{PLUGINS}.{kind}.{name}")
        return list(yaml.safe_load(inspect.cleandoc(plugin.EXAMPLES)))

    return read


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """A directory with a Namespace and a Subscription that brings it to all clusters."""
    directory = tmp_path / "app"
    directory.mkdir()
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web"},
        "spec": {
            "subscribers": [{"clusterAffinity": {}}],
            "feeds": [{"apiVersion": "v1", "kind": "Namespace", "name": "shop"}],
        },
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    (directory / "app.yaml").write_text(yaml.safe_dump_all([namespace, subscription]))
    return directory
