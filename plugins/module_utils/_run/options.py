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

from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

# Names, types and aliases are those of the collection kubernetes.core, which users know.
KUBERNETES_SPEC: dict[str, dict[str, Any]] = {
    "kubeconfig": {"type": "raw"},
    "context": {"type": "str"},
    "host": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "client_cert": {"type": "path", "aliases": ["cert_file"]},
    "client_key": {"type": "path", "aliases": ["key_file"], "no_log": False},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
    "proxy": {"type": "str"},
    "no_proxy": {"type": "str"},
    "proxy_headers": {
        "type": "dict",
        "options": {
            "proxy_basic_auth": {"type": "str", "no_log": True},
            "basic_auth": {"type": "str", "no_log": True},
            "user_agent": {"type": "str"},
        },
    },
    "impersonate_user": {"type": "str"},
    "impersonate_groups": {"type": "list", "elements": "str"},
}

HUB_SPEC: dict[str, dict[str, Any]] = {
    "hub_dir": {"type": "path"},
    **KUBERNETES_SPEC,
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
    "revision_history_limit": {"type": "int", "default": 10},
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

    :param hub_dir: absolute; None where the hub is an API server.
    :param secrets: `refuse`, `vault` or `plain`: for the directory of a hub, and for directory clusters.
    :param lock_timeout: seconds.
    :param connection: how the API server is reached; None where the hub is a directory.
    """

    hub_dir: str | None
    secrets: Literal["refuse", "vault", "plain"]
    lock_timeout: float
    connection: Connection | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> HubOptions:
        """From checked parameters, with absolute paths.

        :raises InvalidInput: when no hub is named, or two are, or where an API server is remains unsaid.
        """
        given = {name: params[name] for name in KUBERNETES_SPEC if params.get(name) not in (None, "")}
        hub_dir = params.get("hub_dir") or None
        if hub_dir and given:
            raise InvalidInput(
                f"hub_dir names a directory as the hub, and {', '.join(given)} an API server: give one or the other "
                "(module_defaults for the group multicluster.apps.hub count, too)"
            )
        if not hub_dir and not given:
            raise InvalidInput(
                "no hub is named: give hub_dir, kubeconfig or host (module_defaults for the group multicluster.apps.hub gives "
                "them to all tasks, but not to lookups), or set MULTICLUSTER_HUB_DIR, K8S_AUTH_KUBECONFIG or K8S_AUTH_HOST "
                "in the environment"
            )
        connection = _connection(given) if given else None
        return cls(hub_dir, params["secrets"], params["lock_timeout"], connection)


def _connection(given: Mapping[str, Any]) -> Connection:
    kubeconfig = given.get("kubeconfig")
    if kubeconfig is None and "host" not in given:
        raise InvalidInput(
            f"{', '.join(given)}: nothing says where the hub is; give kubeconfig or host with it, or set K8S_AUTH_KUBECONFIG "
            "or K8S_AUTH_HOST in the environment (a default kubeconfig is never taken)"
        )
    if not isinstance(kubeconfig, (str, Mapping, type(None))):
        raise InvalidInput(
            f"kubeconfig: a path, or a mapping with the content of a kubeconfig, is accepted, not {type(kubeconfig).__name__}"
        )
    if ("username" in given) != ("password" in given):
        raise InvalidInput("username and password are given together, or not at all")
    headers = {name: value for name, value in given.get("proxy_headers", {}).items() if value}
    groups = tuple(given.get("impersonate_groups", ()))
    if groups and "impersonate_user" not in given:
        raise InvalidInput("impersonate_groups needs impersonate_user: an API server refuses groups without a user")
    return Connection(**{**given, "proxy_headers": headers or None, "impersonate_groups": groups, "prefix": ""})
