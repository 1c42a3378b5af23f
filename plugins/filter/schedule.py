# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: schedule
short_description: Tell where Subscriptions would go, and why
version_added: 0.1.0
description:
  - Schedules the Subscriptions among objects on the ManagedClusters among them, as M(multicluster.apps.distribute) does, without
    any hub and without asking any cluster.
  - A C(status) of a Subscription says what runs already.
positional: capacities
options:
  _input:
    description: ManagedClusters, Subscriptions and the objects that they feed.
    type: list
    elements: dict
    required: true
  capacities:
    description:
      - What clusters have free, by their names, each a mapping as C(multicluster_capacity) is. It goes before what
        C(multicluster_capacity) left on the ManagedClusters; a cluster without either has no room for replicas that are
        divided dynamically.
    type: dict
    default: {}
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

EXAMPLES = r"""
- name: Print why each cluster would be chosen or not
  ansible.builtin.debug:
    msg: "{{ (objects | multicluster.apps.schedule)['default/web'].table }}"
  vars:
    objects: "{{ lookup('ansible.builtin.file', 'fleet.yml') | from_yaml_all | list }}"
"""

RETURN = r"""
_value:
  description:
    - By V(<namespace>/<name>) of each Subscription its C(problems), the names of the clusters that it is C(bound) to in scheduling
      order, its C(shortages), the reasons for all C(clusters) and these as a C(table), as M(multicluster.apps.info) has them.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.what_if import scheduled
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain, refuse_unknown


def schedule(
    objects: Sequence[Mapping[str, Any]], capacities: Mapping[str, Any] | None = None, **unknown: Any
) -> dict[str, Any]:
    try:
        refuse_unknown(unknown, ("capacities",))
        return scheduled(plain(objects), plain(capacities or {}))
    except MulticlusterError as error:
        raise AnsibleFilterError(f"multicluster.apps.schedule: {error}") from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"schedule": schedule}
