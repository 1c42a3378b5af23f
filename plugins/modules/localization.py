#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: localization
short_description: Override an object in one cluster
version_added: 0.1.0
description:
  - Stores one Localization on the hub, in the namespace of its cluster, or removes it.
  - It is applied after all Globalizations.
  - The options have the names of the API's fields in snake case.
options:
  cluster:
    description:
      - The cluster, by its name on the hub or in the inventory.
      - Exactly one of O(cluster) and O(namespace) is needed.
    type: str
  namespace:
    description:
      - The namespace of the cluster on the hub.
    type: str
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.hub_object
  - multicluster.apps.policy
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.globalization
"""

EXAMPLES = r"""
- name: More replicas in one cluster
  multicluster.apps.localization:
    hub_dir: fleet
    cluster: shanghai
    name: web-replicas
    feed: {api_version: apps/v1, kind: Deployment, namespace: shop, name: web}
    override_policy: ApplyNow
    overrides:
      - type: MergePatch
        value:
          spec:
            replicas: 5

- name: Another greeting, in the configuration that a ConfigMap holds as text
  multicluster.apps.localization:
    hub_dir: fleet
    cluster: shanghai
    name: web-greeting
    feed: {api_version: v1, kind: ConfigMap, namespace: shop, name: web}
    overrides:
      - type: FieldMergePatch
        field_path: /data/server.yaml
        field_format: YAML
        value:
          greeting: Ni hao
"""

RETURN = r"""
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [Localization clusternet-shanghai/web-replicas]
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import LOCALIZATION_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=LOCALIZATION_SPEC,
        mutually_exclusive=[("cluster", "namespace")],
        required_one_of=[("cluster", "namespace")],
        required_if=[("state", "present", ("feed", "overrides"))],
        no_log=True,  # in syslog, where the objects may be secrets; results are as ever
        supports_check_mode=True,
    )
    try:
        result = module_tasks.localization(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
