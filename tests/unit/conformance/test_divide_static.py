# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Static dividing: Clusternet's own answers."""

from __future__ import annotations

from typing import Any, Final

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import StaticWeights
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscriber

_F1, _F2 = "apps/v1/Deployment/default/f1", "apps/v1/Deployment/default/f2"

RIGHT_ANSWERS: Final = {
    # Bugs of Clusternet.
    "all-zero-weights#a2809617": ("nothing says how to divide", {"error": "no weight at all"}),
    "no-clusters#10d1d0af": ("there is nothing to divide among", {"error": "no weight at all"}),
    "feed-missing-from-inventory#aa3d1dec": (
        "a feed that nobody knows replicas of has none",
        {"output": {"replicas": {_F1: [3, 3, 3, 2], _F2: []}}},
    ),
    "overflowing-overlap#4d1da469": (
        "weights and replicas are whole numbers of any size",
        {"output": {"weights": [6442450941, 4294967294], "replicas": {_F1: [1288490189, 858993458]}}},
    ),
    # Decided otherwise.
    "negative-desired#6310e00d": ("fewer than no replicas cannot be divided", {"error": "-5 replicas"}),
    "gen-sub-26#053106b4": (
        "reference, Scheduling 6: a clear error, where Clusternet writes nothing",
        {"error": "no weight"},
    ),
}


def weights_of(given: Any) -> StaticWeights:
    clusters = [ManagedCluster.of(raw) for raw in given["clusters"]]
    # A subscriber without a selector selects nothing, here; the door of the API refuses it.
    subscribers = [
        Subscriber.of(raw, index)
        for index, raw in enumerate(given["subscription"]["spec"]["subscribers"])
        if raw.get("clusterAffinity") is not None
    ]
    return StaticWeights.of(subscribers, [cluster.meta.labels for cluster in clusters])


def replicas_of(given: Any) -> dict[str, list[int]]:
    weights = weights_of(given)
    desired = {Feed.of(raw): raw.get("desiredReplicas") for raw in given["feedInventory"]["spec"]["feeds"]}
    feeds = [Feed.of(raw) for raw in given["subscription"]["spec"]["feeds"]]
    # A feed that is not in the inventory has no replicas that anybody knows of.
    orders = {feed.key: desired.get(feed) for feed in feeds}
    return {key: [] if wanted is None else list(weights.divide(wanted).replicas) for key, wanted in orders.items()}


def answer_to(given: Any) -> dict[str, Any]:
    if given["function"] == "staticDivideReplicas":
        division = StaticWeights(tuple(given["weights"])).divide(given["desiredReplicas"])
        return {"replicas": list(division.replicas)}
    weights = weights_of(given)
    answer: dict[str, Any] = {"weights": list(weights.weights), "weightSum": weights.total}
    if given["function"] == "StaticDivideReplicas":
        answer["bindingClusters"] = [ManagedCluster.of(raw).binding for raw in given["clusters"]]
        answer["replicas"] = replicas_of(given)
    return answer


@pytest.mark.golden("divide_static", right_answers=RIGHT_ANSWERS)
def test_divide_static(case: Any) -> None:
    if case.error is not None:
        with pytest.raises(InvalidInput, match=case.error):
            answer_to(case.input)
        return
    answer = answer_to(case.input)
    if case.marks.get("stable_sort_agrees", True):
        assert {field: answer[field] for field in case.output} == case.output
    else:
        assert sums(answer) == sums(case.output)


def sums(answer: dict[str, Any]) -> Any:
    """What does not depend on how equals are placed."""
    replicas = answer["replicas"]
    rows = replicas.values() if isinstance(replicas, dict) else [replicas]
    return [(sum(row), len(row)) for row in rows]
