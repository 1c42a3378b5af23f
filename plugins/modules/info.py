#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: info
short_description: Ask a hub what runs where, and why
version_added: 0.1.0
description:
  - Says what the hub knows of its clusters and Subscriptions, with aggregated status, and for every cluster why a Subscription
    goes there or not. Runs on the control node and writes nothing.
  - Where replicas are divided by what clusters can take and one of them has to find a place, the clusters that it may go to are
    asked for their nodes and pods, and the Secrets of the hub are read for clusters that are reached by nothing else. Otherwise no
    cluster is contacted. A cluster that cannot be asked is a warning.
options:
  clusters:
    description:
      - The clusters that the answer is about, by their names on the hub or in the inventory; all, if it is not given.
    type: list
    elements: str
  subscriptions:
    description:
      - The Subscriptions that the answer is about, each as V(<namespace>/<name>); all, if it is not given.
    type: list
    elements: str
  compare:
    description:
      - Two numbers of revisions of the only Subscription in O(subscriptions). RV(comparison) is what changed from the first to the
        second.
    type: list
    elements: int
  capacity:
    description:
      - Tell how much room clusters have also for replicas that have their places. Without it, clusters are asked where replicas
        have to find one.
    type: bool
    default: false
  kinds:
    description:
      - Objects of these kinds are in RV(objects), with secret data masked.
    type: list
    elements: str
    choices:
      - Base
      - ControllerRevision
      - Description
      - FeedInventory
      - Globalization
      - HelmChart
      - HelmRelease
      - Localization
      - ManagedCluster
      - Manifest
      - Subscription
    default: []
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes.reading
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.distribute
  - module: multicluster.apps.rollback
"""

EXAMPLES = r"""
- name: Ask what runs where
  multicluster.apps.info:
    hub_dir: fleet
  register: fleet

- name: Show why clusters were not chosen
  ansible.builtin.debug:
    msg: "{{ fleet.subscriptions['default/web'].clusters | dict2items | rejectattr('value.chosen') | list }}"

- name: Print the reasons for all clusters as a table
  ansible.builtin.debug:
    msg: "{{ fleet.subscriptions['default/web'].table }}"

- name: Read the policies of one Subscription
  multicluster.apps.info:
    hub_dir: fleet
    subscriptions: [default/web]
    kinds: [Globalization, Localization]

- name: Ask what revision 3 changed
  multicluster.apps.info:
    hub_dir: fleet
    subscriptions: [default/web]
    compare: [2, 3]
"""

RETURN = r"""
clusters:
  description: The clusters, by name, with their namespace on the hub, labels, taints and status.
  returned: success
  type: dict
  sample:
    shanghai:
      namespace: clusternet-shanghai
      cluster_id: 0b6a6a52-9f0b-5d0a-8f7e-0c8a4d5e6f70
      labels: {region: cn-north}
      taints: []
      status: {}
subscriptions:
  description: The Subscriptions, by V(<namespace>/<name>).
  returned: success
  type: dict
  contains:
    feeds:
      description: The keys of the feeds.
      type: list
      elements: str
      sample: [apps/v1/Deployment/shop/web]
    problems:
      description: Why it cannot be scheduled; empty, if it can.
      type: list
      elements: str
      sample: []
    shortages:
      description: By feed, how many replicas have a place in none of its clusters, where they are divided dynamically.
      type: dict
      sample: {}
    table:
      description:
        - The reasons for each cluster, as lines of a table for people, without the columns in which nothing would stand.
        - Where the Subscription cannot be scheduled, C(problems) come first, and C(CHOSEN) says V(would).
        - C(ROOM) is V(?) where it is not known, and empty where nobody was asked. C(PHASE) is that of the last delivery.
        - Feeds with the same numbers are in one line.
      type: list
      elements: str
      sample:
        - "CLUSTER   CHOSEN  SCORE  REPLICAS  ROOM  PHASE    REASON"
        - "shanghai  yes     300    4         7     Success  Deployment shop/web 4: had 1, room for 7; +3 of 3 by packing"
    clusters:
      description:
        - For each cluster whether a schedule of now would choose it, why, and what came of the last delivery.
        - C(turned_away_by) names the filter that it did not pass, V(deletion), V(affinity), V(taint) or V(subgroup), if any.
        - Where replicas are divided, C(replicas) has those of each feed and C(shares) says how they came about; C(weight) is
          that of the cluster with type V(Static), and C(capacity) what it had room for with type V(Dynamic). For that, clusters
          are asked for their nodes and pods where replicas have to find a place, or with O(capacity). A feed that is not in
          C(capacity) was not asked for, and V(null) stands for what is not known.
        - C(revision) is the number of what the hub holds for it, C(pinned) the one that M(multicluster.apps.rollback) keeps it at,
          if any, and C(revisions) what was delivered there whole, and can be gone back to.
      type: dict
      sample:
        shanghai:
          chosen: true
          reason: selected by subscribers[0]
          score: 300
          subscribers: [0]
          turned_away_by: null
          weight: 2
          replicas: {apps/v1/Deployment/shop/web: 4}
          capacity: {}
          shares: {apps/v1/Deployment/shop/web: "4: weight 2 of 5 gives 4"}
          phase: Success
          failure: ""
          revision: 1
          pinned: null
          revisions:
            - {number: 1, time: "2026-02-01T00:00:00Z", objects: 3, current: true, pinned: false}
    status:
      description: The status as C(status) of the Subscription has it, computed now.
      type: dict
      sample: {}
comparison:
  description: What changed between the two revisions of O(compare). Secret values are masked.
  returned: if O(compare) is given
  type: dict
  contains:
    revisions:
      description: The two numbers.
      type: list
      elements: int
      sample: [2, 3]
    groups:
      description: Each change, with the clusters that it is the same in.
      type: list
      elements: dict
      contains:
        clusters:
          description: Their names.
          type: list
          elements: str
          sample: [beijing, shanghai]
        added:
          description: Objects that were not there before.
          type: list
          elements: str
          sample: [Service shop/web]
        removed:
          description: Objects that are not there any more.
          type: list
          elements: str
          sample: []
        changed:
          description: Objects with fields that differ; V(old) or V(new) is missing where the field is.
          type: list
          elements: dict
          sample:
            - object: Deployment shop/web
              fields: [{field: /spec/replicas, old: 1, new: 3}]
    without:
      description: Clusters with revisions of the Subscription, but without one of these.
      type: list
      elements: str
      sample: []
objects:
  description: The objects of O(kinds).
  returned: success
  type: list
  elements: dict
  sample: []
"""
