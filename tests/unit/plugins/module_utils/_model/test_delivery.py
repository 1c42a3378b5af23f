# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a delivery, read from its outcomes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    ClusterOutcome,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


def item(result: Result) -> ObjectOutcome:
    return ObjectOutcome(ObjectKey("", "ConfigMap", "shop", result.value), "web", "default/web", "hub.web", result)


def outcome(*results: Result, **more: Any) -> ClusterOutcome:
    return ClusterOutcome("one", "memory", check=False, outcomes=tuple(item(result) for result in results), **more)


@pytest.mark.parametrize(
    ("result", "changed", "phase"),
    [
        (Result.CREATED, True, "Success"),
        (Result.UPDATED, True, "Success"),
        (Result.PRUNED, True, "Success"),
        (Result.UNCHANGED, False, "Success"),
        (Result.KEPT, False, "Success"),
        (Result.FAILED, False, "Failure"),
    ],
)
def test_one_object_of_each_result(result: Result, changed: bool, phase: str) -> None:
    came = outcome(result)
    assert (came.changed, came.phase) == (changed, phase)
    assert [each.key.name for each in getattr(came, result.value)] == [result.value]


@pytest.mark.parametrize(
    ("more", "changed", "phase"),
    [
        ({}, False, "Success"),
        ({"warnings": ("w",)}, False, "Success"),
        ({"removed": ("web",)}, False, "Success"),
        ({"rewritten": ("kustomization.yaml",)}, True, "Success"),
        ({"errors": ("e",)}, False, "Failure"),
        ({"unhealthy": (item(Result.CREATED),)}, False, "Failure"),
    ],
)
def test_what_else_counts(more: dict[str, Any], changed: bool, phase: str) -> None:
    assert (outcome(**more).changed, outcome(**more).phase) == (changed, phase)


def test_results_are_in_the_order_of_the_plan() -> None:
    came = outcome(Result.CREATED, Result.FAILED, Result.CREATED)
    assert [each.result for each in came.created] == [Result.CREATED, Result.CREATED]
    assert came.of(Result.PRUNED) == ()


def test_who_comes_first_is_by_namespace_and_then_by_name() -> None:
    names = ["b/a", "a-b/c", "a/z", "a/b"]
    ranked = sorted((ApplySet("base", name) for name in names), key=lambda each: each.rank)
    # As text, `a-b/c` would come before `a/b`.
    assert [each.subscription for each in ranked] == ["a/b", "a/z", "a-b/c", "b/a"]
