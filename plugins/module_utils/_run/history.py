# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `info` tells of revisions: which there are, and what is different between two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.compare import (
    Difference,
    compare,
    content_in,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import (
    is_whole,
    number_of,
    pin_of,
    specs_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    ControllerRevision,
    ManagedCluster,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope, descriptions_of
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import shown


def history(subscription: Subscription, cluster: ManagedCluster, loaded: Loaded) -> dict[str, Any]:
    """A Subscription's revisions in a cluster: `revision` is what the hub holds now, `pinned` the number that it stays at."""
    snapshot = loaded.snapshot
    key = cluster.namespace, base_name(subscription.meta.namespace, subscription.meta.name)
    current, pin = number_of(descriptions_of(*key, loaded)), pin_of(snapshot.bases_by_key.get(key))
    revisions = [
        {
            "number": item.number,
            "time": item.meta.creation_timestamp,
            "objects": item.objects,
            "current": item.number == current,
            "pinned": item.number == pin,
        }
        for item in _usable(snapshot, key)
    ]
    return {"revision": current, "pinned": pin, "revisions": revisions}


def comparison(loaded: Loaded, scope: Scope, numbers: Sequence[int]) -> dict[str, Any]:
    """What changed between two revisions of a Subscription; clusters with the same change are together.

    A cluster that a revision did not change has its latest one before.

    :returns: `revisions`, `groups` (`clusters`, `added`, `removed`, `changed`) and `without`: clusters that lack one of them.
    :raises InvalidInput: when the scope is not one Subscription, or there is no such revision.
    """
    if scope.subscriptions is None or len(scope.subscriptions) != 1 or len(numbers) != 2:
        raise InvalidInput(
            "compare takes two numbers of revisions, and needs exactly one Subscription in subscriptions"
        )
    (subscription,) = scope.subscriptions
    snapshot, base = loaded.snapshot, base_name(*subscription.split("/", 1))
    clusters = [cluster for cluster in snapshot.clusters if scope.has_cluster(cluster)]
    found = {cluster.full_name: _usable(snapshot, (cluster.namespace, base)) for cluster in clusters}
    known = sorted({item.number for revisions in found.values() for item in revisions})
    for number in numbers:
        if number not in known:
            there = ", ".join(map(str, known)) or "none"
            raise InvalidInput(f"compare: Subscription {subscription} has no revision {number}; it has: {there}")
    pairs: defaultdict[tuple[tuple[str, ...], ...], list[tuple[str, ControllerRevision, ControllerRevision]]]
    pairs, without = defaultdict(list), []
    for name, revisions in found.items():
        before, after = (_at(revisions, number) for number in numbers)
        if before is None or after is None:
            without += [name] if revisions else []
        else:
            pairs[before.contents, after.contents].append((name, before, after))
    return {"revisions": list(numbers), "groups": _groups(list(pairs.values()), snapshot), "without": without}


def _usable(snapshot: Snapshot, key: tuple[str, str]) -> tuple[ControllerRevision, ...]:
    return tuple(item for item in snapshot.revisions_by_base.get(key, ()) if is_whole(item, snapshot))


def _at(revisions: Sequence[ControllerRevision], number: int) -> ControllerRevision | None:
    return max((item for item in revisions if item.number <= number), key=lambda item: item.number, default=None)


def _groups(
    pairs: Sequence[Sequence[tuple[str, ControllerRevision, ControllerRevision]]], snapshot: Snapshot
) -> list[dict[str, Any]]:
    """One group for each change; overrides make different contents out of the same change."""
    groups: list[dict[str, Any]] = []
    for same in pairs:
        _name, before, after = same[0]
        old, new = (content_in(specs_of(item, snapshot)) for item in (before, after))
        change, names = _shown(compare(old, new)), [name for name, _before, _after in same]
        alike = next((group for group in groups if {**group, "clusters": None} == {**change, "clusters": None}), None)
        if alike is None:
            groups.append({"clusters": names, **change})
        else:
            alike["clusters"] = sorted([*alike["clusters"], *names])
    return groups


def _shown(difference: Difference) -> Mapping[str, Any]:
    return {
        "added": [shown(key) for key in difference.added],
        "removed": [shown(key) for key in difference.removed],
        "changed": [
            {"object": shown(key), "fields": [{"field": each.field, **each.values} for each in fields]}
            for key, fields in difference.changed
        ],
    }
