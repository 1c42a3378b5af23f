#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hub_setup
short_description: Make an API server a hub
version_added: 0.1.0
description:
  - Installs on an API server what a hub needs and what is missing there. The CustomResourceDefinitions of both API groups, the
    namespace C(clusternet-reserved) for Manifests, and three ClusterRoles. Runs on the control node.
  - What is there already and was not made by this collection is left alone, so it can run on a hub of Clusternet's, too. What
    this collection made earlier is brought up to date. Nothing is ever removed.
  - Everything is asked of the server in a dry run before anything is written. If one permission is missing, nothing is changed.
  - It takes the rights of a cluster administrator; using the hub afterwards does not.
  - The role P(multicluster.apps.hub#role) calls it.
options:
  subjects:
    description:
      - Who may use the hub. Exactly these get the ClusterRole C(multicluster-apps-hub-user), by a binding of the same name.
      - If it is not given, the binding stays as it is; an empty list takes the role from all.
      - The role allows all that the plugins of this collection do on the hub, but for registering clusters with credentials, and
        of the Secrets it opens only those named C(child-cluster-deployer).
    type: list
    elements: dict
    suboptions: &subject
      kind:
        description: What it is.
        type: str
        choices: [User, Group, ServiceAccount]
        required: true
      name:
        description: Its name.
        type: str
        required: true
      namespace:
        description: Where it is; for a ServiceAccount.
        type: str
  registrars:
    description:
      - Who may store the credentials of clusters, as the role P(multicluster.apps.cluster#role) does. Exactly these get the
        ClusterRole C(multicluster-apps-hub-registrar), by a binding of the same name. They need the one of O(subjects), too.
      - If it is not given, the binding stays as it is; an empty list takes the role from all.
    type: list
    elements: dict
    suboptions: *subject
  viewers:
    description:
      - Who may read the hub. Exactly these get the ClusterRole C(multicluster-apps-hub-viewer), by a binding of the same name. It
        opens no Secrets, but reads those that are distributed, in Manifests and Descriptions.
      - If it is not given, the binding stays as it is; an empty list takes the role from all.
    type: list
    elements: dict
    suboptions: *subject
  update_crds:
    description:
      - Whether CustomResourceDefinitions that an earlier version of this collection made are brought up to date. If not, they are
        left as they are, with a warning.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait until the server serves new definitions.
    type: float
    default: 60.0
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
notes:
  - The hub must be an API server. A directory needs nothing installed, so O(hub_dir) is an error here.
seealso:
  - module: multicluster.apps.register
"""

EXAMPLES = r"""
- name: An API server becomes a hub, and the group of those who deploy may use it
  multicluster.apps.hub_setup:
    kubeconfig: ~/.kube/hub-admin
    subjects:
      - kind: Group
        name: deployers
"""

RETURN = r"""
created:
  description: What was missing and is there now, each as V(Kind name).
  returned: success
  type: list
  elements: str
  sample: [CustomResourceDefinition subscriptions.apps.clusternet.io, Namespace clusternet-reserved]
updated:
  description: What this collection made earlier and is different now.
  returned: success
  type: list
  elements: str
  sample: [ClusterRole multicluster-apps-hub-user]
kept:
  description: What is there and was left alone.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: What it is.
      type: str
      sample: Namespace clusternet-reserved
    reason:
      description: Why it was left alone.
      type: str
      sample: made by somebody else
"""
