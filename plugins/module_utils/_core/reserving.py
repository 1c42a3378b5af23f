# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Room that is spoken for: replicas that were given to a cluster, and of which nothing is to be seen there yet.

Pods count once they are on a node (reference, "Scheduling" 8). Between the decision of a run and that moment lie delivery,
controllers and the cluster's own scheduler; whoever divides in the meantime must not give the same room away again. In a
cluster of which a user said what it has, nothing is ever to be seen, so that everything that was given to it counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import gt
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom, label_key
from ansible_collections.multicluster.apps.plugins.module_utils._core.compete import Claim
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Row, running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import feed_order, pod_labels
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import Manifest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import IN, LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _Promise:
    """Replicas of one feed that clusters were given.

    :ivar labels: what its pods can be told by; None where nothing tells.
    :ivar rows: by binding, how many; a row for each Subscription that feeds the object.
    """

    needs: ReplicaRequirements
    namespace: str
    labels: LabelSelector | None
    rows: list[Mapping[str, int]]

    @property
    def only(self) -> Mapping[str, int] | None:
        """The row, where only one Subscription feeds the object."""
        return self.rows[0] if len(self.rows) == 1 else None

    def replicas(self) -> Iterable[tuple[str, int]]:
        """By binding: an object that several Subscriptions feed is there once."""
        if isinstance(row := self.only, Row):
            return zip(row.names, row.counts, strict=True)
        return {name: max(row.get(name, 0) for row in self.rows) for row in self.rows for name in row}.items()

    @property
    def pair(self) -> str | None:
        """The key of the one label that its pods are told by (`label_key`); None where it is not that simple."""
        requirements = self.labels.requirements if self.labels else ()
        if len(requirements) != 1 or requirements[0].operator != IN or len(requirements[0].values) != 1:
            return None
        return label_key(self.namespace, requirements[0].key, requirements[0].values[0])


def unreserved(rooms: Mapping[str, ClusterRoom], snapshot: Snapshot, claims: Iterable[Claim]) -> dict[str, ClusterRoom]:
    """The rooms less what is spoken for.

    :param rooms: by binding, as they were measured or given.
    :param claims: what is known already of what some of the Subscriptions ask for and run.
    :param snapshot: what the hub holds: the statuses of all Subscriptions, in scope or not.
    """
    left = dict(rooms)
    promises = _promises(snapshot, claims) if rooms else ()
    seen = _Seen(rooms, {promise.pair for promise in promises})
    # What is asked for alike is taken at once: a fleet has millions of promises, and few kinds of them.
    owed: defaultdict[str, Counter[ReplicaRequirements]] = defaultdict(Counter)
    for promise in promises:
        for binding, missing in _missing(promise, rooms, seen):
            owed[binding][promise.needs] += missing
    for binding, found in owed.items():
        for needs, replicas in found.items():
            left[binding] = left[binding].taking(needs, replicas)
    return left


class _Seen:
    """The pods of clusters, for a look at a whole row: nearly always everything that was promised is there.

    :param pairs: the keys that are asked for (`label_key`).
    """

    def __init__(self, rooms: Mapping[str, ClusterRoom], pairs: Collection[str | None]) -> None:
        self._rooms = rooms
        self._counted = [binding for binding, room in rooms.items() if room.is_counted]
        # Read cluster by cluster, and compared pair by pair: to look each pair up in each cluster takes far longer.
        self._rows: dict[str | None, list[int]] = {pair: [0] * len(self._counted) for pair in pairs}
        for place, binding in enumerate(self._counted):
            for pair, count in rooms[binding].labelled.items():
                if (row := self._rows.get(pair)) is not None:
                    row[place] = count
        self._names: tuple[str, ...] | None = None
        self._places: list[int] | None = None

    def lacks(self, row: Row, pair: str) -> bool:
        """Whether pods of a row are missing anywhere, or that cannot be told at one look."""
        if row.names is not self._names:  # the feeds of a Subscription share them
            self._names, self._places = row.names, self._places_in(row.names)
        if self._places is None:
            return True
        counts = (*row.counts, 0)
        return any(map(gt, [counts[place] for place in self._places], self._rows[pair]))

    def _places_in(self, names: tuple[str, ...]) -> list[int] | None:
        """Where each counted cluster stands among the names, after the last for none; None where others have room, too."""
        found = {name: place for place, name in enumerate(names)}
        if any(not self._rooms[name].is_counted for name in names if name in self._rooms):
            return None
        return [found.get(binding, len(names)) for binding in self._counted]


def _missing(promise: _Promise, rooms: Mapping[str, ClusterRoom], seen: _Seen) -> Iterator[tuple[str, int]]:
    """By binding, how many of its replicas are not to be seen on nodes."""
    pair, row = promise.pair, promise.only
    if pair and isinstance(row, Row) and not seen.lacks(row, pair):
        return
    for binding, replicas in promise.replicas():
        room = rooms.get(binding) if replicas else None
        if room is None:
            continue
        if not room.is_counted:
            yield binding, replicas
        elif promise.labels is not None:
            there = room.labelled.get(pair, 0) if pair else room.pods(promise.namespace, promise.labels)
            if there < replicas:
                yield binding, replicas - there


def _promises(snapshot: Snapshot, claims: Iterable[Claim]) -> Sequence[_Promise]:
    """One for each fed object. What cannot be read is a problem of its Subscription, and keeps nothing free."""
    found: dict[str, _Promise] = {}
    same: dict[ReplicaRequirements, ReplicaRequirements] = {}
    for key, template, needs, row in _rows(snapshot, claims):
        if key in found:
            found[key].rows.append(row)
            continue
        namespace = template["metadata"].get("namespace") or ""
        found[key] = _Promise(same.setdefault(needs, needs), namespace, pod_labels(template), [row])
    return tuple(found.values())


def _rows(
    snapshot: Snapshot, claims: Iterable[Claim]
) -> Iterator[tuple[str, Mapping[str, Any], ReplicaRequirements, Mapping[str, int]]]:
    asked = {claim.subscription.key: claim for claim in claims}
    for subscription in snapshot.subscriptions:
        claim = asked.get(subscription.key)
        running = claim.running if claim else running_replicas(subscription)
        orders = {order.feed.key: order for order in claim.orders} if claim else {}
        for feed in subscription.feeds:
            if feed.key not in running:
                continue
            try:
                source = snapshot.resolve(feed)
                if isinstance(source, Manifest):
                    order = orders.get(feed.key) or feed_order(feed, source.template)
                    if order.desired_replicas is not None:
                        needs = ReplicaRequirements.of(order.requirements)
                        yield feed.key, source.template, needs, running[feed.key]
            except InvalidInput:
                continue
