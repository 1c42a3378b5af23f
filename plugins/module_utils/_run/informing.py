# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may ask a hub: its objects, where things run and how, and why a cluster was chosen or not (`info`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet import View
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import subscription_status
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Description,
    ManagedCluster,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import masked
from ansible_collections.multicluster.apps.plugins.module_utils._run.explaining import explained
from ansible_collections.multicluster.apps.plugins.module_utils._run.history import comparison, history
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Measure, by_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    check_scope,
    descriptions_of,
    place_all,
    subscription_name,
)


def inform(
    loaded: Loaded,
    scope: Scope,
    kinds: Collection[str],
    guards: Guards,
    compared: Sequence[int] | None = None,
    measure: Measure = by_hub,
    *,
    survey: bool = False,
) -> dict[str, Any]:
    """Everything that one answer needs, from what was read.

    :param kinds: of these kinds the objects are in the answer, secrets masked; none by default.
    :param measure: tells how much room clusters have.
    :param survey: tell the room of clusters also where nothing has to find a place.
    :param compared: two numbers of revisions of the only Subscription in scope.
    :returns: `clusters` and `subscriptions`, each by name, `objects`, `warnings`, and `comparison` where it was asked for.
    :raises InvalidInput: when the scope names what the hub does not hold, or so does `compared`.
    """
    check_scope(loaded, scope)
    clusters = [cluster for cluster in loaded.snapshot.clusters if scope.has_cluster(cluster)]
    view = View(loaded.snapshot) if loaded.contents.clusternet else None
    placements, warnings = place_all(loaded, scope, guards, measure, survey=survey, by_status=view is not None)
    return {
        "clusters": {cluster.full_name: _cluster(cluster) for cluster in clusters},
        "subscriptions": {subscription_name(item): _subscription(item, scope, loaded, view) for item in placements},
        "objects": [masked(stored.raw) for key, stored in sorted(loaded.contents.objects.items()) if key.kind in kinds],
        "warnings": warnings,
        **({} if compared is None else {"comparison": comparison(loaded, scope, compared)}),
    }


def _cluster(cluster: ManagedCluster) -> dict[str, Any]:
    return {
        "namespace": cluster.namespace,
        "cluster_id": cluster.cluster_id,
        "labels": dict(cluster.meta.labels),
        "taints": [dict(taint) for taint in (cluster.raw.get("spec") or {}).get("taints") or ()],
        "status": dict(cluster.status),
    }


def _subscription(placement: Placement, scope: Scope, loaded: Loaded, view: View | None) -> dict[str, Any]:
    """One Subscription.

    :param view: what Clusternet's controllers wrote, where they run; its status is theirs then.
    """
    subscription = placement.subscription

    def standing(cluster: ManagedCluster) -> Mapping[str, Any]:
        delivery = _delivery(_descriptions(subscription, cluster, loaded, view))
        return {**delivery, **history(subscription, cluster, loaded)}

    return {
        "feeds": [feed.key for feed in subscription.feeds],
        **explained(placement, scope, standing),
        "status": dict(subscription.status)
        if view is not None
        else subscription_status(subscription, _bound(subscription, loaded), loaded.snapshot),
    }


def _bound(subscription: Subscription, loaded: Loaded) -> list[ManagedCluster]:
    """The clusters that the last scheduling bound, in its order; what a schedule of today would choose is in the verdicts."""
    by_binding = {cluster.binding: cluster for cluster in loaded.snapshot.clusters}
    return [by_binding[binding] for binding in subscription.bound if binding in by_binding]


def _descriptions(
    subscription: Subscription, cluster: ManagedCluster, loaded: Loaded, view: View | None
) -> Iterable[Description]:
    if view is None:
        return descriptions_of(
            cluster.namespace, base_name(subscription.meta.namespace, subscription.meta.name), loaded
        )
    base = view.bases(subscription).get(cluster.namespace)
    return view.descriptions(base) if base is not None else ()


def _delivery(descriptions: Iterable[Description]) -> dict[str, Any]:
    """What the hub knows of the last delivery: `phase` is None where nothing was rendered for the cluster."""
    statuses = [item.status for item in descriptions]
    phases = [str(status.get("phase") or "Pending") for status in statuses]
    reasons = [str(status["reason"]) for status in statuses if status.get("reason")]
    worst = next((phase for phase in phases if phase != "Success"), "Success") if phases else None
    return {"phase": worst, "failure": "; ".join(reasons)}
