# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: clusters
short_description: Clusters that a label selector matches
version_added: 0.1.0
description:
  - Gives the ManagedClusters of the hub that a label selector matches, by namespace and name.
options:
  _terms:
    description:
      - Label selectors, each as text that C(kubectl -l) takes, such as V(region=cn-north,tier!=test), or as a mapping with
        C(matchLabels) and C(matchExpressions). Without one, all clusters.
    type: list
    elements: raw
extends_documentation_fragment:
  - multicluster.apps.hub.lookup
  - multicluster.apps.hub.server
"""

EXAMPLES = r"""
- name: Show the clusters of a region
  ansible.builtin.debug:
    msg: "{{ query('multicluster.apps.clusters', 'region=cn-north', hub_dir='fleet') | map(attribute='metadata.name') }}"
"""

RETURN = r"""
_raw:
  description: ManagedClusters.
  type: list
  elements: dict
"""

from collections.abc import Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded
from ansible_collections.multicluster.apps.plugins.module_utils._run.previewing import matching_clusters
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_lookup import HubLookup


class LookupModule(HubLookup):
    def find(self, terms: Sequence[Any], loaded: Loaded) -> list[Any]:
        selectors = [_selector(term) for term in terms] or [LabelSelector()]
        found = {cluster.binding: cluster for selector in selectors for cluster in matching_clusters(loaded, selector)}
        return [cluster.raw for _binding, cluster in sorted(found.items())]


def _selector(term: Any) -> LabelSelector:
    if isinstance(term, str):
        return LabelSelector.from_string(term, "label selector")
    return LabelSelector.parse(term, "label selector")
