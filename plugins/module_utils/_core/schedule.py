# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Subscription goes to which clusters, and which clusters it leaves (reference, section "Scheduling")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Selection, select
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    SCHEDULER_NAMES,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Base, ManagedCluster, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Guards:
    """What one run may take away without being told so.

    :param max_removed_clusters: from how many clusters a Subscription may be taken.
    """

    max_removed_clusters: int = 1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one Subscription goes.

    :param selection: a verdict for each cluster; None where the Subscription could not be judged.
    :param clusters: the chosen clusters in scheduling order; empty where there are problems.
    :param leaving: our Bases in clusters that are chosen no longer; empty where there are problems.
    :param problems: why nothing was decided. What runs then stays as it is.
    """

    subscription: Subscription
    selection: Selection | None = None
    clusters: tuple[ManagedCluster, ...] = ()
    leaving: tuple[Base, ...] = ()
    problems: tuple[str, ...] = ()


def schedule(snapshot: Snapshot, guards: Guards) -> tuple[Placement, ...]:
    """Place every Subscription that our scheduler serves; the order is that of the snapshot.

    Subscriptions that are being deleted, or that name another scheduler, have no placement.
    """
    bases = bases_by_name(snapshot)
    return tuple(
        _place(subscription, snapshot.clusters, bases.get(_base_of(subscription), ()), guards)
        for subscription in snapshot.subscriptions
        if not subscription.meta.is_deleting and subscription.scheduler_name in SCHEDULER_NAMES
    )


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What is left of a Subscription that is gone from the hub.

    :param bases: its Bases, to be taken from their clusters.
    :param problem: why nothing is taken; empty where it may be. A file that got lost must not empty a fleet.
    """

    bases: tuple[Base, ...]
    problem: str = ""


def abandoned(snapshot: Snapshot, guards: Guards) -> tuple[Abandoned, ...]:
    """Our Bases whose Subscription is gone, by Subscription. The ones that `state: absent` marked are consented to."""
    alive = {_base_of(item) for item in snapshot.subscriptions if not item.meta.is_deleting}
    found = (bases for name, bases in bases_by_name(snapshot).items() if name not in alive)
    return tuple(Abandoned(bases, _vanished(_going(bases, snapshot.clusters), guards)) for bases in found)


def _vanished(going: tuple[Base, ...], guards: Guards) -> str:
    if len(going) <= guards.max_removed_clusters:
        return ""
    return (
        f"it is gone from the hub, and would be taken from {len(going)} clusters, more than max_removed_clusters="
        f"{guards.max_removed_clusters}; nothing was removed. Put it back, remove it with state=absent, or raise "
        "max_removed_clusters if that is meant"
    )


def bases_by_name(snapshot: Snapshot) -> Mapping[str, tuple[Base, ...]]:
    """Our Bases; all Bases of one Subscription share their name, each in the namespace of its cluster."""
    found: dict[str, list[Base]] = defaultdict(list)
    for base in snapshot.bases:
        if base.is_ours:
            found[base.meta.name].append(base)
    return {name: tuple(bases) for name, bases in found.items()}


def _base_of(subscription: Subscription) -> str:
    return base_name(subscription.meta.namespace, subscription.meta.name)


def foreign(snapshot: Snapshot) -> tuple[Subscription, ...]:
    """Subscriptions that belong to the scheduler that they name, which is not ours: they are left alone."""
    return tuple(
        subscription
        for subscription in snapshot.subscriptions
        if not subscription.meta.is_deleting and subscription.scheduler_name not in SCHEDULER_NAMES
    )


def bind(subscription: Subscription, clusters: tuple[ManagedCluster, ...], guards: Guards) -> Placement:
    """Place a Subscription where Clusternet's controllers deploy: what it runs on is what its status says that it is bound to.

    :returns: without Bases that leave: Clusternet's controllers see to their own.
    """
    try:
        selection = select(subscription, clusters)
    except InvalidInput as error:
        return Placement(subscription, problems=error.problems)
    known = {cluster.binding for cluster in clusters}
    bound = tuple(str(binding) for binding in subscription.status.get("bindingClusters") or ())
    chosen = {cluster.binding for cluster in selection.selected}
    going = tuple(binding for binding in bound if binding in known and binding not in chosen)
    problems = _refusals(selection, len(bound), going, guards)
    return Placement(subscription, selection, () if problems else selection.selected, problems=problems)


def _place(
    subscription: Subscription, clusters: tuple[ManagedCluster, ...], bases: tuple[Base, ...], guards: Guards
) -> Placement:
    try:
        selection = select(subscription, clusters)
    except InvalidInput as error:
        return Placement(subscription, problems=error.problems)
    chosen = selection.selected
    namespaces = {cluster.meta.namespace for cluster in chosen}
    leaving = tuple(base for base in bases if base.meta.namespace not in namespaces)
    going = tuple(base.meta.namespace for base in _going(leaving, clusters))
    problems = unsupported(subscription) or _refusals(selection, len(bases), going, guards)
    if problems:
        return Placement(subscription, selection, problems=problems)
    return Placement(subscription, selection, chosen, leaving)


def _going(leaving: tuple[Base, ...], clusters: tuple[ManagedCluster, ...]) -> tuple[Base, ...]:
    """What this run would newly take away: not what an earlier one let go of, nor what no cluster is there for any more."""
    known = {cluster.namespace for cluster in clusters}
    return tuple(base for base in leaving if base.meta.namespace in known and not base.meta.is_deleting)


def unsupported(subscription: Subscription) -> tuple[str, ...]:
    """Why our scheduler cannot serve a Subscription that names it; empty where it can."""
    if subscription.scheduling_strategy == "Dividing":
        return ("spec.schedulingStrategy Dividing is not supported by this version; Replication is",)
    return ()


def _refusals(selection: Selection, there: int, going: Sequence[str], guards: Guards) -> tuple[str, ...]:
    """Reference, "Scheduling" 10: one mistyped label must not empty the fleet.

    :param there: in how many clusters it is.
    :param going: the clusters that it would be taken from.
    """
    if not selection.selected:
        stays = f"; it stays in the {there} where it runs" if there else ""
        return (
            f"none of the {len(selection.verdicts)} clusters is both selected and tolerated{stays}. "
            "Compare spec.subscribers[].clusterAffinity and spec.clusterTolerations with the labels and taints of the "
            "clusters (multicluster.apps.info tells why each was turned away)",
        )
    if len(going) > guards.max_removed_clusters:
        places = ", ".join(going[:5]) + (", …" if len(going) > 5 else "")
        return (
            f"this run would take it from {len(going)} clusters ({places}), more than "
            f"max_removed_clusters={guards.max_removed_clusters}; nothing was changed. Raise max_removed_clusters if that is meant",
        )
    return ()
