# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every small competition for room against the rules of priority and preemption, followed one replica at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import (
    ClusterRoom,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.compete import (
    Claim,
    Served,
    serve,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import (
    FeedOrder,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import (
    ManagedCluster,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    Feed,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import (
    Subscription,
)

NEVER, LOWER = "PreemptNever", "PreemptLowerPriority"


@dataclass(frozen=True)
class Wish:
    """What one Subscription wants, and what it runs in each of the clusters."""

    priority: int
    desired: int
    running: tuple[int, ...]
    policy: str = LOWER
    cpu: int = 1


@cache
def claim(name: str, wish: Wish) -> Claim:
    spec = {
        "priority": wish.priority,
        "preemptionPolicy": wish.policy,
        "dividingScheduling": {
            "type": "Dynamic",
            "dynamicDividing": {"strategy": "Spread"},
        },
        "subscribers": [{"clusterAffinity": {}}],
    }
    needs = {"resources": {"requests": {"cpu": str(wish.cpu)}}}
    places = [f"c{place}" for place in range(len(wish.running))]
    return Claim(
        Subscription.of({"metadata": {"namespace": "default", "name": name}, "spec": spec}),
        tuple(ManagedCluster.of({"metadata": {"namespace": "ns", "name": place}}) for place in places),
        (FeedOrder(Feed("v1", "Web", "", name), wish.desired, needs, "/x"),),
        {f"v1/Web/{name}": {f"ns/{place}": count for place, count in zip(places, wish.running, strict=True)}},
    )


@cache
def room_for(cpu: int) -> ClusterRoom:
    return ClusterRoom.given({"cpu": cpu}, "test")


def served(wishes: Sequence[Wish], *room: int) -> list[tuple[tuple[int, ...], Served]]:
    """What each wish comes to in the clusters, with the whole answer."""
    claims = [claim(f"s{number}", wish) for number, wish in enumerate(wishes)]
    answers = serve(claims, {f"ns/c{place}": room_for(cpu) for place, cpu in enumerate(room)})
    found = []
    for each in answers:
        assert each.divided is not None
        (row,) = each.divided.replicas.values()
        found.append((row, each))
    return found


def by_hand(wishes: Sequence[Wish], room: int) -> tuple[list[int], dict[tuple[int, int], int]]:
    """The replicas of each wish in one cluster, and how many of whose gave way to whom. All ask for the same.

    The highest priority first, the earlier among equals; what runs stays; then what is free; then a replica of the lowest
    priority, of the later among equals, for as long as there is a lower one.
    """
    runs = [wish.running[0] for wish in wishes]
    gave: dict[tuple[int, int], int] = {}
    for index in sorted(range(len(wishes)), key=lambda each: (-wishes[each].priority, each)):
        wish = wishes[index]
        while runs[index] < wish.desired:
            lower = [each for each, other in enumerate(wishes) if other.priority < wish.priority and runs[each]]
            if room:
                room -= 1
            elif wish.policy == LOWER and lower:
                victim = min(lower, key=lambda each: (wishes[each].priority, -each))
                runs[victim] -= 1
                gave[victim, index] = gave.get((victim, index), 0) + 1
            else:
                break
            runs[index] += 1
        # What it no longer wants goes, and makes room for nobody in this run.
        runs[index] = min(runs[index], wish.desired)
    return runs, gave


def check(wishes: Sequence[Wish], room: int) -> None:
    found = served(wishes, room)
    gave = {
        (int(each.victim.name[1:]), int(each.by.name[1:])): each.replicas
        for _row, answer in found
        for each in answer.preempted
    }
    expected, expected_gave = by_hand(wishes, room)
    assert [row[0] for row, _answer in found] == expected, (wishes, room)
    assert gave == expected_gave, (wishes, room)


def test_two_subscriptions_in_one_cluster() -> None:
    rows = list(product(range(2), range(4), range(3), (NEVER, LOWER)))
    wishes = [Wish(priority, desired, (runs,), policy) for priority, desired, runs, policy in rows]
    for first, second, room in product(wishes, wishes, range(3)):
        check([first, second], room)


@pytest.mark.parametrize("policies", [(LOWER, LOWER, LOWER), (NEVER, LOWER, LOWER)])
def test_three_subscriptions_in_one_cluster(policies: tuple[str, ...]) -> None:
    orders = [each for each in product(range(3), repeat=3) if set(each) == set(range(max(each) + 1))]
    amounts = ((2, 0), (3, 1), (1, 2), (2, 2), (0, 1))
    for priorities, sizes, room in product(orders, product(amounts, repeat=3), range(3)):
        parts = zip(priorities, sizes, policies, strict=True)
        check(
            [Wish(priority, desired, (runs,), policy) for priority, (desired, runs), policy in parts],
            room,
        )


def test_no_replica_gives_way_that_need_not_whatever_their_sizes() -> None:
    """One that wants more, and two of lower priorities whose replicas are of other sizes."""
    for low, mid, high, low_runs, mid_runs, desired, room in product(
        *[range(1, 4)] * 3, *[range(3)] * 2, (1, 2), (0, 1)
    ):
        wishes = [
            Wish(0, low_runs, (low_runs,), cpu=low),
            Wish(1, mid_runs, (mid_runs,), cpu=mid),
            Wish(2, desired, (0,), cpu=high),
        ]
        found = served(wishes, room)
        gave = {int(each.victim.name[1:]): each.replicas for each in found[2][1].preempted}
        # What leaves counts as room of its own: which nodes it leaves is not known.
        best = min(
            (
                # As many as can be had; then the fewest of the higher priority; then the fewest of the lower.
                (-min(desired, room // high + a * low // high + b * mid // high), b, a)
                for a, b in product(range(low_runs + 1), range(mid_runs + 1))
            ),
        )
        case = (wishes, room)
        assert found[2][0] == (-best[0],), case
        assert gave.get(1, 0) == best[1], case
        # The lowest is asked first; what the next one must give in whole replicas may be more than is missing then.
        assert gave.get(0, 0) == best[2] or (best[1] and high < mid), case


def test_in_two_clusters_as_many_are_placed_as_can_be_and_no_more_give_way_than_are_missing() -> None:
    rows = [
        (*first, *second)
        for first, second in product(product(range(3), repeat=2), repeat=2)
        if sum(first) or sum(second)
    ]
    for first, second, third, fourth in rows:
        for desired, left, right in product((1, 3, 5), range(2), range(2)):
            wishes = [
                Wish(0, 9, (first, second)),
                Wish(1, 9, (third, fourth)),
                Wish(2, desired, (0, 0)),
            ]
            found = served(wishes, left, right)
            case = (wishes, left, right)
            placed, preempted = sum(found[2][0]), found[2][1].preempted
            assert placed == min(desired, left + right + first + second + third + fourth), case
            assert sum(each.replicas for each in preempted) == max(0, placed - left - right), case
            # Nobody gives way where there is room, and no cluster ends with more than it holds.
            for place, (free, *runs) in enumerate(((left, first, third), (right, second, fourth))):
                assert sum(row[place] for row, _answer in found) <= free + sum(runs), case


def test_one_large_replica_makes_room_for_many_small_ones() -> None:
    low, high = served([Wish(0, 4, (4,), cpu=8), Wish(1, 4, (0,))], 0)
    assert (low[0], high[0]) == ((3,), (4,))
    assert [each.replicas for each in high[1].preempted] == [1]


def test_in_two_clusters_the_lowest_priority_gives_way_first_wherever_it_runs() -> None:
    for low, mid, desired in product(product(range(3), repeat=2), product(range(3), repeat=2), range(1, 6)):
        wishes = [Wish(0, 9, low), Wish(1, 9, mid), Wish(2, desired, (0, 0))]
        gave = [0, 0, 0]
        for each in served(wishes, 0, 0)[2][1].preempted:
            gave[int(each.victim.name[1:])] += each.replicas
        expected = min(desired, sum(low))
        assert gave[:2] == [expected, min(desired - expected, sum(mid))], wishes
