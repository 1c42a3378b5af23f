# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clusters are selected: Clusternet's own answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.fleet import Fleet
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Filter, Selection, select
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription


def bound_once(output: dict[str, Any]) -> dict[str, Any]:
    """The reference, Scheduling 11: a cluster that two subscribers select is bound once."""
    return {**output, "selected": list(dict.fromkeys(output["selected"]))}


RULES: Final = {"a cluster that two subgroups match is selected twice": bound_once}


def answer_to(case: Any) -> Selection:
    subscription = Subscription.of(case.input["subscription"])
    clusters = [ManagedCluster.of(raw) for raw in case.input["clusters"]]
    # The share of a large fleet is Clusternet's setting, and the `quirk` of these cases; with it we answer alike. Our
    # own default looks at every cluster, whatever the fleet's size.
    return select(subscription, Fleet(clusters), case.input["percentageOfClustersToScore"])


def bindings(clusters: Iterable[ManagedCluster]) -> list[str]:
    return [cluster.binding for cluster in clusters]


def seen(selection: Selection) -> dict[str, Any]:
    """A selection with the names of the golden output; `rejected` without its wording, which is Go's."""
    verdicts = selection.verdicts
    return {
        "candidates": bindings(selection.candidates),
        "feasible": bindings(selection.feasible),
        "rejected": {each.cluster.binding for each in verdicts if each.turned_away_by is Filter.TAINT},
        "scores": {each.cluster.binding: each.score for each in verdicts if each.score is not None},
        "selected": bindings(selection.selected),
    }


@pytest.mark.golden("selection", rules=RULES)
def test_selection(case: Any) -> None:
    if case.error is not None:
        try:
            selection = answer_to(case)
        except InvalidInput:
            return
        # An empty selection is what the schedule refuses.
        assert selection.selected == ()
        return
    answer = seen(answer_to(case))
    expected = {**case.output}
    if "rejected" in expected:
        expected["rejected"] = set(expected["rejected"])
    assert {field: answer[field] for field in expected} == expected
