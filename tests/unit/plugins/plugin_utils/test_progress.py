# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says while it is on its way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterOutcome,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.plugin_utils.progress import Progress, summary


def objects(*results: Result) -> tuple[ObjectOutcome, ...]:
    return tuple(
        ObjectOutcome(ObjectKey("", "ConfigMap", "shop", f"c{n}"), "web", "default/web", None, result, reason="no room")
        for n, result in enumerate(results)
    )


def outcome(*results: Result, errors: tuple[str, ...] = ()) -> ClusterOutcome:
    return ClusterOutcome("shanghai", "out/shanghai", False, outcomes=objects(*results), errors=errors, seconds=0.84)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (outcome(), "nothing to do"),
        (outcome(Result.CREATED, Result.CREATED, Result.UNCHANGED), "2 created, 1 unchanged"),
        (outcome(Result.PRUNED, Result.UPDATED, Result.KEPT), "1 updated, 1 pruned, 1 kept"),
        (outcome(errors=("refused",)), "FAILED: refused"),
        (
            outcome(Result.CREATED, Result.FAILED, errors=("late", "old")),
            "FAILED: late (and 2 more); 1 created, 1 failed",
        ),
    ],
)
def test_a_cluster_in_a_few_words(given: ClusterOutcome, words: str) -> None:
    assert summary(given) == words


def test_a_small_fleet_is_said_whole() -> None:
    said: list[str] = []
    progress = Progress(said.append, lambda: 0.0)
    for _number in range(3):
        progress(outcome(Result.CREATED), 3)
    assert said == [f"[{n}/3] shanghai: 1 created (0.8 s)" for n in (1, 2, 3)]


def test_of_a_large_fleet_a_line_a_second_and_every_failure() -> None:
    said: list[str] = []
    times: Iterator[float] = iter([0.0, *[0.0] * 20, 0.5, 0.9, 1.0, 1.5, 1.6, 2.5])
    progress = Progress(said.append, lambda: next(times))
    for number in range(26):
        progress(outcome(errors=("refused",)) if number == 23 else outcome(), 30)
    assert [line.split()[0] for line in said[20:]] == ["[23/30]", "[24/30]", "[26/30]"]
    assert "FAILED: refused" in said[21]


def test_the_last_cluster_is_always_said() -> None:
    said: list[str] = []
    progress = Progress(said.append, lambda: 0.0)
    for _number in range(30):
        progress(outcome(), 30)
    assert said[-1].startswith("[30/30] ")
    assert len(said) == 21
