# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dynamic dividing: replicas by what clusters can still take (reference, "Scheduling" 7).

What runs stays where it is: growing places only what is missing, shrinking removes only what is too much, and where
nothing is missing nothing changes. Replicas of clusters that are gone are missing, so they go to the others; they come
back only when everything is divided anew. The first dividing is growing from nothing.

`Spread` (Clusternet's rule): what is added is in proportion to what each cluster can still take, what is removed in
proportion to what runs there, and the largest remainders get or give the rest.

What follows is in the API, and Clusternet does nothing with it. The API's own comments are the base; where they leave a
question open, the meaning is that of Kubernetes or of Karmada (its `Aggregated` division and its spread constraints).

`Binpack`: as few clusters as possible. Growing fills the clusters that run replicas already, the fullest first, then
empty ones, the roomiest first, which is the least number that can hold them. Shrinking empties the clusters that run
fewest. Clusters without a replica of any feed are not bound.

`preferredClusters`: the terms that select a cluster give it the sum of their weights. Clusters of the highest sum get as
many replicas as they can take, the next ones the rest, and so on; shrinking goes the other way. Among clusters of one sum
the strategy decides. An empty term selects nothing.

`maxClusters`: of the clusters that are selected, the best so many are targets; the others are not bound at all, and
what runs there moves. Clusters that run replicas come first, so that nothing moves that need not; then the preferred;
then, domain by domain of the first topology constraint, the roomiest.

`minClusters`: every feed runs in at least so many clusters, as far as there are replicas and room: where the strategy
would use fewer, single replicas go from the fullest clusters to empty ones, new replicas before running ones. Where that
cannot be had, what can be had is done and the rest is said (`unmet`): a cluster that is lost must not keep the others from
taking its replicas. Karmada refuses to schedule in that case; whoever wants that fails on `unmet`.

`topologySpreadConstraints`: see `topology`. For `Spread` only, as the API says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from operator import add

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS, apportion
from ansible_collections.multicluster.apps.plugins.module_utils._core.division_steps import (
    Counts,
    DynamicShare,
    Record,
    Step,
    StepKind,
    forget,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.topology import Topology
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import BINPACK, DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Demand:
    """What one feed asks of the clusters, by their order.

    :ivar desired: replicas in all.
    :ivar running: what each cluster runs already.
    :ivar capacity: how many more each can take; None for a cluster of which that is not known, and None in all where nobody
        was asked, since nothing has to find a place.
    :ivar is_anew: divide as if nothing ran yet.
    """

    desired: int
    running: tuple[int, ...]
    capacity: tuple[int | None, ...] | None = None
    is_anew: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no number of replicas."""
        if not 0 <= self.desired <= MOST_REPLICAS:
            raise InvalidInput(f"{self.desired} replicas cannot be divided; 0 to {MOST_REPLICAS} are accepted")
        if min(self.running, default=0) < 0 or (self.capacity is not None and min(self.room, default=0) < 0):
            raise InvalidInput("a cluster is said to run or take fewer than 0 replicas; numbers from 0 on are accepted")

    @property
    def room(self) -> tuple[int, ...]:
        """How many more each can take; nothing where that is not known."""
        return (0,) * len(self.running) if self.capacity is None else tuple([each or 0 for each in self.capacity])

    @property
    def anew(self) -> Demand:
        """The same as if nothing ran yet: what runs is room. A cluster that cannot be asked keeps what it runs."""
        found = list(zip(self.running, self.capacity or (None,) * len(self.running), strict=True))
        return Demand(
            self.desired,
            tuple([running if more is None else 0 for running, more in found]),
            tuple([None if more is None else running + more for running, more in found]),
            is_anew=True,
        )


@dataclass(frozen=True, slots=True)
class DynamicDivision:
    """The replicas of one feed, by the clusters in their order.

    :ivar broken: rules that do not hold, in words.
    :ivar before: the division that this one goes on from, with room that was not there then; None for the first.
    :ivar limits: what may keep replicas from room that there is, in words.
    """

    demand: Demand
    replicas: tuple[int, ...]
    broken: tuple[str, ...] = ()
    before: DynamicDivision | None = None
    limits: str = ""

    @property
    def shortage(self) -> int:
        """How many replicas have no place."""
        return self.demand.desired - sum(self.replicas)

    @property
    def barred(self) -> int:
        """How many of them have room, which topology constraints keep them from."""
        return max(0, min(self.shortage, self._left)) if self.limits else 0

    @property
    def unmet(self) -> tuple[str, ...]:
        """Rules that could not be followed, in words."""
        if not self.barred:
            return self.broken
        kept_out = (
            f"topologySpreadConstraints ({self.limits}) leave no place for {self.barred} of {self.demand.desired}"
            f" replicas, although there is room for {self._left} more"
        )
        return (*self.broken, kept_out)

    @property
    def _left(self) -> int:
        """How much of the room nothing was placed in."""
        left = sum(self.demand.room) - sum(self.replicas) + sum(self.demand.running)
        return left + (self.before._left if self.before else 0)


class DynamicDivider:
    """Divides the feeds of one Subscription; what they have in common is worked out once.

    :param clusters: those that are selected, in scheduling order: among equals the earlier has it.
    """

    def __init__(self, rules: DynamicRules, clusters: Sequence[ManagedCluster]) -> None:
        self.rules = rules
        self._clusters = clusters
        merits = [_merit(rules, cluster) for cluster in clusters]
        ranks = {merit: rank for rank, merit in enumerate(sorted(set(merits), reverse=True))}
        self._tier_of = [ranks[merit] for merit in merits]
        self._tiers = [[p for p, tier in enumerate(self._tier_of) if tier == rank] for rank in range(len(ranks))]
        labels = [cluster.meta.labels for cluster in clusters]
        self._topology = Topology(rules.constraints, labels, self._tier_of) if rules.constraints else None
        packs = rules.strategy == BINPACK
        self._fill: Callable[[int, Counts, Counts], list[int]] = _packed if packs else _spread
        self._filling = StepKind.PACK if packs else StepKind.GROW
        self._take: Callable[[int, Counts], list[int]] = _drained if packs else apportion
        self._taking = StepKind.DRAIN if packs else StepKind.SHRINK

    def targets(self, demands: Sequence[Demand], bound: Collection[int] = ()) -> tuple[int, ...]:
        """The places of the clusters that `maxClusters` leaves, in their order.

        :param demands: those of all feeds.
        :param bound: the places of the clusters that the Subscription goes to already.
        """
        everywhere = range(len(self._clusters))
        most = self.rules.max_clusters
        if most is None or len(everywhere) <= most:
            return tuple(everywhere)
        running = [sum(demand.running[place] for demand in demands) for place in everywhere]
        rooms = [(demand.room, demand.desired) for demand in demands]
        room = [sum(min(each[place], desired) for each, desired in rooms) for place in everywhere]
        # What stays in any case, before what is only better.
        merit = {p: (not running[p], -running[p], p not in bound, self._tier_of[p], -room[p], p) for p in everywhere}
        turns: dict[int | None, int] = {}
        turn = {}
        for place in sorted(everywhere, key=merit.__getitem__):
            domain = self._topology.domain(place) if self._topology else None
            turn[place] = turns[domain] = turns.get(domain, -1) + 1
        by_domain = self._topology is not None
        best = sorted(
            everywhere,
            key=lambda p: (merit[p][:4], turn[p] if by_domain else 0, merit[p][4:]),
        )
        return tuple(sorted(best[:most]))

    def divide(self, demand: Demand) -> DynamicDivision:
        """Divide the replicas of one feed.

        :raises InvalidInput: for more replicas than topology constraints can be followed for.
        """
        return self._divide(demand, forget)

    def shares(self, division: DynamicDivision) -> tuple[DynamicShare, ...]:
        """Why each cluster has its replicas; divides once more to tell."""
        demand = division.demand
        first = self.shares(division.before) if division.before else None
        steps: list[Step] = []
        self._divide(demand, steps.append)
        found = [step.parts() for step in steps]
        return tuple(
            DynamicShare(
                running=first[place].running if first else demand.running[place],
                capacity=_with_gains(first[place].capacity, capacity) if first else capacity,
                tier=self._tier_of[place],
                replicas=division.replicas[place],
                parts=(
                    *(first[place].parts if first else ()),
                    *(parts[place] for parts in found if place in parts),
                ),
                was_asked=demand.capacity is not None,
                is_anew=first[place].is_anew if first else demand.is_anew,
                lacking=self._topology.lacking(place) if self._topology else (),
            )
            for place, capacity in enumerate(demand.capacity or (None,) * len(division.replicas))
        )

    def _divide(self, demand: Demand, record: Record) -> DynamicDivision:
        missing = demand.desired - sum(demand.running)
        if missing > 0:
            changes = self._grow(missing, demand, record)
        elif missing < 0:
            changes = [-change for change in self._shrink(-missing, demand, record)]
        else:
            changes = []
        replicas = list(map(add, demand.running, changes)) if changes else list(demand.running)
        unmet = self._widen(replicas, demand, record) if self.rules.min_clusters else ()
        if self._topology:
            unmet = (*unmet, *self._topology.unmet(replicas))
        limits = self._topology.limits if self._topology else ""
        return DynamicDivision(demand, tuple(replicas), unmet, limits=limits)

    def _grow(self, amount: int, demand: Demand, record: Record) -> list[int]:
        room_of = demand.room
        added = [0] * len(room_of)
        steps: list[Step] = []
        rest = amount
        for places in self._tiers:
            room = [room_of[place] for place in places]
            share = min(rest, sum(room))
            if share:
                changes = self._fill(share, room, [demand.running[place] for place in places])
                steps.append(Step(self._filling, share, places, room, changes))
                for place, change in zip(places, changes, strict=True):
                    added[place] = change
                rest -= share
        if self._topology:
            after = [running + more for running, more in zip(demand.running, added, strict=True)]
            if not self._topology.allows(demand.running, after):
                added = self._topology.grow(amount, demand.running, room_of)
                steps = [Step(StepKind.CONSTRAIN, amount, range(len(added)), room_of, added)]
        for step in steps:
            record(step)
        return added

    def _shrink(self, amount: int, demand: Demand, record: Record) -> list[int]:
        removed = [0] * len(demand.running)
        steps: list[Step] = []
        rest = amount
        for places in reversed(self._tiers):
            running = [demand.running[place] for place in places]
            share = min(rest, sum(running))
            if share:
                changes = self._take(share, running)
                steps.append(Step(self._taking, share, places, running, [-change for change in changes]))
                for place, change in zip(places, changes, strict=True):
                    removed[place] = change
                rest -= share
        if self._topology:
            after = [running - less for running, less in zip(demand.running, removed, strict=True)]
            if self._topology.unmet(after):
                removed = self._topology.shrink(amount, demand.running)
                changes = [-change for change in removed]
                steps = [Step(StepKind.CONSTRAIN, amount, range(len(removed)), demand.running, changes)]
        for step in steps:
            record(step)
        return removed

    def _widen(self, replicas: list[int], demand: Demand, record: Record) -> tuple[str, ...]:
        """Move single replicas to empty clusters until there are enough with one; what cannot be had, in words."""
        wanted = min(self.rules.min_clusters, demand.desired)
        room, before = demand.room, list(replicas)
        empty = [place for place, count in enumerate(replicas) if not count and (room[place] or demand.running[place])]
        # A cluster that ran one already keeps it before another one gets its first.
        empty.sort(key=lambda p: (not demand.running[p], self._tier_of[p], -room[p]))
        used = sum(count > 0 for count in replicas)
        for place in empty:
            donor = self._donor(replicas, demand, place) if used < wanted else None
            if donor is not None:
                replicas[donor] -= 1
                replicas[place] += 1
                used += 1
        if replicas != before:
            changes = [after - count for after, count in zip(replicas, before, strict=True)]
            record(Step(StepKind.WIDEN, sum(map(abs, changes)) // 2, range(len(before)), before, changes))
        if used < wanted:
            return (f"minClusters: is {self.rules.min_clusters}, and {used} of {len(replicas)} clusters have replicas",)
        if 0 < demand.desired < self.rules.min_clusters:
            there = "is 1 replica" if demand.desired == 1 else f"are {demand.desired} replicas"
            return (f"minClusters: is {self.rules.min_clusters}, and there {there}",)
        return ()

    def _donor(self, replicas: list[int], demand: Demand, place: int) -> int | None:
        """The fullest cluster that can spare a replica for an empty one; new replicas go before running ones."""
        spare = [p for p, count in enumerate(replicas) if count > 1]
        spare.sort(key=lambda p: (replicas[p] <= demand.running[p], -replicas[p]))
        if self._topology is None:
            return spare[0] if spare else None
        for donor in spare:
            after = list(replicas)
            after[donor] -= 1
            after[place] += 1
            if self._topology.allows(replicas, after, hard_only=True):
                return donor
        return None


def seeks(rules: DynamicRules, desired: int, running: Counts) -> bool:
    """Whether a replica of a feed has to find a place."""
    if sum(running) < desired:
        return True
    return rules.min_clusters > 0 and sum(map(bool, running)) < min(rules.min_clusters, desired, len(running))


def _with_gains(known: int | None, gains: int | None) -> int | None:
    """The room with what others give; of a cluster of which nothing is known, only that."""
    return (gains or None) if known is None else known + (gains or 0)


def _merit(rules: DynamicRules, cluster: ManagedCluster) -> int:
    return sum(each.weight for each in rules.preferences if each.term.matches(cluster.meta.name, cluster.meta.labels))


def _spread(amount: int, room: Counts, _running: Counts) -> list[int]:
    return apportion(amount, room)


def _packed(amount: int, room: Counts, running: Counts) -> list[int]:
    """Into the clusters that run most, then into the roomiest: that many are needed at least."""
    order = sorted(range(len(room)), key=lambda place: (-running[place], -room[place]))
    return _taken_in_order(amount, room, order)


def _drained(amount: int, running: Counts) -> list[int]:
    """From the clusters that run fewest, the later first among equals: most of them end empty."""
    order = sorted(range(len(running)), key=lambda place: (running[place], -place))
    return _taken_in_order(amount, running, order)


def _taken_in_order(amount: int, available: Counts, order: Sequence[int]) -> list[int]:
    taken = [0] * len(available)
    for place in order:
        taken[place] = min(amount, available[place])
        amount -= taken[place]
        if not amount:
            break
    return taken
