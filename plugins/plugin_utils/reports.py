# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of `distribute` and `deploy`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import Distributed
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import (
    cluster_diffs,
    cluster_result,
    failure_message,
    hub_diffs,
    hub_result,
)

Result = dict[str, Any]


def of_run(done: Distributed, *, diff: bool) -> Result:
    """The result of a whole run."""
    result = of_delivery(done.outcomes, done.warnings, diff=diff)
    result["changed"] = result["changed"] or bool(done.changes)
    result["hub"] = hub_result(done.changes, done.before, done.gone)
    result["problems"] = {name: list(found) for name, found in done.decision.problems.items()}
    if diff:
        result["diff"] = [*hub_diffs(done.changes, done.before, done.after), *result["diff"]]
    return result | _failure(done.outcomes, done.decision.problems)


def of_delivery(outcomes: Sequence[ClusterOutcome], warnings: Sequence[str], *, diff: bool) -> Result:
    """The result of delivery alone."""
    result: Result = {
        "changed": any(outcome.changed for outcome in outcomes),
        "clusters": {outcome.cluster: cluster_result(outcome) for outcome in outcomes},
        "failed_clusters": [outcome.cluster for outcome in outcomes if not outcome.ok],
        "warnings": [*warnings, *(f"{item.cluster}: {text}" for item in outcomes for text in item.warnings)],
    }
    if diff:
        result["diff"] = [entry for outcome in outcomes for entry in cluster_diffs(outcome)]
    return result | _failure(outcomes, {})


def _failure(outcomes: Sequence[ClusterOutcome], problems: dict[str, tuple[str, ...]]) -> Result:
    message = failure_message(outcomes, problems)
    return {"failed": True, "msg": message} if message else {}
