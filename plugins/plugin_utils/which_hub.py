# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hub a task is on: what the task says, then `MULTICLUSTER_HUB_DIR`, then the `K8S_AUTH_*` variables.

Never a default kubeconfig, and never the variable `KUBECONFIG`: whoever did not name a hub must not change one. All of it is
decided on the control node, and modules are handed what came of it, with absolute paths.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.options import KUBERNETES_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils import paths
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain

HUB_DIR_VARIABLE = "MULTICLUSTER_HUB_DIR"

_OPTIONS = ("hub_dir", *KUBERNETES_SPEC)
# Either says where a hub is; the other options only say how to get in.
_PLACES = ("kubeconfig", "host")
# As kubernetes.core reads K8S_AUTH_VERIFY_SSL.
_FALSE = ("0", "false", "no")


def resolved(options: Mapping[str, Any], playbook_dir: str) -> dict[str, Any]:
    """A task's options with its hub in them: what the environment adds, absolute paths, no aliases.

    Where a task names `kubeconfig` or `host`, the environment's are those of another hub; all else that the task leaves out
    falls back on its variable, as in kubernetes.core.

    :param options: checked or not; what is malformed stays as it is, for the check to refuse.
    :param playbook_dir: the directory of the playbook that runs.
    :returns: all of `options`, and of the options that name a hub each one, None where it is not given.
    """
    return _complete(options, _hub(_given(options, playbook_dir)))


def described(options: Mapping[str, Any], playbook_dir: str) -> dict[str, Any]:
    """Options that describe a hub by themselves, beside the one of the task: as `resolved`, but without the environment.

    Its credentials are those of the task's own hub, and another server must not be sent them.
    """
    return _complete(options, _given(options, playbook_dir))


def _complete(options: Mapping[str, Any], hub: Mapping[str, Any]) -> dict[str, Any]:
    aliases = {alias for rules in KUBERNETES_SPEC.values() for alias in rules.get("aliases", ())}
    others = {name: value for name, value in options.items() if name not in _OPTIONS and name not in aliases}
    return {**others, **dict.fromkeys(_OPTIONS), **hub}


def _hub(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if "hub_dir" in given:
        return given
    if not given and (directory := os.environ.get(HUB_DIR_VARIABLE)):
        return {"hub_dir": _from_working_directory(directory)}
    found = _environment()
    if any(place in given for place in _PLACES):
        found = {name: value for name, value in found.items() if name not in _PLACES}
    elif not given and not any(place in found for place in _PLACES):
        return {}
    return {**found, **given}


def _given(options: Mapping[str, Any], playbook_dir: str) -> dict[str, Any]:
    given = {}
    for option in _OPTIONS:
        for name in (option, *KUBERNETES_SPEC.get(option, {}).get("aliases", ())):
            if (value := plain(options.get(name))) not in (None, ""):
                given[option] = _with_paths(option, value, lambda path: paths.absolute(path, playbook_dir))
    return given


def _environment() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option, rules in KUBERNETES_SPEC.items():
        if option == "proxy_headers":
            headers = {name: os.environ.get(f"K8S_AUTH_PROXY_HEADERS_{name.upper()}") for name in rules["options"]}
            if any(headers.values()):
                found[option] = headers
            continue
        names = (f"K8S_AUTH_{name.upper()}" for name in (option, *rules.get("aliases", ())))
        if text := next(filter(None, map(os.environ.get, names)), None):
            found[option] = _with_paths(option, _typed(text, rules["type"]), _from_working_directory)
    return found


def _typed(text: str, wanted: str) -> Any:
    if wanted == "bool":
        return text.lower() not in _FALSE
    return text.split(",") if wanted == "list" else text


def _with_paths(option: str, value: Any, absolute: Callable[[str], str]) -> Any:
    is_path = option in ("hub_dir", "kubeconfig") or KUBERNETES_SPEC[option]["type"] == "path"
    return absolute(value) if is_path and isinstance(value, str) else value


def _from_working_directory(path: str) -> str:
    return os.path.abspath(paths.expanded(path))
