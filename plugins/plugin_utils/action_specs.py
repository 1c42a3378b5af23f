# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs of the actions. The module files of the same names say it in words, and a unit test compares."""

from __future__ import annotations

from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import KINDS
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import DELIVERY_SPEC, HUB_SPEC, SCOPE_SPEC

Spec = dict[str, dict[str, Any]]

REGISTER_SPEC: Spec = {**HUB_SPEC, "group": {"type": "str", "required": True}}

DISTRIBUTE_SPEC: Spec = {
    **HUB_SPEC,
    **SCOPE_SPEC,
    **DELIVERY_SPEC,
    "group": {"type": "str"},
    "src": {"type": "path"},
    "template": {"type": "list", "elements": "path"},
    "source": {"type": "str"},
    "clusters": {"type": "list", "elements": "str"},
    "engine": {"type": "str", "choices": ["multicluster", "clusternet"], "default": "multicluster"},
    "deliver": {"type": "bool", "default": True},
    "strict": {"type": "bool", "default": False},
    "forks": {"type": "int"},
    "max_removed_clusters": {"type": "int", "default": 1},
    "fail_on_shortage": {"type": "bool", "default": False},
    "rebalance": {"type": "bool", "default": False},
}

_SUBJECTS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "kind": {"type": "str", "choices": ["User", "Group", "ServiceAccount"], "required": True},
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
    },
    "required_if": [["kind", "ServiceAccount", ["namespace"]]],
}
HUB_SETUP_SPEC: Spec = {
    **HUB_SPEC,
    "subjects": _SUBJECTS,
    "registrars": _SUBJECTS,
    "viewers": _SUBJECTS,
    "update_crds": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 60.0},
}

MIGRATE_HUB_SPEC: Spec = {**HUB_SPEC, "source": {"type": "dict"}, "target": {"type": "dict", "required": True}}

DEPLOY_SPEC: Spec = {**HUB_SPEC, **SCOPE_SPEC, **DELIVERY_SPEC}

INFO_SPEC: Spec = {
    **HUB_SPEC,
    **SCOPE_SPEC,
    "clusters": {"type": "list", "elements": "str"},
    "compare": {"type": "list", "elements": "int"},
    "capacity": {"type": "bool", "default": False},
    "kinds": {"type": "list", "elements": "str", "choices": sorted(kind for _group, kind in KINDS), "default": []},
}

CLUSTER_ACCESS_SPEC: Spec = {
    **HUB_SPEC,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "cluster": {"type": "str"},
    "service_account": {"type": "str", "default": "multicluster-apps"},
    "namespaces": {"type": "list", "elements": "str", "default": []},
    "default_rules": {"type": "bool", "default": True},
    "rbac": {"type": "bool", "default": False},
    "crds": {"type": "bool", "default": False},
    "rules": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "api_groups": {"type": "list", "elements": "str", "required": True},
            "resources": {"type": "list", "elements": "str", "required": True},
            "verbs": {"type": "list", "elements": "str", "default": ["get", "list", "create", "patch", "delete"]},
            "resource_names": {"type": "list", "elements": "str", "default": []},
            "cluster_wide": {"type": "bool", "default": False},
        },
    },
    "token_lifetime": {"type": "int", "default": 7776000, "no_log": False},
    "renew_before": {"type": "int"},
    "advertise_url": {"type": "str"},
    "force": {"type": "bool", "default": False},
}

STATUS_SPEC: Spec = {
    **HUB_SPEC,
    "clusters": {"type": "list", "elements": "str"},
    "forks": {"type": "int"},
}
