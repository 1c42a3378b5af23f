# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a cluster has its replicas: in numbers and in words, which add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import Demand, DynamicDivider
from ansible_collections.multicluster.apps.plugins.module_utils._core.division_steps import (
    DynamicShare,
    Part,
    StepKind,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import DynamicRules, SpreadConstraint
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._core.dynamic_rules import (
    ALL_RULES,
    BINPACK,
    ROWS,
    SPREAD,
    clusters,
    preferring,
)
from hypothesis import given
from hypothesis import strategies as st


def test_shares_tell_how_the_replicas_came_about() -> None:
    divider = DynamicDivider(DynamicRules(min_clusters=3), clusters(3))
    found = divider.divide(Demand(10, (0, 0, 0), (7, 5, 1)))
    assert found.replicas == (5, 4, 1)
    assert divider.shares(found)[0] == DynamicShare(
        running=0,
        capacity=7,
        tier=0,
        replicas=5,
        parts=(Part(StepKind.GROW, 5, 7, 13, 10, 5, None),),
        was_asked=True,
    )
    assert divider.shares(found)[2].parts == (Part(StepKind.GROW, 1, 1, 13, 10, 0, 2),)


def test_shares_in_words() -> None:
    divider = DynamicDivider(preferring(a=1), clusters(3, zone=("", "a", "")))
    found = divider.divide(Demand(9, (1, 0, 0), (7, 3, 4)))
    assert [str(divider.shares(found)[place]) for place in range(3)] == [
        "4: had 1, room for 7, choice 2 of preferredClusters; +3 of 5 by room (7 of 11 gives 3)",
        "3: had 0, room for 3; +3 of 3 by room (3 of 3 gives 3)",
        "2: had 0, room for 4, choice 2 of preferredClusters; +2 of 5 by room (4 of 11 gives 1, and 1 of the rest (turn 1))",
    ]


def in_words(rules: DynamicRules, demand: Demand, **labels: Sequence[str]) -> list[str]:
    divider = DynamicDivider(rules, clusters(len(demand.running), **labels))
    return list(map(str, divider.shares(divider.divide(demand))))


@pytest.mark.parametrize(
    ("rules", "demand", "words"),
    [
        (BINPACK, Demand(4, (1, 0), (2, 9)), ["3: had 1, room for 2; +2 of 3 by packing", None]),
        (BINPACK, Demand(2, (3, 1)), ["2: had 3; -1 of 2 by emptying", "0: had 1; -1 of 2 by emptying"]),
        (SPREAD, Demand(2, (4, 0)), ["2: had 4; -2 of 2 by what it had (4 of 4 gives 2)", None]),
        (DynamicRules(min_clusters=2), Demand(3, (3, 0), (0, 5)), ["2: had 3, room for 0; -1 for minClusters", None]),
        # Nobody was asked; nobody knows; everything is divided anew.
        (SPREAD, Demand(3, (3, 0)), ["3: had 3", "0: had 0"]),
        (SPREAD, Demand(3, (1, 0), (None, 5)), ["1: had 1, room not known", None]),
        (
            SPREAD,
            Demand(3, (1, 0), (0, 5)).anew,
            ["1: divided anew, room for 1; +1 of 3 by room (1 of 6 gives 0, and", None],
        ),
        (SPREAD, Demand(3, (1, 0), (None, 5)).anew, ["1: had 1, room not known", "2: divided anew, room for 5; +2 of"]),
    ],
)
def test_each_step_in_words(rules: DynamicRules, demand: Demand, words: list[str | None]) -> None:
    for found, wanted in zip(in_words(rules, demand), words, strict=True):
        assert found.startswith(wanted or "")


def test_several_replicas_that_go_for_a_rule_are_one_step() -> None:
    words = in_words(DynamicRules(min_clusters=3), Demand(5, (5, 0, 0), (0, 1, 1)))
    assert words[0] == "3: had 5, room for 0; -2 for minClusters"


@given(ALL_RULES, ROWS, st.integers(0, 10**6), st.data())
def test_the_parts_of_a_share_add_up(
    rules: DynamicRules, rows: tuple[list[Any], ...], desired: int, data: st.DataObject
) -> None:
    capacity, running, zones = rows
    divider = DynamicDivider(rules, clusters(len(capacity), zone=zones))
    found = divider.divide(Demand(desired, tuple(running), tuple(capacity)))
    place = data.draw(st.integers(0, len(capacity) - 1))
    share = divider.shares(found)[place]
    assert share.running + sum(part.change for part in share.parts) == share.replicas == found.replicas[place]
    _assert_words_add_up(str(share))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("ab")), min_size=1, max_size=5),
    st.integers(0, 40),
    st.integers(0, 4),
    st.booleans(),
)
def test_what_a_constraint_replaced_is_not_told(
    rows: list[tuple[int, int, str]], desired: int, least: int, is_hard: bool
) -> None:
    capacity, running, zones = zip(*rows, strict=True)
    rules = DynamicRules(min_clusters=least, constraints=(SpreadConstraint("zone", 1, is_hard),))
    for words in in_words(rules, Demand(desired, running, capacity), zone=zones):
        _assert_words_add_up(words)


def _assert_words_add_up(words: str) -> None:
    """Start and changes are the result, in the text itself."""
    head, *changes = words.split("; ")
    result, start = re.match(r"(\d+): had (\d+)", head).groups()  # type: ignore[union-attr]
    assert int(start) + sum(int(change.split()[0]) for change in changes) == int(result), words
