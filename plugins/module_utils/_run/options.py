# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that several plugins share, as argument specs; `plugins/doc_fragments` says the same in words, and a test compares.

The values that are checked here once are handed on as plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

HUB_SPEC: dict[str, dict[str, Any]] = {
    "hub_dir": {"type": "path"},
    "secrets": {"type": "str", "choices": ["refuse", "vault", "plain"], "default": "refuse", "no_log": False},
    "lock_timeout": {"type": "float", "default": 30.0},
}

# Handed over by the action plugin, never by users: a file of mode 0600 for each vault id, gone when the module ends.
VAULT_SPEC: dict[str, dict[str, Any]] = {"vault_password_files": {"type": "dict", "no_log": False}}

OBJECT_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "labels": {"type": "dict"},
    "annotations": {"type": "dict"},
}

SCOPE_SPEC: dict[str, dict[str, Any]] = {"subscriptions": {"type": "list", "elements": "str"}}

DELIVERY_SPEC: dict[str, dict[str, Any]] = {
    "force_conflicts": {"type": "bool", "default": False},
    "adopt": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 300.0},
    "wait_sleep": {"type": "float", "default": 2.0},
    "max_pruned_objects": {"type": "int", "default": 50},
    "prune_kinds": {
        "type": "list",
        "elements": "str",
        "choices": ["Namespace", "CustomResourceDefinition", "PersistentVolume", "PersistentVolumeClaim"],
        "default": [],
    },
}


@dataclass(frozen=True, slots=True)
class HubOptions:
    """Which hub, and how.

    :param hub_dir: absolute.
    :param secrets: `refuse`, `vault` or `plain`.
    :param lock_timeout: seconds.
    """

    hub_dir: str
    secrets: Literal["refuse", "vault", "plain"]
    lock_timeout: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> HubOptions:
        """From checked parameters.

        :raises InvalidInput: when no hub is named: there is no hub that is taken in silence.
        """
        if not params.get("hub_dir"):
            raise InvalidInput(
                "no hub is named: give hub_dir (module_defaults for the group multicluster.apps.hub gives it to all tasks, "
                "but not to lookups), or set MULTICLUSTER_HUB_DIR in the environment"
            )
        return cls(params["hub_dir"], params["secrets"], params["lock_timeout"])
