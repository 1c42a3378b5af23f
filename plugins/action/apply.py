# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of all modules that happens on the control node: paths, templates, vault passwords.

It has the name of one of them because every action plugin needs a module of its name; meta/runtime.yml leads the others here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_list
from ansible.plugins.action import ActionBase
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.plugin_utils import paths, which_hub
from ansible_collections.multicluster.apps.plugins.plugin_utils.templates import rendered
from ansible_collections.multicluster.apps.plugins.plugin_utils.vault_passwords import password_files

# What Ansible shows of a task's arguments at higher verbosity must not hold the objects: some are Secrets.
# What is a secret or may hold one, whether Ansible knows it or not: a proxy's address may have a password in it.
_NOT_SHOWN = (
    "definition",
    "rendered",
    "overrides",
    "vault_password_files",
    "kubeconfig",
    "api_key",
    "password",
    "proxy",
    "proxy_headers",
)
# A module logs its arguments to the target's syslog, whole. This variable is Ansible's own switch for it, and
# `_execute_module` reads it whatever else is configured.
_NOT_LOGGED = {"ansible_no_target_syslog": True}


class ActionModule(ActionBase):
    """Runs the module that the task names."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's entry."""
        super().run(tmp, task_vars)
        try:
            arguments = self._resolved(task_vars or {})
        except MulticlusterError as error:
            return {"failed": True, "msg": str(error)}
        with password_files(self._loader) as files:
            arguments["vault_password_files"] = dict(files) or None
            result: dict[str, Any] = self._execute_module(
                module_args=arguments, task_vars={**(task_vars or {}), **_NOT_LOGGED}
            )
        shown = result.get("invocation", {}).get("module_args", {})
        for option in _NOT_SHOWN:
            shown.pop(option, None)
        return result

    def _resolved(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The task's arguments with absolute paths, and templates rendered. What is malformed is left to the module."""
        basedir = self._loader.get_basedir()
        arguments = which_hub.resolved(self._task.args, basedir)
        if self._task.action.rpartition(".")[2] != "apply":
            return arguments
        if isinstance(arguments.get("src"), str):
            arguments["src"] = paths.absolute(arguments["src"], basedir)
        arguments.pop("rendered", None)
        if arguments.get("template"):
            templates = [str(path) for path in check_type_list(arguments["template"])]
            arguments["rendered"] = rendered(templates, task_vars, self._loader, self._templar)
            arguments["template"] = [item["where"] for item in arguments["rendered"]]
        return arguments
