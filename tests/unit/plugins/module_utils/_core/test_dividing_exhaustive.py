# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every small division against rules that are followed one replica at a time, and against all ways there are.

Up to three clusters in every order; four clusters in every combination, the order turning from one to the next. Weights, room
and what runs are 0 to 4, replicas 0 to 8. What is expected is worked out here alone, by means too slow for real fleets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import Demand, DynamicDivider
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import StaticWeights
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import DynamicRules

Counts = tuple[int, ...]
NUMBERS = range(5)
REPLICAS = range(9)
SIZES = (1, 2, 3, 4)


def clusters(count: int) -> list[ManagedCluster]:
    return [ManagedCluster.of({"metadata": {"namespace": "ns", "name": f"c{place}"}}) for place in range(count)]


def states(size: int) -> Iterator[tuple[Counts, Counts]]:
    """The room of so many clusters, and what they run."""
    pairs = list(product(NUMBERS, repeat=2))
    if size < 4:
        for rows in product(pairs, repeat=size):
            yield tuple(room for room, _runs in rows), tuple(runs for _room, runs in rows)
        return
    for number, rows in enumerate(combinations_with_replacement(pairs, size)):
        turned = rows[number % size :] + rows[: number % size]
        yield tuple(room for room, _runs in turned), tuple(runs for _room, runs in turned)


def static_by_hand(desired: int, weights: Counts) -> list[int]:
    """The formula of the reference: floors, then one more for each of the heaviest until nothing remains."""
    shares = [desired * weight // sum(weights) for weight in weights]
    waiting = list(range(len(weights)))
    while sum(shares) < desired:
        heaviest = waiting[0]
        for place in waiting:
            if weights[place] > weights[heaviest]:
                heaviest = place
        shares[heaviest] += 1
        waiting.remove(heaviest)
    return shares


@cache
def in_proportion(amount: int, weights: Counts) -> Counts:
    """So many things in proportion to weights, none more than its weight; the largest fractions get what remains."""
    if amount >= sum(weights):
        return weights
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    shares = [int(each) for each in exact]
    fractions = [each - int(each) for each in exact]
    while sum(shares) < amount:
        place = fractions.index(max(fractions))
        shares[place] += 1
        fractions[place] = Fraction(-1)
    return tuple(shares)


def spread_by_hand(desired: int, room: Counts, running: Counts) -> list[int]:
    missing = desired - sum(running)
    if missing < 0:
        return [runs - gone for runs, gone in zip(running, in_proportion(-missing, running), strict=True)]
    return [runs + new for runs, new in zip(running, in_proportion(missing, room), strict=True)]


def packed_by_hand(desired: int, room: Counts, running: Counts) -> list[int]:
    """One replica at a time: to what ran most, then to what had most room; away from what ran least, the later first."""
    replicas = list(running)
    places = range(len(running))
    while sum(replicas) < desired:
        free = [place for place in places if replicas[place] < running[place] + room[place]]
        if not free:
            break
        replicas[max(free, key=lambda place: (running[place], room[place], -place))] += 1
    while sum(replicas) > desired:
        used = [place for place in places if replicas[place]]
        replicas[min(used, key=lambda place: (running[place], -place))] -= 1
    return replicas


@cache
def fewest(amount: int, holds: Counts) -> int:
    """Into how few clusters an amount goes, or as much of it as there is place for: the least of all their subsets."""
    wanted = min(amount, sum(holds))
    return min(
        size
        for size in range(len(holds) + 1)
        for chosen in combinations(holds, size)
        if sum(chosen) >= wanted
    )  # fmt: skip


def fewest_used(desired: int, room: Counts, running: Counts) -> int:
    """In how few clusters there are replicas in the end, where what runs is not moved."""
    missing = desired - sum(running)
    if missing < 0:
        return fewest(desired, running)
    beside = sum(more for more, runs in zip(room, running, strict=True) if runs)
    empty = tuple(more for more, runs in zip(room, running, strict=True) if not runs)
    return sum(runs > 0 for runs in running) + fewest(max(0, missing - beside), empty)


@pytest.mark.parametrize("size", SIZES)
def test_static(size: int) -> None:
    for weights in product(NUMBERS, repeat=size):
        if any(weights):
            table = StaticWeights(weights)
            for desired in REPLICAS:
                assert list(table.divide(desired).replicas) == static_by_hand(desired, weights), (desired, weights)


@pytest.mark.parametrize("size", SIZES)
def test_spread_from_nothing(size: int) -> None:
    divider = DynamicDivider(DynamicRules("Spread"), clusters(size))
    for room, desired in product(product(NUMBERS, repeat=size), REPLICAS):
        found = divider.divide(Demand(desired, (0,) * size, room))
        assert found.replicas == in_proportion(desired, room), found.demand
        assert found.shortage == max(0, desired - sum(room)), found.demand


@pytest.mark.parametrize("size", SIZES)
def test_spread_growing_and_shrinking(size: int) -> None:
    divider = DynamicDivider(DynamicRules("Spread"), clusters(size))
    for room, running in states(size):
        for desired in REPLICAS:
            found = divider.divide(Demand(desired, running, room))
            assert list(found.replicas) == spread_by_hand(desired, room, running), found.demand


@pytest.mark.parametrize("size", SIZES)
def test_binpack_from_nothing_growing_and_shrinking(size: int) -> None:
    divider = DynamicDivider(DynamicRules("Binpack"), clusters(size))
    for room, running in states(size):
        for desired in REPLICAS:
            replicas = divider.divide(Demand(desired, running, room)).replicas
            case = (desired, room, running)
            assert list(replicas) == packed_by_hand(*case), case
            assert sum(count > 0 for count in replicas) == fewest_used(*case), case


def moved(before: Counts, after: Sequence[int], desired: int) -> int:
    """How many replicas came to a cluster beyond those that were missing."""
    came = sum(max(0, new - old) for old, new in zip(before, after, strict=True))
    return came - max(0, min(desired, sum(after)) - sum(before))


@cache
def ways(size: int, total: int, most: Counts) -> tuple[Counts, ...]:
    """All ways to have so many replicas in all, and no more than that in any cluster."""
    return tuple(way for way in product(*(range(each + 1) for each in most)) if sum(way) == total)


@pytest.mark.parametrize("strategy", ["Spread", "Binpack"])
@pytest.mark.parametrize("least", [2, 3])
def test_min_clusters_moves_no_more_than_it_must(strategy: str, least: int) -> None:
    """Of all ways to place as many, in at least as many clusters, none moves fewer replicas."""
    size = 3
    divider = DynamicDivider(DynamicRules(strategy, least), clusters(size))
    rows = list(product(range(3), repeat=size))
    for room, running, desired in product(rows, rows, range(7)):
        most = tuple(more + runs for more, runs in zip(room, running, strict=True))
        replicas = divider.divide(Demand(desired, running, room)).replicas
        total = min(desired, sum(most))
        possible = ways(size, total, most)
        widest = max(sum(count > 0 for count in way) for way in possible)
        enough = [way for way in possible if sum(count > 0 for count in way) >= min(least, widest)]
        case = (desired, room, running, replicas)
        assert replicas in enough, case
        assert moved(running, replicas, desired) == min(moved(running, way, desired) for way in enough), case


@pytest.mark.parametrize("strategy", ["Spread", "Binpack"])
@pytest.mark.parametrize("most", [1, 2])
def test_max_clusters_leaves_where_least_runs(strategy: str, most: int) -> None:
    """Of all choices of so many clusters, none would have fewer replicas move out."""
    rows = list(product(range(3), repeat=3))
    divider = DynamicDivider(DynamicRules(strategy, max_clusters=most), clusters(3))
    for room, running in product(rows, rows):
        chosen = divider.targets([Demand(4, running, room)])
        kept = sum(running[place] for place in chosen)
        assert len(chosen) == most
        assert kept == max(sum(each) for each in combinations(running, most)), (room, running, chosen)
