# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large sets: parts that a hub can store, in one order, and nothing taken for whole that is not."""

from __future__ import annotations

import base64
from itertools import chain, pairwise
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.split import (
    ENTRY_LIMIT,
    PART_LIMIT,
    is_complete,
    json_size,
    part_marks,
    split,
    status_room,
    weight,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_PART
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Description
from hypothesis import given, settings
from hypothesis import strategies as st

STORED_LIMIT = 3 * 2**20 // 2
FEED = Feed("v1", "ConfigMap", "shop", "web")


def entries(sizes: list[int]) -> list[tuple[Feed, str]]:
    return [(Feed("v1", "ConfigMap", "shop", f"web-{n}"), f"{n:010}" + "x" * size) for n, size in enumerate(sizes)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 5000), st.integers(0, ENTRY_LIMIT - 10)), max_size=25))
def test_parts_are_the_whole_in_its_order_and_within_the_limit(sizes: list[int]) -> None:
    given_entries = entries(sizes)
    parts = split(given_entries)
    assert list(chain.from_iterable(parts)) == [text for _feed, text in given_entries]
    feeds = {text: feed for feed, text in given_entries}
    for part in parts:
        assert sum(weight(feeds[text], text) for text in part) <= PART_LIMIT or len(part) == 1
        assert part or not sizes
    # The first of a part would not have fitted into the one before.
    for before, after in pairwise(parts):
        assert sum(weight(feeds[text], text) for text in (*before, after[0])) > PART_LIMIT


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, ENTRY_LIMIT - 10), min_size=1, max_size=10))
def test_spec_and_the_shortest_status_of_each_part_can_be_stored(sizes: list[int]) -> None:
    given_entries = entries(sizes)
    feeds = {text: feed for feed, text in given_entries}
    for part in split(given_entries):
        spec = {"deployer": "Generic", "raw": list(part)}
        status = {"phase": "Success", "manifestStatuses": [feeds[text].as_raw() for text in part]}
        assert json_size(status) <= status_room(spec)
        assert json_size(spec) + status_room(spec) < STORED_LIMIT


def test_three_thousand_small_objects_are_few_parts() -> None:
    assert len(split(entries([300] * 3000))) == 2


def test_a_large_object_has_a_part_of_its_own() -> None:
    crd = base64.b64encode(b"x" * 2**20).decode()
    parts = split([(FEED, "small"), (FEED, crd), (FEED, "after")])
    assert parts == (("small",), (crd,), ("after",))


def test_an_object_that_no_description_holds_is_named_with_its_size() -> None:
    with pytest.raises(InvalidInput) as error:
        split([(FEED, "x" * (ENTRY_LIMIT + 1)), (FEED, "small")])
    (problem,) = error.value.problems
    assert problem.startswith(
        "ConfigMap shop/web has 1.04 MiB after overrides; a Description holds objects up to 1.04 MiB"
    )


def parts_of(*marks: str | None) -> list[Description]:
    found = []
    for number, mark in enumerate(marks, start=1):
        metadata: dict[str, Any] = {"name": f"web-generic-{number}", "namespace": "a"}
        if mark is not None:
            metadata["annotations"] = {ANNOTATION_PART: mark}
        found.append(Description.of({"metadata": metadata, "spec": {"deployer": "Generic"}}))
    return found


def test_one_part_has_no_mark_and_several_know_each_other() -> None:
    assert part_marks(["one"]) == (None,)
    marks = part_marks(["one", "two", "three"])
    assert [str(mark).partition(" ")[0] for mark in marks] == ["1/3", "2/3", "3/3"]
    assert len({str(mark).partition(" ")[2] for mark in marks}) == 1
    assert marks != part_marks(["one", "two", "four"])


@pytest.mark.parametrize(
    ("marks", "complete"),
    [
        ((None,), True),
        (("1/2 s", "2/2 s"), True),
        ((), False),
        ((None, None), False),
        (("1/2 s",), False),
        (("2/2 s",), False),
        (("1/2 s", "2/2 t"), False),
        (("1/2 s", None), False),
        ((None, "2/2 s"), False),
        (("1/3 s", "3/3 s"), False),
        (("2/2 s", "1/2 s"), False),
        (("of somebody else",), True),
        (("1/1 s",), True),
    ],
)
def test_what_is_complete(marks: tuple[str | None, ...], complete: bool) -> None:
    assert is_complete(parts_of(*marks)) is complete
