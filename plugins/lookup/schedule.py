# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: schedule
short_description: Tell where a Subscription would go, and why, if clusters were other than they are
version_added: 0.1.0
description:
  - Schedules Subscriptions on the hub as it is, with the changes to clusters that the options suppose, in memory. Nothing is
    written.
  - Where replicas have to find a place, clusters are asked for their nodes and pods, unless the inventory, the hub or
    O(capacities) says what they have.
  - From how many clusters a Subscription would be taken is no question here.
options:
  _terms:
    description:
      - Subscriptions, each as V(<namespace>/<name>); without a namespace, one in V(default). Several compete for room.
    type: list
    elements: str
    required: true
  labels:
    description:
      - By the name of a cluster on the hub or in the inventory, labels that it has besides its own. An empty value (V(null))
        takes a label away.
    type: dict
    default: {}
  taints:
    description:
      - By the name of a cluster, its taints, in place of those that it has.
    type: dict
    default: {}
  without:
    description:
      - Names of clusters that are lost.
    type: list
    elements: str
    default: []
  capacities:
    description:
      - By the name of a cluster, what it has, as C(multicluster_capacity) says it, whatever is known of it otherwise.
    type: dict
    default: {}
extends_documentation_fragment:
  - multicluster.apps.hub.lookup
  - multicluster.apps.hub.server
seealso:
  - module: multicluster.apps.info
  - plugin: multicluster.apps.schedule
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show where web goes, and why
  ansible.builtin.debug:
    msg: "{{ lookup('multicluster.apps.schedule', 'default/web', hub_dir='fleet').table }}"

- name: Show where it would go if shanghai were lost
  ansible.builtin.debug:
    msg: "{{ lookup('multicluster.apps.schedule', 'default/web', without=['shanghai'], hub_dir='fleet').table }}"

- name: Show where it would go if clusters had other labels, taints and capacities
  ansible.builtin.debug:
    msg: >-
      {{ lookup('multicluster.apps.schedule', 'default/web', labels=labels, taints=taints, capacities=capacities,
      hub_dir='fleet').clusters }}
  vars:
    labels: {beijing: {region: cn-north, tier: null}}
    taints: {shanghai: [{key: maintenance, effect: NoSchedule}]}
    capacities: {beijing: {cpu: 4}}
"""

RETURN = r"""
_raw:
  description:
    - For each Subscription its C(problems), its C(shortages), the reasons for all C(clusters) of the hub and these as a
      C(table), as M(multicluster.apps.info) has them, without what was delivered.
  type: list
  elements: dict
"""

from collections.abc import Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded
from ansible_collections.multicluster.apps.plugins.module_utils._run.supposing import Supposition, schedules
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_lookup import HubLookup
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import qualified
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain


class LookupModule(HubLookup):
    def find(self, terms: Sequence[Any], loaded: Loaded) -> list[Any]:
        options = ("labels", "taints", "without", "capacities")
        what = Supposition(**{option: plain(self.get_option(option)) for option in options})
        found, warnings = schedules(loaded, [qualified(str(term)) for term in terms], what, self._measure)
        for warning in warnings:
            self._display.warning(warning)
        return found
