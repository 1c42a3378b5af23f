# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Static dividing: replicas by the weights of the subscribers (reference, "Scheduling" 6).

The formula and nothing else: it looks neither at what clusters can take nor at what runs there, and one replica more in
all may make another cluster's share smaller ("Scheduling" 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscriber


@dataclass(frozen=True, slots=True)
class StaticShare:
    """Why a cluster has the replicas that it has.

    :ivar weight: of the cluster, out of `total_weight`.
    :ivar floor: the whole part of `weight * desired / total_weight`.
    :ivar remainder_rank: its turn, from 1, among those that got one of the replicas that were left; None without one.
    """

    weight: int
    total_weight: int
    floor: int
    remainder_rank: int | None
    replicas: int

    def __str__(self) -> str:
        """In one line: `4: weight 5 of 8 gives 3, and 1 of the rest (turn 1)`."""
        rest = f", and 1 of the rest (turn {self.remainder_rank})" if self.remainder_rank else ""
        return f"{self.replicas}: weight {self.weight} of {self.total_weight} gives {self.floor}{rest}"


@dataclass(frozen=True)
class StaticDivision:
    """The replicas of one feed, by the clusters in their order.

    :ivar remaining: how many replicas the floors left over: so many clusters, the heaviest first, have one more.
    """

    desired: int
    weights: StaticWeights
    replicas: tuple[int, ...]
    remaining: int

    def share(self, place: int) -> StaticShare:
        """Why the cluster at a place has its replicas."""
        weight, rank = self.weights.weights[place], self.weights.rank(place)
        return StaticShare(
            weight=weight,
            total_weight=self.weights.total,
            floor=weight * self.desired // self.weights.total,
            remainder_rank=rank if rank <= self.remaining else None,
            replicas=self.replicas[place],
        )


@dataclass(frozen=True)
class StaticWeights:
    """The weights of the clusters of one Subscription, which all its feeds are divided by.

    :ivar weights: by the clusters in their order.
    """

    weights: tuple[int, ...]

    @classmethod
    def of(cls, subscribers: Sequence[Subscriber], labels: Iterable[Mapping[str, str]]) -> StaticWeights:
        """The weights of clusters with these labels: of each, the sum over the subscribers that select it.

        :raises InvalidInput: for a weight below zero.
        """
        for index, each in enumerate(subscribers):
            if each.weight < 0:
                raise InvalidInput(
                    f"spec.subscribers[{index}].weight: found {each.weight}; whole numbers from 0 on are accepted"
                )
        weighing = [each for each in subscribers if each.weight]
        return cls(
            tuple(sum(each.weight for each in weighing if each.cluster_affinity.matches(found)) for found in labels)
        )

    @cached_property
    def total(self) -> int:
        """The sum of the weights."""
        return sum(self.weights)

    @cached_property
    def _heaviest_first(self) -> list[int]:
        return sorted(range(len(self.weights)), key=lambda place: -self.weights[place])

    @cached_property
    def _ranks(self) -> Mapping[int, int]:
        return {place: rank for rank, place in enumerate(self._heaviest_first, start=1)}

    def rank(self, place: int) -> int:
        """When it is the turn of a place for what remains, from 1; the earlier goes first among equals."""
        return self._ranks[place]

    def divide(self, desired: int) -> StaticDivision:
        """Share out the replicas of one feed.

        :raises InvalidInput: without clusters or weights to divide by, or for a number of replicas that is none.
        """
        if not 0 <= desired <= MOST_REPLICAS:
            raise InvalidInput(f"{desired} replicas cannot be divided; 0 to {MOST_REPLICAS} are accepted")
        if min(self.weights, default=0) < 0:
            raise InvalidInput("a weight is below 0; whole numbers from 0 on are accepted")
        if not self.total:
            raise InvalidInput(
                f"spec.subscribers[].weight: the {len(self.weights)} chosen clusters have no weight at all, so that"
                " nothing says how to divide; give at least one subscriber that selects one of them a weight from 1 on"
            )
        if desired not in self._divisions:  # most feeds of a Subscription have the same number
            self._divisions[desired] = self._divide(desired)
        return self._divisions[desired]

    @cached_property
    def _divisions(self) -> dict[int, StaticDivision]:
        return {}

    def _divide(self, desired: int) -> StaticDivision:
        shares = [weight * desired // self.total for weight in self.weights]
        remaining = desired - sum(shares)
        for place in self._heaviest_first[:remaining]:
            shares[place] += 1
        return StaticDivision(desired, self, tuple(shares), remaining)
