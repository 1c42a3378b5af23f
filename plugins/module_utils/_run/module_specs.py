# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs of the modules. The modules say the same in words, and sanity tests compare.

The part below `spec` of an object is named as in the API, in snake case; `typed_objects` makes objects of it.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HUB_SPEC, OBJECT_SPEC, VAULT_SPEC

Spec = dict[str, dict[str, Any]]

MODULE_SPEC: Spec = {**HUB_SPEC, **VAULT_SPEC}

_FEED: Spec = {
    "api_version": {"type": "str", "required": True},
    "kind": {"type": "str", "required": True},
    "namespace": {"type": "str"},
    "name": {"type": "str", "required": True},
}

_SELECTOR: Spec = {
    "match_labels": {"type": "dict"},
    "match_expressions": {
        "type": "list",
        "elements": "dict",
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "operator": {"type": "str", "required": True, "choices": ["In", "NotIn", "Exists", "DoesNotExist"]},
            "values": {"type": "list", "elements": "str"},
        },
    },
}

_TOLERATION: Spec = {
    "key": {"type": "str", "no_log": False},
    "operator": {"type": "str", "choices": ["Equal", "Exists"]},
    "value": {"type": "str"},
    "effect": {"type": "str", "choices": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
    "toleration_seconds": {"type": "int"},
}

_TAINT: Spec = {
    "key": {"type": "str", "required": True, "no_log": False},
    "value": {"type": "str"},
    "effect": {"type": "str", "required": True, "choices": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
}

_DYNAMIC_DIVIDING: Spec = {
    "strategy": {"type": "str", "choices": ["Spread", "Binpack"], "default": "Spread"},
    "topology_spread_constraints": {"type": "list", "elements": "dict"},
    "preferred_clusters": {"type": "list", "elements": "dict"},
    "min_clusters": {"type": "int"},
    "max_clusters": {"type": "int"},
}

_SUBSCRIBER: Spec = {
    "cluster_affinity": {"type": "dict", "required": True, "options": _SELECTOR},
    "weight": {"type": "int"},
    "subgroup_strategy": {
        "type": "dict",
        "options": {"min_clusters": {"type": "int", "required": True}},
    },
}

_OVERRIDE: Spec = {
    "name": {"type": "str"},
    "type": {
        "type": "str",
        "required": True,
        "choices": ["Helm", "JSONPatch", "MergePatch", "FieldJSONPatch", "FieldMergePatch"],
    },
    "value": {"type": "raw", "required": True},
    "override_chart": {"type": "bool"},
    "field_path": {"type": "str"},
    "field_format": {"type": "str", "choices": ["YAML", "JSON"]},
}

# What is below `spec` of the object of each kind.
SUBSCRIPTION_FIELDS: Spec = {
    "scheduler_name": {"type": "str"},
    "scheduling_strategy": {"type": "str", "choices": ["Replication", "Dividing"]},
    "scheduling_by_subgroup": {"type": "bool"},
    "dividing_scheduling": {
        "type": "dict",
        "options": {
            "type": {"type": "str", "choices": ["Static", "Dynamic"], "default": "Static"},
            "dynamic_dividing": {"type": "dict", "options": _DYNAMIC_DIVIDING},
        },
    },
    "priority": {"type": "int"},
    "preemption_policy": {"type": "str", "choices": ["PreemptLowerPriority", "PreemptNever"]},
    "subscribers": {"type": "list", "elements": "dict", "options": _SUBSCRIBER},
    "cluster_tolerations": {"type": "list", "elements": "dict", "options": _TOLERATION},
    "feeds": {"type": "list", "elements": "dict", "options": _FEED},
}

POLICY_FIELDS: Spec = {
    "feed": {"type": "dict", "options": _FEED},
    "priority": {"type": "int"},
    "override_policy": {"type": "str", "choices": ["ApplyLater", "ApplyNow"]},
    "overrides": {"type": "list", "elements": "dict", "options": _OVERRIDE},
}

GLOBALIZATION_FIELDS: Spec = {**POLICY_FIELDS, "cluster_affinity": {"type": "dict", "options": _SELECTOR}}

MANAGED_CLUSTER_FIELDS: Spec = {
    "cluster_id": {"type": "str"},
    "cluster_type": {"type": "str"},
    "sync_mode": {"type": "str", "choices": ["Push", "Pull", "Dual"], "default": "Push"},
    "taints": {"type": "list", "elements": "dict", "options": _TAINT},
}

# The modules, whole.
APPLY_SPEC: Spec = {
    **MODULE_SPEC,
    "src": {"type": "path"},
    "template": {"type": "list", "elements": "path"},
    "definition": {"type": "raw"},
    "source": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "prune": {"type": "bool", "default": False},
    "max_pruned_objects": {"type": "int", "default": 50},
    # What the action plugin made of `template`.
    "rendered": {
        "type": "list",
        "elements": "dict",
        "options": {"where": {"type": "str", "required": True}, "text": {"type": "raw", "required": True}},
    },
}

SUBSCRIPTION_SPEC: Spec = {
    **MODULE_SPEC,
    **OBJECT_SPEC,
    **SUBSCRIPTION_FIELDS,
    "namespace": {"type": "str", "default": "default"},
}

GLOBALIZATION_SPEC: Spec = {**MODULE_SPEC, **OBJECT_SPEC, **GLOBALIZATION_FIELDS}

LOCALIZATION_SPEC: Spec = {
    **MODULE_SPEC,
    **OBJECT_SPEC,
    **POLICY_FIELDS,
    "cluster": {"type": "str"},
    "namespace": {"type": "str"},
}

MANIFEST_SPEC: Spec = {
    **MODULE_SPEC,
    "definition": {"type": "dict", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

ROLLBACK_SPEC: Spec = {
    **MODULE_SPEC,
    "subscription": {"type": "str", "required": True},
    "revision": {"type": "int"},
    "clusters": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "released"], "default": "present"},
}

MANAGED_CLUSTER_SPEC: Spec = {
    **MODULE_SPEC,
    **OBJECT_SPEC,
    **MANAGED_CLUSTER_FIELDS,
    "namespace": {"type": "str"},
}
