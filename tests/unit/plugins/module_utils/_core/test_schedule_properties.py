# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of whole schedules, whatever the fleet: Subscriptions of all strategies that share clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.reasons import reasons
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
    Placement,
    schedule,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster, feed, manifest, subscription
from hypothesis import given
from hypothesis import strategies as st

Raw = dict[str, Any]
ALL_MAY_GO = Guards(max_removed_clusters=99)
KEEP_OFF = {"key": "down", "effect": "NoExecute"}
AVOID = {"key": "old", "effect": "PreferNoSchedule"}


def deployment(name: str, replicas: int, cpu: int = 1) -> Raw:
    pod = {"containers": [{"name": "c", "resources": {"requests": {"cpu": str(cpu)}}}]}
    spec = {"replicas": replicas, "template": {"spec": pod}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }


def key_of(name: str) -> str:
    return f"apps/v1/Deployment/shop/{name}"


def managed(place: int, region: str, taints: Sequence[Raw] = ()) -> Raw:
    raw = cluster(f"c{place}", region=region)
    raw["spec"]["taints"] = list(taints)
    return raw


def dividing(name: str, rules: Raw | None, **spec: Any) -> Raw:
    """A Subscription to the Deployment of its name; without rules it divides by weights."""
    how = {"type": "Static"} if rules is None else {"type": "Dynamic", "dynamicDividing": rules}
    return subscription(name, feed(deployment(name, 1)), schedulingStrategy="Dividing", dividingScheduling=how, **spec)


def place_all(objects: Sequence[Raw], cpus: Mapping[str, int]) -> tuple[Placement, ...]:
    rooms = {f"clusternet-{name}/{name}": ClusterRoom.given({"cpu": amount}, "test") for name, amount in cpus.items()}
    return schedule(Snapshot.of(parse_stored(raw, "test")[0] for raw in objects), ALL_MAY_GO, rooms)


def replicas_of(placement: Placement) -> dict[str, int]:
    """By cluster, the replicas of the only feed."""
    assert placement.divided is not None
    (row,) = placement.divided.replicas.values()
    return {each.name: count for each, count in zip(placement.divided.clusters, row, strict=True)}


def told(placement: Placement) -> tuple[Any, ...]:
    """All that anybody is told of a placement."""
    return (
        placement.subscription,
        placement.problems,
        placement.clusters,
        placement.preempted,
        placement.shortfalls,
        placement.divided and placement.divided.replicas,
        reasons(placement),
    )


def status_of(running: Mapping[str, int], name: str) -> Raw:
    bindings = [f"clusternet-{each}/{each}" for each in running]
    return {"bindingClusters": bindings, "replicas": {key_of(name): list(running.values())}}


REGIONS = st.sampled_from(("eu", "us"))
FLEETS = st.lists(
    st.tuples(REGIONS, st.sampled_from(([], [], [AVOID], [KEEP_OFF])), st.integers(0, 6)), min_size=1, max_size=6
)
RULES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"strategy": st.sampled_from(("Spread", "Binpack")), "minClusters": st.integers(0, 2)}),
    st.fixed_dictionaries({"strategy": st.sampled_from(("Spread", "Binpack")), "maxClusters": st.integers(1, 3)}),
    st.just(
        {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "region", "whenUnsatisfiable": "DoNotSchedule"}]}
    ),
)
SUBSCRIBERS = st.lists(
    st.tuples(REGIONS.map(lambda region: {"matchLabels": {"region": region}}) | st.just({}), st.integers(1, 3)),
    min_size=1,
    max_size=3,
).map(lambda rows: [{"clusterAffinity": affinity, "weight": weight} for affinity, weight in rows])
WISHES = st.lists(
    st.tuples(
        RULES,
        SUBSCRIBERS,
        st.integers(0, 9),
        st.integers(1, 2),
        st.integers(0, 2),
        st.lists(st.integers(0, 3), max_size=6),
    ),
    min_size=1,
    max_size=4,
)


def world(fleet: Sequence[Any], wishes: Sequence[Any]) -> tuple[list[Raw], dict[str, int]]:
    objects = [managed(place, region, taints) for place, (region, taints, _cpu) in enumerate(fleet)]
    for number, (rules, subscribers, desired, cpu, priority, running) in enumerate(wishes):
        name = f"s{number}"
        objects.append(manifest(deployment(name, desired, cpu)))
        runs = {f"c{place}": count for place, count in enumerate(running[: len(fleet)])}
        wish = dividing(name, rules, subscribers=subscribers, priority=priority)
        objects.append({**wish, "status": status_of(runs, name)} if runs else wish)
    return objects, {f"c{place}": cpu for place, (_region, _taints, cpu) in enumerate(fleet)}


@given(FLEETS, WISHES, st.data())
def test_the_order_in_which_a_hub_is_read_decides_nothing(fleet: Any, wishes: Any, data: st.DataObject) -> None:
    objects, cpus = world(fleet, wishes)
    shuffled = data.draw(st.permutations(objects))
    first, second = place_all(objects, cpus), place_all(shuffled, dict(reversed(cpus.items())))
    assert list(map(told, first)) == list(map(told, second))


@given(FLEETS, WISHES)
def test_sums_are_exact_and_clusters_are_never_overfilled(fleet: Any, wishes: Any) -> None:
    objects, cpus = world(fleet, wishes)
    used, ran = dict.fromkeys(cpus, 0), dict.fromkeys(cpus, 0)
    for placement, (rules, _subscribers, desired, cpu, _priority, running) in zip(
        place_all(objects, cpus), wishes, strict=True
    ):
        runs = {f"c{place}": count for place, count in enumerate(running[: len(fleet)])}
        if placement.problems:
            assert not placement.clusters
            continue
        assert placement.divided is not None
        found = replicas_of(placement)
        assert all(count >= 0 for count in found.values())
        assert sum(found.values()) + sum(placement.divided.shortages.values()) == desired
        assert not any(KEEP_OFF in fleet[int(name[1:])][1] for name in found)
        if rules is None:
            # What is divided by weights does not look at room.
            assert not placement.divided.shortages
            continue
        for name, count in found.items():
            used[name] += count * cpu
        for name, count in runs.items():
            ran[name] += count * cpu
    # What ran stays, even if it was too much.
    assert all(used[name] <= max(cpus[name], ran[name]) for name in cpus)


PLAIN = st.sampled_from(({"strategy": "Spread"}, {"strategy": "Binpack"}))
SIZES = st.lists(st.integers(0, 9), min_size=2, max_size=5)


def again(
    rules: Raw, rooms: Sequence[int], desired: int, running: Mapping[str, int], lost: Sequence[int] = ()
) -> Placement:
    """One run for what runs already, in clusters with so much room in all."""
    fleet = [managed(place, "eu", [KEEP_OFF] if place in lost else []) for place in range(len(rooms))]
    item = dividing("web", rules)
    if running:
        item["status"] = status_of(running, "web")
    objects = [*fleet, item, manifest(deployment("web", desired))]
    (placement,) = place_all(objects, {f"c{place}": room for place, room in enumerate(rooms)})
    return placement


def left(rooms: Sequence[int], running: Mapping[str, int]) -> list[int]:
    return [room - running.get(f"c{place}", 0) for place, room in enumerate(rooms)]


@given(PLAIN, SIZES, st.integers(1, 30), st.integers(1, 30))
def test_a_second_run_only_grows_or_only_shrinks_by_what_is_missing_or_too_much(
    rules: Raw, rooms: list[int], first: int, second: int
) -> None:
    before = again(rules, rooms, first, {})
    if before.problems:
        assert not any(rooms)
        return
    running = replicas_of(before)
    same = again(rules, rooms, first, running)
    assert replicas_of(same) == running
    after = replicas_of(again(rules, rooms, second, running))
    assert sum(after.values()) == min(second, sum(rooms))
    steps = [after.get(name, 0) - running.get(name, 0) for name in {*after, *running}]
    assert all(step >= 0 for step in steps) or all(step <= 0 for step in steps)


@given(PLAIN, SIZES, st.integers(1, 30), st.data())
def test_only_what_a_lost_cluster_ran_moves_and_it_does_not_come_back_by_itself(
    rules: Raw, rooms: list[int], desired: int, data: st.DataObject
) -> None:
    lost = data.draw(st.lists(st.sampled_from(range(len(rooms))), min_size=1, max_size=len(rooms) - 1, unique=True))
    before = again(rules, rooms, desired, {})
    if before.problems:
        return
    running = replicas_of(before)
    survivors = {name: count for name, count in running.items() if int(name[1:]) not in lost}
    moved = again(rules, rooms, desired, running, lost)
    if moved.problems:
        assert not any(rooms[place] for place in range(len(rooms)) if place not in lost)
        return
    after = replicas_of(moved)
    assert all(after.get(name, 0) >= count for name, count in survivors.items())
    beside = sum(more for place, more in enumerate(left(rooms, running)) if place not in lost)
    missing = min(desired, sum(rooms)) - sum(survivors.values())
    assert sum(after.values()) >= sum(survivors.values()) + min(missing, beside)
    back = replicas_of(again(rules, rooms, sum(after.values()), after))
    assert {name: count for name, count in back.items() if count} == {
        name: count for name, count in after.items() if count
    }
