# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which policies apply to a feed in a cluster, and in which order.

Reference, section "Overrides": the Globalizations whose affinity is absent or selects the cluster, by rising priority,
then the Localizations of the cluster, by rising priority; a later one wins. Among equals the older comes first, by its
full creation time and then by its name (Clusternet compares only the seconds field). A policy that came with its hub from another
one is as old as it was there. What we make to set replicas comes after every policy of a user's, also one of priority 1000
(section "Scheduling" 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.inventory import is_replica_localization
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_CREATED
from ansible_collections.multicluster.apps.plugins.module_utils._model.policies import (
    Globalization,
    Localization,
    Policy,
)

# A policy that no hub has stored yet has no creation time: it is younger than all others.
_NOT_YET: Final = datetime.max.replace(tzinfo=UTC)


def in_order(
    cluster_labels: Mapping[str, str],
    globalizations: Iterable[Globalization],
    localizations: Iterable[Localization],
) -> tuple[Policy, ...]:
    """The policies that apply, in their order, out of those for one feed.

    :param localizations: those in the cluster's namespace.
    """
    selecting = [each for each in globalizations if _selects(each, cluster_labels)]
    return (*_ranked(selecting), *_ranked(localizations))


def _selects(policy: Globalization, cluster_labels: Mapping[str, str]) -> bool:
    return policy.cluster_affinity is None or policy.cluster_affinity.matches(cluster_labels)


def _ranked(policies: Iterable[Policy]) -> list[Policy]:
    living = [policy for policy in policies if not policy.meta.is_deleting]
    return sorted(
        living,
        key=lambda policy: (is_replica_localization(policy), policy.priority, _created(policy), policy.meta.name),
    )


def _created(policy: Policy) -> datetime:
    try:
        moment = datetime.fromisoformat(
            policy.meta.annotations.get(ANNOTATION_CREATED) or policy.meta.creation_timestamp
        )
    except ValueError:
        return _NOT_YET
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
