# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scheduling as a calculation, of what is given and of no hub (the filters and the test)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_dynamic import Demand, DynamicDivider
from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import StaticWeights
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, schedule
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import STRATEGIES, DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe, suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    ManagedCluster,
    Subscription,
    parse_stored,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import SPREAD
from ansible_collections.multicluster.apps.plugins.module_utils._run.admission import admit
from ansible_collections.multicluster.apps.plugins.module_utils._run.explaining import explained
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import given_room
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import label_text
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import text_codec


def divided(
    replicas: Any, *, weights: Any, capacity: Any, running: Any, strategy: str | None
) -> tuple[dict[str, int], int]:
    """The replicas of each cluster, and how many have no room.

    :param weights: by cluster, for static dividing; or
    :param capacity: by cluster, how many more replicas it can take, for dynamic dividing.
    :param running: by cluster, how many run already; with `capacity` only, as is
    :param strategy: how they are divided by it; None for the default of the API.
    :raises InvalidInput: naming what is malformed.
    """
    if not _is_count(replicas):
        raise InvalidInput(f"replicas: {_no_count(replicas)}")
    if (weights is None) == (capacity is None):
        raise InvalidInput("either weights or capacity has to be given, and not both")
    if capacity is not None:
        return _by_capacity(replicas, capacity, running or {}, strategy or SPREAD)
    for option, value in (("running", running), ("strategy", strategy)):
        if value is not None:
            raise InvalidInput(f"{option}: is accepted with capacity only; dividing by weights does not look at it")
    return _by_weights(replicas, _counts(weights, "weights")), 0


def _by_weights(replicas: int, weights: Mapping[str, int]) -> dict[str, int]:
    if not replicas:
        return dict.fromkeys(weights, 0)
    if not any(weights.values()):
        raise InvalidInput(
            "weights: all of them are 0, so that nothing says how to divide; at least one from 1 on is accepted"
            if weights
            else "weights: no cluster is in it; a mapping of clusters to whole numbers is accepted"
        )
    return dict(zip(weights, StaticWeights(tuple(weights.values())).divide(replicas).replicas, strict=True))


def _by_capacity(replicas: int, capacity: Any, running: Any, strategy: str) -> tuple[dict[str, int], int]:
    if strategy not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise InvalidInput(f"strategy: found {describe(strategy)}; accepted: {known}{suggest(strategy, STRATEGIES)}")
    room, runs = _counts(capacity, "capacity"), _counts(running, "running")
    for name in runs:
        if name not in room:
            raise InvalidInput(
                f"running: there is no cluster {describe(name)} in capacity, which has {', '.join(room) or 'none'}"
                f"{suggest(name, room)}. Give it the capacity 0 if it can take no more"
            )
    demand = Demand(replicas, tuple(runs.get(name, 0) for name in room), tuple(room.values()))
    clusters = [ManagedCluster.of({"metadata": {"name": name}}) for name in room]
    found = DynamicDivider(DynamicRules(strategy), clusters).divide(demand)
    return dict(zip(room, found.replicas, strict=True)), found.shortage


def scheduled(objects: Any, capacities: Any) -> dict[str, dict[str, Any]]:
    """Where the Subscriptions among objects go, by `<namespace>/<name>`, with the reasons for each cluster.

    :param objects: ManagedClusters, Subscriptions and what they feed, as files or a hub have them.
    :param capacities: by name of a cluster, what it has free.
    :raises InvalidInput: for what is malformed.
    """
    if not isinstance(objects, list):
        raise InvalidInput(f"objects must be a list of mappings, not {describe(objects)}")
    if not isinstance(capacities, Mapping):
        raise InvalidInput(
            f"capacities must be a mapping of clusters to what they have free, not {describe(capacities)}"
        )
    snapshot = _snapshot(objects)
    if not snapshot.clusters:
        raise InvalidInput(
            "no ManagedCluster is among the objects, and a schedule is about clusters; add those of a hub, which the lookup"
            " multicluster.apps.clusters gives"
        )
    capacities = {str(name): free for name, free in capacities.items()}
    unknown = sorted(set(capacities) - {cluster.name for cluster in snapshot.clusters})
    if unknown:
        names = ", ".join(cluster.name for cluster in snapshot.clusters)
        raise InvalidInput(f"capacities: there is no cluster {unknown[0]!r} among the objects; there are: {names}")
    found = {each.binding: _room(each, capacities.get(each.name)) for each in snapshot.clusters}
    rooms: dict[str, ClusterRoom] = {binding: room for binding, room in found.items() if room is not None}
    answers = {}
    for placement in schedule(snapshot, Guards(max_removed_clusters=len(snapshot.clusters)), rooms):
        answers[placement.subscription.full_name] = {
            "bound": [cluster.name for cluster in placement.clusters],
            **explained(placement),
        }
    return answers


def selects(affinity: Any, cluster: Any) -> bool:
    """Whether a label selector selects a cluster.

    :param cluster: a ManagedCluster, or labels.
    :raises InvalidInput: for what is neither, or a selector that is malformed.
    """
    labels = cluster.get("metadata", cluster) if isinstance(cluster, Mapping) else None
    if isinstance(cluster, Mapping) and isinstance(labels, Mapping) and labels is not cluster:
        labels = labels.get("labels") or {}
    if not isinstance(labels, Mapping):
        raise InvalidInput(f"found {describe(cluster)}; a ManagedCluster, or a mapping of its labels, is accepted")
    return LabelSelector.parse(affinity, "affinity").matches(
        {str(key): label_text(value) for key, value in labels.items()}
    )


def _room(cluster: ManagedCluster, free: Any) -> ClusterRoom | None:
    """The room that is given for a cluster here, or else the room that a hub kept of it."""
    return given_room(cluster, None) if free is None else ClusterRoom.given(free, f"capacities[{cluster.name}]")


def _snapshot(objects: Sequence[Any]) -> Snapshot:
    """The objects, through the same door as a user's files; what runs, which a file may not say, is kept."""
    documents = [Document(raw, f"object {number}") for number, raw in enumerate(objects, 1)]
    statuses = {
        (str(raw["metadata"].get("namespace") or "default"), str(raw["metadata"].get("name"))): raw.get("status")
        for raw in objects
        if isinstance(raw, Mapping)
        and raw.get("kind") == Subscription.KIND
        and isinstance(raw.get("metadata"), Mapping)
    }
    parsed = []
    for item in admit(documents, text_codec()):
        status = statuses.get((item.key.namespace, item.key.name)) if item.key.kind == Subscription.KIND else None
        parsed.append(parse_stored({**item.raw, "status": status} if status else item.raw, item.where)[0])
    return replace(Snapshot.of(parsed), holder="the list of objects", remedy="add it")


def _counts(value: Any, what: str) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{what}: found {describe(value)}; a mapping of clusters to whole numbers is accepted")
    for name, count in value.items():
        if not _is_count(count):
            raise InvalidInput(f"{what}[{name}]: {_no_count(count)}")
    return {str(name): count for name, count in value.items()}


def _no_count(value: Any) -> str:
    """Why a value is no number of anything; templates make text of numbers easily."""
    hint = "; make a number of the text: | int" if isinstance(value, str) and value.strip().isdecimal() else ""
    return f"found {describe(value)}; a whole number from 0 on is accepted{hint}"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
