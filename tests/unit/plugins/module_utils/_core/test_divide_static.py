# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Static dividing: the known results of the reference, its promises, and every small case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import StaticShare, StaticWeights
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscriber
from hypothesis import given
from hypothesis import strategies as st

WEIGHTS = st.lists(st.integers(0, 2**31), min_size=1, max_size=20).filter(any)
REPLICAS = st.integers(0, 2**31 - 1)


def divided(desired: int, *weights: int) -> list[int]:
    return list(StaticWeights(weights).divide(desired).replicas)


def slow(desired: int, weights: Sequence[int]) -> list[int]:
    """The formula, one replica at a time."""
    shares = [desired * weight // sum(weights) for weight in weights]
    queue = list(range(len(weights)))
    while sum(shares) < desired:
        heaviest = next(place for place in queue if weights[place] == max(weights[each] for each in queue))
        queue.remove(heaviest)
        shares[heaviest] += 1
    return shares


@pytest.mark.parametrize(
    ("desired", "weights", "replicas"),
    [
        (5, (5, 1, 0, 2), [4, 0, 0, 1]),
        (6, (2, 1, 0, 2), [3, 1, 0, 2]),
        (10, (2, 1, 2), [4, 2, 4]),
        (4, (0, 2, 3, 4), [0, 0, 2, 2]),
        (5, (0, 2, 3, 4), [0, 1, 1, 3]),
        (0, (1, 2), [0, 0]),
        (2**31 - 1, (2**40, 2**40), [2**30, 2**30 - 1]),
    ],
)
def test_known_results(desired: int, weights: tuple[int, ...], replicas: list[int]) -> None:
    assert divided(desired, *weights) == replicas


def test_every_small_case() -> None:
    for size in range(1, 5):
        for weights in product(range(5), repeat=size):
            if not any(weights):
                continue
            table = StaticWeights(weights)
            for desired in range(9):
                assert list(table.divide(desired).replicas) == slow(desired, weights), (desired, weights)


@given(REPLICAS, WEIGHTS)
def test_the_sum_is_exact_and_no_weight_means_no_replica(desired: int, weights: list[int]) -> None:
    replicas = divided(desired, *weights)
    assert sum(replicas) == desired
    assert all(count >= 0 for count in replicas)
    assert not any(count for count, weight in zip(replicas, weights, strict=True) if not weight)


@given(REPLICAS, st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True).filter(any), st.data())
def test_the_order_of_clusters_decides_only_among_equal_weights(
    desired: int, weights: list[int], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(weights))
    by_weight = dict(zip(weights, divided(desired, *weights), strict=True))
    assert dict(zip(shuffled, divided(desired, *shuffled), strict=True)) == by_weight


@given(REPLICAS, WEIGHTS)
def test_shares_tell_how_the_replicas_came_about(desired: int, weights: list[int]) -> None:
    division = StaticWeights(tuple(weights)).divide(desired)
    shares = [division.share(place) for place in range(len(weights))]
    assert [share.floor + (share.remainder_rank is not None) for share in shares] == list(division.replicas)
    ranks = sorted(share.remainder_rank for share in shares if share.remainder_rank is not None)
    assert ranks == list(range(1, division.remaining + 1))


def test_a_share() -> None:
    division = StaticWeights((5, 1, 0, 2)).divide(5)
    assert division.share(0) == StaticShare(weight=5, total_weight=8, floor=3, remainder_rank=1, replicas=4)
    assert str(division.share(0)) == "4: weight 5 of 8 gives 3, and 1 of the rest (turn 1)"
    assert str(division.share(3)) == "1: weight 2 of 8 gives 1"
    assert division.share(3) == StaticShare(weight=2, total_weight=8, floor=1, remainder_rank=None, replicas=1)


def test_the_weight_of_a_cluster_is_the_sum_over_the_subscribers_that_select_it() -> None:
    subscribers = [
        Subscriber(LabelSelector.from_string("region=eu"), 3),
        Subscriber(LabelSelector(), 2),
        Subscriber(LabelSelector.from_string("region=us")),
    ]
    labels = [{"region": "eu"}, {"region": "us"}, {}]
    assert StaticWeights.of(subscribers, labels).weights == (5, 2, 2)


def test_a_weight_below_zero_is_no_weight() -> None:
    subscribers = [Subscriber(LabelSelector(), 2), Subscriber(LabelSelector(), -1)]
    with pytest.raises(InvalidInput, match=r"^spec\.subscribers\[1\]\.weight: found -1; whole numbers from 0 on"):
        StaticWeights.of(subscribers, [{}])


@pytest.mark.parametrize(
    ("desired", "weights", "message"),
    [
        (3, (0, 0), "the 2 chosen clusters have no weight at all"),
        (0, (), "the 0 chosen clusters have no weight at all"),
        (3, (2, -1), "^a weight is below 0"),
        (-1, (1,), "-1 replicas cannot be divided"),
        (2**31, (1,), "0 to 2147483647 are accepted"),
    ],
)
def test_what_cannot_be_divided(desired: int, weights: tuple[int, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        divided(desired, *weights)
