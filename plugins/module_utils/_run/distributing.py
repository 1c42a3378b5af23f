# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole path: store, register, schedule, render, deliver, report (`distribute`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, coalesce
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import Connections
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import (
    Delivered,
    OnOutcome,
    deliver_all,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.engines import (
    left_alone,
    refuse_beside_clusternet,
    served,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.inputs import plan_inputs
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    Loaded,
    parse_contents,
    policies_for_nothing,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import (
    Capacities,
    Gauge,
    nothing_given,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Decision,
    Scope,
    decide,
    descriptions_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.summarising import store_statuses
from ansible_collections.multicluster.apps.plugins.module_utils._run.tidying import forget_unused
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.module_utils._run.writing import Written, write_plan


@dataclass(frozen=True)
class DistributeRequest:
    """What a user asked for.

    :param hosts: register these first.
    :param store: store these first.
    :param deliver: whether to go beyond Bases and Descriptions.
    :param strict: a patch that misses its target is an error.
    :param forks: clusters at the same time.
    :param anew: divide replicas as if nothing ran yet.
    :param capacities: what the inventory says that a cluster has free.
    """

    hosts: Sequence[Host] | None = None
    store: StoreRequest | None = None
    scope: Scope = field(default_factory=Scope)
    guards: Guards = field(default_factory=Guards)
    deliver: bool = True
    options: DeliveryOptions = field(default_factory=DeliveryOptions)
    strict: bool = False
    forks: int = 10
    anew: bool = False
    capacities: Capacities = nothing_given


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
        gauge = Gauge(tools, connections, request.capacities, request.forks)
        written = write_plan(lambda contents: _prepare(request, contents, tools, gauge), tools, check=check)
    prepared = written.plan if check else _stored(written)
    loaded, decision = prepared.loaded, prepared.decision
    delivered: tuple[Delivered, ...] = ()
    if request.deliver:
        scope = served(loaded, request.scope)
        delivered = deliver_all(
            [cluster for cluster in loaded.snapshot.clusters if scope.has_cluster(cluster)],
            loaded,
            scope,
            request.options,
            tools,
            connections,
            forks=request.forks,
            on_outcome=on_outcome,
        )
    late: tuple[str, ...] = ()
    if not check:
        reported = parse_contents(_merged(loaded.contents, delivered), loaded)
        late = store_statuses(decision.placements, reported, tools)
        forget_unused(reported, tools)
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


def _stored(written: Written[_Prepared]) -> _Prepared:
    """The plan as it was carried out, with the versions that the hub gave to what it stored."""
    plan = written.plan
    loaded = parse_contents(written.read.after(plan.changes, written.stored), plan.loaded)
    return replace(plan, before=written.before, changes=written.changes, loaded=loaded)


def _prepare(request: DistributeRequest, before: Contents, tools: Tools, gauge: Gauge) -> _Prepared:
    """Everything up to Bases and Descriptions, in memory, so that check mode tells the truth on an empty hub too."""
    refuse_beside_clusternet(before)
    inputs = plan_inputs(request.hosts, request.store, before, tools, plan_register)
    now = tools.now()
    loaded = parse_contents(inputs.contents)
    decision = decide(
        loaded,
        request.scope,
        request.guards,
        tools.codec,
        now,
        strict=request.strict,
        revisions=request.options.revision_history_limit > 0,
        measure=partial(gauge.measure, contents=inputs.contents),
        anew=request.anew,
    )
    predicted = parse_contents(inputs.contents.with_changes(decision.changes, now), loaded)
    return _Prepared(
        before,
        coalesce((*inputs.changes, *decision.changes)),
        decision,
        predicted,
        (
            *inputs.warnings,
            *loaded.warnings,
            *policies_for_nothing(loaded),
            *left_alone(loaded, request.scope),
            *decision.warnings,
        ),
    )


def _merged(contents: Contents, delivered: Iterable[Delivered]) -> Contents:
    """The hub after all reports: of each cluster that made one, the cluster's own namespace."""
    parts = {item.cluster.namespace: item.part for item in delivered if item.part is not None}
    objects = {key: item for key, item in contents.objects.items() if key.namespace not in parts}
    for part in parts.values():
        objects.update(part.objects)
    return replace(contents, objects=objects)
