# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The aggregated status of Subscriptions: worked out from what the hub holds, and stored there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import (
    storable_status,
    subscription_status,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubLocked
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# A Subscription, its status of now as a hub can store it, and whether that leaves something out.
_Status: TypeAlias = tuple[Subscription, Mapping[str, Any], bool]


def store_statuses(placements: Sequence[Placement], loaded: Loaded, tools: Tools) -> tuple[str, ...]:
    """Store the aggregated status of each Subscription; read again if someone changed one meanwhile.

    :param loaded: the whole hub, with what delivery reported.
    :returns: a warning for each status that had to be shortened, and one where the hub was busy: what was delivered is worth
        more than its summary, which the next run makes.
    :raises HubError: when the hub cannot be read or written.
    """
    statuses = tuple(_statuses(placements, loaded))
    warnings = tuple(
        f"{item.key}: its status would be larger than a hub can store, so it has no details by cluster; "
        "multicluster.apps.info computes them"
        for item, _status, shortened in statuses
        if shortened
    )
    changes = tuple(_changes(statuses, loaded))
    if not changes:
        return warnings
    try:
        with tools.hub.lock("hub"):
            try:
                tools.hub.write(changes, tools.now())
            except HubConflict:
                tools.hub.write(tuple(status_changes(placements, parse_contents(tools.hub.load()))), tools.now())
    except (HubLocked, HubConflict) as error:
        return (*warnings, f"the status of the Subscriptions was not stored: {error}")
    return warnings


def status_changes(placements: Sequence[Placement], loaded: Loaded) -> Iterator[Put]:
    """What brings the status of each placed Subscription up to date; nothing where it is so, or where there are problems."""
    return _changes(_statuses(placements, loaded), loaded)


def _changes(statuses: Iterable[_Status], loaded: Loaded) -> Iterator[Put]:
    for item, status, _shortened in statuses:
        if item.raw.get("status") != status:
            yield Put({**item.raw, "status": status}, loaded.contents.objects[item.key].version)


def _statuses(placements: Sequence[Placement], loaded: Loaded) -> Iterator[_Status]:
    snapshot = loaded.snapshot
    current = {(item.meta.namespace, item.meta.name): item for item in snapshot.subscriptions}
    for placement in placements:
        item = current.get((placement.subscription.meta.namespace, placement.subscription.meta.name))
        if item is not None and not placement.problems:
            yield item, *storable_status(subscription_status(item, placement.clusters, snapshot))
