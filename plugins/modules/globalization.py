#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: globalization
short_description: Override an object in all clusters, or in some
version_added: 0.1.0
description:
  - Stores one Globalization on the hub, or removes it.
  - The options have the names of the API's fields in snake case.
options:
  cluster_affinity:
    description:
      - The clusters that it is for; all, if it is not given.
    type: dict
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
  - module: multicluster.apps.localization
"""

EXAMPLES = r"""
- name: Every cluster in the north gets a sidecar
  multicluster.apps.globalization:
    hub_dir: fleet
    name: web-sidecar
    feed: {api_version: apps/v1, kind: Deployment, namespace: shop, name: web}
    cluster_affinity:
      match_labels:
        region: cn-north
    override_policy: ApplyNow
    overrides:
      - name: add the container
        type: JSONPatch
        value:
          - op: add
            path: /spec/template/spec/containers/-
            value:
              name: logs
              image: registry.example.com/logs:1.4

- name: The sidecar is no longer wanted
  multicluster.apps.globalization:
    hub_dir: fleet
    name: web-sidecar
    state: absent
"""

RETURN = r"""
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [Globalization web-sidecar]
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import GLOBALIZATION_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=GLOBALIZATION_SPEC,
        required_if=[("state", "present", ("feed", "overrides"))],
        no_log=True,  # in syslog, where the objects may be secrets; results are as ever
        supports_check_mode=True,
    )
    try:
        result = module_tasks.globalization(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
