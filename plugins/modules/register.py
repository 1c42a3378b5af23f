#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: register
short_description: Make ManagedClusters on the hub out of an inventory group
version_added: 0.1.0
description:
  - Makes or updates a ManagedCluster on the hub for each host of a group. Runs on the control node; no host is contacted.
  - Its labels come from the variable C(multicluster_labels), from the host's groups
    (C(inventory.multicluster.apps/<group>) with the value V(true)), and from the two that Clusternet gives every cluster.
  - Its taints, id and namespace come from C(multicluster_taints), C(multicluster_cluster_id) and C(multicluster_namespace), and what
    it has free for replicas that are divided from C(multicluster_capacity), if its nodes are not to be asked.
  - Connection variables that are no secrets are kept as annotations. Tokens never are.
  - Labels and annotations that others put on a ManagedCluster stay. What the inventory gave and does not give any more is taken
    back. A host that is missing is no reason to remove a cluster.
  - Where C(multicluster_taints) is there, it says all the taints that the cluster has, and V([]) that it has none. Where it is not,
    the taints that others put on the ManagedCluster stay.
  - On a hub where Clusternet's own controllers run, its agents register the clusters, so the ManagedClusters of that name are
    updated and none is made. Labels and taints by which a Subscription would leave more than one cluster are refused there.
options:
  group:
    description:
      - The inventory group whose hosts are the managed clusters.
    type: str
    required: true
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.managed_cluster
"""

EXAMPLES = r"""
- name: The hosts of a group become managed clusters
  multicluster.apps.register:
    hub_dir: fleet
    group: managed_clusters
"""

RETURN = r"""
created:
  description: The ManagedClusters that were new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [ManagedCluster clusternet-shanghai/shanghai]
updated:
  description: What was there already and is different now.
  returned: success
  type: list
  elements: str
  sample: []
removed:
  description: Always empty; a host that is missing from the inventory is no reason to remove a cluster.
  returned: success
  type: list
  elements: str
  sample: []
"""
