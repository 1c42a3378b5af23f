#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: manifest
short_description: Store one object for clusters on the hub
version_added: 0.1.0
description:
  - Stores one object that Subscriptions can feed, in a Manifest on the hub, or removes it.
  - For many objects, or objects in files, see M(multicluster.apps.apply).
options:
  definition:
    description:
      - The object, whole. To remove one, its C(apiVersion), C(kind) and C(metadata) do.
    type: dict
    required: true
  state:
    description:
      - V(present) stores the object, V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.apply
"""

EXAMPLES = r"""
- name: Store a Namespace
  multicluster.apps.manifest:
    hub_dir: fleet
    definition:
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
"""

RETURN = r"""
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: [Manifest clusternet-reserved/namespace--shop]
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import MANIFEST_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=MANIFEST_SPEC,
        no_log=True,  # in syslog, where the objects may be secrets; results are as ever
        supports_check_mode=True,
    )
    try:
        result = module_tasks.manifest(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
