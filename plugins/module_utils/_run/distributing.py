# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole path: store, register, schedule, render, deliver, report (`distribute`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import subscription_status
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubLocked
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put, coalesce
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import (
    Connections,
    Delivered,
    OnOutcome,
    deliver_all,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    Loaded,
    parse_contents,
    policies_for_nothing,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Decision,
    Scope,
    decide,
    descriptions_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest, plan_store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools


@dataclass(frozen=True)
class DistributeRequest:
    """What a user asked for.

    :param hosts: register these first.
    :param store: store these first.
    :param deliver: whether to go beyond Bases and Descriptions.
    :param strict: a patch that misses its target is an error.
    :param forks: clusters at the same time.
    """

    hosts: Sequence[Host] | None = None
    store: StoreRequest | None = None
    scope: Scope = field(default_factory=Scope)
    guards: Guards = field(default_factory=Guards)
    deliver: bool = True
    options: DeliveryOptions = field(default_factory=DeliveryOptions)
    strict: bool = False
    forks: int = 10


@dataclass(frozen=True)
class Distributed:
    """What a run did, or would do in check mode.

    :param before: the hub as it was read.
    :param after: the hub as it is (or would be) now, without what delivery reports.
    :param changes: what was written to get there.
    :param outcomes: in the order of the clusters on the hub.
    :param gone: Bases and Descriptions that left the hub, because nothing of them is left in their cluster.
    """

    before: Contents
    after: Contents
    changes: tuple[Change, ...]
    decision: Decision
    outcomes: tuple[ClusterOutcome, ...]
    warnings: tuple[str, ...]
    gone: tuple[ObjectKey, ...] = ()


def distribute(
    request: DistributeRequest,
    tools: Tools,
    connections: Connections,
    on_outcome: OnOutcome = lambda _outcome, _total: None,
) -> Distributed:
    """Run the whole path. One cluster's failure is in its outcome; only losing the hub, or bad input, raises.

    :param connections: what the inventory says of a cluster; None where the hub has to know.
    :param on_outcome: called as clusters end, with the number of clusters in all.
    :raises HubError: when the hub cannot be read or written.
    :raises InvalidInput: for what the user wrote; nothing was changed then.
    """
    check = request.options.check
    with nullcontext() if check else tools.hub.lock("hub"):
        prepared = _prepare(request, tools.hub.load(), tools)
        if check:
            tools.hub.check(prepared.changes)
        else:
            prepared = _written(prepared, request, tools)
    loaded, decision = prepared.loaded, prepared.decision
    delivered: tuple[Delivered, ...] = ()
    if request.deliver:
        clusters = [cluster for cluster in loaded.snapshot.clusters if request.scope.has_cluster(cluster)]
        delivered = deliver_all(
            clusters,
            loaded,
            request.scope,
            request.options,
            tools,
            connections,
            forks=request.forks,
            on_outcome=on_outcome,
        )
    late: tuple[str, ...] = ()
    if not check:
        late = _report(decision.placements, parse_contents(_merged(loaded.contents, delivered), loaded), tools)
    outcomes = tuple(item.outcome for item in delivered)
    warnings = (*prepared.warnings, *late)
    gone = tuple(key for item in delivered for key in _gone(item, loaded))
    return Distributed(prepared.before, loaded.contents, prepared.changes, decision, outcomes, warnings, gone)


def _gone(item: Delivered, loaded: Loaded) -> Iterator[ObjectKey]:
    namespace = item.cluster.namespace
    for name in item.outcome.removed:
        yield from (description.key for description in descriptions_of(namespace, name, loaded))
        base = loaded.snapshot.bases_by_key.get((namespace, name))
        if base is not None:
            yield base.key


@dataclass(frozen=True)
class _Prepared:
    """Everything up to Bases and Descriptions: what was read, what is to be written, the hub once that is done."""

    before: Contents
    changes: tuple[Change, ...]
    decision: Decision
    loaded: Loaded
    warnings: tuple[str, ...]


def _written(prepared: _Prepared, request: DistributeRequest, tools: Tools) -> _Prepared:
    """Write what was decided; decide again from a fresh read where `deploy` reported or a person edited meanwhile."""
    try:
        stored = tools.hub.write(prepared.changes, tools.now())
    except HubConflict:
        again = _prepare(request, tools.hub.load(), tools)
        stored = tools.hub.write(again.changes, tools.now())
        loaded = parse_contents(again.before.after(again.changes, stored), again.loaded)
        return replace(
            again, before=prepared.before, changes=coalesce((*prepared.changes, *again.changes)), loaded=loaded
        )
    return replace(prepared, loaded=parse_contents(prepared.before.after(prepared.changes, stored), prepared.loaded))


def _prepare(request: DistributeRequest, before: Contents, tools: Tools) -> _Prepared:
    """Everything up to Bases and Descriptions, in memory, so that check mode tells the truth on an empty hub too."""
    contents = before
    changes: list[Change] = []
    warnings: list[str] = []
    now = tools.now()
    if request.hosts is not None:
        registered, skipped = plan_register(request.hosts, contents, tools.hub_dir)
        changes += registered
        warnings += skipped
        contents = contents.with_changes(registered, now)
    if request.store is not None:
        stored = plan_store(request.store, contents, tools.codec, now)
        changes += stored
        contents = contents.with_changes(stored, now)
    loaded = parse_contents(contents)
    decision = decide(loaded, request.scope, request.guards, tools.codec, now, strict=request.strict)
    changes += decision.changes
    predicted = parse_contents(contents.with_changes(decision.changes, now), loaded)
    return _Prepared(
        before,
        coalesce(changes),
        decision,
        predicted,
        (*warnings, *loaded.warnings, *policies_for_nothing(loaded), *decision.warnings),
    )


def _merged(contents: Contents, delivered: Iterable[Delivered]) -> Contents:
    """The hub after all reports: of each cluster that made one, the cluster's own namespace."""
    parts = {item.cluster.namespace: item.part for item in delivered if item.part is not None}
    objects = {key: item for key, item in contents.objects.items() if key.namespace not in parts}
    for part in parts.values():
        objects.update(part.objects)
    return Contents(objects)


def _report(placements: Sequence[Placement], loaded: Loaded, tools: Tools) -> tuple[str, ...]:
    """Store the aggregated status of each Subscription; read again if someone changed one meanwhile.

    :returns: a warning where the hub was busy: what was delivered is worth more than its summary, which the next run makes.
    """
    changes = tuple(_statuses(placements, loaded))
    if not changes:
        return ()
    try:
        with tools.hub.lock("hub"):
            try:
                tools.hub.write(changes, tools.now())
            except HubConflict:
                tools.hub.write(tuple(_statuses(placements, parse_contents(tools.hub.load()))), tools.now())
    except (HubLocked, HubConflict) as error:
        return (f"the status of the Subscriptions was not stored: {error}",)
    return ()


def _statuses(placements: Sequence[Placement], loaded: Loaded) -> Iterator[Put]:
    snapshot = loaded.snapshot
    current = {(item.meta.namespace, item.meta.name): item for item in snapshot.subscriptions}
    for placement in placements:
        item = current.get((placement.subscription.meta.namespace, placement.subscription.meta.name))
        if item is None or placement.problems:
            continue
        status = subscription_status(item, placement.clusters, snapshot)
        if item.raw.get("status") != status:
            yield Put({**item.raw, "status": status}, loaded.contents.objects[item.key].version)
