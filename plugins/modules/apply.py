#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: apply
short_description: Store objects on the hub, or remove them
version_added: 0.1.0
description:
  - Stores Subscriptions, policies, HelmCharts and plain manifests on the hub, together and from the same files.
  - An object of another API than that of the hub is stored in a Manifest, from where a Subscription's feed takes it, so that
    nothing of it ever runs on a hub that is a Kubernetes API server.
  - All objects are checked before any is stored; what is wrong is reported together.
options:
  src:
    description:
      - A file, a directory with all files below it that end in C(.yaml), C(.yml) or C(.json), or a pattern such as
        V(app/**/*.yaml). A file may hold several objects.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory.
      - Files that are encrypted with Ansible Vault are read with the vault passwords of the run.
      - O(src), O(template) or both are needed, or else O(definition).
    type: path
  template:
    description:
      - One or more Jinja templates, rendered on the control node with the variables of the task, each to YAML.
      - A relative path is relative to the playbook's directory, or to the directory C(templates) of the role or the playbook.
    type: list
    elements: path
  rendered:
    description:
      - What O(template) makes. Filled in on the control node; what is given here does not count.
    type: list
    elements: dict
    suboptions:
      where:
        description: The path of the template, for messages.
        type: str
        required: true
      text:
        description: What it makes.
        type: raw
        required: true
  definition:
    description:
      - The objects themselves, as a mapping, as YAML text, or as a list of these.
    type: raw
  state:
    description:
      - V(present) stores the objects, V(absent) removes them.
      - A ManagedCluster that still has Bases is not removed.
    type: str
    choices: [present, absent]
    default: present
  source:
    description:
      - A name for where the objects come from, the same in every run, such as the address of the repository and the directory in
        it. The hub remembers it with each object, and O(prune) goes by it.
      - In a directory hub, O(src) and O(template) give it if it is not given, with paths relative to the hub.
      - On a hub that is an API server, nothing is remembered without it, because paths of several repositories and users
        would meet there.
    type: str
  prune:
    description:
      - Also remove from the hub what an earlier run stored from the same O(source) and this one has no longer.
      - Needs O(source) on a hub that is an API server.
    type: bool
    default: false
  max_pruned_objects:
    description:
      - If O(prune) would remove more objects than this, nothing is changed.
    type: int
    default: 50
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.hub.module
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.distribute
"""

EXAMPLES = r"""
- name: Store an application, its Subscription and its policies
  multicluster.apps.apply:
    hub_dir: fleet
    src: app/

- name: Store it again, without what was deleted from the directory meanwhile
  multicluster.apps.apply:
    hub_dir: fleet
    src: app/
    prune: true

- name: Store it on a hub that is an API server
  multicluster.apps.apply:
    kubeconfig: ~/.kube/hub
    src: app/
    source: git.example.com/shop/deploy//app
    prune: true

- name: Store what a template makes
  multicluster.apps.apply:
    hub_dir: fleet
    template: namespace.yaml.j2

- name: Remove one object
  multicluster.apps.apply:
    hub_dir: fleet
    definition:
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
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
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import APPLY_SPEC


def main() -> None:
    module = AnsibleModule(
        argument_spec=APPLY_SPEC,
        mutually_exclusive=[("src", "definition"), ("template", "definition")],
        required_one_of=[("src", "template", "definition")],
        no_log=True,  # in syslog, where the objects may be secrets; results are as ever
        supports_check_mode=True,
    )
    try:
        result = module_tasks.apply(module.params, check=module.check_mode, diff=module._diff)
    except MulticlusterError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
