# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dynamic dividing: its promises, its rules one by one, and every small case against the obvious."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import (
    Demand,
    DynamicDivider,
    DynamicDivision,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DynamicDividing
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._core.dynamic_rules import (
    ALL_RULES,
    BINPACK,
    ROWS,
    SPREAD,
    Counts,
    clusters,
    preferring,
)
from hypothesis import given
from hypothesis import strategies as st


def division(
    rules: DynamicRules, desired: int, capacity: Counts, running: Counts = (), **labels: Sequence[str]
) -> DynamicDivision:
    divider = DynamicDivider(rules, clusters(len(capacity), **labels))
    return divider.divide(Demand(desired, running or (0,) * len(capacity), capacity))


def divided(
    rules: DynamicRules, desired: int, capacity: Counts, running: Counts = (), **labels: Sequence[str]
) -> list[int]:
    return list(division(rules, desired, capacity, running, **labels).replicas)


def by_hand(total: int, weights: Sequence[int]) -> list[int]:
    full = sum(weights)
    if total >= full:
        return list(weights)
    shares = [Fraction(weight * total, full) for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (int(shares[place]) - shares[place], place))
    rest = total - sum(map(int, shares))
    return [int(share) + (place in order[:rest]) for place, share in enumerate(shares)]


def slow_spread(desired: int, capacity: Counts, running: Counts) -> list[int]:
    missing = desired - sum(running)
    if missing >= 0:
        return [old + new for old, new in zip(running, by_hand(missing, capacity), strict=True)]
    return [old - gone for old, gone in zip(running, by_hand(-missing, running), strict=True)]


def fewest_used(desired: int, capacity: Counts, running: Counts) -> int:
    """The least number of clusters with replicas, of all ways that move nothing that need not move."""
    missing = desired - sum(running)
    ranges = [
        range(old, old + room + 1) if missing >= 0 else range(old + 1)
        for old, room in zip(running, capacity, strict=True)
    ]
    total = min(desired, sum(each[-1] for each in ranges))
    return min(sum(count > 0 for count in way) for way in product(*ranges) if sum(way) == total)


def small_cases(size: int, most: int) -> Iterator[tuple[int, Counts, Counts]]:
    rows = list(product(range(most + 1), repeat=size))
    return ((desired, capacity, running) for capacity in rows for running in rows for desired in range(9))


def test_every_small_first_dividing() -> None:
    for size in range(1, 5):
        divider = DynamicDivider(SPREAD, clusters(size))
        for capacity in product(range(5), repeat=size):
            for desired in range(9):
                demand = Demand(desired, (0,) * size, capacity)
                assert list(divider.divide(demand).replicas) == by_hand(desired, capacity), demand


@pytest.mark.parametrize(("size", "most"), [(1, 4), (2, 4), (3, 2)])
def test_every_small_change(size: int, most: int) -> None:
    divider = DynamicDivider(SPREAD, clusters(size))
    for desired, capacity, running in small_cases(size, most):
        demand = Demand(desired, running, capacity)
        assert list(divider.divide(demand).replicas) == slow_spread(desired, capacity, running), demand


@pytest.mark.parametrize(("size", "most"), [(1, 4), (2, 3), (3, 2)])
def test_packing_uses_as_few_clusters_as_can_be(size: int, most: int) -> None:
    divider = DynamicDivider(BINPACK, clusters(size))
    for desired, capacity, running in small_cases(size, most):
        demand = Demand(desired, running, capacity)
        replicas = divider.divide(demand).replicas
        assert sum(count > 0 for count in replicas) == fewest_used(desired, capacity, running), demand


@given(ALL_RULES, ROWS, st.integers(0, 10**6))
def test_sums_and_bounds(rules: DynamicRules, rows: tuple[list[Any], ...], desired: int) -> None:
    capacity, running, zones = rows
    found = division(rules, desired, tuple(capacity), tuple(running), zone=zones)
    full = sum(capacity) + sum(running)
    assert sum(found.replicas) == min(desired, full)
    assert found.shortage == max(0, desired - full)
    for count, room, old in zip(found.replicas, capacity, running, strict=True):
        assert 0 <= count <= old + room


@given(
    ALL_RULES.map(lambda rules: DynamicRules(rules.strategy, 0, None, rules.preferences)), ROWS, st.integers(0, 10**6)
)
def test_nothing_moves_that_need_not_move(rules: DynamicRules, rows: tuple[list[Any], ...], desired: int) -> None:
    capacity, running, zones = rows
    replicas = divided(rules, desired, tuple(capacity), tuple(running), zone=zones)
    pairs = list(zip(running, replicas, strict=True))
    if desired >= sum(running):
        assert all(new >= old for old, new in pairs)
    else:
        assert all(new <= old for old, new in pairs)


@given(ALL_RULES, ROWS, st.integers(0, 10**6))
def test_a_second_run_changes_nothing(rules: DynamicRules, rows: tuple[list[Any], ...], desired: int) -> None:
    capacity, running, zones = rows
    replicas = divided(rules, desired, tuple(capacity), tuple(running), zone=zones)
    left = tuple(max(0, old + room - new) for new, old, room in zip(replicas, running, capacity, strict=True))
    assert divided(rules, desired, left, tuple(replicas), zone=zones) == replicas


@given(ROWS, st.integers(0, 10**5), st.integers(0, 10**5))
def test_growing_again_never_takes_away(rows: tuple[list[Any], ...], first: int, more: int) -> None:
    capacity, _running, _zones = rows
    before = divided(SPREAD, first, tuple(capacity))
    left = tuple(room - count for room, count in zip(capacity, before, strict=True))
    after = divided(SPREAD, first + more, left, tuple(before))
    assert all(new >= old for new, old in zip(after, before, strict=True))


@given(
    st.sampled_from((SPREAD, BINPACK)),
    st.lists(
        st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=8, unique_by=lambda row: row[0]
    ),
    st.integers(0, 5000),
    st.data(),
)
def test_the_order_decides_only_among_equals(
    rules: DynamicRules, rows: list[tuple[int, int]], desired: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))

    def by_row(given_rows: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], int]]:
        capacity, running = zip(*given_rows, strict=True)
        return sorted(zip(given_rows, divided(rules, desired, capacity, running), strict=True))

    differences = [abs(a[1] - b[1]) for a, b in zip(by_row(rows), by_row(shuffled), strict=True)]
    if rules is SPREAD:
        # Equal remainders may still meet; then one replica goes the other way.
        assert max(differences) <= 1
        assert sum(count for _row, count in by_row(rows)) == sum(count for _row, count in by_row(shuffled))
    elif len({running for _capacity, running in rows}) == len(rows):
        assert not any(differences)


@pytest.mark.parametrize(
    ("desired", "capacity", "running", "replicas"),
    [
        # The roomiest first, so that as few as possible are used.
        (7, (3, 5, 4), (0, 0, 0), [0, 5, 2]),
        # What runs already is filled before an empty one is begun.
        (6, (1, 9, 9), (2, 0, 1), [3, 0, 3]),
        # Those that run fewest are emptied first; the later among equals.
        (4, (9, 9, 9), (3, 1, 3), [3, 0, 1]),
        (9, (1, 1), (0, 0), [1, 1]),
    ],
)
def test_binpack(desired: int, capacity: Counts, running: Counts, replicas: list[int]) -> None:
    assert divided(BINPACK, desired, capacity, running) == replicas


@pytest.mark.parametrize(
    ("desired", "running", "replicas"),
    [
        # b is worth more than a, and both more than nothing; each takes 3.
        (2, (0, 0, 0), [0, 2, 0]),
        (5, (0, 0, 0), [2, 3, 0]),
        (7, (0, 0, 0), [3, 3, 1]),
        # What runs elsewhere is not moved for it, and goes first when there is too much.
        (4, (0, 0, 4), [0, 0, 4]),
        (3, (2, 2, 2), [1, 2, 0]),
    ],
)
def test_preferred_clusters(desired: int, running: Counts, replicas: list[int]) -> None:
    assert divided(preferring(a=1, b=100), desired, (3, 3, 3), running, zone=("a", "b", "")) == replicas


def test_the_weights_of_terms_add_up() -> None:
    both = {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}
    rules = DynamicRules.of(
        DynamicDividing(
            preferred_clusters=(
                {
                    "weight": 60,
                    "preference": {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["c0"]}]},
                },
                {"weight": 50, "preference": both},
                {"weight": 20, "preference": both},
                {"weight": 100, "preference": {}},
            )
        )
    )
    assert divided(rules, 3, (3, 3, 3), zone=("", "a", "")) == [0, 3, 0]
    assert divided(rules, 5, (3, 3, 3), zone=("", "a", "")) == [2, 3, 0]


@pytest.mark.parametrize(
    ("strategy", "least", "desired", "capacity", "running", "replicas"),
    [
        ("Binpack", 2, 5, (9, 9, 9), (0, 0, 0), [4, 1, 0]),
        ("Spread", 3, 3, (100, 1, 1), (0, 0, 0), [1, 1, 1]),
        # As far as there are replicas and room.
        ("Binpack", 3, 2, (9, 9, 9), (0, 0, 0), [1, 1, 0]),
        ("Binpack", 3, 5, (9, 0, 0), (0, 0, 0), [5, 0, 0]),
        # New replicas before running ones, running ones where the rule asks for it.
        ("Binpack", 2, 5, (9, 9), (4, 0), [4, 1]),
        ("Binpack", 2, 4, (9, 9), (4, 0), [3, 1]),
        ("Binpack", 3, 8, (0, 2, 9), (4, 3, 0), [4, 3, 1]),
        # What is emptied keeps one of its own before another cluster gets its first.
        ("Binpack", 2, 3, (9, 9, 9), (3, 0, 1), [2, 0, 1]),
    ],
)
def test_min_clusters(
    strategy: str, least: int, desired: int, capacity: Counts, running: Counts, replicas: list[int]
) -> None:
    assert divided(DynamicRules(strategy, least), desired, capacity, running) == replicas


def test_min_clusters_that_cannot_be_had_is_said() -> None:
    found = division(DynamicRules("Binpack", 3), 5, (9, 9, 0))
    assert found.replicas == (4, 1, 0)
    assert found.unmet == ("minClusters: is 3, and 2 of 3 clusters have replicas",)


@given(ROWS, st.integers(0, 200), st.integers(1, 6))
def test_min_clusters_holds_wherever_it_can(rows: tuple[list[Any], ...], desired: int, least: int) -> None:
    capacity, _running, _zones = rows
    for strategy in ("Spread", "Binpack"):
        replicas = divided(DynamicRules(strategy, least), desired, tuple(capacity))
        usable = sum(room > 0 for room in capacity)
        assert sum(count > 0 for count in replicas) >= min(least, usable, sum(replicas))


@pytest.mark.parametrize(
    ("running", "bound", "chosen"),
    [
        # The roomiest; then those that run something; then those that it goes to already.
        ((0, 0, 0, 0), (), (1, 3)),
        ((0, 0, 1, 0), (), (1, 2)),
        ((1, 0, 5, 3), (), (2, 3)),
        ((0, 0, 0, 0), (0, 2), (0, 2)),
    ],
)
def test_max_clusters(running: Counts, bound: Counts, chosen: Counts) -> None:
    divider = DynamicDivider(DynamicRules(max_clusters=2), clusters(4))
    assert divider.targets([Demand(9, running, (1, 8, 2, 4))], bound) == chosen


def test_max_clusters_looks_at_all_feeds_and_prefers_the_preferred() -> None:
    rules = DynamicRules(max_clusters=1, preferences=preferring(a=1).preferences)
    demands = [Demand(2, (0, 0), (9, 2)), Demand(9, (0, 0), (0, 8))]
    assert DynamicDivider(rules, clusters(2, zone=("", ""))).targets(demands) == (1,)
    assert DynamicDivider(rules, clusters(2, zone=("a", ""))).targets(demands) == (0,)
    assert DynamicDivider(DynamicRules(max_clusters=2), clusters(2)).targets(demands) == (0, 1)


def test_anew_divides_as_if_nothing_ran() -> None:
    demand = Demand(6, (6, 0), (0, 6))
    divider = DynamicDivider(SPREAD, clusters(2))
    assert divider.divide(demand).replicas == (6, 0)
    assert divider.divide(demand.anew).replicas == (3, 3)


@pytest.mark.parametrize(
    ("desired", "unmet"),
    [
        (0, ()),
        (1, ("minClusters: is 3, and there is 1 replica",)),
        (2, ("minClusters: is 3, and there are 2 replicas",)),
        (3, ()),
    ],
)
def test_fewer_replicas_than_min_clusters(desired: int, unmet: tuple[str, ...]) -> None:
    assert division(DynamicRules(min_clusters=3), desired, (9, 9, 9)).unmet == unmet


@pytest.mark.parametrize(
    ("desired", "running", "capacity"), [(-1, (0,), (1,)), (2**31, (0,), (1,)), (1, (-1,), (1,)), (1, (0,), (-1,))]
)
def test_what_is_no_number_of_replicas(desired: int, running: Counts, capacity: Counts) -> None:
    with pytest.raises(InvalidInput, match="accepted"):
        Demand(desired, running, capacity)
