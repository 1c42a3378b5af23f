# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`distribute` beside Clusternet's own controllers: store, schedule what names our scheduler, wait, report.

Clusternet's scheduler serves `default`; ours serves `multicluster.apps`, by writing what Clusternet's would write into the
status; Clusternet's deployer delivers both. Other schedulers' Subscriptions are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet import (
    Expected,
    View,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet_content import key_fed, wanted_content
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
    Placement,
    bind,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import status_spec_hash
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import OUR_SCHEDULER, SCHEDULER_NAMES
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put, coalesce
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    APPLY_NOW,
    HelmChart,
    ManagedCluster,
    Manifest,
    Policy,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.awaiting import (
    Awaited,
    Expect,
    OnOutcome,
    Task,
    await_clusternet,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import Connections
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import Distributed, DistributeRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.engines import left_alone
from ansible_collections.multicluster.apps.plugins.module_utils._run.guarding import guard_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.inputs import plan_inputs
from ansible_collections.multicluster.apps.plugins.module_utils._run.labelling import plan_labels
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    Loaded,
    parse_contents,
    policies_for_nothing,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Decision,
    Scope,
    check_scope,
    place_all,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.module_utils._run.writing import write_plan


@dataclass(frozen=True)
class _Stored:
    """What was stored, or would be.

    :param earlier: the hub before.
    :param problems: by Subscription.
    :param placements: of the Subscriptions that name our scheduler.
    """

    earlier: Loaded
    changes: tuple[Change, ...]
    loaded: Loaded
    problems: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    placements: tuple[Placement, ...]


def distribute_by_clusternet(
    request: DistributeRequest,
    tools: Tools,
    connections: Connections,
    on_outcome: OnOutcome = lambda _outcome, _total: None,
) -> Distributed:
    """Store what the user gave, and wait until Clusternet's controllers have brought it to the clusters.

    :param connections: what the inventory says of a cluster, where its room has to be known.
    :param on_outcome: called as clusters are done, with the number of clusters that are known by then.
    :raises HubError: when the hub cannot be read or written.
    :raises InvalidInput: for what the user wrote; nothing was changed then.
    """
    if tools.hub_dir is not None:
        raise InvalidInput(
            f"engine clusternet is for a hub that is an API server on which Clusternet's controllers run; {tools.hub.location} "
            "is a directory. Leave engine out, or name the API server with kubeconfig or host"
        )
    check = request.options.check
    with nullcontext() if check else tools.hub.lock("hub"):
        stored = _store(request, tools, Gauge(tools, connections, request.capacities, request.forks))
    awaited = Awaited((), {})
    if request.deliver and not check:
        awaited = await_clusternet(_task(request, stored, tools), request.options, tools, on_outcome)
    problems = {**stored.problems, **awaited.problems}
    warnings = (*stored.warnings, *awaited.warnings)
    decision = Decision(stored.placements, (), problems, ())
    return Distributed(
        stored.earlier.contents, stored.loaded.contents, stored.changes, decision, awaited.outcomes, warnings
    )


def _store(request: DistributeRequest, tools: Tools, gauge: Gauge) -> _Stored:
    """Store and schedule under the lock. What one of Clusternet's controllers changed meanwhile is read again."""
    check = request.options.check
    written = write_plan(lambda contents: _planned(request, contents, tools, gauge), tools, check=check)
    plan = written.plan
    if check:
        return plan
    loaded = parse_contents(written.read.after(plan.changes, written.stored), plan.loaded)
    return replace(plan, earlier=parse_contents(written.before, plan.earlier), changes=written.changes, loaded=loaded)


def _planned(request: DistributeRequest, before: Contents, tools: Tools, gauge: Gauge) -> _Stored:
    inputs = plan_inputs(request.hosts, request.store, before, tools, plan_labels)
    earlier = parse_contents(before)
    loaded = parse_contents(inputs.contents, earlier)
    check_scope(loaded, request.scope)
    consent = request.store is not None and request.store.absent
    guard_clusternet(inputs.changes, before, loaded, request.guards, consent=consent)
    problems: dict[str, tuple[str, ...]] = {}
    statuses: list[Change] = []
    placements, notes = _ours(loaded, request, gauge)
    for placement in placements:
        if placement.problems:
            problems[placement.subscription.full_name] = placement.problems
        elif (change := _status(placement, loaded.contents)) is not None:
            statuses.append(change)
    changes = coalesce((*inputs.changes, *statuses))
    alone = left_alone(loaded, request.scope)
    warnings = (*inputs.warnings, *loaded.warnings, *policies_for_nothing(loaded), *alone, *notes)
    after = parse_contents(inputs.contents.with_changes(statuses, tools.now()), loaded)
    return _Stored(earlier, changes, after, problems, warnings, placements)


def _ours(loaded: Loaded, request: DistributeRequest, gauge: Gauge) -> tuple[tuple[Placement, ...], list[str]]:
    """The placements of what names our scheduler, and warnings; Clusternet's scheduler sees to the rest."""
    ours = frozenset(item.full_name for item in loaded.snapshot.subscriptions if item.scheduler_name == OUR_SCHEDULER)
    scope = Scope(frozenset(filter(request.scope.has_subscription, ours)))
    measure = partial(gauge.measure, contents=loaded.contents)
    return place_all(loaded, scope, request.guards, measure, anew=request.anew, by_status=True)


def _status(placement: Placement, contents: Contents) -> Put | None:
    """What Clusternet's scheduler would write of a placement; its controllers go on from there.

    They make the Localizations that set replicas out of it, by themselves.
    """
    item = placement.subscription
    bindings = [cluster.binding for cluster in placement.clusters]
    status: dict[str, Any] = {
        **{name: value for name, value in item.status.items() if name != "replicas"},
        "bindingClusters": bindings,
        "specHash": status_spec_hash(item.raw),
        "desiredReleases": len(bindings),
    }
    if placement.divided is not None:
        status["replicas"] = {key: list(row) for key, row in placement.divided.replicas.items()}
    if status == item.status:
        return None
    return Put({**item.raw, "status": status}, contents.objects[item.key].version)


def _task(request: DistributeRequest, stored: _Stored, tools: Tools) -> Task:
    snapshot = stored.loaded.snapshot
    served = [
        item
        for item in snapshot.subscriptions
        if item.scheduler_name in SCHEDULER_NAMES
        and not item.meta.is_deleting
        and request.scope.has_subscription(item.full_name)
        and item.full_name not in stored.problems
    ]
    moved = any(change.key.kind == "ManagedCluster" for change in stored.changes)
    unlimited = Guards(max_removed_clusters=len(snapshot.clusters))
    placed = {
        item.subscription.full_name: frozenset(each.binding for each in item.clusters) for item in stored.placements
    }
    chosen = {
        item.full_name: placed.get(item.full_name)
        or frozenset(each.binding for each in bind(item, snapshot.clusters, unlimited).clusters)
        for item in served
        if moved
    }
    return Task(
        [item.full_name for item in served],
        [cluster for cluster in snapshot.clusters if request.scope.has_cluster(cluster)],
        View(stored.earlier.snapshot),
        _expecting(stored, tools),
        calm=not stored.changes,
        chosen=chosen,
    )


def _expecting(stored: _Stored, tools: Tools) -> Expect:
    """What Descriptions should hold, worked out once for each Subscription in each cluster."""
    snapshot = stored.loaded.snapshot
    overlay = Overlay(snapshot, tools.codec, strict=False)
    remade = frozenset(_remade(stored))
    later = frozenset(_fed_by_policies(stored, now=False))
    known: dict[tuple[Any, ...], Expected] = {}

    def expect(subscription: Subscription, cluster: ManagedCluster) -> Expected:
        key = (subscription.full_name, subscription.feeds, cluster.namespace)
        if key not in known:
            known[key] = Expected(wanted_content(subscription, cluster, snapshot, overlay), remade, later)
        return known[key]

    return expect


def _remade(stored: _Stored) -> Iterator[ObjectKey]:
    """What Clusternet makes anew in Descriptions for what this run changed: fed objects, and those of `ApplyNow` policies."""
    changed = {change.key for change in stored.changes}
    sources: tuple[Manifest | HelmChart, ...] = (*stored.loaded.snapshot.manifests, *stored.loaded.snapshot.charts)
    for source in sources:
        if source.key in changed:
            yield key_fed(source)
    yield from _fed_by_policies(stored, now=True)


def _fed_by_policies(stored: _Stored, *, now: bool) -> Iterator[ObjectKey]:
    """The objects of `ApplyNow` policies that this run changed or removed, or of all `ApplyLater` policies before and after."""
    changed = {change.key for change in stored.changes}
    for snapshot in (stored.earlier.snapshot, stored.loaded.snapshot):
        policies: tuple[Policy, ...] = (*snapshot.globalizations, *snapshot.localizations)
        for policy in policies:
            is_now = policy.override_policy == APPLY_NOW
            meant = snapshot.feed_meant(policy.feed)
            if meant is not None and is_now is now and (not now or policy.key in changed):
                yield meant.object_key
