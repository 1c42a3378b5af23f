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
from typing import Final, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import (
    Demand,
    DynamicDivider,
    DynamicDivision,
    seeks,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import (
    StaticDivision,
    StaticWeights,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Rows, Running, bindings_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import BINPACK, DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import STATIC, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import counted

DYNAMIC: Final = "Dynamic"

Division: TypeAlias = Union[StaticDivision, DynamicDivision]
Clusters: TypeAlias = Sequence[ManagedCluster]
# How many more replicas of a feed each of the clusters can take, at this moment; None where that is not known.
CapacityOf: TypeAlias = Callable[[FeedOrder, Clusters], Sequence[Union[int, None]]]
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

    def homeless(self, running: Running, why_not: Callable[[str], str]) -> tuple[str, ...]:
        """The feeds that nothing runs of and of which no replica found a place, one sentence each.

        :param running: what ran before; what has lost its last replica to another Subscription is no surprise.
        :param why_not: by feed key, why there is room in none of the clusters, in words.
        """
        return tuple(
            f"feed {key}: none of its clusters {'may take' if each.barred else 'has room for'} even one of "
            f"{counted(each.demand.desired, 'replica')}: {'; '.join(each.unmet) if each.barred else why_not(key)}"
            for key, each in self._dynamic.items()
            if each.demand.desired and not any(each.replicas) and key not in running
        )

    @property
    def shortages(self) -> dict[str, int]:
        """By feed key, how many replicas have no place, for lack of room or for the constraints."""
        return {key: each.shortage for key, each in self._dynamic.items() if each.shortage}

    @property
    def unmet(self) -> tuple[str, ...]:
        """Rules that could not be followed, with the feed, in words."""
        return tuple(f"{key}: {sentence}" for key, each in self._dynamic.items() for sentence in each.unmet)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """Both, one sentence each."""
        short = (
            f"feed {key}: {each.shortage - each.barred} of {counted(each.demand.desired, 'replica')} have no room in any of its"
            " clusters"
            for key, each in self._dynamic.items()
            if each.shortage > each.barred
        )
        return (*short, *(f"feed {sentence}" for sentence in self.unmet))


def divide(
    subscription: Subscription,
    clusters: Clusters,
    orders: Sequence[FeedOrder],
    capacity_of: CapacityOf,
    *,
    running: Running,
    settle: Settle | None = None,
    anew: bool = False,
    survey: bool = False,
) -> Divided:
    """Divide the replicas of all feeds of a Subscription with `schedulingStrategy: Dividing`.

    :param clusters: those that are selected, in scheduling order.
    :param orders: what its feeds ask for, in their order.
    :param capacity_of: asked right before a feed is divided of which a replica has to find a place; not for static dividing.
    :param running: what runs now (`running_replicas`).
    :param anew: divide as if nothing ran yet: the way back to clusters that were lost, say.
    :param survey: ask for the capacity also where nothing has to find a place: who asks why wants to know it.
    :raises InvalidInput: naming the field that keeps it from being divided.
    """
    rules = rules_of(subscription, clusters)
    if rules is None:
        return _static(subscription, clusters, orders)
    counted = [order for order in orders if order.desired_replicas is not None]
    divider, rows = DynamicDivider(rules, clusters), Rows(running, bindings_of(clusters))
    if rules.max_clusters is not None and len(clusters) > rules.max_clusters:
        asks = survey or needs_room(rules, orders, rows, anew=anew)
        demands = [_demand(order, rows, clusters, capacity_of if asks else None) for order in counted]
        clusters = _targets(subscription, divider, clusters, demands, anew=anew)
        divider, rows = DynamicDivider(rules, clusters), Rows(running, bindings_of(clusters))
    divisions: dict[str, Division] = {}
    for order in counted:
        asks = survey or anew or seeks(rules, order.desired_replicas or 0, rows.of(order.feed.key))
        demand = _demand(order, rows, clusters, capacity_of if asks else None)
        division = divider.divide(demand.anew if anew else demand)
        divisions[order.feed.key] = settle(order, clusters, divider, division) if settle else division
    return _bound(rules, clusters, orders, divisions, divider, rows)


def _demand(order: FeedOrder, rows: Rows, clusters: Clusters, capacity_of: CapacityOf | None) -> Demand:
    capacity = tuple(capacity_of(order, clusters)) if capacity_of else None
    return Demand(order.desired_replicas or 0, rows.of(order.feed.key), capacity)


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


def needs_room(rules: DynamicRules, orders: Sequence[FeedOrder], rows: Rows, *, anew: bool) -> bool:
    """Whether a replica has to find a place; where none has, nobody needs to know how much room there is.

    :param rows: what the selected clusters run.
    """
    wanted = [
        (order.desired_replicas, rows.of(order.feed.key)) for order in orders if order.desired_replicas is not None
    ]
    if anew:
        return any(desired for desired, _row in wanted)
    if any(seeks(rules, desired, row) for desired, row in wanted):
        return True
    if rules.max_clusters is None:
        return False
    used = sum(map(any, zip(*(row for _desired, row in wanted), strict=True)))
    return used > rules.max_clusters


def _targets(
    subscription: Subscription, divider: DynamicDivider, clusters: Clusters, demands: Sequence[Demand], *, anew: bool
) -> Clusters:
    if anew:
        return tuple(clusters[place] for place in divider.targets([demand.anew for demand in demands]))
    known = set(subscription.bound)
    bound = {place for place, cluster in enumerate(clusters) if cluster.binding in known}
    return tuple(clusters[place] for place in divider.targets(demands, bound))


def _bound(
    rules: DynamicRules,
    clusters: Clusters,
    orders: Sequence[FeedOrder],
    divisions: Mapping[str, Division],
    divider: DynamicDivider,
    rows: Rows,
) -> Divided:
    """Leave out the clusters that packing has emptied; with no replicas at all, and without packing, all stay."""
    places: Sequence[int] = range(len(clusters))
    if rules.strategy == BINPACK:
        columns = zip(*(each.replicas for each in divisions.values()), strict=True)
        used = [place for place, has_any in enumerate(map(any, columns)) if has_any]
        places = used or places
    chosen = tuple(clusters[place] for place in places)
    replicas: dict[str, tuple[int, ...]] = {}
    for order in orders:
        key = order.feed.key
        if key in divisions:
            found = divisions[key].replicas
            replicas[key] = found if len(places) == len(found) else tuple([found[place] for place in places])
        else:
            # What has lost its number keeps what it had, as with Clusternet.
            row = rows.of(key)
            replicas[key] = tuple(row[place] for place in places) if any(row) else ()
    return Divided(chosen, replicas, tuple(clusters), divisions, divider)
