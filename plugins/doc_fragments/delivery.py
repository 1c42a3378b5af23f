# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How objects are delivered to clusters.
    DOCUMENTATION = r"""
options:
  subscriptions:
    description:
      - The Subscriptions that the task is about, each as V(<namespace>/<name>); all, if it is not given.
    type: list
    elements: str
  force_conflicts:
    description:
      - Take over fields that another field manager owns in a cluster. Otherwise a conflict is a failure that names the manager.
    type: bool
    default: false
  adopt:
    description:
      - Take over objects that another Description, ApplySet or Helm release owns in a cluster.
    type: bool
    default: false
  wait:
    description:
      - Wait until all that was delivered is healthy.
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds to wait for each cluster.
    type: float
    default: 300.0
  wait_sleep:
    description:
      - How many seconds to let pass between two looks at a cluster.
    type: float
    default: 2.0
  max_pruned_objects:
    description:
      - If more objects than this are to be pruned in one cluster, they stay there and are reported.
      - It does not count what goes because its Subscription was removed.
    type: int
    default: 50
  revision_history_limit:
    description:
      - How many revisions of each Subscription the hub keeps for a cluster, for M(multicluster.apps.rollback). The oldest ones go
        first; the current one, and one that the cluster is pinned to, always stay.
      - V(0) keeps none.
    type: int
    default: 10
  prune_kinds:
    description:
      - Kinds to prune although they are kept by default.
      - Without it, an object of such a kind that a Subscription no longer feeds stays in the cluster and is reported, because
        whatever is in it would go with it.
    type: list
    elements: str
    choices:
      - Namespace
      - CustomResourceDefinition
      - PersistentVolume
      - PersistentVolumeClaim
    default: []
"""
