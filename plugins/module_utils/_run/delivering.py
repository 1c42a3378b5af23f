# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery to clusters, side by side, and what the hub is told of each (the second half of the path).

Reads and writes only the namespace of the cluster on the hub, so that runs for different clusters never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.render import objects_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import description_status
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import CREATED_BY, LABEL_CREATED_BY
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    ClusterOutcome,
    DeliveryOptions,
    Desired,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubConflict,
    HubLocked,
    InvalidInput,
    MulticlusterError,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Base, Description, ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import connection_on_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    descriptions_of,
    subscription_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

_NO_HELM = "HelmChart feeds are rendered, but this version does not deliver them"


@dataclass(frozen=True)
class Delivered:
    """One cluster's part of a run.

    :param changes: what the hub was told; nothing in check mode.
    :param contents: the hub as far as this run knows it, after `changes`; only the cluster's namespace counts.
    """

    cluster: ManagedCluster
    outcome: ClusterOutcome
    contents: Contents


Connections: TypeAlias = "Callable[[ManagedCluster], Connection | None]"
OnOutcome: TypeAlias = Callable[[ClusterOutcome, int], None]
# How a cluster is reached, or why nobody knows.
Link: TypeAlias = "Connection | MulticlusterError"


def deliver_all(
    clusters: Sequence[ManagedCluster],
    loaded: Loaded,
    scope: Scope,
    options: DeliveryOptions,
    tools: Tools,
    connections: Connections,
    *,
    forks: int,
    on_outcome: OnOutcome,
) -> tuple[Delivered, ...]:
    """Deliver to clusters side by side; those for which the hub holds nothing are left out.

    :param connections: what the inventory says of a cluster; None where the hub has to know. Asked in this thread.
    :param on_outcome: called in this thread as clusters end, with the outcome and the number of clusters in all.
    :returns: in the order of `clusters`.
    """
    prepared = (_prepared(cluster, loaded, scope, tools, connections) for cluster in clusters)
    work = [item for item in prepared if item is not None]
    done: dict[str, Delivered] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(forks, len(work)))) as pool:
        futures = [pool.submit(_deliver_one, *item, loaded, options, tools) for item in work]
        try:
            for future in as_completed(futures):
                delivered = future.result()
                done[delivered.cluster.namespace] = delivered
                on_outcome(delivered.outcome, len(work))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(done[cluster.namespace] for cluster, _bundle, _link in work)


def _prepared(
    cluster: ManagedCluster, loaded: Loaded, scope: Scope, tools: Tools, connections: Connections
) -> tuple[ManagedCluster, Bundle, Link] | None:
    """What is to be delivered to a cluster, and how it is reached; None where the hub holds nothing for it."""
    try:
        bundle = bundle_of(cluster, loaded, scope)
        if not bundle.applysets:
            return None
        return cluster, bundle, connections(cluster) or connection_on_hub(cluster, loaded.contents, tools.hub_dir)
    except (ClusterError, InvalidInput) as error:
        return cluster, Bundle(cluster.full_name, cluster.namespace, ()), error


def bundle_of(cluster: ManagedCluster, loaded: Loaded, scope: Scope) -> Bundle:
    """Everything that the hub wants in a cluster; what is out of scope is there, but not selected.

    :raises InvalidInput: for a Description that holds what is no object.
    """
    bases = loaded.snapshot.bases_by_namespace.get(cluster.namespace, ())
    ours = (base for base in bases if base.meta.labels.get(LABEL_CREATED_BY) == CREATED_BY)
    sets = tuple(_applyset(base, loaded, scope) for base in ours)
    selected = sets if any(each.selected for each in sets) else ()
    return Bundle(cluster.full_name, cluster.namespace, selected)


def _applyset(base: Base, loaded: Loaded, scope: Scope) -> ApplySet:
    subscription = subscription_of(base)
    removing = base.meta.is_deleting
    descriptions = () if removing else descriptions_of(base.meta.namespace, base.meta.name, loaded)
    objects = tuple(desired for description in descriptions for desired in _desired(description))
    return ApplySet(base.meta.name, subscription, objects, removing, scope.has_subscription(subscription))


def _desired(description: Description) -> Iterator[Desired]:
    for raw in objects_of(description):
        yield Desired(ObjectKey.of(raw), raw, f"{description.meta.namespace}.{description.meta.name}")


def _deliver_one(
    cluster: ManagedCluster,
    bundle: Bundle,
    link: Link,
    loaded: Loaded,
    options: DeliveryOptions,
    tools: Tools,
) -> Delivered:
    refused = tuple(f"{item.key}: {_NO_HELM}" for item in _helm_descriptions(bundle, loaded))
    if options.check:
        outcome = _outcome(cluster, bundle, link, options, tools)
        return Delivered(cluster, replace(outcome, errors=(*outcome.errors, *refused)), loaded.contents)
    try:
        with tools.hub.lock(f"cluster-{cluster.name}"):
            outcome = _outcome(cluster, bundle, link, options, tools)
            told = _told(bundle, outcome, loaded, tools)
    except HubLocked as error:
        return Delivered(cluster, _blank(cluster, options, error), loaded.contents)
    return Delivered(cluster, replace(outcome, errors=(*outcome.errors, *refused)), told)


def _outcome(
    cluster: ManagedCluster,
    bundle: Bundle,
    link: Link,
    options: DeliveryOptions,
    tools: Tools,
) -> ClusterOutcome:
    if isinstance(link, MulticlusterError):
        return _blank(cluster, options, link)
    try:
        member = tools.open_member(cluster.full_name, link)
    except (ClusterError, InvalidInput) as error:
        return _blank(cluster, options, error)
    try:
        return deliver(member, bundle, options, tools.clock)
    finally:
        member.close()


def _blank(cluster: ManagedCluster, options: DeliveryOptions, error: MulticlusterError) -> ClusterOutcome:
    """The outcome of a cluster that was not even tried."""
    return ClusterOutcome(cluster.full_name, "", options.check, errors=(str(error),), unreachable=True)


def _told(bundle: Bundle, outcome: ClusterOutcome, loaded: Loaded, tools: Tools) -> Contents:
    """Tell the hub what came of a delivery; read again where another run told it of an earlier one since we read it."""
    try:
        changes = tuple(_reports(bundle, outcome, loaded))
        return loaded.contents.after(changes, tools.hub.write(changes, tools.now()))
    except HubConflict:
        fresh = parse_contents(tools.hub.load([bundle.namespace]))
        changes = tuple(_reports(bundle, outcome, fresh))
        return fresh.contents.after(changes, tools.hub.write(changes, tools.now()))


def _helm_descriptions(bundle: Bundle, loaded: Loaded) -> tuple[Description, ...]:
    return tuple(
        description
        for applyset in bundle.applysets
        if applyset.selected and not applyset.removing
        for description in descriptions_of(bundle.namespace, applyset.name, loaded)
        if description.deployer == HELM
    )


def _reports(bundle: Bundle, outcome: ClusterOutcome, loaded: Loaded) -> Iterable[Change]:
    """What the hub is told: the status of each Description, and that what left the cluster is gone."""
    for applyset in bundle.applysets:
        if not applyset.selected:
            continue
        descriptions = descriptions_of(bundle.namespace, applyset.name, loaded)
        if applyset.name in outcome.removed:
            base = loaded.snapshot.bases_by_key.get((bundle.namespace, applyset.name))
            if base is not None and base.meta.is_deleting:
                for item in (*descriptions, base):
                    yield _delete(item.key, loaded)
            continue
        for description in descriptions:
            status = description_status(description, outcome, _NO_HELM if description.deployer == HELM else None)
            stored = loaded.contents.objects[description.key]
            if stored.raw.get("status") != status:
                yield Put({**stored.raw, "status": status}, stored.version)


def _delete(key: ObjectKey, loaded: Loaded) -> Delete:
    version = loaded.contents.objects[key].version
    if version is None:
        raise AssertionError(f"{key} was rendered but never stored")
    return Delete(key, version)
