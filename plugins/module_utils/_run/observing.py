# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clusters are like, asked of all of them side by side and kept on the hub (`status`).

Clusters are asked without a lock, as a dead one may take its time; the hub is read anew, compared and written under its lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.cluster_status import (
    Seen,
    directory_status,
    ready_condition,
    seen_status,
    unreachable_status,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import SCHEDULER_NAMES
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubConflict,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put, coalesce
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    Description,
    HelmChart,
    ManagedCluster,
    Manifest,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import aligned, fit
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import Connections, connection_on_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import Link
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope, check_scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import hub_diffs, shown
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server
from ansible_collections.multicluster.apps.plugins.module_utils._run.summarising import status_changes
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# With Manifests, as a feed may leave out a namespace that they know, and without revisions.
_KINDS: Final = frozenset(
    (Base.KIND, Description.KIND, HelmChart.KIND, ManagedCluster.KIND, Manifest.KIND, "Secret", Subscription.KIND)
)

# As a reason, for a cluster that did not answer, and what was seen of one that did. A directory is only a place.
_Look: TypeAlias = Union[Seen, str, Connection]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What came of asking one cluster.

    :param note: what could not be learnt of a cluster that answered.
    """

    look: _Look
    note: str = ""


def observe(
    scope: Scope, tools: Tools, connections: Connections, *, forks: int, check: bool, diff: bool
) -> dict[str, Any]:
    """Ask the clusters in scope, and bring their status and that of the Subscriptions on the hub up to date.

    A cluster that does not answer is not ready; that is no error, and nothing to the others.

    :param connections: what the inventory says of a cluster; None where the hub has to know.
    :param forks: clusters at the same time.
    :returns: `changed`, `updated`, `clusters`, `not_ready`, `table`, `warnings`, and `diff` where it is asked for.
    :raises HubError: when the hub cannot be read or written.
    :raises InvalidInput: when the scope names what the hub does not hold, or no cluster is left to ask.
    """
    if scope.clusters is not None and not scope.clusters:
        raise InvalidInput("no cluster is selected: see clusters of the task, and --limit of the playbook")
    loaded = parse_contents(tools.hub.load(kinds=_KINDS))
    check_scope(loaded, scope)
    asked = [cluster for cluster in loaded.snapshot.clusters if scope.has_cluster(cluster)]
    if not asked:
        raise InvalidInput(f"{tools.hub.location}: the hub holds no cluster; multicluster.apps.register makes them")
    ours = [cluster for cluster in asked if not _has_agent(cluster, loaded.contents)]
    looked = _look_at_all(ours, loaded.contents, tools, connections, forks)
    with nullcontext() if check else tools.hub.lock("hub"):
        loaded = loaded if check else parse_contents(tools.hub.load(kinds=_KINDS), loaded)
        now = tools.now()
        changes = coalesce(_changes(looked, loaded, now))
        if not check:
            loaded, changes = _written(looked, loaded, changes, tools)
    after = loaded.contents.with_changes(changes, now)
    names = {cluster.namespace for cluster in asked}
    clusters = [item for item in parse_contents(after, loaded).snapshot.clusters if item.namespace in names]
    result = {
        "changed": bool(changes),
        "updated": [shown(change.key) for change in changes],
        "clusters": {cluster.full_name: _summary(cluster.status) for cluster in clusters},
        "not_ready": [cluster.full_name for cluster in clusters if not _is_ready(cluster.status)],
        "table": table([(cluster.full_name, cluster.status) for cluster in clusters]),
        "warnings": [*loaded.warnings, *_notes(asked, ours, looked)],
    }
    return result | ({"diff": hub_diffs(changes, loaded.contents, after)} if diff else {})


def _has_agent(cluster: ManagedCluster, contents: Contents) -> bool:
    """Whether Clusternet's own agent reports the cluster's status: two that do would undo each other's."""
    return bool(contents.clusternet and cluster.status.get("heartbeatFrequencySeconds"))


def _notes(
    asked: Sequence[ManagedCluster], ours: Sequence[ManagedCluster], looked: Mapping[str, _Looked]
) -> Iterator[str]:
    for cluster in asked:
        if cluster not in ours:
            yield f"{cluster.full_name}: Clusternet's agent reports its status, which is left to it"
        elif looked[cluster.namespace].note:
            yield f"{cluster.full_name}: {looked[cluster.namespace].note}"


# ----------------------------------------------------------------------------------------------------------- looking


def _look_at_all(
    clusters: Sequence[ManagedCluster], contents: Contents, tools: Tools, connections: Connections, forks: int
) -> dict[str, _Looked]:
    """Ask clusters side by side; by namespace."""
    links = [
        _link(cluster, contents, tools, connections) for cluster in clusters
    ]  # inventories are no place for threads
    with ThreadPoolExecutor(max_workers=max(1, min(forks, len(clusters)))) as pool:
        looks = pool.map(lambda cluster, link: _look_at(cluster, link, tools), clusters, links)
        return {cluster.namespace: looked for cluster, looked in zip(clusters, looks, strict=True)}


def _link(cluster: ManagedCluster, contents: Contents, tools: Tools, connections: Connections) -> Link:
    try:
        return connections(cluster) or connection_on_hub(cluster, contents, tools.hub_dir)
    except (ClusterError, InvalidInput) as error:
        return error


def _look_at(cluster: ManagedCluster, link: Link, tools: Tools) -> _Looked:
    """Ask one cluster. Whatever is wrong with it is what was seen of it."""
    if isinstance(link, Connection) and link.directory is not None:
        return _Looked(link)
    try:
        if not isinstance(link, Connection):
            raise link
        server = tools.open_server(cluster.full_name, link)
        try:
            version = fit(server.version(), 100)
            health = {path: server.probe(path) for path in ("livez", "readyz")}
            nodes, note = _nodes(cluster, server)
            return _Looked(Seen(server.location, version, **health, nodes=nodes), note)
        finally:
            server.close()
    except (ClusterError, InvalidInput) as error:
        return _Looked(_said(cluster, error))


def _nodes(cluster: ManagedCluster, server: Server) -> tuple[Sequence[Mapping[str, Any]] | None, str]:
    """The nodes; none, and why, where they may not be read."""
    try:
        return server.list("v1", "Node"), ""
    except ClusterUnreachable:
        raise
    except ClusterError as error:
        return None, f"its nodes are not known: {_said(cluster, error)}"


def _said(cluster: ManagedCluster, error: Exception) -> str:
    return fit(str(error).removeprefix("cluster ").removeprefix(f"{cluster.full_name}: "))


# ----------------------------------------------------------------------------------------------------------- writing


def _changes(looked: Mapping[str, _Looked], loaded: Loaded, now: str) -> Iterator[Change]:
    """What brings the statuses up to date; nothing where they are."""
    for cluster in loaded.snapshot.clusters:
        if cluster.namespace not in looked:
            continue
        status = _status(looked[cluster.namespace].look, cluster.status, now)
        stored = loaded.contents.objects[cluster.key]
        if stored.raw.get("status") != status:
            yield Put({**stored.raw, "status": status}, stored.version)
    if not loaded.contents.clusternet:  # there its controllers sum up
        yield from status_changes(tuple(_placements(loaded)), loaded)


def _status(look: _Look, before: Mapping[str, Any], now: str) -> dict[str, Any]:
    if isinstance(look, Seen):
        return seen_status(before, look, now)
    if isinstance(look, Connection):
        return directory_status(before, str(look.directory), now)
    return unreachable_status(before, look, now)


def _written(
    looked: Mapping[str, _Looked], loaded: Loaded, changes: tuple[Change, ...], tools: Tools
) -> tuple[Loaded, tuple[Change, ...]]:
    """Write; once more from a fresh read where `deploy` or a person changed something meanwhile."""
    try:
        tools.hub.write(changes, tools.now())
    except HubConflict:
        loaded = parse_contents(tools.hub.load(kinds=_KINDS), loaded)
        changes = coalesce(_changes(looked, loaded, tools.now()))
        tools.hub.write(changes, tools.now())
    return loaded, changes


def _placements(loaded: Loaded) -> Iterator[Placement]:
    """The Subscriptions of ours that were placed, where they are bound: nothing is scheduled anew."""
    by_binding = {cluster.binding: cluster for cluster in loaded.snapshot.clusters}
    for subscription in loaded.snapshot.subscriptions:
        if "bindingClusters" in subscription.status and subscription.scheduler_name in SCHEDULER_NAMES:
            bound = tuple(by_binding[binding] for binding in subscription.bound if binding in by_binding)
            yield Placement(subscription, clusters=bound)


# ----------------------------------------------------------------------------------------------------------- showing


def _is_ready(status: Mapping[str, Any]) -> bool:
    return bool(ready_condition(status).get("status") == "True")


def _summary(status: Mapping[str, Any]) -> dict[str, Any]:
    """What a result says of one cluster."""
    ready = ready_condition(status)
    return {
        "ready": str(ready.get("status", "Unknown")),
        "reason": str(ready.get("reason", "")),
        "message": str(ready.get("message", "")),
        "since": str(ready.get("lastTransitionTime", "")),
        "version": str(status.get("k8sVersion", "")),
        "location": str(status.get("apiserverURL", "")),
        "nodes": dict(status.get("nodeStatistics") or {}),
        "allocatable": dict(status.get("allocatable") or {}),
        "capacity": dict(status.get("capacity") or {}),
    }


def table(clusters: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """The clusters and their statuses as lines of a table for people."""
    rows = [("CLUSTER", "READY", "SINCE", "VERSION", "NODES", "CPU", "MEMORY", "REASON")]
    for name, status in clusters:
        known = _summary(status)
        nodes = known["nodes"]
        count = f"{nodes.get('readyNodes', 0)}/{sum(nodes.values())}" if nodes else ""
        sizes = [str(known["allocatable"].get(resource, "")) for resource in ("cpu", "memory")]
        reason = "" if known["ready"] == "True" else fit(known["message"], 80)
        rows.append((name, known["ready"], known["since"], known["version"], count, *sizes, reason))
    return aligned(rows)
