# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dynamic dividing: Clusternet's own answers."""

from __future__ import annotations

from typing import Any, Final

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import apportion
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import (
    CapacityOf,
    divide,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription

_F1: Final = "apps/v1/Deployment/default/f1"
_EXACT: Final = "replicas are whole numbers of any size"


def _replicas(*replicas: int) -> tuple[str, dict[str, Any]]:
    return _EXACT, {"output": {"replicas": list(replicas)}}


RIGHT_ANSWERS: Final = {
    # Bugs of Clusternet.
    "int32-product-overflow#6e808c78": _replicas(25000, 25000),
    "int32-sum-overflow#487bd778": _replicas(10, 0),
    "int32-max-one-cluster#3060b764": _replicas(1000),
    "gen-overflow-00#cffa6cfe": _replicas(104762, 74486),
    "gen-overflow-02#568e98c2": _replicas(11785, 9582, 22705),
    "gen-overflow-03#fab9e250": _replicas(54974, 145076),
    "gen-overflow-04#888f7f8c": _replicas(43932, 119683, 150974, 187854),
    "gen-overflow-05#9affd92d": _replicas(3096, 6326, 1258, 8280, 7308, 4846),
    "gen-overflow-06#1f75b0f4": _replicas(70493, 4554),
    "gen-overflow-07#4a42fb71": _replicas(65255, 72864, 50084),
    "overflow-through-the-plugin#97108146": (
        _EXACT,
        {"output": {"replicas": {_F1: [33334, 33333, 33333]}}},
    ),
    "overflow-sum-through-the-plugin#6be8ff60": (_EXACT, {"output": {"replicas": {_F1: [2, 1]}}}),
    "status-replicas-empty-list-then-new-cluster-first#1bac0622": (
        "a list that says nothing of the clusters counts as none; c4 and c1 take 2 and 4",
        {"output": {"replicas": {_F1: [4, 0, 0, 2]}}},
    ),
    "strategy-empty#47cae53f": (
        "Spread is the default of the API",
        {"output": {"replicas": {_F1: [2, 2, 2]}}},
    ),
    # Decided otherwise.
    "removed-feed-stays-in-result#9ffe9d66": (
        "a feed that is gone has no replicas",
        {"output": {"replicas": {_F1: [1, 1, 1]}}},
    ),
    "float-tie-scale-down#3117bc73": (
        "the remainders of 8/6, 2/6 and 2/6 are equal: the first has it",
        {"output": {"replicas": [-2, 0, 0]}},
    ),
}


def cluster(binding: str) -> ManagedCluster:
    namespace, _slash, name = binding.partition("/")
    return ManagedCluster.of({"metadata": {"namespace": namespace, "name": name}})


def answer_to(given: Any) -> dict[str, Any]:
    if given["function"] == "dynamicDivideReplicas":
        desired, available = given["desiredReplicas"], given["maxAvailableReplicas"]
        # A number below zero stands for removing, by what runs.
        shares = apportion(abs(desired), available)
        return {"replicas": shares if desired >= 0 else [-share for share in shares]}
    return {"replicas": assigned(given)}


def capacity_in(room: dict[str, dict[str, int]]) -> CapacityOf:
    return lambda order, clusters: [room.get(order.feed.key, {}).get(each.binding, 0) for each in clusters]


def assigned(given: Any) -> dict[str, list[int]]:
    """By feed, the replicas of the clusters that were bound and then of those that are new.

    Clusternet keeps what runs in clusters that are selected no longer (`quirk`). Here such a cluster never comes to be
    divided, so the test gives it as selected, and full. Equals go by the order of the clusters: of the selection where
    replicas are added, of the status where they are removed.
    """
    subscription = Subscription.of({"metadata": {"namespace": "default", "name": "app"}, **given["subscription"]})
    before = list(given["subscription"]["status"].get("bindingClusters") or ())
    selected = given["available"]["bindingClusters"]
    running = running_replicas(subscription)
    bound = list(dict.fromkeys([*before, *selected]))
    available = given["available"]["replicas"]
    room = {key: dict(zip(selected, row, strict=True)) for key, row in available.items()}
    result = {}
    for order in (FeedOrder.of(raw) for raw in given["feedInventory"]["spec"]["feeds"]):
        key = order.feed.key
        shrinks = (order.desired_replicas or 0) < sum(running.get(key, {}).values())
        names = bound if shrinks else list(dict.fromkeys([*selected, *before]))
        divided = divide(subscription, list(map(cluster, names)), [order], capacity_in(room), running=running)
        found = dict(zip(names, divided.replicas[key], strict=False))
        result[key] = [found[name] for name in bound if name in found]
    return result


@pytest.mark.golden("divide_dynamic", right_answers=RIGHT_ANSWERS)
def test_divide_dynamic(case: Any) -> None:
    if case.error is not None:
        with pytest.raises(InvalidInput, match="dynamicDividing: is missing"):
            answer_to(case.input)
        return
    answer, expected = answer_to(case.input)["replicas"], case.output["replicas"]
    if isinstance(answer, dict):
        # Clusternet binds a new cluster when a feed grows; ours are bound when they are selected, with no replicas then.
        assert {key: (row[: len(expected[key])], sum(row)) for key, row in answer.items()} == {
            key: (row, sum(row)) for key, row in expected.items()
        }
    elif case.marks.get("stable_sort_agrees", True):
        assert answer == expected
    else:
        # Only which of equal remainders has one more depends on how equals are placed.
        assert sum(answer) == sum(expected)
        assert all(abs(ours - theirs) <= 1 for ours, theirs in zip(answer, expected, strict=True))
