# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscriptions that compete for the same clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.compete import Claim, Preemption, Served, serve
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription
from hypothesis import given
from hypothesis import strategies as st


def cluster(name: str) -> ManagedCluster:
    return ManagedCluster.of({"metadata": {"namespace": "ns", "name": name}})


def rooms(**cpu: int) -> dict[str, ClusterRoom]:
    return {f"ns/{name}": ClusterRoom.given({"cpu": amount}, name) for name, amount in cpu.items()}


def claim(
    name: str,
    desired: int | tuple[int, ...],
    priority: int = 0,
    running: Mapping[str, int] | None = None,
    *,
    cpu: str = "1",
    policy: str = "PreemptLowerPriority",
    strategy: Any = "Spread",
    places: str = "ab",
    requirements: Mapping[str, Any] | None = None,
) -> Claim:
    dividing = {"type": "Dynamic", "dynamicDividing": {"strategy": strategy}} if strategy else {"type": "Static"}
    spec = {
        "priority": priority,
        "preemptionPolicy": policy,
        "dividingScheduling": dividing,
        "subscribers": [{"clusterAffinity": {}, "weight": 1}],
    }
    wanted = desired if isinstance(desired, tuple) else (desired,)
    needs = {"resources": {"requests": {"cpu": cpu}}, **(requirements or {})}
    orders = tuple(
        FeedOrder(Feed("v1", "Web", "", f"{name}{index or ''}"), count, needs, "/x")
        for index, count in enumerate(wanted)
    )
    return Claim(
        Subscription.of({"metadata": {"namespace": "default", "name": name}, "spec": spec}),
        tuple(map(cluster, places)),
        orders,
        {f"v1/Web/{name}": {f"ns/{place}": count for place, count in (running or {}).items()}},
    )


def replicas(served: Served, feed: str = "") -> tuple[int, ...]:
    assert served.divided is not None
    rows = served.divided.replicas
    return rows[f"v1/Web/{feed}"] if feed else next(iter(rows.values()))


def test_what_one_takes_the_next_does_not_find() -> None:
    first, second = serve([claim("x", 4), claim("y", 4)], rooms(a=3, b=3))
    assert (replicas(first), replicas(second)) == ((2, 2), (1, 1))
    assert second.divided is not None
    assert second.divided.shortages == {"v1/Web/y": 2}


def test_what_runs_takes_no_room_again() -> None:
    first, second = serve([claim("x", 3, running={"a": 2}), claim("y", 9)], rooms(a=3, b=0))
    assert (replicas(first), replicas(second)) == ((3, 0), (2, 0))


def test_the_feeds_of_one_subscription_compete_too() -> None:
    (served,) = serve([claim("x", (4, 4))], rooms(a=3, b=3))
    assert (replicas(served, "x"), replicas(served, "x1")) == ((2, 2), (1, 1))


def test_higher_priorities_are_served_first_and_answers_keep_the_order_of_the_claims() -> None:
    low, high = serve([claim("low", 4), claim("high", 4, priority=1)], rooms(a=3, b=3))
    assert (replicas(low), replicas(high)) == ((1, 1), (2, 2))


def test_lower_priorities_give_way() -> None:
    claims = [claim("low", 4, running={"a": 3, "b": 1}), claim("high", 4, priority=1)]
    low, high = serve(claims, rooms(a=0, b=2))
    assert replicas(high) == (2, 2)
    assert high.preempted == (
        Preemption(claims[0].subscription.key, "v1/Web/low", "ns/a", 2, claims[1].subscription.key),
    )
    assert replicas(low) == (1, 1)
    assert low.divided is not None
    assert low.divided.shortages == {"v1/Web/low": 2}


def test_what_gave_way_moves_to_where_there_is_room() -> None:
    low, high = serve([claim("low", 2, running={"a": 2}), claim("high", 2, priority=1, places="a")], rooms(a=0, b=2))
    assert (replicas(high), replicas(low)) == ((2,), (0, 2))


@pytest.mark.parametrize(("priority", "policy"), [(1, "PreemptNever"), (0, "PreemptLowerPriority")])
def test_nobody_gives_way_without_a_reason(priority: int, policy: str) -> None:
    low, high = serve([claim("low", 4, running={"a": 4}), claim("high", 4, priority, policy=policy)], rooms(a=0, b=1))
    assert (replicas(low), replicas(high)) == ((4, 0), (0, 1))
    assert high.preempted == ()


def test_the_lowest_and_latest_give_way_first_and_no_more_than_is_needed() -> None:
    claims = [
        claim("mid", 3, 5, {"a": 3}, places="a"),
        claim("low1", 3, 1, {"a": 3}, places="a"),
        claim("low2", 3, 1, {"a": 3}, places="a"),
        claim("high", 4, 9, places="a"),
    ]
    mid, low1, low2, high = serve(claims, rooms(a=0))
    assert [replicas(each) for each in (mid, low1, low2, high)] == [(3,), (2,), (0,), (4,)]
    assert [(each.victim.name, each.replicas) for each in high.preempted] == [("low2", 3), ("low1", 1)]


def test_the_later_feed_gives_way_first() -> None:
    two = replace(claim("low", (2, 2), places="a"), running={"v1/Web/low": {"ns/a": 2}, "v1/Web/low1": {"ns/a": 2}})
    low, high = serve([two, claim("high", 3, 1, places="a")], rooms(a=0))
    assert replicas(high) == (3,)
    assert (replicas(low, "low"), replicas(low, "low1")) == ((1,), (0,))


def test_replicas_of_different_sizes() -> None:
    low, high = serve([claim("low", 9, running={"a": 9}), claim("high", 2, 1, cpu="2500m", places="a")], rooms(a=0))
    assert replicas(high) == (2,)
    assert replicas(low) == (4, 0)


def test_static_and_broken_claims_do_not_give_way() -> None:
    claims = [
        claim("static", 4, running={"a": 4}, strategy=None, places="a"),
        claim("broken", 4, running={"a": 4}, strategy="Nonsense", places="a"),
        claim("high", 2, 1, places="a"),
    ]
    static, broken, high = serve(claims, rooms(a=0))
    assert (replicas(static), replicas(high)) == ((4,), (0,))
    assert broken.divided is None
    assert "strategy: found 'Nonsense'; accepted: Spread, Binpack" in broken.problems[0]


def test_static_takes_room_too() -> None:
    static, other = serve([claim("static", 4, strategy=None), claim("other", 4)], rooms(a=3, b=3))
    assert (replicas(static), replicas(other)) == ((2, 2), (1, 1))


def test_room_is_only_freed_where_a_replica_may_run() -> None:
    gpu = {"nodeSelector": {"disk": "ssd"}}
    _low, high = serve([claim("low", 2, running={"a": 2}), claim("high", 2, 1, requirements=gpu)], rooms(a=0, b=0))
    assert replicas(high) == (0, 0)
    low, high = serve([claim("low", 2, running={"a": 2}, requirements=gpu), claim("high", 2, 1)], rooms(a=0, b=0))
    assert (replicas(low), replicas(high)) == ((0, 0), (2, 0))


def test_the_reasons_of_what_was_preempted() -> None:
    _low, high = serve([claim("low", 4, running={"a": 4}), claim("high", 3, 1)], rooms(a=0, b=1))
    assert high.divided is not None
    assert high.divided.divider is not None
    division = high.divided.divisions["v1/Web/high"]
    share = high.divided.divider.shares(division)[0]  # type: ignore[arg-type]
    assert (share.running, share.capacity, share.replicas) == (0, 4, 2)
    assert sum(part.change for part in share.parts) == 2


def test_malformed_requirements_are_a_problem_of_their_own_claim() -> None:
    bad, good = serve([claim("bad", 1, cpu="lots"), claim("good", 1)], rooms(a=1, b=1))
    assert bad.problems[0].startswith("feed v1/Web/bad: replicaRequirements.resources.requests[cpu]: found 'lots'")
    assert replicas(good) == (1, 0)


def test_a_cluster_without_known_room_takes_nothing() -> None:
    (served,) = serve([claim("x", 2)], rooms(b=5))
    assert replicas(served) == (0, 2)


CLAIMS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(0, 4), st.integers(0, 4), st.booleans()),
    min_size=1,
    max_size=5,
)


@given(CLAIMS, st.integers(0, 6), st.integers(0, 6))
def test_never_more_than_there_is(rows: list[tuple[int, int, int, int, bool]], first: int, second: int) -> None:
    claims = [
        claim(
            f"s{index}",
            desired,
            priority,
            {"a": a, "b": b},
            policy="PreemptLowerPriority" if preempts else "PreemptNever",
        )
        for index, (desired, priority, a, b, preempts) in enumerate(rows)
    ]
    served = serve(claims, rooms(a=first, b=second))
    for place, room in ((0, first), (1, second)):
        running = sum(row[2 + place] for row in rows)
        assert sum(replicas(each)[place] for each in served) <= room + running
    # Whoever lost a replica that he still wants lost it to a strictly higher priority.
    by_name = {each.subscription.key: each.subscription.priority for each in claims}
    for each in (gone for one in served for gone in one.preempted):
        assert by_name[each.victim] < by_name[each.by]
    for index, (desired, _priority, a, b, _preempts) in enumerate(rows):
        taken = sum(gone.replicas for one in served for gone in one.preempted if gone.victim.name == f"s{index}")
        assert sum(replicas(served[index])) >= min(desired, a + b - taken)


def test_requirements_are_values() -> None:
    raw = {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    assert ReplicaRequirements.of(raw) == ReplicaRequirements.of(
        {"resources": {"requests": {"memory": "1Gi", "cpu": 1}}}
    )
    assert len({ReplicaRequirements.of(raw), ReplicaRequirements.of(raw)}) == 1
