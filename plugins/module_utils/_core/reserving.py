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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import gt
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom, label_key
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
    rows: list[Row]

    def replicas(self) -> Iterable[tuple[str, int]]:
        """By binding: an object that several Subscriptions feed is there once."""
        if len(self.rows) == 1:
            row = self.rows[0]
            return zip(row.names, row.counts, strict=True)
        return {name: max(row.get(name, 0) for row in self.rows) for row in self.rows for name in row}.items()

    @property
    def pair(self) -> str | None:
        """The key of the one label that its pods are told by (`label_key`); None where it is not that simple."""
        requirements = self.labels.requirements if self.labels else ()
        if len(requirements) != 1 or requirements[0].operator != IN or len(requirements[0].values) != 1:
            return None
        return label_key(self.namespace, requirements[0].key, requirements[0].values[0])


def unreserved(rooms: Mapping[str, ClusterRoom], snapshot: Snapshot) -> dict[str, ClusterRoom]:
    """The rooms less what is spoken for.

    :param rooms: by binding, as they were measured or given.
    :param snapshot: what the hub holds: the statuses of all Subscriptions, in scope or not.
    """
    left = dict(rooms)
    # What is asked for alike is taken at once: a fleet has millions of promises, and few kinds of them.
    owed: defaultdict[str, Counter[ReplicaRequirements]] = defaultdict(Counter)
    tables = _Tables(rooms)
    for promise in _promises(snapshot) if rooms else ():
        for binding, missing in _missing(promise, rooms, tables):
            owed[binding][promise.needs] += missing
    for binding, found in owed.items():
        for needs, replicas in found.items():
            left[binding] = left[binding].taking(needs, replicas)
    return left


class _Tables:
    """The pods of clusters, for a look at a whole row: nearly always everything that was promised is there."""

    def __init__(self, rooms: Mapping[str, ClusterRoom]) -> None:
        self._rooms = rooms
        self._names: tuple[str, ...] | None = None
        # Of the clusters whose pods were counted; None where a user says what one of them has.
        self._places: list[int] = []
        self._pods: list[Mapping[str, int]] | None = None

    def lacks(self, row: Row, pair: str) -> bool:
        """Whether pods of a row are missing anywhere, or that cannot be told at one look."""
        if row.names is not self._names:  # the feeds of a Subscription share them
            self._names = row.names
            found = [(place, room) for place, name in enumerate(row.names) if (room := self._rooms.get(name))]
            self._places = [place for place, _room in found]
            self._pods = (
                [room.labelled for _place, room in found] if all(room.is_counted for _p, room in found) else None
            )
        if self._pods is None:
            return True
        counts = row.counts
        if len(self._places) < len(counts):
            counts = tuple([counts[place] for place in self._places])
        return any(map(gt, counts, [pods.get(pair, 0) for pods in self._pods]))


def _missing(promise: _Promise, rooms: Mapping[str, ClusterRoom], tables: _Tables) -> Iterator[tuple[str, int]]:
    """By binding, how many of its replicas are not to be seen on nodes."""
    pair = promise.pair
    if pair and len(promise.rows) == 1 and not tables.lacks(promise.rows[0], pair):
        return
    for binding, replicas in promise.replicas():
        room = rooms.get(binding) if replicas else None
        if room is None:
            continue
        if not room.is_counted:
            yield binding, replicas
        elif promise.labels is not None:
            seen = room.labelled.get(pair, 0) if pair else room.pods(promise.namespace, promise.labels)
            if seen < replicas:
                yield binding, replicas - seen


def _promises(snapshot: Snapshot) -> Sequence[_Promise]:
    """One for each fed object. What cannot be read is a problem of its Subscription, and keeps nothing free."""
    found: dict[str, _Promise] = {}
    same: dict[ReplicaRequirements, ReplicaRequirements] = {}
    for key, template, needs, row in _rows(snapshot):
        if key in found:
            found[key].rows.append(row)
            continue
        namespace = template["metadata"].get("namespace") or ""
        found[key] = _Promise(same.setdefault(needs, needs), namespace, pod_labels(template), [row])
    return tuple(found.values())


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, Any], ReplicaRequirements, Row]]:
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
                        yield feed.key, source.template, needs, running[feed.key]
            except InvalidInput:
                continue
