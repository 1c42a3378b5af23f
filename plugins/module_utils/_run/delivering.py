# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery to clusters, side by side, and what the hub is told of each (the second half of the path).

Reads and writes only the namespace of the cluster on the hub, so that runs for different clusters never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import description_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import objects_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import (
    delivered_revision,
    number_of,
    outdated,
    pin_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import by_applyset, description_status
from ansible_collections.multicluster.apps.plugins.module_utils._core.split import is_complete
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import GENERIC, HELM
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
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ControllerRevision,
    Description,
    HelmChart,
    ManagedCluster,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import Connections, connection_on_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    descriptions_of,
    subscription_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# What delivery reads and writes of a cluster's namespace on the hub.
_TOUCHED = frozenset(each.KIND for each in (ManagedCluster, Base, Description, ControllerRevision))
_NO_HELM = "HelmChart feeds are rendered, but this version does not deliver them"


@dataclass(frozen=True)
class Delivered:
    """One cluster's part of a run.

    :param part: the cluster's namespace on the hub, after the report; None where nothing was reported.
    """

    cluster: ManagedCluster
    outcome: ClusterOutcome
    part: Contents | None = None


OnOutcome: TypeAlias = Callable[[ClusterOutcome, int], None]
# How a cluster is reached, or why nobody knows.
Link: TypeAlias = Union[Connection, MulticlusterError]


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
    work = [cluster for cluster in clusters if _has_work(cluster, loaded, scope)]
    links = _links(work, loaded, tools, connections)
    done: dict[str, Delivered] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(forks, len(work)))) as pool:
        futures = [
            pool.submit(_deliver_one, cluster, links[cluster.namespace], loaded, scope, options, tools)
            for cluster in work
        ]
        try:
            for future in as_completed(futures):
                delivered = future.result()
                done[delivered.cluster.namespace] = delivered
                on_outcome(delivered.outcome, len(work))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(done[cluster.namespace] for cluster in work)


def _has_work(cluster: ManagedCluster, loaded: Loaded, scope: Scope) -> bool:
    return any(scope.has_subscription(subscription_of(base)) for base in _our_bases(cluster, loaded))


def _links(
    clusters: Sequence[ManagedCluster], loaded: Loaded, tools: Tools, connections: Connections
) -> dict[str, Link]:
    """How each cluster is reached, by namespace. A directory is one cluster's alone: two would undo each other's delivery."""
    links: dict[str, Link] = {}
    owners: dict[str, ManagedCluster] = {}
    for cluster in clusters:
        try:
            link = connections(cluster) or connection_on_hub(cluster, loaded.contents, tools.hub_dir)
        except (ClusterError, InvalidInput) as error:
            links[cluster.namespace] = error
            continue
        links[cluster.namespace] = link
        owner = owners.setdefault(link.directory, cluster) if link.directory else cluster
        if owner is not cluster:
            clash = f"clusters {owner.full_name} and {cluster.full_name} share the directory {link.directory}; give each its own"
            links[owner.namespace] = links[cluster.namespace] = InvalidInput(clash)
    return links


def _our_bases(cluster: ManagedCluster, loaded: Loaded) -> Iterator[Base]:
    for base in loaded.snapshot.bases_by_namespace.get(cluster.namespace, ()):
        if base.is_ours:
            yield base


def bundle_of(cluster: ManagedCluster, loaded: Loaded, scope: Scope) -> Bundle:
    """Everything that the hub wants in a cluster; what is out of scope is there, but not selected.

    :raises InvalidInput: for a Description that is missing, or holds what is no object.
    """
    sets = tuple(_applyset(base, loaded, scope) for base in _our_bases(cluster, loaded))
    return Bundle(cluster.full_name, cluster.namespace, sets)


def _applyset(base: Base, loaded: Loaded, scope: Scope) -> ApplySet:
    subscription = subscription_of(base)
    removing = base.meta.is_deleting
    descriptions = () if removing else descriptions_of(base.meta.namespace, base.meta.name, loaded)
    if not removing:
        _check_complete(base, descriptions)
    objects = tuple(desired for description in descriptions for desired in _desired(description))
    return ApplySet(base.meta.name, subscription, objects, removing, scope.has_subscription(subscription))


def _check_complete(base: Base, descriptions: Sequence[Description]) -> None:
    """A lost Description is no order to remove what it delivered, nor is a part of one."""
    wanted = {HELM if feed.kind == HelmChart.KIND else GENERIC for feed in base.feeds}
    for deployer in sorted(wanted):
        name = description_name(base.meta.name, deployer)
        parts = [description for description in descriptions if description.deployer == deployer]
        if not parts:
            raise InvalidInput(
                f"{base.key}: its Description {name} is not on the hub, and nothing is delivered without it; "
                "multicluster.apps.distribute makes it again"
            )
        if not is_complete(parts):
            raise InvalidInput(
                f"{base.key}: its Descriptions {name}, {name}-2, … are not all parts of one run: one is lost, or a run that "
                "wrote them was ended in the middle. Nothing is delivered; multicluster.apps.distribute makes them again"
            )


def _desired(description: Description) -> Iterator[Desired]:
    for raw in objects_of(description):
        yield Desired(ObjectKey.of(raw), raw, f"{description.meta.namespace}.{description.meta.name}")


def _deliver_one(
    cluster: ManagedCluster, link: Link, loaded: Loaded, scope: Scope, options: DeliveryOptions, tools: Tools
) -> Delivered:
    """Deliver to one cluster. Only losing the hub raises: everything else is this cluster's outcome."""
    done: Delivered | None = None
    try:
        if options.check:
            bundle = bundle_of(cluster, loaded, scope)
            outcome = _outcome(cluster, bundle, link, options, tools)
            return Delivered(cluster, _with_refusals(outcome, bundle, loaded))
        with tools.hub.lock(f"cluster-{cluster.namespace}"):
            # Read again under the lock: what another run rendered and delivered meanwhile must not be pruned as unknown.
            part = _part(cluster.namespace, loaded, tools)
            bundle = bundle_of(cluster, part, scope)
            outcome = _outcome(cluster, bundle, link, options, tools)
            done = Delivered(cluster, _with_refusals(outcome, bundle, part))
            done = replace(done, part=_told(bundle, outcome, part, options, tools))
    except (HubLocked, HubConflict, ClusterError, InvalidInput) as error:
        return (
            replace(done, outcome=_untold(done, error)) if done else Delivered(cluster, _blank(cluster, options, error))
        )
    return done


def _with_refusals(outcome: ClusterOutcome, bundle: Bundle, loaded: Loaded) -> ClusterOutcome:
    refused = tuple(f"{item.key}: {_NO_HELM}" for item in _helm_descriptions(bundle, loaded))
    return replace(outcome, errors=(*outcome.errors, *refused))


def _outcome(
    cluster: ManagedCluster,
    bundle: Bundle,
    link: Link,
    options: DeliveryOptions,
    tools: Tools,
) -> ClusterOutcome:
    if isinstance(link, MulticlusterError):
        return _blank(cluster, options, link)
    member = tools.open_member(cluster.full_name, link)
    try:
        return deliver(member, bundle, options, tools.clock)
    finally:
        member.close()


def _blank(cluster: ManagedCluster, options: DeliveryOptions, error: MulticlusterError) -> ClusterOutcome:
    """The outcome of a cluster that was not even tried."""
    return ClusterOutcome(cluster.full_name, "", options.check, errors=(str(error),), unreachable=True)


def _untold(done: Delivered, error: MulticlusterError) -> ClusterOutcome:
    """What was done in a cluster is said whatever became of its report; the next run makes up for that."""
    if done.part is not None:
        return replace(done.outcome, errors=(*done.outcome.errors, str(error)))
    said = f"the cluster was delivered to, and the hub was not told all of it; run again to have it told: {error}"
    # What left the cluster is still on the hub.
    return replace(done.outcome, errors=(*done.outcome.errors, said), removed=())


def _part(namespace: str, loaded: Loaded, tools: Tools) -> Loaded:
    """A cluster's namespace as it is now; of kinds that delivery does not touch, as it was when the run began."""
    fresh = tools.hub.load([namespace], _TOUCHED)
    there = loaded.by_namespace.get(namespace, {})
    others = {key: item for key, item in there.items() if key.kind not in _TOUCHED}
    return parse_contents(replace(fresh, objects={**others, **fresh.objects}), loaded)


def _told(
    bundle: Bundle, outcome: ClusterOutcome, delivered: Loaded, options: DeliveryOptions, tools: Tools
) -> Contents:
    """Tell the hub what came of a delivery; read again where another run told it of an earlier one since we read it."""
    try:
        changes = _reports(bundle, outcome, delivered, delivered, options)
        return delivered.contents.after(changes, tools.hub.write(changes, tools.now()))
    except HubConflict:
        fresh = _part(bundle.namespace, delivered, tools)
        changes = _reports(bundle, outcome, delivered, fresh, options)
        return fresh.contents.after(changes, tools.hub.write(changes, tools.now()))


def _helm_descriptions(bundle: Bundle, loaded: Loaded) -> tuple[Description, ...]:
    return tuple(
        description
        for applyset in bundle.applysets
        if applyset.selected and not applyset.removing
        for description in descriptions_of(bundle.namespace, applyset.name, loaded)
        if description.deployer == HELM
    )


def _reports(
    bundle: Bundle, outcome: ClusterOutcome, delivered: Loaded, loaded: Loaded, options: DeliveryOptions
) -> tuple[Change, ...]:
    """What the hub is told: the status of each Description, the revision that this is, and that what left the cluster is gone.

    :param delivered: what was delivered.
    :param loaded: the hub as it is now.
    """
    outcomes = by_applyset(outcome)
    changes: list[Change] = []
    for applyset in bundle.applysets:
        if not applyset.selected:
            continue
        base = loaded.snapshot.bases_by_key.get((bundle.namespace, applyset.name))
        if applyset.name in outcome.removed:
            if base is not None and base.meta.is_deleting:
                changes += _farewell(base, loaded)
            continue
        statuses = {
            item.key: description_status(
                item, outcome, _NO_HELM if item.deployer == HELM else None, outcomes.get(applyset.name, ())
            )
            for item in descriptions_of(bundle.namespace, applyset.name, delivered)
        }
        changes += _status_changes(statuses, delivered, loaded)
        if base is not None and all(status["phase"] == "Success" for status in statuses.values()):
            changes += _revision_changes(base, delivered, loaded, options.revision_history_limit)
    return tuple(changes)


def _farewell(base: Base, loaded: Loaded) -> Iterator[Delete]:
    """Nothing of it is left in the cluster: the hub forgets it, and its history."""
    key = base.meta.namespace, base.meta.name
    for item in (*descriptions_of(*key, loaded), *loaded.snapshot.revisions_by_base.get(key, ()), base):
        yield _delete(item.key, loaded)


def _status_changes(
    statuses: Mapping[ObjectKey, Mapping[str, Any]], delivered: Loaded, loaded: Loaded
) -> Iterator[Put]:
    for key, status in statuses.items():
        stored = loaded.contents.objects.get(key)
        # What another run rendered meanwhile was not delivered: the next delivery says what comes of it.
        if stored is None or stored.raw.get("spec") != delivered.contents.objects[key].raw.get("spec"):
            continue
        if stored.raw.get("status") != status:
            yield Put({**stored.raw, "status": status}, stored.version)


def _revision_changes(base: Base, delivered: Loaded, loaded: Loaded, limit: int) -> Iterator[Change]:
    """What was delivered whole becomes a revision of the cluster, if it is none yet; the oldest ones beyond the limit go."""
    key = base.meta.namespace, base.meta.name
    descriptions = descriptions_of(*key, delivered)
    number = number_of(descriptions)
    revisions = loaded.snapshot.revisions_by_base.get(key, ())
    if number not in {item.number for item in revisions} and limit > 0:
        raw = delivered_revision(base, descriptions)
        if raw is not None:
            yield Put(raw, None)
            revisions = (ControllerRevision.of(raw), *revisions)
    kept = {each for each in (number, number_of(descriptions_of(*key, loaded)), pin_of(base)) if each is not None}
    for item in outdated(revisions, kept, limit):
        yield _delete(item.key, loaded)


def _delete(key: ObjectKey, loaded: Loaded) -> Delete:
    version = loaded.contents.objects[key].version
    if version is None:
        raise AssertionError(f"{key} was rendered but never stored")
    return Delete(key, version)
