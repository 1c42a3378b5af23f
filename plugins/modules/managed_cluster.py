#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: managed_cluster
short_description: Describe one cluster on the hub
version_added: 0.1.0
description:
  - Stores one ManagedCluster on the hub, or removes it.
  - Hosts of an inventory become ManagedClusters with M(multicluster.apps.register); this module is for clusters that no
    inventory has.
  - A ManagedCluster that still has Bases is not removed.
options:
  namespace:
    description:
      - The cluster's own namespace on the hub. If it is not given, the one that the cluster has there (where Clusternet's
        agents register, its name ends at random), or V(clusternet-<name>) for a new one.
    type: str
  cluster_id:
    description:
      - A UUID. If it is not given, the cluster keeps the one that it has, or gets one that is made from its name.
    type: str
  cluster_type:
    description:
      - What kind of cluster it is, in words of your own.
    type: str
  sync_mode:
    description:
      - How Clusternet would deliver to it.
    type: str
    choices: [Push, Pull, Dual]
    default: Push
  taints:
    description:
      - What keeps Subscriptions away that do not tolerate it.
    type: list
    elements: dict
    suboptions:
      key:
        description: The key of the taint.
        type: str
        required: true
      value:
        description: The value of the taint.
        type: str
      effect:
        description: What it does to Subscriptions that do not tolerate it.
        type: str
        required: true
        choices: [NoSchedule, PreferNoSchedule, NoExecute]
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.hub_object
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.register
"""

EXAMPLES = r"""
- name: A cluster whose manifests are written to a directory
  multicluster.apps.managed_cluster:
    hub_dir: fleet
    name: beijing
    labels:
      region: cn-north
    annotations:
      multicluster.apps/directory: ../out/beijing

- name: Take it from the hub, when nothing is distributed to it any more
  multicluster.apps.managed_cluster:
    hub_dir: fleet
    name: beijing
    state: absent
"""

RETURN = r"""
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [ManagedCluster clusternet-beijing/beijing]
updated:
  description: What was there already and is different now.
  returned: success
  type: list
  elements: str
  sample: []
removed:
  description: What was taken from the hub.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run import module_tasks
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import MANAGED_CLUSTER_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=MANAGED_CLUSTER_SPEC,
        supports_check_mode=True,
    )
    try:
        result = module_tasks.managed_cluster(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
