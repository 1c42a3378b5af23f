# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Topology spread constraints over the labels of clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import (
    Demand,
    DynamicDivider,
    DynamicDivision,
    StepKind,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.topology import MOST_STEPS
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import DynamicRules, SpreadConstraint
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st

Counts = tuple[int, ...]


def clusters(**labels: Sequence[str]) -> list[ManagedCluster]:
    """One for each value; of each label, the values in their order, "" for none."""
    size = len(next(iter(labels.values())))
    found = [
        {
            "metadata": {
                "namespace": f"ns{place}",
                "name": f"c{place}",
                "labels": {key: values[place] for key, values in labels.items() if values[place]},
            }
        }
        for place in range(size)
    ]
    return [ManagedCluster.of(raw) for raw in found]


def dividing(constraints: Sequence[SpreadConstraint], **labels: Sequence[str]) -> DynamicDivider:
    return DynamicDivider(DynamicRules(constraints=tuple(constraints)), clusters(**labels))


def hard(skew: int, key: str = "zone", least: int | None = None) -> SpreadConstraint:
    return SpreadConstraint(key, skew, is_hard=True, min_domains=least)


def soft(skew: int, key: str = "zone") -> SpreadConstraint:
    return SpreadConstraint(key, skew, is_hard=False)


def division(divider: DynamicDivider, desired: int, capacity: Counts, running: Counts | None = None) -> DynamicDivision:
    return divider.divide(Demand(desired, running or (0,) * len(capacity), capacity))


@pytest.mark.parametrize(
    ("constraint", "zones", "desired", "capacity", "replicas"),
    [
        # In proportion is within the skew: nothing changes.
        (hard(4), "aab", 8, (10, 20, 10), [2, 4, 2]),
        # a may be one ahead of b, and shares what it has in proportion.
        (hard(1), "aab", 9, (10, 20, 10), [2, 3, 4]),
        (hard(2), "ab", 9, (90, 10), [5, 4]),
        # b is full at 2: a stops at 3, and the rest is a shortage.
        (hard(1), "ab", 9, (90, 2), [3, 2]),
        (soft(1), "ab", 9, (90, 2), [7, 2]),
        # A cluster without the label gets nothing under a hard constraint; a soft one does not look at it.
        (hard(1), ["a", "b", ""], 6, (2, 2, 9), [2, 2, 0]),
        (soft(1), ["a", "b", ""], 6, (2, 2, 9), [1, 1, 4]),
        # With too few domains, the emptiest counts as empty.
        (hard(2, least=3), "ab", 9, (9, 9), [2, 2]),
        (hard(2, least=2), "ab", 9, (9, 9), [5, 4]),
        # No cluster has the label at all.
        (hard(1), ["", ""], 4, (9, 9), [0, 0]),
    ],
)
def test_one_constraint(
    constraint: SpreadConstraint, zones: Sequence[str], desired: int, capacity: Counts, replicas: list[int]
) -> None:
    found = division(dividing([constraint], zone=zones), desired, capacity)
    assert list(found.replicas) == replicas
    assert found.shortage == desired - sum(replicas)


def test_all_constraints_hold_together() -> None:
    divider = dividing([hard(1, "region"), hard(1, "zone")], region="eeuu", zone="abca")
    found = division(divider, 8, (9, 1, 9, 9))
    regions, zones = counts(found.replicas, "eeuu"), counts(found.replicas, "abca")
    assert max(regions.values()) - min(regions.values()) <= 1
    assert max(zones.values()) - min(zones.values()) <= 1
    # b takes one, so a and c take two at most.
    assert sum(found.replicas) == 5


def test_what_runs_stays_whatever_the_skew() -> None:
    divider = dividing([hard(1)], zone="ab")
    assert division(divider, 6, (9, 9), (6, 0)).replicas == (6, 0)
    assert division(divider, 6, (9, 9), (6, 0)).unmet == (
        "topologySpreadConstraints: maxSkew 1 over zone: the skew is 6",
    )
    # What is added goes where it makes things better.
    assert division(divider, 9, (9, 9), (6, 0)).replicas == (6, 3)


def test_shrinking_takes_from_the_fullest_domain_where_proportion_would_break_the_skew() -> None:
    divider = dividing([hard(1)], zone="aab")
    # In proportion one would go from each; a would have 4 then, and b 2.
    assert division(divider, 6, (0, 0, 0), (3, 3, 3)).replicas == (1, 2, 3)
    # In proportion is within the skew.
    assert division(divider, 4, (0, 0, 0), (2, 1, 3)).replicas == (1, 1, 2)


def test_shrinking_stops_taking_from_a_domain_that_is_no_longer_the_fullest() -> None:
    divider = dividing([hard(1), soft(9, "region")], zone="aab", region="xyx")
    replicas = division(divider, 7, (0, 0, 0), (5, 5, 4)).replicas
    assert counts(replicas, "aab") == {"a": 4, "b": 3}


def test_min_clusters_breaks_no_hard_constraint() -> None:
    rules = DynamicRules(min_clusters=3, constraints=(hard(1),))
    divider = DynamicDivider(rules, clusters(zone="abb"))
    # One from a would leave 1 in a and 3 in b.
    assert division(divider, 4, (0, 0, 5), (2, 2, 0)).replicas == (2, 1, 1)
    alone = DynamicDivider(DynamicRules(min_clusters=2, constraints=(hard(1),)), clusters(zone="ab"))
    assert division(alone, 2, (0, 5), (2, 0)).replicas == (1, 1)
    stuck = DynamicDivider(DynamicRules(min_clusters=3, constraints=(hard(1),)), clusters(zone=["a", "b", ""]))
    assert division(stuck, 4, (0, 0, 5), (2, 2, 0)).unmet == ("minClusters: is 3, and 2 of 3 clusters have replicas",)


def test_the_reasons_name_the_constraint() -> None:
    divider = dividing([hard(1)], zone="ab")
    found = division(divider, 9, (90, 10))
    kinds = [part.kind for part in divider.shares(found)[0].parts]
    assert kinds == [StepKind.CONSTRAIN]
    assert found.replicas == (5, 4)


def test_a_constraint_is_not_reported_as_lack_of_room() -> None:
    found = division(dividing([hard(1)], zone="ab"), 9, (16, 2))
    assert found.replicas == (3, 2)
    assert (found.shortage, found.barred) == (4, 4)
    assert found.unmet == (
        "topologySpreadConstraints (maxSkew 1 over zone) leave no place for 4 of 9 replicas, although there is room for 13 "
        "more",
    )
    full = division(dividing([hard(9)], zone="ab"), 9, (4, 2))
    assert (full.shortage, full.barred, full.unmet) == (3, 0, ())
    both = division(dividing([hard(1)], zone="ab"), 20, (5, 2))
    assert (both.shortage, both.barred) == (15, 2)


def test_a_label_that_clusters_lack_is_named() -> None:
    nowhere = dividing([hard(1, "nolabel"), hard(1)], zone="ab")
    found = division(nowhere, 9, (16, 16))
    assert found.unmet == (
        "topologySpreadConstraints (no cluster has the label nolabel and maxSkew 1 over zone) leave no place for 9 of 9 "
        "replicas, although there is room for 32 more",
    )
    some = dividing([hard(1), soft(1, "site")], zone=["a", ""], site=["", ""])
    words = [str(share) for share in some.shares(division(some, 3, (9, 9)))]
    assert words[
        1
    ] == "0: had 0, room for 9, gets none: topologySpreadConstraints ask for the label zone; +0 of 3 by " + (
        "topologySpreadConstraints"
    )
    assert "gets none" not in words[0]


def test_what_gave_way_counts_as_room() -> None:
    divider = dividing([hard(1)], zone="ab")
    first = division(divider, 9, (16, 2))
    more = replace(division(divider, 9, (0, 1), first.replicas), before=first)
    assert more.replicas == (3, 3)
    assert (more.shortage, more.barred) == (3, 3)
    assert "room for 13 more" in more.unmet[0]


def test_too_many_to_place_one_by_one() -> None:
    with pytest.raises(InvalidInput, match="topologySpreadConstraints: 100001 replicas"):
        division(dividing([hard(1)], zone="ab"), MOST_STEPS + 1, (2**31 - 1, 5))


def test_max_clusters_takes_clusters_of_all_domains() -> None:
    rules = DynamicRules(max_clusters=2, constraints=(hard(1),))
    divider = DynamicDivider(rules, clusters(zone="aab"))
    assert divider.targets([Demand(9, (0, 0, 0), (9, 8, 1))]) == (0, 2)


def counts(replicas: Sequence[int], zones: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for zone, count in zip(zones, replicas, strict=True):
        found[zone] += count
    return found


def most_that_can_be_placed(desired: int, capacity: Counts, running: Counts, zones: str, skew: int) -> int:
    """Of all ways to add replicas where every domain that grows ends within the skew, the largest sum."""
    before = counts(running, zones)
    best = 0
    for added in product(*(range(room + 1) for room in capacity)):
        after = counts([old + new for old, new in zip(running, added, strict=True)], zones)
        fits = all(after[zone] - min(after.values()) <= skew or after[zone] == before[zone] for zone in after)
        if fits and sum(running) + sum(added) <= desired:
            best = max(best, sum(added))
    return best


@pytest.mark.parametrize("zones", ["ab", "aab", "abc"])
def test_as_many_as_can_be_placed_at_all(zones: str) -> None:
    dividers = {skew: dividing([hard(skew)], zone=zones) for skew in (1, 2)}
    size, most = len(zones), 3 if len(zones) == 2 else 2
    for capacity in product(range(most + 1), repeat=size):
        for running in product(range(3), repeat=size):
            for desired, skew in product(range(sum(running), 9, 2), dividers):
                found = division(dividers[skew], desired, capacity, running)
                placed = sum(found.replicas) - sum(running)
                assert placed == most_that_can_be_placed(desired, capacity, running, zones, skew)
                assert all(new >= old for new, old in zip(found.replicas, running, strict=True))


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from("abc"), st.sampled_from("xy")),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 100),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_no_domain_grows_beyond_its_skew(
    rows: list[tuple[int, int, str, str]], desired: int, zone_skew: int, region_skew: int
) -> None:
    capacity, running, zones, regions = zip(*rows, strict=True)
    divider = dividing([hard(zone_skew), hard(region_skew, "region")], zone=zones, region=regions)
    found = division(divider, desired, capacity, running)
    assert all(count <= old + room for count, old, room in zip(found.replicas, running, capacity, strict=True))
    if desired < sum(running):
        assert sum(found.replicas) == desired
        assert all(new <= old for new, old in zip(found.replicas, running, strict=True))
        return
    assert all(new >= old for new, old in zip(found.replicas, running, strict=True))
    for labels, skew in ((zones, zone_skew), (regions, region_skew)):
        after, before = counts(found.replicas, labels), counts(running, labels)
        assert all(after[each] - min(after.values()) <= skew or after[each] == before[each] for each in after)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), min_size=1, max_size=6), st.integers(0, 150))
def test_a_soft_constraint_costs_no_replica(rows: list[tuple[int, str]], desired: int) -> None:
    capacity, zones = zip(*rows, strict=True)
    found = division(dividing([soft(1)], zone=zones), desired, capacity)
    assert sum(found.replicas) == min(desired, sum(capacity))
