# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hub is told after delivery: the status of Descriptions and the aggregated status of Subscriptions.

Reference, sections "Objects" (Description.status, Subscription.status) and "Aggregated status".
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.health import health
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import objects_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import status_spec_hash
from ansible_collections.multicluster.apps.plugins.module_utils._core.split import json_size, status_room
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterOutcome,
    HealthStatus,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed, slug
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Description,
    ManagedCluster,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DIVIDING

_THERE = frozenset({Result.CREATED, Result.UPDATED, Result.UNCHANGED})
_REASON_LIMIT = 1024
_CLUSTER_NAME_LIMIT = 30
# Beside it a Subscription with thousands of feeds fits into the 1.5 MiB of an object.
_STATUS_LIMIT = 700 * 1024


def by_applyset(outcome: ClusterOutcome) -> Mapping[str, tuple[ObjectOutcome, ...]]:
    """What came of the objects of each ApplySet, by its name, in the order of the plan; shared objects are in each."""
    grouped: defaultdict[str, list[ObjectOutcome]] = defaultdict(list)
    for item in outcome.outcomes:
        for name in (item.applyset, *item.shared_with):
            grouped[name].append(item)
    return {name: tuple(items) for name, items in grouped.items()}


def description_status(
    description: Description,
    outcome: ClusterOutcome,
    refusal: str | None,
    mine: Sequence[ObjectOutcome] | None = None,
) -> dict[str, Any]:
    """`status` of a Description after a delivery.

    `manifestStatuses` has an entry for each object that the cluster was seen to hold: none for a directory cluster, which
    runs nothing.

    :param refusal: why nothing of this Description was tried; None where it was.
    :param mine: what `by_applyset` says of its ApplySet, for whoever asks of many Descriptions; else it is looked up.
    """
    if mine is None:
        mine = by_applyset(outcome).get(description.base, ())
    keys = {item.key for item in mine}
    failures = [f"{item.key}: {item.reason}" for item in mine if item.result is Result.FAILED]
    failures += [f"{item.key}: not healthy in time" for item in outcome.unhealthy if item.key in keys]
    reasons = [refusal] if refusal else [*outcome.errors, *failures]
    status: dict[str, Any] = {"phase": "Failure" if reasons else "Success"}
    if reasons:
        # Half of a surrogate pair, which a cluster can send but no file hold, becomes a question mark.
        status["reason"] = "; ".join(reasons)[:_REASON_LIMIT].encode(errors="replace").decode()
    seen = [(item, _manifest_status(item, feed)) for item, feed in _with_feeds(description, mine) if _was_seen(item)]
    if seen:
        status["manifestStatuses"] = _within(seen, status_room(description.raw.get("spec")))
    return status


def _within(seen: Sequence[tuple[ObjectOutcome, dict[str, Any]]], room: int) -> list[dict[str, Any]]:
    """The entries, some without `observedStatus` where all of them would be more than the hub can store.

    What is healthy and has no replicas goes without it first, and the largest first.
    """
    sizes = [json_size(entry) for _item, entry in seen]
    excess = sum(sizes) + len(sizes) - room
    entries = [entry for _item, entry in seen]
    for index in sorted(range(len(seen)), key=lambda index: (_usefulness(seen[index][0]), -sizes[index], index)):
        if excess <= 0:
            break
        entries[index] = {field: value for field, value in entries[index].items() if field != "observedStatus"}
        excess -= sizes[index] - json_size(entries[index])
    return entries


def _usefulness(item: ObjectOutcome) -> int:
    """How much would be lost with what the cluster says of an object."""
    if item.health is None or item.health.status is not HealthStatus.CURRENT:
        return 2
    return 1 if item.health.replica_status else 0


def _with_feeds(description: Description, outcomes: Sequence[ObjectOutcome]) -> Iterable[tuple[ObjectOutcome, Feed]]:
    """The outcomes in the order of the Description's objects."""
    by_key = {item.key: item for item in outcomes}
    for raw in objects_of(description):
        feed = Feed.to(raw)
        if feed.object_key in by_key:
            yield by_key[feed.object_key], feed


def _was_seen(item: ObjectOutcome) -> bool:
    return item.result in _THERE and item.health is not None


def _manifest_status(item: ObjectOutcome, feed: Feed) -> dict[str, Any]:
    status = dict(item.status or {})
    return {**feed.as_raw(), **({"observedStatus": status} if status and _is_json(status) else {})}


def _is_json(value: Any) -> bool:
    """Whether the hub can hold it: a cluster can send NaN and half a surrogate pair, and must not end the run so."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False, default=dict).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def subscription_status(
    subscription: Subscription, clusters: Sequence[ManagedCluster], snapshot: Snapshot
) -> dict[str, Any]:
    """`status` of a Subscription, computed from the Descriptions of its clusters.

    :param clusters: where it is bound, in scheduling order.
    """
    status: dict[str, Any] = {
        "bindingClusters": [cluster.binding for cluster in clusters],
        "specHash": status_spec_hash(subscription.raw),
    }
    known = subscription.status.get("replicas")
    if subscription.scheduling_strategy == DIVIDING and known and isinstance(known, Mapping):
        status["replicas"] = _replicas(subscription, clusters)
    charts = [feed for feed in subscription.feeds if feed.kind == "HelmChart"]
    if charts:
        status["desiredReleases"] = len(charts) * len(clusters)
    observed = [_observed(subscription, cluster, snapshot) for cluster in clusters]
    status["aggregatedStatuses"] = [
        _aggregated(snapshot.feed_meant(feed) or feed, clusters, observed) for feed in subscription.feeds
    ]
    return status


def _replicas(subscription: Subscription, clusters: Sequence[ManagedCluster]) -> dict[str, list[int]]:
    """What was divided last, for those of the bound clusters that are still there."""
    running = running_replicas(subscription)
    return {
        key: [running[key].get(cluster.binding, 0) for cluster in clusters] if key in running else []
        for key in subscription.status["replicas"]
    }


def _observed(
    subscription: Subscription, cluster: ManagedCluster, snapshot: Snapshot
) -> Mapping[Feed, Mapping[str, Any]]:
    """What one cluster's Description says of each feed: the desired object with the status that was seen."""
    base = base_name(subscription.meta.namespace, subscription.meta.name)
    found: dict[Feed, Mapping[str, Any]] = {}
    for description in snapshot.descriptions_by_base.get((cluster.namespace, base), ()):
        entries = description.status.get("manifestStatuses") or ()
        seen = {Feed.of(entry): entry.get("observedStatus") for entry in entries}
        try:
            desired = {Feed.to(raw): raw for raw in objects_of(description)}
        except InvalidInput:  # what is wrong with it is said by whoever delivers it
            continue
        found |= {feed: {**desired[feed], "status": status or {}} for feed, status in seen.items() if feed in desired}
    return found


def storable_status(status: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The status of a Subscription as the hub can store it.

    Three thousand feeds in many clusters have more details than fit into one object: then only the summaries stay.

    :returns: the status, and whether something was left out.
    """
    if json_size(status) <= _STATUS_LIMIT:
        return status, False
    feeds = [
        {field: value for field, value in entry.items() if field != "feedStatusDetails"}
        for entry in status["aggregatedStatuses"]
    ]
    summarised = {**status, "aggregatedStatuses": feeds}
    if json_size(summarised) <= _STATUS_LIMIT:
        return summarised, True
    return {field: value for field, value in status.items() if field != "aggregatedStatuses"}, True


def _aggregated(
    feed: Feed, clusters: Sequence[ManagedCluster], observed: Sequence[Mapping[Feed, Mapping[str, Any]]]
) -> dict[str, Any]:
    details = [
        {"clusterId": cluster.cluster_id, "clusterName": _name_in_status(cluster), **_feed_status(found.get(feed))}
        for cluster, found in zip(clusters, observed, strict=True)
    ]
    summary: dict[str, Any] = {"available": bool(details) and all(each["available"] for each in details)}
    replicas = [each["replicaStatus"] for each in details if "replicaStatus" in each]
    if replicas:
        summary["replicaStatus"] = _summed(replicas)
    return {**feed.as_raw(), "feedStatusDetails": details, "feedStatusSummary": summary}


def _name_in_status(cluster: ManagedCluster) -> str:
    """Clusternet's own CRD takes no more than thirty characters here; `clusterId` is what tells clusters apart."""
    return slug(cluster.name, _CLUSTER_NAME_LIMIT)


def _feed_status(raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """Beyond Clusternet, `available` means healthy; what was never seen is not."""
    if raw is None:
        return {"available": False}
    found = health(raw)
    status: dict[str, Any] = {"available": found.status is HealthStatus.CURRENT}
    if found.replica_status:
        status["replicaStatus"] = dict(found.replica_status)
    return status


def _summed(replicas: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Numbers added up; `observedGeneration` is no number of replicas, so the largest stands for all."""
    fields = sorted({field for each in replicas for field in each})
    return {
        field: (max if field == "observedGeneration" else sum)(each.get(field, 0) for each in replicas)
        for field in fields
    }
