# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Kubernetes hub: an API server with Clusternet's API on it, with or without Clusternet itself."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import (
    AS_SENT,
    content_problem,
    raise_problems,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import kind_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_api import HubApi
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import RefusedContent, hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_namespaces import Namespaces
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_reader import (
    read_objects,
    running_clusternet,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_writer import Writer
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_lanes import carry_out
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_leases import LEASE_SECONDS, Leases
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint, open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import KubeHttp, Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Change,
    Contents,
    Delete,
    Put,
    StoredObject,
)

# That are kept open: our threads, and clusters side by side, each with a renewal of its lock.
_CONNECTIONS: Final = 32


class KubernetesHub:
    """A hub on an API server; see the port `Hub` for what its methods promise. One instance serves one run.

    Raises HubError (HubLocked, HubConflict) and InvalidInput, nothing else.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        lock_timeout: float,
        holder: str,
        patience: Patience,
        pacing: Pacing,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        """Work with a server; see `connect`.

        :param lease_seconds: how long a lock outlives a killed holder.
        """
        name = f"hub {endpoint.url}"
        endpoint.pool.connection_pool_kw["maxsize"] = _CONNECTIONS
        self._http = KubeHttp(name, endpoint, patience, pacing, options="")
        # Renewals are worth nothing when they come late.
        brief = replace(patience, attempts=1, read=min(patience.read, lease_seconds / 3))
        self._namespaces = Namespaces(self._http)
        self._leases = Leases(
            self._http,
            KubeHttp(name, endpoint, brief, pacing, options=""),
            self._namespaces,
            holder=holder,
            timeout=lock_timeout,
            seconds=lease_seconds,
        )
        self._api = HubApi(self._http, self._leases.require)
        self._writer = Writer(self._api, self._namespaces, self._clusternet_runs)
        self._asking = threading.Lock()
        self._clusternet: str | None = None

    @classmethod
    def connect(
        cls, connection: Connection, *, lock_timeout: float, holder: str, patience: Patience, pacing: Pacing
    ) -> KubernetesHub:
        """Open the hub that a connection describes; nothing is sent yet.

        :param lock_timeout: seconds to wait for a lock.
        :param holder: who holds our locks, for others to read; see `locks.describe_holder`.
        :raises HubError: when the connection does not say where it is, or its kubeconfig cannot be used.
        """
        with hub_errors():
            endpoint = open_endpoint("hub", connection)
        return cls(endpoint, lock_timeout=lock_timeout, holder=holder, patience=patience, pacing=pacing)

    @property
    def location(self) -> str:
        """The address of the server."""
        return self._http.url

    def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
        """Read the objects, and whether Clusternet's own controllers run here; see the port."""
        found, warnings = read_objects(self._http, namespaces, kinds)
        with self._asking:
            # The parts that a run reads again, cluster by cluster, are on the same hub.
            if namespaces is None or self._clusternet is None:
                self._clusternet, unknown = running_clusternet(self._http, datetime.now(UTC))
                warnings += unknown
            clusternet = self._clusternet
        self._api.remember(found)
        stored = {item.key: item.stored(self.location) for item in found}
        return Contents(dict(sorted(stored.items())), tuple(warnings), clusternet)

    def check(self, changes: Sequence[Change]) -> None:
        """Raise what `write` would refuse; see the port. The server is asked too, by dry runs."""
        self._check_content(changes)
        first = {change.key: place for place, change in reversed(list(enumerate(changes)))}
        problems: dict[int, HubError] = {}

        def rehearse(place: int, change: Change) -> None:
            if first[change.key] != place:  # it is about what an earlier change leaves behind
                return
            try:
                with hub_errors(change.raw if isinstance(change, Put) else None):
                    self._writer.rehearse(change)
            except RefusedContent as error:
                problems[place] = error

        carry_out(changes, rehearse)
        raise_problems(str(problems[place]) for place in sorted(problems))

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:  # noqa: ARG002 (a port)
        """Carry out the changes; see the port. The server has its own clock."""
        self._check_content(changes)
        stored: dict[int, StoredObject] = {}

        def do(place: int, change: Change) -> None:
            with hub_errors(change.raw if isinstance(change, Put) else None):
                if isinstance(change, Delete):
                    self._writer.delete(change)
                else:
                    stored[place] = self._writer.put(change).stored(self.location)

        carry_out(changes, do)
        return tuple(stored[place] for place in sorted(stored))

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold an exclusive lock; see the port."""
        return self._leases.exclusive(name)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _clusternet_runs(self) -> bool:
        with self._asking:
            if self._clusternet is None:
                self._clusternet, _unknown = running_clusternet(self._http, datetime.now(UTC))
            return bool(self._clusternet)

    @staticmethod
    def _check_content(changes: Iterable[Change]) -> None:
        """What can be told without the server."""
        problems: list[str] = []
        for change in changes:
            try:
                kind_of(change.key)
                if isinstance(change, Put) and (problem := content_problem(change, AS_SENT)):
                    problems.append(problem)
            except InvalidInput as error:
                problems.extend(error.problems)
        raise_problems(problems)
