# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much room clusters have: what the user says, or their Nodes and Pods, listed once for all feeds of a run.

A cluster that cannot be asked has room for what it runs already and for nothing else: nothing moves away from it, and
nothing new goes there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_CAPACITY
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import (
    Connections,
    connection_on_hub,
    is_reached_by_annotations,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# What the inventory says that a cluster has free; None where it says nothing.
Capacities: TypeAlias = Callable[[ManagedCluster], Any]

VARIABLE: Final = "multicluster_capacity"
_GIVE_IT: Final = f"give its host {VARIABLE}, such as {{cpu: 16, memory: 64Gi, pods: 100}}"


@dataclass(frozen=True)
class Measured:
    """What is known of the room of clusters.

    :param rooms: by binding.
    :param unknown: by binding, why nothing is known.
    """

    rooms: Mapping[str, ClusterRoom]
    unknown: Mapping[str, str]


Measure: TypeAlias = Callable[[Sequence[ManagedCluster]], Measured]
_Found: TypeAlias = Union[ClusterRoom, str]
_Source: TypeAlias = Union[ClusterRoom, Connection, str]


def nothing_given(cluster: ManagedCluster) -> Any:  # noqa: ARG001
    """For runs without an inventory."""
    return None


def unmeasured(clusters: Sequence[ManagedCluster]) -> Measured:
    """For whoever can ask nobody."""
    return Measured({}, {cluster.binding: f"nobody was asked; {_GIVE_IT}" for cluster in clusters})


def by_hub(clusters: Sequence[ManagedCluster]) -> Measured:
    """What the hub keeps of the capacities that users gave, for whoever asks no clusters."""
    unknown = unmeasured(clusters).unknown
    return _measured({cluster.binding: _kept_room(cluster) or unknown[cluster.binding] for cluster in clusters})


class Gauge:
    """Measures clusters, each once in its life: what is decided again is decided about the same room.

    :param connections: what the inventory says of a cluster; None where the hub has to know.
    :param forks: clusters at the same time.
    """

    def __init__(self, tools: Tools, connections: Connections, capacities: Capacities, forks: int) -> None:
        self._tools = tools
        self._connections = connections
        self._capacities = capacities
        self._forks = forks
        self._known: dict[str, _Found] = {}
        self._secrets: Contents | None = None

    def measure(self, clusters: Sequence[ManagedCluster], contents: Contents | None = None) -> Measured:
        """The room of clusters.

        :param contents: the hub, which may hold how a cluster is reached. Without it the Secrets of the hub are read, once, and
            only where a cluster is reached by nothing else: who only looks may have no right to them.
        :raises HubError: when the hub's Secrets cannot be read for another reason.
        :raises InvalidInput: for a capacity of the user's that is malformed.
        """
        new = [cluster for cluster in clusters if cluster.binding not in self._known]
        sources = [self._source(cluster, contents) for cluster in new]  # inventories are no place for threads
        with ThreadPoolExecutor(max_workers=max(1, min(self._forks, len(new)))) as pool:
            for cluster, found in zip(new, pool.map(self._look_at, new, sources), strict=True):
                self._known[cluster.binding] = found
        return _measured({cluster.binding: self._known[cluster.binding] for cluster in clusters})

    def _source(self, cluster: ManagedCluster, contents: Contents | None) -> _Source:
        variable = self._capacities(cluster)
        given = _kept_room(cluster) if variable is None else given_room(cluster, variable)
        if given is not None:
            return given
        try:
            link = self._connections(cluster) or self._on_hub(cluster, contents)
        except (ClusterError, InvalidInput) as error:
            return _said(cluster, error)
        return link if link.directory is None else f"it is a directory, where nothing can be counted; {_GIVE_IT}"

    def _on_hub(self, cluster: ManagedCluster, contents: Contents | None) -> Connection:
        if contents is None and not is_reached_by_annotations(cluster):
            if self._secrets is None:
                self._secrets = self._tools.hub.load(kinds=["Secret"])
            contents = self._secrets
        try:
            return connection_on_hub(cluster, contents or Contents({}), self._tools.hub_dir)
        except ClusterError as error:
            unread = self._secrets.warnings if self._secrets else ()
            raise ClusterError("; ".join((str(error), *unread))) from error

    def _look_at(self, cluster: ManagedCluster, source: _Source) -> _Found:
        if not isinstance(source, Connection):
            return source
        try:
            server = self._tools.open_server(cluster.full_name, source)
            try:
                nodes, pods = server.list("v1", "Node"), server.list("v1", "Pod")
            finally:
                server.close()
            return ClusterRoom.of(nodes, pods, f"cluster {cluster.full_name}")
        except (ClusterError, InvalidInput) as error:
            return f"{_said(cluster, error)}; let the account list nodes and pods, or {_GIVE_IT}"


def given_room(cluster: ManagedCluster, variable: Any) -> ClusterRoom | None:
    """The room that a user says a cluster has; None where nobody says.

    :param variable: what its host says; it goes before what the hub keeps.
    :raises InvalidInput: when it is malformed.
    """
    if variable is not None:
        return ClusterRoom.given(variable, f"host {cluster.full_name}: variable {VARIABLE}")
    text = cluster.meta.annotations.get(ANNOTATION_CAPACITY)
    if text is None:
        return None
    where = f"{cluster.key}: annotation {ANNOTATION_CAPACITY}"
    try:
        return ClusterRoom.given(json.loads(text), where)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{where}: it is no JSON; run multicluster.apps.register, which writes it") from error


def _kept_room(cluster: ManagedCluster) -> _Found | None:
    """What the hub keeps of the room of a cluster; what is wrong with it concerns that cluster alone."""
    try:
        return given_room(cluster, None)
    except InvalidInput as error:
        return _said(cluster, error)


def _measured(found: Mapping[str, _Found]) -> Measured:
    return Measured(
        {binding: room for binding, room in found.items() if isinstance(room, ClusterRoom)},
        {binding: why for binding, why in found.items() if isinstance(why, str)},
    )


def _said(cluster: ManagedCluster, error: Exception) -> str:
    return fit(str(error).removeprefix("cluster ").removeprefix(f"{cluster.full_name}: "))
