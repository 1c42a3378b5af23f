# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may not even be stored where Clusternet's own controllers act on the hub at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, bind
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import SCHEDULER_NAMES
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded

_NOTHING_STORED: Final = (
    "nothing was stored: Clusternet's controllers serve this hub, and the change would take effect at once "
    "(max_removed_clusters is an option of multicluster.apps.distribute with engine=clusternet)"
)


def guard_clusternet(
    changes: Sequence[Change], before: Contents, after: Loaded, guards: Guards, *, consent: bool
) -> None:
    """Clusternet itself empties a fleet for one mistyped label or one lost file: such a change is not even stored.

    :param before: the hub as it is; what is removed says there to which clusters it is bound.
    :param after: the hub with the changes.
    :param consent: whether what is removed was named to be removed, and did not only vanish from where it came from.
    :raises InvalidInput: naming the Subscriptions.
    """
    problems = [*_moves(changes, after, guards), *(() if consent else _losses(changes, before, guards))]
    if problems:
        raise InvalidInput((*problems, _NOTHING_STORED))


def _moves(changes: Sequence[Change], after: Loaded, guards: Guards) -> Iterator[str]:
    """Subscriptions that would leave clusters for what is changed of them, or of the clusters."""
    changed = {change.key for change in changes}
    moved = any(key.kind == "ManagedCluster" for key in changed)
    for item in after.snapshot.subscriptions:
        if item.scheduler_name not in SCHEDULER_NAMES or item.meta.is_deleting or not (moved or item.key in changed):
            continue
        if item.bound:
            for problem in bind(item, after.snapshot.clusters, guards).problems:
                yield f"Subscription {item.full_name}: {problem}"


def _losses(changes: Sequence[Change], before: Contents, guards: Guards) -> Iterator[str]:
    """Subscriptions of whatever scheduler that would go: Clusternet takes what they delivered from every cluster."""
    for change in changes:
        if not isinstance(change, Delete) or change.key.kind != "Subscription":
            continue
        raw = before.objects[change.key].raw
        bound = (raw.get("status") or {}).get("bindingClusters") or ()
        if len(bound) > guards.max_removed_clusters and not raw["metadata"].get("deletionTimestamp"):
            yield (
                f"Subscription {change.key.namespace}/{change.key.name}: it would be removed, and with it what it delivered to "
                f"{len(bound)} clusters, more than max_removed_clusters={guards.max_removed_clusters}. Put it back, remove it "
                "with state=absent, or raise max_removed_clusters if that is meant"
            )
