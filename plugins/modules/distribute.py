#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: distribute
short_description: Bring applications to their clusters
version_added: 0.1.0
description:
  - The whole path, for all Subscriptions or some. It schedules, renders Bases and Descriptions with all overrides, delivers
    them to the clusters side by side, and stores on the hub what came of it. Runs on the control node.
  - Where a Subscription divides replicas dynamically and one of them has to find a place, the clusters that it may go to are
    asked for their nodes and pods first, also in check mode, unless C(multicluster_capacity) of their hosts says what they have
    free.
  - With O(group), and with O(src) or O(template) or both, it registers clusters and stores objects first, from one snapshot
    in memory, so that check mode tells the truth on an empty hub too.
  - All clusters are tried; then the task fails if any of them failed, and names them.
  - It says how far it is, a line for a cluster that ended.
options:
  group:
    description:
      - Register the hosts of this inventory group first, as M(multicluster.apps.register) does.
      - Their variables are kept on the hub then. An extra variable such as C(multicluster_capacity) is one of all hosts, and
        without check mode it is written to all ManagedClusters.
    type: str
  src:
    description:
      - Store the objects of this file, directory or pattern first, as M(multicluster.apps.apply) does.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory.
    type: path
  template:
    description:
      - Store what these Jinja templates make first, as M(multicluster.apps.apply) does.
    type: list
    elements: path
  source:
    description:
      - A name under which the hub remembers where the objects of O(src) and O(template) come from, as
        O(multicluster.apps.apply#module:source).
    type: str
  clusters:
    description:
      - The clusters that the task is about, by their names on the hub or in the inventory; all, if it is not given.
    type: list
    elements: str
  engine:
    description:
      - Who schedules, renders and delivers. V(multicluster) is this task itself.
      - With V(clusternet), on a hub that is an API server on which Clusternet's own controllers run, the task stores what
        O(src), O(template) and O(group) give, waits until the controllers have brought it to the clusters, and reports what they
        wrote in the same result. It waits for O(wait_timeout) at most and fails where they have not caught up by then; with
        O(wait), it also waits for failures to be mended and for what their agents report to be healthy. O(group) then labels
        the clusters that Clusternet's agents registered and makes none. Check mode says what would be stored.
      - With V(multicluster), a hub on which Clusternet's controllers run is an error.
    type: str
    choices: [multicluster, clusternet]
    default: multicluster
  deliver:
    description:
      - If it is V(false), stop after Bases and Descriptions; nothing is sent to a cluster. With O(engine=clusternet), nothing
        is waited for.
    type: bool
    default: true
  strict:
    description:
      - A JSON patch that misses its target is an error, not a warning.
    type: bool
    default: false
  forks:
    description:
      - How many clusters are served at the same time; as many as Ansible has forks, if it is not given.
    type: int
  max_removed_clusters:
    description:
      - A Subscription that would leave more clusters than this stays as it is everywhere, and the task fails. From 0 on.
      - Clusters whose ManagedCluster is gone from the hub do not count. What runs there stays, and a warning says so.
    type: int
    default: 1
  fail_on_shortage:
    description:
      - A Subscription whose clusters together have no room for all of its replicas, or whose rules of dynamic dividing cannot
        all be followed, stays as it is everywhere, and the task fails. Without it, what there is room for is placed, and the
        rest is a warning.
      - Where there is no room for even one replica of a feed that ran nowhere before, that is an error in any case.
    type: bool
    default: false
  rebalance:
    description:
      - Divide replicas that are divided dynamically as if nothing ran yet, so that they come back to clusters that were lost or
        are new. Without it, what runs is not moved.
    type: bool
    default: false
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.delivery
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.deploy
  - module: multicluster.apps.info
"""

EXAMPLES = r"""
- name: Bring everything on the hub to its clusters
  multicluster.apps.distribute:
    hub_dir: fleet

- name: Register, store and distribute in one
  multicluster.apps.distribute:
    hub_dir: fleet
    group: managed_clusters
    src: app/

- name: One application, two clusters
  multicluster.apps.distribute:
    hub_dir: fleet
    subscriptions: [default/web]
    clusters: [shanghai, beijing]

- name: Store on a hub where Clusternet runs, and wait until it has brought everything to its clusters
  multicluster.apps.distribute:
    kubeconfig: ~/.kube/hub
    engine: clusternet
    src: app/
    wait_timeout: 600

- name: Bring replicas back to a cluster that was away
  multicluster.apps.distribute:
    hub_dir: fleet
    subscriptions: [default/web]
    rebalance: true

- name: Only render, for review
  multicluster.apps.distribute:
    hub_dir: fleet
    deliver: false
"""

RETURN = r"""
hub:
  description: What changed on the hub, each object as V(Kind namespace/name).
  returned: when the hub could be read
  type: dict
  contains:
    created:
      description: What was new.
      type: list
      elements: str
      sample: [Base clusternet-shanghai/web-1d2f3a4b5c]
    updated:
      description: What was there already and is different now.
      type: list
      elements: str
      sample: []
    removed:
      description: What was taken from the hub.
      type: list
      elements: str
      sample: []
problems:
  description: Why a Subscription, or a part of it, stays as it was; by V(<namespace>/<name>).
  returned: when the hub could be read
  type: dict
  sample: {}
clusters:
  description:
    - What came of each cluster, by its name. Objects are named as V(Kind namespace/name).
    - A cluster that the hub wants nothing in is not here.
  returned: when the hub could be read
  type: dict
  sample:
    shanghai:
      phase: Success
      changed: true
      location: out/shanghai
      created: [Namespace shop, Deployment shop/web]
      updated: []
      pruned: []
      unchanged: [Service shop/web]
      kept: []
      failed: []
      unhealthy: []
      errors: []
      warnings: []
      seconds: 0.8
subscriptions:
  description:
    - The schedule that the task would make, and why, by V(<namespace>/<name>); as M(multicluster.apps.info) has it, without what
      was delivered.
    - With O(engine=clusternet), only the Subscriptions that name the scheduler V(multicluster.apps); Clusternet's own scheduler
      decides about the others.
  returned: in check mode, when the hub could be read
  type: dict
  contains:
    problems:
      description: Why it cannot be scheduled, so that all stays as it is; empty, if it can.
      type: list
      elements: str
      sample: []
    shortages:
      description: By feed, how many replicas have a place in none of its clusters, where they are divided dynamically.
      type: dict
      sample: {}
    clusters:
      description: For each cluster whether it would be chosen, or which filter turns it away, its replicas, and why.
      type: dict
      sample:
        shanghai:
          chosen: true
          reason: selected by spec.subscribers[0]
          score: 300
          subscribers: [0]
          turned_away_by: null
          weight: null
          replicas: {apps/v1/Deployment/shop/web: 4}
          capacity: {apps/v1/Deployment/shop/web: 7}
          shares: {apps/v1/Deployment/shop/web: "4: had 1, room for 7; +3 of 3 by packing"}
    table:
      description: The same as lines of a table for people.
      type: list
      elements: str
      sample:
        - "CLUSTER   CHOSEN  SCORE  REPLICAS  ROOM  REASON"
        - "shanghai  yes     300    4         7     Deployment shop/web 4: had 1, room for 7; +3 of 3 by packing"
failed_clusters:
  description: The names of the clusters that failed.
  returned: when the hub could be read
  type: list
  elements: str
  sample: []
"""
