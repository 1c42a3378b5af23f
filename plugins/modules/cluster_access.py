#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_access
short_description: Let a cluster join with least privilege, or leave
version_added: 0.1.0
description:
  - Makes a service account in a cluster, with the permissions that deliveries need, and stores a token of it on the hub, as the
    Secret C(child-cluster-deployer) in the cluster's namespace, beside its ManagedCluster. From then on nobody needs an
    administrator's credentials to deliver there.
  - The administrator's own connection comes from the variables C(multicluster_kubeconfig), C(multicluster_host),
    C(multicluster_api_key) and so on of the host, for this run. The hub does not keep them. What an inventory says wins over the
    Secret, so take them out of the inventory when the cluster has joined, or give them for this task alone.
  - A later run changes what is different, and makes a new token when the old one is due. For that it needs the administrator
    again; the account cannot make tokens for itself.
  - With O(state=absent) all of it is taken back; an administrator's connection is needed for that, too.
  - Runs on the control node. The role P(multicluster.apps.cluster#role) is this task with its options as variables.
options:
  state:
    description:
      - V(present) makes the cluster a managed cluster with an account of its own.
      - V(absent) removes the account and its permissions from the cluster, and the Secret and the ManagedCluster from the hub, and
        both namespaces, if they were made by this task and nothing else is in them. It is refused while the cluster has Bases,
        because something is still delivered there then.
    type: str
    choices: [present, absent]
    default: present
  cluster:
    description:
      - The cluster, by the name of its inventory host. By default the host that the task runs for.
    type: str
  service_account:
    description:
      - The name of the service account, in the namespace V(multicluster-apps) of the cluster, and of the roles and bindings that are
        made for it.
      - Two hubs that deliver to one cluster need two names.
    type: str
    default: multicluster-apps
  namespaces:
    description:
      - The namespaces that deliveries may work in. All, if it is empty.
      - Namespaces that are missing are made, and stay when the cluster leaves.
      - Nodes can be read all the same, and rules with O(rules[].cluster_wide=true) hold in the whole cluster.
    type: list
    elements: str
    default: []
  default_rules:
    description:
      - Grant what most applications are made of. These are namespaces, pods, workloads, jobs, services, ingresses, network policies,
        configuration, secrets, service accounts, volume claims, autoscalers, disruption budgets, limits and quotas, and reading
        events and nodes.
      - Namespaces, volume claims and CustomResourceDefinitions may be made and changed, but not deleted; they are pruned only if
        somebody asks for it, and who does so grants V(delete) with O(rules).
    type: bool
    default: true
  rbac:
    description:
      - With O(default_rules), grant roles and their bindings, and cluster roles and theirs unless O(namespaces) is given.
      - A server lets no account grant permissions that it has not itself.
    type: bool
    default: false
  crds:
    description:
      - With O(default_rules), grant CustomResourceDefinitions. The resources that they define need rules of their own.
    type: bool
    default: false
  rules:
    description:
      - Further permissions; with O(default_rules=false) all of them.
    type: list
    elements: dict
    default: []
    suboptions:
      api_groups:
        description: The API groups; V("") is the core group.
        type: list
        elements: str
        required: true
      resources:
        description: The resources, in the plural, such as V(certificates).
        type: list
        elements: str
        required: true
      verbs:
        description: The verbs. The default is what a delivery uses.
        type: list
        elements: str
        default: [get, list, create, patch, delete]
      resource_names:
        description: Only objects of these names. The verb V(list) cannot be limited so.
        type: list
        elements: str
        default: []
      cluster_wide:
        description: Grant it in the whole cluster although O(namespaces) is given. Resources without a namespace need it.
        type: bool
        default: false
  token_lifetime:
    description:
      - How many seconds a token lives. A server may give it a shorter life; the result says when it ends.
    type: int
    default: 7776000
  renew_before:
    description:
      - How many seconds before the end of its token a run makes a new one. By default, and for tokens that do not live as long as
        this, when a third of its life is left.
    type: int
  advertise_url:
    description:
      - The address of the API server as the hub is to know it. By default the one that the administrator uses.
    type: str
  force:
    description:
      - With O(state=absent), let go of what was made in the cluster if it cannot be reached. What stays there is in the warnings.
    type: bool
    default: false
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.register
"""

EXAMPLES = r"""
- name: This cluster joins
  multicluster.apps.cluster_access:
    kubeconfig: ~/.kube/hub

- name: Deliveries may work in two namespaces, and make certificates there
  multicluster.apps.cluster_access:
    kubeconfig: ~/.kube/hub
    namespaces: [shop, shop-db]
    rules:
      - api_groups: [cert-manager.io]
        resources: [certificates]

- name: The cluster is gone, and the hub forgets it
  multicluster.apps.cluster_access:
    kubeconfig: ~/.kube/hub
    state: absent
    force: true
"""

RETURN = r"""
member:
  description: What was done in the cluster, as lists of objects, each as V(Kind namespace/name).
  returned: success
  type: dict
  sample:
    created: [Namespace multicluster-apps, ServiceAccount multicluster-apps/multicluster-apps, ClusterRole multicluster-apps]
    updated: []
    removed: []
hub:
  description: What was done on the hub, likewise.
  returned: success
  type: dict
  sample:
    created: [ManagedCluster clusternet-shanghai/shanghai, Secret clusternet-shanghai/child-cluster-deployer]
    updated: []
    removed: []
token:
  description: Of the token that the hub holds, whether it is a new one, why, and when it ends. Never the token.
  returned: if O(state=present)
  type: dict
  sample:
    renewed: true
    reason: there is none
    expires: "2026-12-31T12:00:00Z"
"""
