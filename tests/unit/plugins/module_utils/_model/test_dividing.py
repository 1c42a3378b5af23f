# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of dynamic dividing, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import (
    DynamicRules,
    Preference,
    SpreadConstraint,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DynamicDividing
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import Condition, SelectorTerm

EXISTS = {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}


def rules(**raw: Any) -> DynamicRules:
    return DynamicRules.of(DynamicDividing.of(raw))


def constraint(**fields: Any) -> dict[str, Any]:
    return {"maxSkew": 1, "topologyKey": "region", "whenUnsatisfiable": "DoNotSchedule", **fields}


def test_everything() -> None:
    found = rules(
        strategy="Spread",
        minClusters=2,
        maxClusters=2,
        preferredClusters=[{"weight": 10, "preference": EXISTS}],
        topologySpreadConstraints=[
            constraint(minDomains=3, labelSelector={}, nodeTaintsPolicy="Honor"),
            constraint(whenUnsatisfiable="ScheduleAnyway", maxSkew=4),
        ],
    )
    assert found == DynamicRules(
        strategy="Spread",
        min_clusters=2,
        max_clusters=2,
        preferences=(Preference(SelectorTerm((Condition("gpu", "Exists"),)), 10),),
        constraints=(
            SpreadConstraint("region", 1, is_hard=True, min_domains=3),
            SpreadConstraint("region", 4, is_hard=False),
        ),
    )


def test_defaults() -> None:
    assert rules() == DynamicRules(strategy="Spread", min_clusters=0, max_clusters=None)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"strategy": "binpack"}, "strategy: found 'binpack'; accepted: Spread, Binpack; did you mean 'Binpack'"),
        ({"minClusters": -1}, "minClusters: found -1; a whole number from 0 on"),
        ({"maxClusters": 0}, "maxClusters: found 0; a whole number from 1 on"),
        ({"minClusters": 3, "maxClusters": 2}, "minClusters: is 3 and above maxClusters, which is 2"),
        (
            {"preferredClusters": [{"weight": 0, "preference": EXISTS}]},
            r"preferredClusters\[0\]\.weight: found 0; a whole number from 1 to 100",
        ),
        (
            {"preferredClusters": [{"weight": True, "preference": EXISTS}]},
            r"preferredClusters\[0\]\.weight: found true",
        ),
        (
            {
                "preferredClusters": [
                    {"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "has"}]}}
                ]
            },
            r"preferredClusters\[0\]\.preference\.matchExpressions\[0\]\.operator: found 'has'",
        ),
        ({"topologySpreadConstraints": [constraint(maxSkew=0)]}, r"topologySpreadConstraints\[0\]\.maxSkew: found 0"),
        ({"topologySpreadConstraints": [constraint(topologyKey="")]}, r"\[0\]\.topologyKey: found ''"),
        ({"topologySpreadConstraints": [constraint(minDomains=0)]}, r"\[0\]\.minDomains: found 0"),
        (
            {"topologySpreadConstraints": [constraint(whenUnsatisfiable="Never")]},
            r"\[0\]\.whenUnsatisfiable: found 'Never'; accepted: DoNotSchedule, ScheduleAnyway",
        ),
        (
            {"topologySpreadConstraints": [constraint(whenUnsatisfiable="ScheduleAnyway", minDomains=2)]},
            r"\[0\]\.minDomains: is accepted with whenUnsatisfiable DoNotSchedule only",
        ),
        ({"topologySpreadConstraints": [constraint(), constraint(maxSkew=2)]}, r"\[1\]: topologyKey 'region'.*already"),
        (
            {"strategy": "Binpack", "topologySpreadConstraints": [constraint()]},
            "topologySpreadConstraints: is for the strategy Spread only",
        ),
    ],
)
def test_what_is_wrong(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=r"spec\.dividingScheduling\.dynamicDividing\.[^:]*" + message):
        rules(**raw)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        rules(strategy="x", minClusters=-1, maxClusters=0)
    assert len(raised.value.problems) == 3


def test_dynamic_needs_its_rules() -> None:
    with pytest.raises(InvalidInput, match=r"dynamicDividing: is missing"):
        DynamicRules.of(None)
