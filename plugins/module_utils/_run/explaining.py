# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a Subscription goes where it goes, in the one shape that all results have it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.reasons import Reason, reasons
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.tabulating import table

_EVERYTHING: Final = Scope()
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def explained(
    placement: Placement,
    scope: Scope = _EVERYTHING,
    standing: Callable[[ManagedCluster], Mapping[str, Any]] = lambda _cluster: _NOTHING,
) -> dict[str, Any]:
    """The reasons of one placement: `problems`, `shortages`, `clusters` by name, and all of it as a `table`.

    :param scope: the clusters that are asked about.
    :param standing: what else is known of it in a cluster.
    """
    found = [reason for reason in reasons(placement) if scope.has_cluster(reason.cluster)]
    known = {reason.cluster.full_name: standing(reason.cluster) for reason in found}
    return {
        "problems": list(placement.problems),
        "shortages": dict(placement.divided.shortages) if placement.divided else {},
        "clusters": {
            reason.cluster.full_name: {**_result(reason), **known[reason.cluster.full_name]} for reason in found
        },
        "table": table(found, placement.problems, known),
    }


def _result(reason: Reason) -> dict[str, Any]:
    return {
        "chosen": reason.is_chosen,
        "subscribers": list(reason.verdict.subscribers),
        "score": reason.verdict.score,
        "reason": reason.text,
        "turned_away_by": str(reason.verdict.turned_away_by) if reason.verdict.turned_away_by else None,
        "weight": reason.weight,
        "replicas": dict(reason.replicas),
        "capacity": dict(reason.capacity),
        "shares": dict(reason.shares),
    }
