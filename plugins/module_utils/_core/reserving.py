# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Room that is spoken for: replicas that were given to a cluster, and of which nothing is to be seen there yet.

Pods count once they are on a node (reference, "Scheduling" 8). Between the decision of a run and that moment lie delivery,
controllers and the cluster's own scheduler; whoever divides in the meantime must not give the same room away again. In a
cluster of which a user said what it has, nothing is ever to be seen, so that everything that was given to it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import feed_order, pod_labels
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import Manifest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _Promise:
    """Replicas of one feed that a cluster was given.

    :ivar template: the fed object.
    """

    needs: ReplicaRequirements
    template: Mapping[str, Any]
    replicas: int


def unreserved(rooms: Mapping[str, ClusterRoom], snapshot: Snapshot) -> dict[str, ClusterRoom]:
    """The rooms less what is spoken for.

    :param rooms: by binding, as they were measured or given.
    :param snapshot: what the hub holds: the statuses of all Subscriptions, in scope or not.
    """
    left = dict(rooms)
    if rooms:
        for (binding, _feed), promise in _promises(rooms, snapshot).items():
            seen = _seen(rooms[binding], promise)
            if seen < promise.replicas:
                left[binding] = left[binding].taking(promise.needs, promise.replicas - seen)
    return left


def _promises(rooms: Mapping[str, ClusterRoom], snapshot: Snapshot) -> Mapping[tuple[str, str], _Promise]:
    """By binding and feed: an object that several Subscriptions feed is there once.

    What cannot be read is a problem of its Subscription, and keeps nothing free.
    """
    found: dict[tuple[str, str], _Promise] = {}
    for key, needs, template, row in _rows(snapshot):
        for binding, replicas in row.items():
            known = found.get((binding, key))
            if binding in rooms and replicas > (known.replicas if known else 0):
                found[binding, key] = _Promise(needs, template, replicas)
    return found


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, ReplicaRequirements, Mapping[str, Any], Mapping[str, int]]]:
    for subscription in snapshot.subscriptions:
        running = running_replicas(subscription)
        for feed in subscription.feeds:
            if feed.key not in running:
                continue
            try:
                source = snapshot.resolve(feed)
                if isinstance(source, Manifest):
                    order = feed_order(feed, source.template)
                    if order.desired_replicas is not None:
                        needs = ReplicaRequirements.of(order.requirements)
                        yield feed.key, needs, source.template, running[feed.key]
            except InvalidInput:
                continue


def _seen(room: ClusterRoom, promise: _Promise) -> int:
    """How many of its pods are on nodes; all of them where nothing tells which pods are its own."""
    if not room.is_counted:
        return 0
    labels = pod_labels(promise.template)
    if labels is None:
        return promise.replicas
    return room.pods(promise.template["metadata"].get("namespace") or "", labels)
