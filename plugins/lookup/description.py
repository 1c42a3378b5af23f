# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: description
short_description: What would be delivered to clusters
version_added: 0.1.0
description:
  - Gives the Descriptions of a Subscription, rendered from the hub as M(multicluster.apps.distribute) would render them now.
    Nothing is written.
options:
  _terms:
    description:
      - Subscriptions, each as V(<namespace>/<name>); without a namespace, one in V(default).
    type: list
    elements: str
    required: true
  cluster:
    description:
      - One cluster, by its name on the hub or in the inventory; all clusters of the Subscription, if it is not given.
    type: str
  objects:
    description:
      - Give the objects themselves, decoded, as they would be delivered; of a HelmChart, the chart with its overrides.
    type: bool
    default: false
extends_documentation_fragment:
  - multicluster.apps.hub.lookup
  - multicluster.apps.hub.server
seealso:
  - plugin: multicluster.apps.base
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show what shanghai would get
  ansible.builtin.debug:
    msg: "{{ query('multicluster.apps.description', 'default/web', cluster='shanghai', objects=true, hub_dir='fleet') }}"
"""

RETURN = r"""
_raw:
  description: Descriptions, or the objects in them, by Subscription and cluster.
  type: list
  elements: dict
"""

from collections.abc import Iterator
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered, decode
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_lookup import RenderedLookup


class LookupModule(RenderedLookup):
    def pick(self, rendered: Rendered, *, objects: bool) -> Iterator[Any]:
        for description in rendered.descriptions:
            if objects:
                spec = description["spec"]
                held = spec.get("chartRaw" if spec["deployer"] == "Helm" else "raw") or ()
                yield from map(decode, held)
            else:
                yield description
