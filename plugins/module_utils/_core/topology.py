# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Topology spread constraints over the labels of clusters.

They mean for replicas in clusters what they mean for pods on nodes (KEP-895, KEP-3022). The clusters that share a value
of the label `topologyKey` are a domain. A replica may go where, with it, the domain has at most `maxSkew` replicas more
than the emptiest domain has; all constraints must allow it. What runs is never moved for their sake.

- `DoNotSchedule`: a replica for which there is no such place is not placed; it is part of the shortage. Clusters without
  the label get none. With fewer domains than `minDomains` the emptiest counts as empty.
- `ScheduleAnyway`: followed as long as there is such a place, then given up.
- Counted are the replicas of the feed that is divided: `labelSelector` and `matchLabelKeys`, which say in Kubernetes what
  is counted, have nothing to say here. Only clusters that the Subscription goes to are looked at, so `nodeAffinityPolicy`
  and `nodeTaintsPolicy` have nothing to say, either.

Replicas are placed one by one, as the scheduler of Kubernetes does: the place that is least full in proportion to what
it can take goes first. With one constraint that places as many as can be placed at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import apportion
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import SpreadConstraint
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

# One by one has its price, and nobody who means it divides more replicas than that.
MOST_STEPS: Final = 100_000


class _Counts:
    """The replicas of each domain of one constraint, while they are placed."""

    def __init__(self, constraint: SpreadConstraint, domains: Sequence[int | None], replicas: Sequence[int]) -> None:
        self.constraint = constraint
        self.domains = domains
        known = {domain for domain in domains if domain is not None}
        self.counts = [0] * len(known)
        for domain, count in zip(domains, replicas, strict=True):
            if domain is not None:
                self.counts[domain] += count
        self.is_short = constraint.min_domains is not None and len(known) < constraint.min_domains
        self.floor = 0
        self.lift()

    def lift(self) -> bool:
        """Look up the emptiest domain; whether it is fuller than before."""
        before = self.floor
        self.floor = 0 if self.is_short else min(self.counts, default=0)
        return self.floor > before

    def allows(self, place: int) -> bool:
        """Whether one replica more may go to a cluster."""
        domain = self.domains[place]
        if domain is None:
            return not self.constraint.is_hard
        return self.counts[domain] + 1 - self.floor <= self.constraint.max_skew

    def add(self, place: int, change: int) -> bool:
        """Count a replica that comes or goes; whether the floor rose."""
        domain = self.domains[place]
        if domain is None:
            return False
        was_lowest = self.counts[domain] == self.floor
        self.counts[domain] += change
        return was_lowest and self.lift()

    def skew(self) -> int:
        """By how much the fullest domain is ahead of the emptiest."""
        return max(self.counts, default=0) - self.floor


class Topology:
    """The clusters of a Subscription, as its constraints see them.

    :param tiers: of each cluster, how many others are preferred to it (`divide_dynamic`): the lower goes first.
    :ivar limits: what may keep replicas from room that there is, in words; empty where nothing does.
    """

    def __init__(
        self, constraints: Sequence[SpreadConstraint], labels: Sequence[Mapping[str, str]], tiers: Sequence[int]
    ) -> None:
        self._constraints = tuple(constraints)
        self._domains = [_domains(constraint.topology_key, labels) for constraint in constraints]
        self._tiers = tiers
        cells: dict[tuple[int | None, ...], list[int]] = defaultdict(list)
        for place, tier in enumerate(tiers):
            cells[(tier, *(domains[place] for domains in self._domains))].append(place)
        # Clusters that no constraint and no preference tells apart.
        self._cells = tuple(map(tuple, cells.values()))

        self.limits = " and ".join(
            str(constraint) if any(domain is not None for domain in domains) else _nowhere(constraint)
            for constraint, domains in zip(self._constraints, self._domains, strict=True)
            if constraint.is_hard
        )

    def lacking(self, place: int) -> tuple[str, ...]:
        """The labels without which a cluster gets no replica."""
        return tuple(
            constraint.topology_key
            for constraint, domains in zip(self._constraints, self._domains, strict=True)
            if constraint.is_hard and domains[place] is None
        )

    def domain(self, place: int) -> int | None:
        """The domain of a cluster for the first constraint."""
        return self._domains[0][place]

    def allows(self, before: Sequence[int], after: Sequence[int], *, hard_only: bool = False) -> bool:
        """Whether replicas that were added by whatever rule are where the constraints allow them."""
        for count in self._counts(after, hard_only=hard_only):
            for place, (old, new) in enumerate(zip(before, after, strict=True)):
                if new > old and not self._is_within(count, place):
                    return False
        return True

    def unmet(self, replicas: Sequence[int]) -> tuple[str, ...]:
        """The constraints that do not hold, in words."""
        return tuple(
            f"topologySpreadConstraints: {count.constraint}: the skew is {count.skew()}"
            for count in self._counts(replicas, hard_only=False)
            if count.skew() > count.constraint.max_skew
        )

    def grow(self, amount: int, running: Sequence[int], capacity: Sequence[int]) -> list[int]:
        """Place so many more replicas, or as many of them as there is place for; how many go to each cluster."""
        _check(amount)
        added = [0] * len(capacity)
        rounds = (False, True) if any(not each.is_hard for each in self._constraints) else (True,)
        for hard_only in rounds:
            now = [count + more for count, more in zip(running, added, strict=True)]
            left = [room - more for room, more in zip(capacity, added, strict=True)]
            more = self._place(amount, self._counts(now, hard_only=hard_only), left)
            added = [count + extra for count, extra in zip(added, more, strict=True)]
            amount -= sum(more)
        return added

    def shrink(self, amount: int, running: Sequence[int]) -> list[int]:
        """Take away so many replicas, from the fullest domains first; how many from each cluster."""
        _check(amount)
        counts = self._counts(running, hard_only=False)
        left = {cell: sum(running[place] for place in cell) for cell in self._cells}
        removed = dict.fromkeys(self._cells, 0)

        def urgency(cell: tuple[int, ...]) -> tuple[tuple[int, ...], int, Fraction]:
            fullness = tuple(
                -count.counts[domain] if (domain := count.domains[cell[0]]) is not None else 0 for count in counts
            )
            whole = left[cell] + removed[cell]
            return fullness, -self._tiers[cell[0]], Fraction(-left[cell], whole or 1)

        heap = [(urgency(cell), cell) for cell in self._cells if left[cell]]
        heapify(heap)
        while amount and heap:
            known, cell = heappop(heap)
            now = urgency(cell)
            if now != known:
                # Others took from its domain meanwhile; what is less urgent now waits for its turn.
                heappush(heap, (now, cell))
                continue
            left[cell] -= 1
            removed[cell] += 1
            amount -= 1
            for count in counts:
                count.add(cell[0], -1)
            if left[cell]:
                heappush(heap, (urgency(cell), cell))
        return self._shared(removed, running)

    def _place(self, amount: int, counts: Sequence[_Counts], room: Sequence[int]) -> list[int]:
        rooms = {cell: sum(room[place] for place in cell) for cell in self._cells}
        placed = dict.fromkeys(self._cells, 0)

        def turn(cell: tuple[int, ...]) -> tuple[int, Fraction, tuple[int, ...]]:
            return self._tiers[cell[0]], Fraction(placed[cell] + 1, rooms[cell]), cell

        heap = [turn(cell) for cell in self._cells if rooms[cell]]
        heapify(heap)
        waiting: list[tuple[int, Fraction, tuple[int, ...]]] = []
        while amount and heap:
            entry = heappop(heap)
            cell = entry[2]
            if not all(count.allows(cell[0]) for count in counts):
                waiting.append(entry)
                continue
            placed[cell] += 1
            amount -= 1
            rose = [count.add(cell[0], 1) for count in counts]
            if placed[cell] < rooms[cell]:
                heappush(heap, turn(cell))
            if any(rose):
                # What was too full may not be any longer.
                for each in waiting:
                    heappush(heap, each)
                waiting.clear()
        return self._shared(placed, room)

    def _shared(self, amounts: Mapping[tuple[int, ...], int], weights: Sequence[int]) -> list[int]:
        """By cluster, what was decided for the cells."""
        shares = [0] * len(weights)
        for cell, amount in amounts.items():
            for place, share in zip(cell, apportion(amount, [weights[each] for each in cell]), strict=True):
                shares[place] = share
        return shares

    def _counts(self, replicas: Sequence[int], *, hard_only: bool) -> list[_Counts]:
        return [
            _Counts(constraint, domains, replicas)
            for constraint, domains in zip(self._constraints, self._domains, strict=True)
            if constraint.is_hard or not hard_only
        ]

    @staticmethod
    def _is_within(count: _Counts, place: int) -> bool:
        domain = count.domains[place]
        if domain is None:
            return not count.constraint.is_hard
        return count.counts[domain] - count.floor <= count.constraint.max_skew


def _nowhere(constraint: SpreadConstraint) -> str:
    return f"no cluster has the label {constraint.topology_key}"


def _domains(key: str, labels: Sequence[Mapping[str, str]]) -> list[int | None]:
    """The number of each cluster's domain; None without the label."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(found[key], len(numbers)) if key in found else None for found in labels]


def _check(amount: int) -> None:
    if amount > MOST_STEPS:
        raise InvalidInput(
            f"topologySpreadConstraints: {amount} replicas would have to be placed one by one; up to {MOST_STEPS} are"
            " accepted. Divide fewer, or leave the constraints out"
        )
