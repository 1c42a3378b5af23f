# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the API that objects carry: groups, versions, kinds, labels, annotations.

All but the ones below `multicluster.apps` are Clusternet's, spelled as Clusternet spells them: an object written here
must mean the same on a Clusternet hub.
"""

from __future__ import annotations

from typing import Final

APPS_GROUP: Final = "apps.clusternet.io"
APPS_API_VERSION: Final = "apps.clusternet.io/v1alpha1"
CLUSTERS_GROUP: Final = "clusters.clusternet.io"
CLUSTERS_API_VERSION: Final = "clusters.clusternet.io/v1beta1"

# Where Clusternet keeps its Manifests.
RESERVED_NAMESPACE: Final = "clusternet-reserved"
# What a managed cluster's namespace begins with, unless its owner chose another one.
CLUSTER_NAMESPACE_PREFIX: Final = "clusternet-"
DEPLOYER_SECRET: Final = "child-cluster-deployer"
# The lock of one cluster, a Lease in its namespace.
CLUSTER_LEASE: Final = "multicluster-apps-cluster"

LABEL_CREATED_BY: Final = "clusternet.io/created-by"
LABEL_CONFIG_GROUP: Final = "apps.clusternet.io/config.group"
LABEL_CONFIG_VERSION: Final = "apps.clusternet.io/config.version"
LABEL_CONFIG_KIND: Final = "apps.clusternet.io/config.kind"
LABEL_CONFIG_NAME: Final = "apps.clusternet.io/config.name"
LABEL_CONFIG_NAMESPACE: Final = "apps.clusternet.io/config.namespace"
LABEL_CONFIG_UID: Final = "apps.clusternet.io/config.uid"
LABEL_SUBSCRIPTION_NAME: Final = "apps.clusternet.io/subs.name"
LABEL_SUBSCRIPTION_NAMESPACE: Final = "apps.clusternet.io/subs.namespace"
LABEL_SUBSCRIPTION_UID: Final = "apps.clusternet.io/subs.uid"
LABEL_CLUSTER_ID: Final = "clusters.clusternet.io/cluster-id"
LABEL_CLUSTER_NAME: Final = "clusters.clusternet.io/cluster-name"

ANNOTATION_OWNED_BY_DESCRIPTION: Final = "apps.clusternet.io/owned-by-description"

# Ours. Settings that the API has no field for are JSON annotations of this prefix.
ANNOTATION_PREFIX: Final = "multicluster.apps/"
# The name that a slug stands for, where a name is no valid Kubernetes name.
ANNOTATION_FULL_NAME: Final = "multicluster.apps/full-name"
GROUP_LABEL_PREFIX: Final = "inventory.multicluster.apps/"

# The value of LABEL_CREATED_BY on what we make: nothing without it is ever changed or removed by a run.
CREATED_BY: Final = "multicluster.apps"
# The Subscriptions that our scheduler serves; others belong to the scheduler that they name.
SCHEDULER_NAMES: Final = frozenset({"default", "multicluster.apps"})
# The name that Clusternet's scheduler leaves to ours; `default` is its own, where it runs.
OUR_SCHEDULER: Final = "multicluster.apps"
# What a Description was made from, as JSON: the inputs' digest, and the digests of the ApplyNow policies.
ANNOTATION_RENDERED_FROM: Final = "multicluster.apps/rendered-from"
# `<namespace>/<name>` of the Subscription that a Base or Description was made for; labels cannot hold every name.
ANNOTATION_SUBSCRIPTION: Final = "multicluster.apps/subscription"
# `2/3 <digest>`: which part of how many, and of which set; only where a Description was split.
ANNOTATION_PART: Final = "multicluster.apps/part"
# The number of the revision that a Description is; only where revisions are kept.
ANNOTATION_REVISION: Final = "multicluster.apps/revision"
# On a Base: the number of the revision that its Descriptions are kept at, until it is released.
ANNOTATION_PINNED: Final = "multicluster.apps/pinned-revision"
# Where `apply` stored an object from, so that a later run from there can prune.
ANNOTATION_SOURCE: Final = "multicluster.apps/source"
# On a ManagedCluster: what its user says that it has free, as JSON: the host variable `multicluster_capacity`.
ANNOTATION_CAPACITY: Final = "multicluster.apps/capacity"
# On a FeedInventory: by feed, how many replicas no cluster has room for, as JSON; only where there are any.
ANNOTATION_SHORTAGE: Final = "multicluster.apps/shortage"
# The user's, on a fed object: where the number of its replicas stands, as a JSON pointer.
ANNOTATION_REPLICAS_PATH: Final = "multicluster.apps/replicas-path"
# When an object was made first, where it has moved since: "the older first" means this time.
ANNOTATION_CREATED: Final = "multicluster.apps/created"
# What a migration to an API server made of an object, as JSON, for a migration back to undo.
ANNOTATION_MIGRATED: Final = "multicluster.apps/migrated"
# The label keys that `register` set from `multicluster_labels`: it takes back what it set, and nothing else.
ANNOTATION_INVENTORY_LABELS: Final = "multicluster.apps/inventory-labels"
# The taints that `register` set from `multicluster_taints`, as kubectl writes them, with commas between.
ANNOTATION_INVENTORY_TAINTS: Final = "multicluster.apps/inventory-taints"
