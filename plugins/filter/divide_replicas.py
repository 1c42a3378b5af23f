# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: divide_replicas
short_description: Divide replicas among clusters
version_added: 0.1.0
description:
  - Divides a number of replicas as M(multicluster.apps.distribute) does, by the weights of clusters or by what they can take.
  - Replicas that no cluster has room for are in no result, and a warning says how many.
positional: weights
options:
  _input:
    description: How many replicas there are in all.
    type: int
    required: true
  weights:
    description:
      - The weight of each cluster, by its name. Static dividing; the order matters among equal weights.
      - Weights that are all 0 are an error, unless there are no replicas to divide.
    type: dict
  capacity:
    description: How many more replicas each cluster can take, by its name. Dynamic dividing; excludes O(weights).
    type: dict
  running:
    description:
      - How many replicas each cluster runs already, by its name. What runs is not moved.
      - With O(capacity) only, and for clusters in it.
    type: dict
  strategy:
    description: How replicas are divided, V(Spread) if it is not given; with O(capacity) only.
    type: str
    choices: [Spread, Binpack]
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

EXAMPLES = r"""
- name: Divide by weights
  ansible.builtin.debug:
    msg: "{{ 10 | multicluster.apps.divide_replicas(weights={'shanghai': 2, 'beijing': 1, 'frankfurt': 2}) }}"

- name: Ask where four more replicas would go
  ansible.builtin.debug:
    msg: "{{ 10 | multicluster.apps.divide_replicas(capacity={'shanghai': 6, 'beijing': 2}, running={'shanghai': 6}) }}"
"""

RETURN = r"""
_value:
  description: The replicas of each cluster, by its name.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import counted
from ansible_collections.multicluster.apps.plugins.module_utils._run.what_if import divided
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain, refuse_unknown


def divide_replicas(
    replicas: int,
    weights: Mapping[str, int] | None = None,
    capacity: Mapping[str, int] | None = None,
    running: Mapping[str, int] | None = None,
    strategy: str | None = None,
    **unknown: Any,
) -> dict[str, int]:
    given = {"weights": weights, "capacity": capacity, "running": running, "strategy": strategy}
    try:
        refuse_unknown(unknown, given)
        found, shortage = divided(plain(replicas), **plain(given))
    except MulticlusterError as error:
        raise AnsibleFilterError(f"multicluster.apps.divide_replicas: {error}") from error
    if shortage:
        Display().warning(
            f"multicluster.apps.divide_replicas: of {counted(replicas, 'replica')}, {shortage} found room in no cluster"
        )
    return found


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"divide_replicas": divide_replicas}
