# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dividing as one Subscription has it: all its feeds, and which of its clusters it goes to in the end.

Reference, "Scheduling" 4 to 7 and 11. Clusters come in the order of their selection, subgroups included; what is no
longer selected is not there, so that its replicas are missing and go to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeGuard, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import (
    Demand,
    DynamicDivider,
    DynamicDivision,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import (
    StaticDivision,
    StaticWeights,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import BINPACK, DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import STATIC, Subscription

DYNAMIC: Final = "Dynamic"

Division: TypeAlias = Union[StaticDivision, DynamicDivision]
# By feed key and by binding: how many replicas run.
Running: TypeAlias = Mapping[str, Mapping[str, int]]
Clusters: TypeAlias = Sequence[ManagedCluster]
# How many more replicas of a feed each of the clusters can take, at this moment.
CapacityOf: TypeAlias = Callable[[FeedOrder, Clusters], Sequence[int]]
# Told of each division as it is made; it may answer with another one.
Settle: TypeAlias = Callable[[FeedOrder, Clusters, DynamicDivider, DynamicDivision], DynamicDivision]


@dataclass(frozen=True)
class Divided:
    """Where the replicas of a Subscription go.

    :ivar clusters: what it goes to, in scheduling order: `status.bindingClusters`.
    :ivar replicas: by feed key, the replicas of those clusters in their order: `status.replicas`.
    :ivar considered: the clusters that the divisions are about, with those that have nothing in the end.
    :ivar divisions: by feed key, how it came about; none for a feed without replicas.
    :ivar divider: for dynamic dividing, what tells the reasons of a division.
    """

    clusters: tuple[ManagedCluster, ...]
    replicas: Mapping[str, tuple[int, ...]]
    considered: tuple[ManagedCluster, ...]
    divisions: Mapping[str, Division] = field(default_factory=dict)
    divider: DynamicDivider | None = None

    @property
    def _dynamic(self) -> dict[str, DynamicDivision]:
        return {key: each for key, each in self.divisions.items() if isinstance(each, DynamicDivision)}

    def homeless(self, running: Running) -> tuple[str, ...]:
        """The feeds that nothing runs of and of which no replica found a place, one sentence each.

        :param running: what ran before; what has lost its last replica to another Subscription is no surprise.
        """
        return tuple(
            f"feed {key}: none of its clusters has room for even one of {each.demand.desired} replicas"
            for key, each in self._dynamic.items()
            if each.demand.desired and not any(each.replicas) and not any(running.get(key, {}).values())
        )

    @property
    def shortages(self) -> dict[str, int]:
        """By feed key, how many replicas no cluster has room for."""
        return {key: each.shortage for key, each in self._dynamic.items() if each.shortage}

    @property
    def unmet(self) -> tuple[str, ...]:
        """Rules that could not be followed, with the feed, in words."""
        return tuple(f"{key}: {sentence}" for key, each in self._dynamic.items() for sentence in each.unmet)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """Both, one sentence each."""
        short = (
            f"feed {key}: {each.shortage} of {each.demand.desired} replicas have room in none of its clusters"
            for key, each in self._dynamic.items()
            if each.shortage
        )
        return (*short, *(f"feed {sentence}" for sentence in self.unmet))


def running_replicas(subscription: Subscription) -> dict[str, dict[str, int]]:
    """What an earlier run has decided, out of the status: by feed key and binding.

    A list that has not one whole number for each bound cluster says nothing, and counts as none.
    """
    bindings, replicas = subscription.status.get("bindingClusters"), subscription.status.get("replicas")
    if not _are_names(bindings) or not isinstance(replicas, Mapping):
        return {}
    return {
        key: dict(zip(bindings, counts, strict=True))
        for key, counts in replicas.items()
        if isinstance(counts, (list, tuple)) and len(counts) == len(bindings) and all(map(_is_count, counts)) and counts
    }


def divide(
    subscription: Subscription,
    clusters: Clusters,
    orders: Sequence[FeedOrder],
    capacity_of: CapacityOf,
    *,
    running: Running,
    settle: Settle | None = None,
    anew: bool = False,
) -> Divided:
    """Divide the replicas of all feeds of a Subscription with `schedulingStrategy: Dividing`.

    :param clusters: those that are selected, in scheduling order.
    :param orders: what its feeds ask for, in their order.
    :param capacity_of: asked once for each feed, right before it is divided; not for static dividing.
    :param running: what runs now (`running_replicas`).
    :param anew: divide as if nothing ran yet: the way back to clusters that were lost, say.
    :raises InvalidInput: naming the field that keeps it from being divided.
    """
    rules = rules_of(subscription, clusters)
    if rules is None:
        return _static(subscription, clusters, orders)
    divider = DynamicDivider(rules, clusters)
    if rules.max_clusters is not None:
        clusters = _targets(subscription, divider, clusters, orders, capacity_of, running)
        divider = DynamicDivider(rules, clusters)
    divisions: dict[str, Division] = {}
    for order in orders:
        if order.desired_replicas is not None:
            demand = _demand(order, clusters, capacity_of, running)
            division = divider.divide(demand.anew if anew else demand)
            divisions[order.feed.key] = settle(order, clusters, divider, division) if settle else division
    return _bound(rules, clusters, orders, divisions, divider, running)


def rules_of(subscription: Subscription, clusters: Clusters) -> DynamicRules | None:
    """The rules of dynamic dividing; None where the weights alone decide.

    :raises InvalidInput: naming the field that keeps the Subscription from being divided.
    """
    dividing = subscription.dividing
    if dividing is None:
        raise InvalidInput("spec.dividingScheduling: is missing; schedulingStrategy Dividing needs it")
    if dividing.type == STATIC:
        return None
    if dividing.type != DYNAMIC:
        raise InvalidInput(f"spec.dividingScheduling.type: found {dividing.type!r}; accepted: {STATIC}, {DYNAMIC}")
    rules = DynamicRules.of(dividing.dynamic)
    most = rules.max_clusters
    if most is not None and subscription.scheduling_by_subgroup and most < len(clusters):
        raise InvalidInput(
            f"spec.dividingScheduling.dynamicDividing.maxClusters: is {most}, and the subgroups ask for"
            f" {len(clusters)} clusters; raise it or lower subGroupStrategy.minClusters"
        )
    return rules


def _static(subscription: Subscription, clusters: Clusters, orders: Sequence[FeedOrder]) -> Divided:
    weights = StaticWeights.of(subscription.subscribers, (cluster.meta.labels for cluster in clusters))
    divisions: dict[str, Division] = {
        order.feed.key: weights.divide(order.desired_replicas) for order in orders if order.desired_replicas is not None
    }
    replicas = {
        order.feed.key: divisions[order.feed.key].replicas if order.feed.key in divisions else () for order in orders
    }
    return Divided(tuple(clusters), replicas, tuple(clusters), divisions)


def _demand(order: FeedOrder, clusters: Clusters, capacity_of: CapacityOf, running: Running) -> Demand:
    known = running.get(order.feed.key)
    return Demand(
        desired=order.desired_replicas or 0,
        running=tuple(known.get(cluster.binding, 0) for cluster in clusters) if known else (0,) * len(clusters),
        capacity=tuple(capacity_of(order, clusters)),
    )


def _targets(
    subscription: Subscription,
    divider: DynamicDivider,
    clusters: Clusters,
    orders: Sequence[FeedOrder],
    capacity_of: CapacityOf,
    running: Running,
) -> Clusters:
    demands = [_demand(order, clusters, capacity_of, running) for order in orders if order.desired_replicas is not None]
    before = subscription.status.get("bindingClusters")
    known = (
        set(before) if isinstance(before, (list, tuple)) and all(isinstance(each, str) for each in before) else set()
    )
    bound = {place for place, cluster in enumerate(clusters) if cluster.binding in known}
    return tuple(clusters[place] for place in divider.targets(demands, bound))


def _bound(
    rules: DynamicRules,
    clusters: Clusters,
    orders: Sequence[FeedOrder],
    divisions: Mapping[str, Division],
    divider: DynamicDivider,
    running: Running,
) -> Divided:
    """Leave out the clusters that packing has emptied; with no replicas at all, and without packing, all stay."""
    places: Sequence[int] = range(len(clusters))
    if rules.strategy == BINPACK:
        used = [place for place in places if any(each.replicas[place] for each in divisions.values())]
        places = used or places
    chosen = tuple(clusters[place] for place in places)
    replicas: dict[str, tuple[int, ...]] = {}
    for order in orders:
        key = order.feed.key
        if key in divisions:
            replicas[key] = tuple(divisions[key].replicas[place] for place in places)
        else:
            # What has lost its number keeps what it had, as with Clusternet.
            known = running.get(key, {})
            replicas[key] = tuple(known.get(cluster.binding, 0) for cluster in chosen) if known else ()
    return Divided(chosen, replicas, tuple(clusters), divisions, divider)


def _are_names(value: Any) -> TypeGuard[Sequence[str]]:
    return isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
