# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscriptions that compete for the same clusters: who is served first, and who gives way.

In the API and unimplemented in Clusternet; the meaning is that of pods' priority and preemption in Kubernetes:

- By falling `priority`; equals in the order in which they are given. What one takes, the next does not find any more.
- `preemptionPolicy` `PreemptLowerPriority` (the default): where there is no room for a replica, replicas that run for
  Subscriptions of strictly lower priority give way: of the lowest priority first, of the later given among equals, the
  later feed first, and no more than is needed. Their owners are divided after that, so what gave way may find another
  cluster; otherwise it is part of their shortage. `PreemptNever`: first come, first served, and nobody gives way.
- Only what is divided dynamically takes from others and gives way: static dividing is its formula.
- Replicas that a run removes make room for nobody in that run: they are still there when it is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import (
    Demand,
    DynamicDivider,
    DynamicDivision,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import (
    Clusters,
    Divided,
    divide,
    rules_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Rows, Running, bindings_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription

PREEMPT_LOWER_PRIORITY: Final = "PreemptLowerPriority"


@dataclass(frozen=True)
class Claim:
    """What one Subscription with `schedulingStrategy: Dividing` asks of the clusters.

    :ivar clusters: those that are selected, in scheduling order.
    :ivar orders: what its feeds ask for, in their order.
    :ivar running: what runs now (`running.running_replicas`).
    :ivar anew: divide as if nothing ran yet.
    :ivar survey: know the room also where nothing has to find a place.
    """

    subscription: Subscription
    clusters: tuple[ManagedCluster, ...]
    orders: tuple[FeedOrder, ...]
    running: Running
    anew: bool = False
    survey: bool = False

    @cached_property
    def bindings(self) -> tuple[str, ...]:
        """Those of the clusters."""
        return bindings_of(self.clusters)


@dataclass(frozen=True, slots=True)
class Preemption:
    """Replicas of one feed that give way in one cluster.

    :ivar cluster: its binding, `<namespace>/<name>`.
    """

    victim: ObjectKey
    feed: str
    cluster: str
    replicas: int
    by: ObjectKey


@dataclass(frozen=True)
class Served:
    """What a claim came to.

    :ivar divided: None where there are problems: what runs then stays as it is.
    :ivar preempted: what gave way to it.
    """

    divided: Divided | None
    preempted: tuple[Preemption, ...] = ()
    problems: tuple[str, ...] = ()


def serve(
    claims: Sequence[Claim],
    rooms: Mapping[str, ClusterRoom],
    accepts: Callable[[int, Served], bool] = lambda _index, _served: True,
    firm: Collection[int] = (),
) -> tuple[Served, ...]:
    """Serve all claims, in the order of their priority.

    :param claims: in an order that has a meaning: it decides among equals.
    :param rooms: by binding, what each cluster can take beside what runs; a cluster that is missing takes nothing.
    :param accepts: told of each claim, by its index, when it is served; what it refuses stays as it is, so that the claim
        takes nothing and nobody gives way to it.
    :param firm: the indexes of claims that give way to nobody.
    :returns: in the order of the claims.
    """
    market = _Market(claims, rooms, firm)
    answers: dict[int, Served] = {}
    for index in market.queue:
        answers[index] = market.serve(index)
        if not accepts(index, answers[index]):
            market.take_back()
    return tuple(answers[index] for index in range(len(claims)))


class _Market:
    """The rooms of the clusters and what runs there, while claims are served one after the other."""

    def __init__(self, claims: Sequence[Claim], rooms: Mapping[str, ClusterRoom], firm: Collection[int]) -> None:
        self._claims = claims
        self._rooms = dict(rooms)
        self._running: list[dict[str, Mapping[str, int]]] = [dict(claim.running) for claim in claims]
        self._owned: dict[tuple[int, str], dict[str, int]] = {}
        # Before the claim that was served last: the rooms, and what its victims ran where.
        self._before = self._rooms
        self._evicted: list[tuple[tuple[int, str], str, int]] = []
        self._needs: dict[tuple[int, str], ReplicaRequirements] = {}
        # What is asked for alike is one value, so that rooms find their answers by it.
        self._same: dict[ReplicaRequirements, ReplicaRequirements] = {}
        self._gives_way: set[int] = set()
        # Of the claim that is being served, with the clusters that it is about.
        self._running_there: tuple[int, Clusters, Rows] | None = None
        self._problems = [self._check(index) for index in range(len(claims))]
        self._gives_way.difference_update(firm)
        self.queue = sorted(range(len(claims)), key=lambda index: -claims[index].subscription.priority)

    def serve(self, index: int) -> Served:
        """Divide for one claim; what it takes is gone for those that come after it."""
        claim = self._claims[index]
        self._before, self._evicted = dict(self._rooms), []
        if self._problems[index]:
            return Served(None, problems=self._problems[index])
        preempted: list[Preemption] = []

        def capacity_of(order: FeedOrder, clusters: Clusters) -> list[int | None]:
            needs, rooms = self._needs[index, order.feed.key], self._rooms
            return [
                rooms[name].replicas(needs) if name in rooms else None for name in self._rows(index, clusters).names
            ]

        def settle(
            order: FeedOrder, clusters: Clusters, divider: DynamicDivider, division: DynamicDivision
        ) -> DynamicDivision:
            self._take(index, order, clusters, division.replicas)
            if division.shortage and claim.subscription.preemption_policy == PREEMPT_LOWER_PRIORITY:
                return self._preempt(index, order, clusters, divider, division, preempted)
            return division

        try:
            divided = divide(
                claim.subscription,
                claim.clusters,
                claim.orders,
                capacity_of,
                running=self._running[index],
                settle=settle,
                anew=claim.anew,
                survey=claim.survey,
            )
        except InvalidInput as error:
            return Served(None, problems=error.problems)
        if divided.divider is None:
            for order in claim.orders:
                self._take(index, order, divided.clusters, divided.replicas[order.feed.key])
        return Served(divided, tuple(preempted))

    def take_back(self) -> None:
        """Undo what the claim that was served last has taken."""
        self._rooms = self._before
        for victim, binding, count in reversed(self._evicted):
            self._own_row(victim)[binding] = count

    def _check(self, index: int) -> tuple[str, ...]:
        """What keeps a claim from being served; what is wrong must not give way to anybody, since it stays."""
        claim = self._claims[index]
        try:
            is_dynamic = rules_of(claim.subscription, claim.clusters) is not None
            for order in claim.orders:
                where = f"feed {order.feed.key}: replicaRequirements"
                needs = ReplicaRequirements.of(order.requirements, where)
                self._needs[index, order.feed.key] = self._same.setdefault(needs, needs)
        except InvalidInput as error:
            return error.problems
        if is_dynamic:
            self._gives_way.add(index)
        return ()

    def _take(self, index: int, order: FeedOrder, clusters: Clusters, replicas: Sequence[int]) -> None:
        """What is new takes room; what runs has its place already."""
        if not replicas:
            return
        rows = self._rows(index, clusters)
        before = rows.of(order.feed.key)
        if before == replicas:
            return
        needs, rooms = self._needs[index, order.feed.key], self._rooms
        for name, running, count in zip(rows.names, before, replicas, strict=True):
            if count > running and name in rooms:
                rooms[name] = rooms[name].taking(needs, count - running)

    def _rows(self, index: int, clusters: Clusters) -> Rows:
        """What a claim runs there; feed after feed asks for the same, and nobody takes from it once it is served."""
        known = self._running_there
        if known is None or known[0] != index or known[1] is not clusters:
            known = self._running_there = (index, clusters, Rows(self._running[index], bindings_of(clusters)))
        return known[2]

    def _preempt(
        self,
        index: int,
        order: FeedOrder,
        clusters: Clusters,
        divider: DynamicDivider,
        division: DynamicDivision,
        preempted: list[Preemption],
    ) -> DynamicDivision:
        """Go on dividing, with the room that lower priorities can give."""
        needs, by = self._needs[index, order.feed.key], self._claims[index].subscription
        # A level of priority is touched only where those below it, wherever they run, do not give enough.
        for victims in self._victims(by.priority):
            gains = tuple(self._gain(cluster, needs, victims) for cluster in clusters)
            if not division.shortage or not any(gains):
                continue
            more = divider.divide(Demand(division.demand.desired, division.replicas, gains))
            for cluster, before, after in zip(clusters, division.replicas, more.replicas, strict=True):
                if after > before:
                    preempted += self._evict(cluster, needs, after - before, victims, by.key)
            division = replace(more, before=division)
        return division

    def _victims(self, priority: int) -> list[list[tuple[int, str]]]:
        """The feeds of lower priorities, those of one priority together, in the order in which they give way."""
        levels: dict[int, list[tuple[int, str]]] = {}
        for index in reversed(self.queue):
            claim = self._claims[index]
            if claim.subscription.priority < priority and index in self._gives_way:
                levels.setdefault(claim.subscription.priority, []).extend(
                    (index, order.feed.key) for order in reversed(claim.orders) if order.desired_replicas is not None
                )
        return list(levels.values())

    def _gain(self, cluster: ManagedCluster, needs: ReplicaRequirements, victims: Sequence[tuple[int, str]]) -> int:
        """How many replicas more there is room for when all victims are gone; none where nobody knows what room there is."""
        room = self._rooms.get(cluster.binding)
        leaving = [(self._needs[each], running) for each in victims if (running := self._runs(each, cluster))]
        if room is None or not leaving:
            return 0
        return room.releasing(*leaving).replicas(needs) - room.replicas(needs)

    def _runs(self, victim: tuple[int, str], cluster: ManagedCluster) -> int:
        index, key = victim
        return self._running[index].get(key, {}).get(cluster.binding, 0)

    def _own_row(self, victim: tuple[int, str]) -> dict[str, int]:
        """What a victim runs, to be changed: a claim is a value."""
        if victim not in self._owned:
            index, key = victim
            self._running[index][key] = self._owned[victim] = dict(self._running[index][key])
        return self._owned[victim]

    def _evict(
        self,
        cluster: ManagedCluster,
        needs: ReplicaRequirements,
        wanted: int,
        victims: Sequence[tuple[int, str]],
        by: ObjectKey,
    ) -> list[Preemption]:
        """Make room for so many replicas, and take it."""
        evicted = []
        room = self._rooms[cluster.binding]
        for victim in victims:
            if room.replicas(needs) >= wanted:
                break
            running = self._runs(victim, cluster)
            count = _fewest(room, self._needs[victim], running, needs, wanted)
            if count:
                room = room.releasing((self._needs[victim], count))
                self._evicted.append((victim, cluster.binding, running))
                self._own_row(victim)[cluster.binding] = running - count
                evicted.append(
                    Preemption(self._claims[victim[0]].subscription.key, victim[1], cluster.binding, count, by)
                )
        self._rooms[cluster.binding] = room.taking(needs, wanted)
        return evicted


def _fewest(room: ClusterRoom, leaving: ReplicaRequirements, most: int, needs: ReplicaRequirements, wanted: int) -> int:
    """The least number of replicas to leave that brings as much as all of them, or as is wanted."""
    goal = min(wanted, room.releasing((leaving, most)).replicas(needs))
    if goal <= room.replicas(needs):
        return 0
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if room.releasing((leaving, middle)).replicas(needs) >= goal:
            high = middle
        else:
            low = middle + 1
    return low
