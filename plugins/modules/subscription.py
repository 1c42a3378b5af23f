#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: subscription
short_description: Say which objects go to which clusters
version_added: 0.1.0
description:
  - Stores one Subscription on the hub, or removes it.
  - The next run of M(multicluster.apps.distribute) brings the objects to the clusters; after a removal, it takes them away.
  - The options have the names of the API's fields in snake case.
options:
  namespace:
    description:
      - The namespace of the Subscription.
    type: str
    default: default
  scheduler_name:
    description:
      - Who schedules it. The default of the API is V(default).
    type: str
  scheduling_strategy:
    description:
      - V(Replication), the default of the API, gives every cluster the objects as they are; V(Dividing) shares the replicas
        out.
    type: str
    choices: [Replication, Dividing]
  scheduling_by_subgroup:
    description:
      - Take only the best clusters of each subscriber, as many as its O(subscribers[].subgroup_strategy) says.
    type: bool
  dividing_scheduling:
    description:
      - How V(Dividing) shares the replicas out.
    type: dict
    suboptions:
      type:
        description: V(Static) goes by the weights of the subscribers, V(Dynamic) by what the clusters can take.
        type: str
        choices: [Static, Dynamic]
        default: Static
      dynamic_dividing:
        description: How V(Dynamic) does it.
        type: dict
        suboptions:
          strategy:
            description: Spread the replicas over the clusters, or fill one cluster after the other.
            type: str
            choices: [Spread, Binpack]
            default: Spread
          topology_spread_constraints:
            description: Constraints as in a pod's specification, with the field names of Kubernetes.
            type: list
            elements: dict
          preferred_clusters:
            description: Preferred scheduling terms, each with C(weight) and C(preference), with the field names of Kubernetes.
            type: list
            elements: dict
          min_clusters:
            description: At least this many clusters.
            type: int
          max_clusters:
            description: At most this many clusters.
            type: int
  priority:
    description:
      - Subscriptions with a higher priority come first.
    type: int
  preemption_policy:
    description:
      - Whether it may displace others of lower priority.
    type: str
    choices: [PreemptLowerPriority, PreemptNever]
  subscribers:
    description:
      - The clusters, as a list of selections.
      - Required if O(state=present).
    type: list
    elements: dict
    suboptions:
      cluster_affinity:
        description: Selects clusters by their labels; an empty mapping selects all.
        type: dict
        required: true
        suboptions:
          match_labels:
            description: Labels that a cluster must have.
            type: dict
          match_expressions:
            description: Requirements that a cluster must meet, all of them.
            type: list
            elements: dict
            suboptions:
              key:
                description: The key of a label.
                type: str
                required: true
              operator:
                description: How the label is compared.
                type: str
                required: true
                choices: [In, NotIn, Exists, DoesNotExist]
              values:
                description: The values, for V(In) and V(NotIn).
                type: list
                elements: str
      weight:
        description: The share of these clusters under static dividing.
        type: int
      subgroup_strategy:
        description: How many of these clusters O(scheduling_by_subgroup) takes.
        type: dict
        suboptions:
          min_clusters:
            description: As many, or all if there are fewer.
            type: int
            required: true
  cluster_tolerations:
    description:
      - Taints of clusters that do not keep the objects away.
    type: list
    elements: dict
    suboptions:
      key:
        description: The key of the taint; every key, if it is not given and O(cluster_tolerations[].operator=Exists).
        type: str
      operator:
        description: V(Equal) compares the value, V(Exists) does not.
        type: str
        choices: [Equal, Exists]
      value:
        description: The value of the taint.
        type: str
      effect:
        description: The effect of the taint; every effect, if it is not given.
        type: str
        choices: [NoSchedule, PreferNoSchedule, NoExecute]
      toleration_seconds:
        description: A field of the API that has no effect here.
        type: int
  feeds:
    description:
      - The objects to distribute.
      - Required if O(state=present).
    type: list
    elements: dict
    suboptions:
      api_version:
        description: The API version of the object, such as V(apps/v1).
        type: str
        required: true
      kind:
        description: The kind of the object.
        type: str
        required: true
      namespace:
        description: The namespace of the object, if it has one.
        type: str
      name:
        description: The name of the object.
        type: str
        required: true
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.hub_object
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
"""

EXAMPLES = r"""
- name: The shop goes to all clusters in the north, but not to those that are drained
  multicluster.apps.subscription:
    hub_dir: fleet
    name: web
    subscribers:
      - cluster_affinity:
          match_labels:
            region: cn-north
    feeds:
      - {api_version: v1, kind: Namespace, name: shop}
      - {api_version: apps/v1, kind: Deployment, namespace: shop, name: web}

- name: Take it away again at the next run of distribute
  multicluster.apps.subscription:
    hub_dir: fleet
    name: web
    state: absent
"""

RETURN = r"""
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [Subscription default/web]
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import SUBSCRIPTION_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=SUBSCRIPTION_SPEC,
        required_if=[("state", "present", ("subscribers", "feeds"))],
        supports_check_mode=True,
    )
    try:
        result = module_tasks.subscription(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
