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
    "clusters": {"type": "list", "elements": "str"},
    "deliver": {"type": "bool", "default": True},
    "strict": {"type": "bool", "default": False},
    "forks": {"type": "int"},
    "max_removed_clusters": {"type": "int", "default": 1},
}

DEPLOY_SPEC: Spec = {**HUB_SPEC, **SCOPE_SPEC, **DELIVERY_SPEC}

INFO_SPEC: Spec = {
    **HUB_SPEC,
    **SCOPE_SPEC,
    "clusters": {"type": "list", "elements": "str"},
    "kinds": {"type": "list", "elements": "str", "choices": sorted(kind for _group, kind in KINDS), "default": []},
}
