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
    """What a step of a division did."""

    GROW = "grow"
    SHRINK = "shrink"
    PACK = "pack"
    DRAIN = "drain"
    CONSTRAIN = "constrain"
    WIDEN = "widen"


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
        """In a few words: `grow +5 of 10 (7 of 13 gives 4, and 1 of the rest, turn 1)`."""
        share = f"{self.weight} of {self.total_weight}"
        if self.floor is not None:
            rest = f", and 1 of the rest, turn {self.remainder_rank}" if self.remainder_rank else ""
            share += f" gives {self.floor}{rest}"
        return f"{self.kind} {self.change:+d} of {self.amount} ({share})"


@dataclass(frozen=True, slots=True)
class DynamicShare:
    """Why a cluster has the replicas that it has.

    :ivar capacity: how many more it can take; None where nobody was asked.
    :ivar tier: how many steps of preference are above it.
    :ivar parts: what each step did to it; none where it stays as it was.
    """

    running: int
    capacity: int | None
    tier: int
    replicas: int
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        """In one line: `5: runs 0, room for 7; grow +5 of 10 (7 of 13 gives 5)`."""
        tier = f", {self.tier} preferred groups before it" if self.tier else ""
        parts = "".join(f"; {part}" for part in self.parts)
        room = "" if self.capacity is None else f", room for {self.capacity}"
        return f"{self.replicas}: runs {self.running}{room}{tier}{parts}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: it shared out an amount by weights, and so changed what the clusters at these places have."""

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
            if change or floor is not None
        }


# Told of each step as it is made.
Record: TypeAlias = Callable[[Step], None]


def forget(step: Step) -> None:
    """Nobody asked for reasons."""
