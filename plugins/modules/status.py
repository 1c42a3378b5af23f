#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: status
short_description: Ask the clusters how they are, and keep that on the hub
version_added: 0.1.0
description:
  - Asks all clusters, or some, side by side for their version, health and nodes, and brings the status of their ManagedClusters up
    to date. The aggregated status of Subscriptions is brought up to date, too, from what the last deliveries reported.
  - A cluster that does not answer is not ready. Its condition C(Ready) is V(Unknown), with the reason; what was last seen of its
    nodes stays. That is no failure of the task, and means nothing to the others.
  - A directory cluster has the condition C(Ready) with the value V(Unknown), as nobody asks whoever applies its files.
  - The time of the condition is that of its last turn. The field C(lastObservedTime) is not written, so that a run that finds nothing
    new changes nothing and writes nothing.
  - On a hub where Clusternet runs, clusters whose status an agent of Clusternet's reports are left to it, and so are the
    Subscriptions.
  - Runs on the control node.
options:
  clusters:
    description:
      - The clusters to ask; all, if it is not given.
    type: list
    elements: str
  forks:
    description:
      - How many clusters are asked at the same time; as many as Ansible has forks, if it is not given.
    type: int
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.info
"""

EXAMPLES = r"""
- name: How are the clusters?
  multicluster.apps.status:
    hub_dir: fleet
  register: fleet

- name: No cluster may be away
  ansible.builtin.assert:
    that: not fleet.not_ready
"""

RETURN = r"""
updated:
  description: The objects of the hub whose status is another one now, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [ManagedCluster clusternet-shanghai/shanghai, Subscription default/web]
clusters:
  description:
    - What is known of each cluster, by its name. The value of C(ready) is V(True), V(False) or V(Unknown), as in the condition.
  returned: success
  type: dict
  sample:
    shanghai:
      ready: "True"
      reason: ManagedClusterReady
      message: the API server is live and ready
      since: "2026-01-31T12:00:00Z"
      version: v1.33.2
      location: https://shanghai.example.com:6443
      nodes: {readyNodes: 3, notReadyNodes: 0, unknownNodes: 0, lostNodes: 0}
      allocatable: {cpu: "11640m", memory: 45Gi, pods: "330"}
      capacity: {cpu: "12", memory: 48Gi, pods: "330"}
not_ready:
  description: The names of the clusters that are not ready.
  returned: success
  type: list
  elements: str
  sample: []
table:
  description: The same for people, as lines.
  returned: success
  type: list
  elements: str
  sample:
    - CLUSTER   READY  SINCE                 VERSION  NODES  CPU     MEMORY  REASON
    - shanghai  True   2026-01-31T12:00:00Z  v1.33.2  3/3    11640m  45Gi
"""
