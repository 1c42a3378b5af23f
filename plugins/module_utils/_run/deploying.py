# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery to one cluster, by the cluster's own namespace on the hub (`deploy`)."""

from __future__ import annotations

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import Connections
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import deliver_all
from ansible_collections.multicluster.apps.plugins.module_utils._run.engines import refuse_beside_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    cluster_names,
    subscription_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools


def deploy(
    host: str, namespace: str, scope: Scope, options: DeliveryOptions, tools: Tools, connections: Connections
) -> tuple[ClusterOutcome | None, tuple[str, ...]]:
    """Deliver the Descriptions that the hub holds for one cluster.

    :param host: the name of the cluster, as on the hub or in the inventory.
    :param namespace: its namespace on the hub; nothing else is read or written.
    :returns: the outcome, None where the hub holds nothing for it; and warnings.
    :raises InvalidInput: when the cluster is not registered, or Clusternet's own controllers run on the hub.
    :raises HubError: when the hub cannot be read or written.
    """
    contents = tools.hub.load([namespace])
    refuse_beside_clusternet(contents)
    loaded = parse_contents(contents)
    clusters = [cluster for cluster in loaded.snapshot.clusters if host in cluster_names(cluster)]
    if not clusters:
        raise InvalidInput(
            f"host {host}: the hub holds no ManagedCluster of this name in namespace {namespace}; "
            "register it with multicluster.apps.register"
        )
    delivered = deliver_all(
        clusters, loaded, scope, options, tools, connections, forks=1, on_outcome=lambda _outcome, _total: None
    )
    # Only this cluster's namespace was read: whether a Subscription without a Base here exists at all is not known.
    rendered = {subscription_of(base) for base in loaded.snapshot.bases}
    missing = sorted((scope.subscriptions or frozenset()) - rendered)
    notes = tuple(f"nothing of Subscription {name} is rendered for this cluster" for name in missing)
    return (delivered[0].outcome if delivered else None), (*loaded.warnings, *notes)
