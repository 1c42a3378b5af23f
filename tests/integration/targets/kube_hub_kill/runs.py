# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs in processes of their own, quick to start, that can be killed before any one of their writes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest, distribute
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.rolling_back import RollbackRequest, rollback
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import open_tools
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import FaultProxy

# Starts with everything imported, so that a run takes no longer than its requests.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])
_SECONDS = 60


@dataclass(frozen=True)
class Job:
    """What a run does.

    :param hub: the address of the hub.
    :param members: the addresses of the clusters.
    :param labels: of the clusters.
    :param documents: what it stores.
    :param absent: what it removes before.
    :param rollback: the Subscription that it puts back to its first revision.
    """

    hub: str
    members: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    documents: Sequence[Mapping[str, Any]] = ()
    absent: Sequence[Mapping[str, Any]] = ()
    rollback: str = ""


@dataclass(frozen=True)
class Proxies:
    """The ways to the hub and to the members, that count what is written on all of them together."""

    hub: FaultProxy
    members: Mapping[str, FaultProxy]

    @property
    def every(self) -> Mapping[str, FaultProxy]:
        """All of them, by name."""
        return {"hub": self.hub, **self.members}

    def run(self, job: Job) -> list[str]:
        """Let a run come to its end; gives what it wrote where, but for locks and rehearsals."""
        self._forget()
        self._finish(self._begin(job))
        return self.writes()

    def writes(self) -> list[str]:
        """What the last run wrote where, or wanted to when it was killed."""
        return [
            f"{name}: {line}"
            for name, proxy in self.every.items()
            for line in proxy.seen
            if _is_write(*line.split(" ", 1))
        ]

    def run_killed(self, job: Job, writes: int) -> bool:
        """Kill a run when it wants to write once more than this; tells whether it was, or had come to its end by then."""
        self._forget()
        process = self._begin(job)
        left = [writes]

        def fault(method: str, path: str) -> str:
            if not _is_write(method, path):
                return ""
            left[0] -= 1
            if left[0] >= 0:
                return ""
            process.kill()
            return "stop"

        for proxy in self.every.values():
            proxy.fault = fault
        try:
            process.join(_SECONDS)
        finally:
            for proxy in self.every.values():
                proxy.fault = lambda _method, _path: ""
        if left[0] < 0:
            return True
        self._finish(process)
        return False

    def _forget(self) -> None:
        for proxy in self.every.values():
            proxy.seen.clear()

    @staticmethod
    def _begin(job: Job) -> Any:
        process = _PROCESSES.Process(target=carry_out, args=(job,))
        process.start()
        return process

    @staticmethod
    def _finish(process: Any) -> None:
        process.join(_SECONDS)
        assert process.exitcode == 0, f"the run ended with {process.exitcode}; what it said is on standard error"


def carry_out(job: Job) -> None:
    """Do it, in this process; every cluster must be reached."""
    tools = open_tools(HubOptions(None, "refuse", 40.0, Connection(host=job.hub, prefix="")), "a test", None)
    if job.absent:
        store(StoreRequest(_documents(job.absent), absent=True), tools, check=False, diff=False)
    if job.rollback:
        rollback(RollbackRequest(job.rollback, 1), tools, check=False, diff=False)
    _distribute(job, tools)


def _distribute(job: Job, tools: Tools) -> None:
    hosts = [
        Host(name, (), {"multicluster_host": url, "multicluster_labels": job.labels.get(name, {})}, "/")
        for name, url in job.members.items()
    ]
    request = DistributeRequest(hosts=hosts, store=StoreRequest(_documents(job.documents), source="test"))

    def connection(cluster: ManagedCluster) -> Connection:
        return Connection(host=job.members[cluster.name])

    done = distribute(request, tools, connection)
    failed = [item for item in done.outcomes if not item.ok]
    assert not done.decision.problems, done.decision.problems
    assert not failed, failed


def _documents(objects: Sequence[Mapping[str, Any]]) -> list[Document]:
    return [Document(raw, "test") for raw in objects]


def _is_write(method: str, path: str) -> bool:
    return method != "GET" and "dryRun" not in path and "/leases" not in path
