# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: matches_affinity
short_description: Whether a clusterAffinity selects a cluster
version_added: 0.1.0
description:
  - Tells whether a label selector, as C(clusterAffinity) of a subscriber or a Globalization has it, selects a cluster.
positional: affinity
options:
  _input:
    description: A ManagedCluster, or a mapping of its labels.
    type: dict
    required: true
  affinity:
    description: The label selector, with the field names of the API. An empty one selects every cluster.
    type: dict
    required: true
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

EXAMPLES = r"""
- name: Tell whether this host is one of the clusters in China
  ansible.builtin.debug:
    msg: "{{ multicluster_labels is multicluster.apps.matches_affinity({'matchLabels': {'region': 'cn-north'}}) }}"
"""

RETURN = r"""
_value:
  description: Whether it does.
  type: bool
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.what_if import selects
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain


def matches_affinity(cluster: Mapping[str, Any], affinity: Mapping[str, Any]) -> bool:
    try:
        return selects(plain(affinity), plain(cluster))
    except MulticlusterError as error:
        raise AnsibleFilterError(f"multicluster.apps.matches_affinity: {error}") from error


class TestModule:
    def tests(self) -> dict[str, Callable[..., bool]]:
        return {"matches_affinity": matches_affinity}
