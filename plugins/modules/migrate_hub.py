#!/usr/bin/python

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: migrate_hub
short_description: Copy everything of one hub to another
version_added: 0.1.0
description:
  - Copies all objects from a directory to an API server, or back, or between two of either sort. The source stays as it is.
    Runs on the control node.
  - The objects are the same on both, except for what a hub has its say in. The uids that labels and owners repeat become those
    of the other hub. Creation times, which decide among policies of equal priority, go along in an annotation; what an API
    server filled in, and paths that were relative to a directory, are put back on a way back.
  - What runs in the clusters is recognised, so that M(multicluster.apps.distribute) on the new hub changes nothing there.
  - Both hubs are locked meanwhile. A target that holds anything else is an error that names it. A migration that was
    interrupted goes on where it stopped, and one that is done changes nothing.
  - The options of the task itself name the source, unless O(source) does.
options:
  source:
    description:
      - "The hub to copy from, a mapping with the options that name a hub, such as C({hub_dir: fleet}) or
        C({kubeconfig: ~/.kube/hub, context: old})."
      - The hub that the task names, if it is not given.
      - The environment (C(K8S_AUTH_*)) adds nothing to it. So no credentials of one hub are sent to the other.
    type: dict
  target:
    description:
      - The hub to copy to, a mapping as O(source), also without the environment. The directory of a hub is made;
        CustomResourceDefinitions are not, the role P(multicluster.apps.hub#role) installs them.
      - C(secrets) in it says how a directory keeps the Secrets of clusters.
    type: dict
    required: true
extends_documentation_fragment:
  - multicluster.apps.hub
  - multicluster.apps.hub.server
  - multicluster.apps.attributes
author:
  - The multicluster.apps authors (@multicluster-apps)
seealso:
  - module: multicluster.apps.distribute
"""

EXAMPLES = r"""
- name: Move from a directory to an API server
  multicluster.apps.migrate_hub:
    source:
      hub_dir: fleet
    target:
      kubeconfig: ~/.kube/hub

- name: Keep a copy of an API server's hub in Git
  multicluster.apps.migrate_hub:
    source:
      kubeconfig: ~/.kube/hub
    target:
      hub_dir: copy-of-the-hub
      secrets: vault
"""

RETURN = r"""
created:
  description: What was copied, each object as V(Kind namespace/name).
  returned: when both hubs could be read
  type: list
  elements: str
  sample: [ManagedCluster clusternet-shanghai/shanghai, Subscription default/web]
updated:
  description: What an interrupted migration had left half done.
  returned: when both hubs could be read
  type: list
  elements: str
  sample: []
removed:
  description: Always empty; a migration removes nothing.
  returned: when both hubs could be read
  type: list
  elements: str
  sample: []
"""
