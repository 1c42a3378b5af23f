# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rollback
short_description: Put a Subscription back to an earlier revision
version_added: 0.1.0
description:
  - Puts the Descriptions of a Subscription back to what they were at an earlier revision, in some or all clusters, and keeps them
    there until they are released. Meanwhile neither a change of the Subscription nor a policy has an effect on them.
  - It changes the hub only. M(multicluster.apps.distribute) or M(multicluster.apps.deploy) delivers afterwards.
  - M(multicluster.apps.info) tells which revisions there are, and what is different between two.
options:
  subscription:
    description:
      - The Subscription, as V(<namespace>/<name>).
    type: str
    required: true
  revision:
    description:
      - The number of the revision to go back to. A cluster that this revision did not change goes to its latest one before.
      - If it is not given, the revision before the current one. Clusters that are kept at a revision already stay there then.
    type: int
  clusters:
    description:
      - The clusters that go back, by their names on the hub or in the inventory; all that have the Subscription, if it is not given.
    type: list
    elements: str
  state:
    description:
      - V(present) puts the clusters back, and keeps them there.
      - V(released) ends that. The next M(multicluster.apps.distribute) renders what the Subscription and the policies say then.
    type: str
    choices: [present, released]
    default: present
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.info
  - module: multicluster.apps.distribute
  - module: multicluster.apps.deploy
"""

EXAMPLES = r"""
- name: Go back to the revision before, everywhere
  multicluster.apps.rollback:
    hub_dir: fleet
    subscription: default/web

- name: Deliver it
  multicluster.apps.distribute:
    hub_dir: fleet
    subscriptions: [default/web]

- name: Follow the Subscription again
  multicluster.apps.rollback:
    hub_dir: fleet
    subscription: default/web
    state: released
"""

RETURN = r"""
clusters:
  description: The clusters that the task is about, by name.
  returned: success
  type: dict
  contains:
    revision:
      description: The number of the revision that the hub holds for the cluster now.
      type: int
      sample: 2
    previous:
      description: The number of the one that it held before.
      type: int
      sample: 3
    pinned:
      description: Whether the cluster stays at this revision until it is released.
      type: bool
      sample: true
created:
  description: What was new on the hub, each as V(Kind namespace/name).
  returned: success
  type: list
  elements: str
  sample: []
updated:
  description: What was there already and is different now.
  returned: success
  type: list
  elements: str
  sample: [Base clusternet-shanghai/web-82b3ade9d0, Description clusternet-shanghai/web-82b3ade9d0-generic]
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import ROLLBACK_SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=ROLLBACK_SPEC, supports_check_mode=True)
    try:
        result = module_tasks.rollback(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
