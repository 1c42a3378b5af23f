# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the steps of a dynamic division did to each cluster, in numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import remainder_order

Counts: TypeAlias = Sequence[int]


class StepKind(StrEnum):
    """What a step of a division went by, in the words of its account."""

    GROW = "by room"
    SHRINK = "by what it had"
    PACK = "by packing"
    DRAIN = "by emptying"
    CONSTRAIN = "by topologySpreadConstraints"
    WIDEN = "for minClusters"


# Steps whose changes are in proportion to their weights.
_PROPORTIONAL: Final = (StepKind.GROW, StepKind.SHRINK)


@dataclass(frozen=True, slots=True)
class Part:
    """What one step did to one cluster, and why.

    :ivar change: replicas that came, or went if it is negative.
    :ivar weight: what the step looked at: room when replicas come, replicas that run when they go.
    :ivar total_weight: of all clusters that the step looked at.
    :ivar amount: what the step shared out in all.
    :ivar floor: the whole part of the share; None where shares are not in proportion.
    :ivar remainder_rank: its turn, from 1, among those that got or gave one of the rest; None without one.
    """

    kind: StepKind
    change: int
    weight: int
    total_weight: int
    amount: int
    floor: int | None = None
    remainder_rank: int | None = None

    def __str__(self) -> str:
        """In a few words: `+5 of 10 by room (7 of 13 gives 4, and 1 of the rest (turn 1))`."""
        if self.kind is StepKind.WIDEN:
            return f"{self.change:+d} {self.kind}"
        text = f"{self.change:+d} of {self.amount} {self.kind}"
        if self.floor is None:
            return text
        rest = f", and 1 of the rest (turn {self.remainder_rank})" if self.remainder_rank else ""
        return f"{text} ({self.weight} of {self.total_weight} gives {self.floor}{rest})"


@dataclass(frozen=True, slots=True)
class DynamicShare:
    """Why a cluster has the replicas that it has.

    :ivar running: what it had before, by the plan that this one goes on from.
    :ivar capacity: how many more it can take; None where nobody was asked, and where that is not known.
    :ivar was_asked: whether its room was to be known.
    :ivar is_anew: whether everything is divided as if nothing ran yet.
    :ivar tier: how many steps of preference are above it.
    :ivar parts: what each step did to it; none where it stays as it was.
    :ivar lacking: labels that it would need to get any replica.
    :ivar fullness: why it has no room, where somebody looked.
    """

    running: int
    capacity: int | None
    tier: int
    replicas: int
    parts: tuple[Part, ...]
    was_asked: bool = False
    is_anew: bool = False
    lacking: tuple[str, ...] = ()
    fullness: str = ""

    def __str__(self) -> str:
        """In one line: `5: had 0, room for 7; +5 of 10 by room (7 of 13 gives 5)`."""
        facts = ["divided anew" if self.is_anew and not self.running else f"had {self.running}"]
        if self.capacity is not None:
            facts.append(self.fullness or f"room for {self.capacity}")
        elif self.was_asked:
            facts.append("room not known")
        if self.tier:
            facts.append(f"choice {self.tier + 1} of preferredClusters")
        facts += [f"gets none: topologySpreadConstraints ask for the label {key}" for key in self.lacking]
        return "; ".join((f"{self.replicas}: {', '.join(facts)}", *map(str, self.parts)))


@dataclass(frozen=True, slots=True)
class Step:
    """One step: it shared out an amount by weights, and so changed what the clusters at these places have.

    Only what stands is a step: what a later rule has replaced never happened.
    """

    kind: StepKind
    amount: int
    places: Counts
    weights: Counts
    changes: Counts

    def parts(self) -> dict[int, Part]:
        """By place, what it did."""
        total = sum(self.weights)
        floors: Sequence[int | None] = [None] * len(self.places)
        ranks: dict[int, int] = {}
        if self.kind in _PROPORTIONAL and total:
            whole = [weight * self.amount // total for weight in self.weights]
            order = remainder_order(self.amount, self.weights, self.amount - sum(whole))
            floors, ranks = whole, {index: rank for rank, index in enumerate(order, start=1)}
        return {
            place: Part(self.kind, change, weight, total, self.amount, floor, ranks.get(index))
            for index, (place, weight, change, floor) in enumerate(
                zip(self.places, self.weights, self.changes, floors, strict=True)
            )
            if change or (weight and (floor is not None or self.kind is StepKind.CONSTRAIN))
        }


# Told of each step as it is made.
Record: TypeAlias = Callable[[Step], None]


def forget(step: Step) -> None:
    """Nobody asked for reasons."""
