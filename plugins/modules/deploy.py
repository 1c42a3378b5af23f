#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deploy
short_description: Bring applications to the cluster of this host
version_added: 0.1.0
description:
  - Delivers what the hub has rendered for one cluster, that of the host that the task runs for. Runs on the control node;
    the host itself is not contacted.
  - With C(hosts), C(serial) and C(max_fail_percentage) of a play it makes a roll-out in waves.
  - It reads and writes only the cluster's own namespace of the hub, so any number of hosts may run it side by side.
  - Render first, with M(multicluster.apps.distribute) and O(multicluster.apps.distribute#module:deliver=false).
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.delivery
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.distribute
"""

EXAMPLES = r"""
- name: Deliver to this cluster, and go on when all is healthy there
  multicluster.apps.deploy:
    hub_dir: fleet
    wait: true

- name: Deliver one application
  multicluster.apps.deploy:
    hub_dir: fleet
    subscriptions: [default/web]
"""

RETURN = r"""
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
failed_clusters:
  description: The names of the clusters that failed.
  returned: when the hub could be read
  type: list
  elements: str
  sample: []
"""
