# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: override
short_description: Apply overrides to an object
version_added: 0.1.0
description:
  - Applies overrides, as C(spec.overrides) of a Globalization or Localization has them, to an object, in their order and with
    the same results as in M(multicluster.apps.distribute).
positional: overrides
options:
  _input:
    description:
      - The object, or the values of a chart for overrides of the type V(Helm).
    type: dict
    required: true
  overrides:
    description:
      - The overrides, with the field names of the API. A C(value) may be a mapping or a list instead of text.
    type: list
    elements: dict
    required: true
  strict:
    description:
      - A JSON patch that misses its target is an error. Otherwise it changes nothing, and a warning says so.
    type: bool
    default: false
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

EXAMPLES = r"""
- name: Show a Deployment with more replicas
  ansible.builtin.debug:
    msg: "{{ {'kind': 'Deployment', 'spec': {'replicas': 1}} | multicluster.apps.override(overrides) }}"
  vars:
    overrides:
      - type: MergePatch
        value:
          spec:
            replicas: 5
"""

RETURN = r"""
_value:
  description: The object after all overrides.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.overriding import overridden
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain


def override(
    document: Mapping[str, Any], overrides: Sequence[Mapping[str, Any]], *, strict: bool = False
) -> dict[str, Any]:
    try:
        result, warnings = overridden(plain(document), plain(overrides), strict=bool(strict))
    except MulticlusterError as error:
        raise AnsibleFilterError(f"multicluster.apps.override: {error}") from error
    for warning in warnings:
        Display().warning(f"multicluster.apps.override: {warning}")
    return result


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"override": override}
