# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: base
short_description: What a Subscription means for clusters, before overrides
version_added: 0.1.0
description:
  - Gives the Bases of a Subscription, made from the hub as M(multicluster.apps.distribute) would make them now. Nothing is
    written.
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
      - Give the feeds of the Bases, one by one.
    type: bool
    default: false
extends_documentation_fragment:
  - multicluster.apps.hub.lookup
  - multicluster.apps.hub.server
seealso:
  - plugin: multicluster.apps.description
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show which objects shanghai would get
  ansible.builtin.debug:
    msg: "{{ query('multicluster.apps.base', 'default/web', cluster='shanghai', objects=true, hub_dir='fleet') }}"
"""

RETURN = r"""
_raw:
  description: Bases, or the feeds in them, by Subscription and cluster.
  type: list
  elements: dict
"""

from collections.abc import Iterator
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_lookup import RenderedLookup


class LookupModule(RenderedLookup):
    def pick(self, rendered: Rendered, *, objects: bool) -> Iterator[Any]:
        if objects:
            yield from rendered.base["spec"]["feeds"]
        else:
            yield rendered.base
