# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shares in proportion, against fractions and against every small case."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import apportion, remainder_order
from hypothesis import given
from hypothesis import strategies as st

WEIGHTS = st.lists(st.integers(0, 2**31), min_size=1, max_size=20)


def slow(total: int, weights: Sequence[int]) -> list[int]:
    """The rule as one would do it by hand."""
    full = sum(weights)
    if total >= full:
        return list(weights)
    exact = [Fraction(weight * total, full) for weight in weights]
    shares = [int(share) for share in exact]
    while sum(shares) < total:
        left = [
            share - given if given == int(share) else Fraction(-1) for share, given in zip(exact, shares, strict=True)
        ]
        shares[left.index(max(left))] += 1
    return shares


def test_every_small_case() -> None:
    for size in range(1, 5):
        for weights in product(range(5), repeat=size):
            for total in range(9):
                assert apportion(total, weights) == slow(total, weights), (total, weights)


@given(WEIGHTS, st.data())
def test_sums_and_bounds(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights) + 10))
    shares = apportion(total, weights)
    assert sum(shares) == min(total, sum(weights))
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(WEIGHTS, st.data())
def test_no_share_is_more_than_one_off(weights: list[int], data: st.DataObject) -> None:
    full = sum(weights)
    total = data.draw(st.integers(0, full))
    for share, weight in zip(apportion(total, weights), weights, strict=True):
        assert abs(share * full - weight * total) < full or full == 0


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=9, unique=True), st.data())
def test_the_order_decides_only_among_equal_remainders(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    remainders = [weight * total % sum(weights) for weight in weights] if any(weights) else []
    if len(set(remainders)) == len(remainders):
        shuffled = data.draw(st.permutations(weights))
        by_weight = dict(zip(weights, apportion(total, weights), strict=True))
        assert dict(zip(shuffled, apportion(total, shuffled), strict=True)) == by_weight


def test_equal_remainders_go_by_place() -> None:
    assert remainder_order(2, [1, 1, 1], 3) == [0, 1, 2]
    assert remainder_order(10, [7, 5, 3], 2) == [0, 1]
