# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lab: one etcd, a hub and members as real API servers on loopback, in one directory."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import locking
from .errors import LabError
from .layout import HUB, ClusterFiles, LabFiles, member_name
from .outputs import write_outputs
from .processes import Process, deferred_signals, kill
from .servers import Servers
from .state import Cluster, State, load, save

DEFAULT_TIMEOUT = 180.0


@dataclass(frozen=True)
class ServerStatus:
    """One line of ``status``."""

    cluster: str
    program: str
    pid: int
    alive: bool


class Lab:
    """The lab in one directory; every method may be called in whatever state an earlier run has left it."""

    def __init__(self, directory: Path, report: Callable[[str], None] = lambda line: None) -> None:
        self.files = LabFiles(directory.resolve())
        self._report = report

    @property
    def running(self) -> bool:
        """Whether there is a lab here with all its servers alive."""
        state = load(self.files.state)
        return state is not None and all(server.alive for server in self.status())

    @property
    def names(self) -> list[str]:
        """The clusters of the lab, the hub first."""
        return self._state().names

    def up(self, members: int, hub: bool, programs: Mapping[str, Path], timeout: float = DEFAULT_TIMEOUT) -> list[str]:
        """Have a hub (if asked for) and at least ``members`` members running; give the names of all clusters.

        What runs already stays; a server that died is started again with its data. If etcd died, the whole lab starts
        anew. Raises LabError, and then nothing runs that did not run before.
        """
        wanted = ([HUB] if hub else []) + [member_name(number) for number in range(1, members + 1)]
        with self._locked(create=True):
            state = self._reusable_state()
            for process in state.processes:
                process.send(signal.SIGCONT)
            for name in wanted:
                state.clusters.setdefault(name, Cluster())
            servers = Servers(self.files, state, programs, timeout)
            with self._undone_on_failure(servers):
                servers.start_etcd()
                servers.start_clusters(state.names)
                write_outputs(self.files, state, programs)
            if not servers.started:
                self._report(f"the lab in {self.files.lab} already runs")
            return state.names

    def down(self) -> bool:
        """End every process of the lab and remove its directory; false if there is none."""
        if not self.files.lab.exists():
            return False
        try:
            with self._locked(create=False):
                self._require_lab_or_empty()
                state = load(self.files.state)
                self._remove(state.processes if state else [])
                return state is not None
        except FileNotFoundError:  # another "down" was quicker
            return False

    def status(self) -> list[ServerStatus]:
        """Every server with whether its process runs."""
        state = self._state()
        servers = [("", "etcd", state.etcd)]
        for name in state.names:
            servers.append((name, "kube-apiserver", state.clusters[name].apiserver))
            servers.append((name, "kube-controller-manager", state.clusters[name].controller_manager))
        return [
            ServerStatus(cluster, program, server.process.pid if server.process else 0, server.alive)
            for cluster, program, server in servers
        ]

    def cluster_files(self, name: str) -> ClusterFiles:
        """The files of one of its clusters."""
        self._cluster(name)
        return self.files.cluster(name)

    def url(self, name: str) -> str:
        """Where the API of one of its clusters is."""
        return self._cluster(name).url

    def kill(self, name: str) -> None:
        """Fault: the API server of a cluster dies at once; connections are refused from then on."""
        kill([self._apiserver(name)])

    def freeze(self, name: str) -> None:
        """Fault: the API server of a cluster hangs; connections open and nothing answers."""
        self._apiserver(name).send(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """End of ``freeze``."""
        self._apiserver(name).send(signal.SIGCONT)

    def restart(self, name: str, programs: Mapping[str, Path], timeout: float = DEFAULT_TIMEOUT) -> None:
        """End of any fault: the API server runs and is ready, on the same port, with the same data and credentials."""
        with self._locked(create=False):
            state = self._state()
            self.thaw(name)
            servers = Servers(self.files, state, programs, timeout)
            servers.start_apiserver(name)
            servers.await_apiserver(name)

    def _state(self) -> State:
        state = load(self.files.state)
        if state is None:
            raise LabError(f"{self.files.lab}: there is no lab here; 'up' makes one")
        return state

    def _cluster(self, name: str) -> Cluster:
        clusters = self._state().clusters
        if name not in clusters:
            raise LabError(f"{self.files.lab}: the lab has no cluster {name}; it has {', '.join(clusters)}")
        return clusters[name]

    def _apiserver(self, name: str) -> Process:
        process = self._cluster(name).apiserver.process
        if process is None:
            raise LabError(f"{self.files.lab}: the API server of {name} was never started")
        return process

    def _reusable_state(self) -> State:
        """The state to go on with: that of a lab whose etcd runs, or else a new one in a clean directory."""
        self._require_lab_or_empty()
        state = load(self.files.state)
        if state is not None and state.etcd.alive:
            return state
        if state is not None:
            self._report(f"the lab in {self.files.lab} has lost its etcd: starting anew")
            kill(state.processes)
            self._empty()
        state = State()
        self.files.state.parent.mkdir(mode=0o700)
        save(self.files.state, state)
        return state

    def _require_lab_or_empty(self) -> None:
        """Refuse a directory with somebody's files: ``down`` removes it whole."""
        if not self.files.state.exists() and any(self.files.lab.iterdir()):
            raise LabError(f"{self.files.lab}: there are files here but no lab; name a directory that is new or empty")

    @contextmanager
    def _undone_on_failure(self, servers: Servers) -> Iterator[None]:
        """Whatever happens in the block, an interruption too: if it does not end well, what it started ends."""
        before = {process for process in servers.state.processes if process.alive()}
        try:
            yield
        except BaseException:
            with deferred_signals():
                if before:
                    kill(servers.started)
                else:
                    self._remove(servers.started)
            raise

    def _remove(self, processes: list[Process]) -> None:
        kill(processes)
        self._empty()
        os.rmdir(self.files.lab)

    def _empty(self) -> None:
        for path in self.files.lab.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _locked(self, create: bool) -> AbstractContextManager[None]:
        return locking.exclusive(
            self.files.lab, lambda: self._report(f"waiting for another command on {self.files.lab}"), create
        )
