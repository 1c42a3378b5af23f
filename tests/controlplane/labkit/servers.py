# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the servers of a lab and wait for them."""

from __future__ import annotations

import csv
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import commands, credentials, probes
from .errors import LabError
from .layout import ClusterFiles, LabFiles
from .ports import free_port
from .processes import Process, kill, log_tail, spawn
from .state import Cluster, Server, State, save

_POLL = 0.1
_PORT_TRIES = 3
_PORT_TAKEN = "address already in use"
# Made by the controller manager for the namespace that the API server makes: both are at work.
_BOTH_WORK = "/api/v1/namespaces/default/serviceaccounts/default"
_API = ("kube-apiserver",)
_BOTH = ("kube-apiserver", "kube-controller-manager")


@dataclass
class Servers:
    """The servers of one lab: what is asked to run is started if it does not, and awaited."""

    files: LabFiles
    state: State
    programs: Mapping[str, Path]
    timeout: float
    started: list[Process] = field(default_factory=list)

    def start_etcd(self) -> None:
        """Have etcd running and healthy."""
        deadline = time.monotonic() + self.timeout
        self._start_etcd_process()
        tries = _PORT_TRIES
        while not probes.etcd_ready(self.state.etcd.port, self.state.etcd_peer_port):
            if not self.state.etcd.alive and tries and _PORT_TAKEN in log_tail(self.files.etcd_log):
                tries -= 1
                self.state.etcd = Server()
                self.files.etcd_log.unlink()
                self._start_etcd_process()
            self._check("etcd", self.state.etcd, self.files.etcd_log, deadline)
            time.sleep(_POLL)

    def start_clusters(self, names: Collection[str]) -> None:
        """Have these clusters running, all of them at once, and ready to take and to remove objects."""
        deadline = time.monotonic() + self.timeout
        for name in names:
            self.start_apiserver(name)
        tries = dict.fromkeys(names, _PORT_TRIES)
        self._await(names, "/readyz", _API, deadline, tries)
        for name in names:
            self._write_kubeconfigs(name)
            self._start_controller_manager(name)
        self._await(names, _BOTH_WORK, _BOTH, deadline, {})

    def start_apiserver(self, name: str) -> None:
        """Start the API server of a cluster if it does not run, with the keys, port and data of its last time."""
        files, server = self.files.cluster(name), self.state.clusters[name].apiserver
        if server.alive:
            return
        _prepare(files)
        server.port = server.port or free_port(self.state.ports)
        command = commands.apiserver(
            self.programs["kube-apiserver"], files, self.state.clusters[name], self.state.etcd.port
        )
        self._spawn(server, command, files.log("kube-apiserver"))

    def await_apiserver(self, name: str) -> None:
        """Wait until the API server of a cluster is ready, on the port that its kubeconfigs name."""
        self._await([name], "/readyz", _API, time.monotonic() + self.timeout, {})

    def _start_etcd_process(self) -> None:
        etcd = self.state.etcd
        if etcd.alive:
            return
        etcd.port = free_port(self.state.ports)
        self.state.etcd_peer_port = free_port(self.state.ports)
        self._spawn(etcd, commands.etcd(self.programs["etcd"], self.files, self.state), self.files.etcd_log)

    def _start_controller_manager(self, name: str) -> None:
        files, server = self.files.cluster(name), self.state.clusters[name].controller_manager
        if not server.alive:
            command = commands.controller_manager(self.programs["kube-controller-manager"], files)
            self._spawn(server, command, files.log("kube-controller-manager"))

    def _spawn(self, server: Server, command: list[str], log: Path) -> None:
        def record(process: Process) -> None:
            server.process = process
            self.started.append(process)
            save(self.files.state, self.state)

        spawn(command, log, commands.environment(self.files.lab), record)

    def _write_kubeconfigs(self, name: str) -> None:
        files, url = self.files.cluster(name), self.state.clusters[name].url
        ca = credentials.last_certificate(files.serving_certificate.read_text(encoding="ascii"))
        files.unprivileged_kubeconfig.parent.mkdir(exist_ok=True)
        users = zip((files.kubeconfig, files.unprivileged_kubeconfig), _tokens(files), strict=True)
        for path, (bearer, user) in users:
            credentials.write_private(path, credentials.kubeconfig(name, url, ca, user, bearer))

    def _await(
        self, names: Collection[str], path: str, programs: Collection[str], deadline: float, tries: dict[str, int]
    ) -> None:
        """Wait until ``path`` answers in each cluster; ``tries``: how often each may move to another port."""
        pending = list(names)
        while pending := [name for name in pending if not self._answers(name, path)]:
            for name in pending:
                if tries.get(name) and self._port_was_taken(name):
                    tries[name] -= 1
                    self._restart_on_another_port(name)
                for program in programs:
                    server, log = self._server(name, program), self.files.cluster(name).log(program)
                    self._check(f"{program} of {name}", server, log, deadline)
            time.sleep(_POLL)

    def _server(self, name: str, program: str) -> Server:
        cluster = self.state.clusters[name]
        return cluster.apiserver if program == "kube-apiserver" else cluster.controller_manager

    def _port_was_taken(self, name: str) -> bool:
        log = self.files.cluster(name).log("kube-apiserver")
        return not self.state.clusters[name].apiserver.alive and _PORT_TAKEN in log_tail(log)

    def _restart_on_another_port(self, name: str) -> None:
        """Give a cluster a new address; its controller manager, if it has one from an earlier time, has to learn it."""
        cluster = self.state.clusters[name]
        if cluster.controller_manager.process:
            kill([cluster.controller_manager.process])
        self.files.cluster(name).log("kube-apiserver").unlink()
        self.state.clusters[name] = Cluster()
        self.start_apiserver(name)

    def _answers(self, name: str, path: str) -> bool:
        files, cluster = self.files.cluster(name), self.state.clusters[name]
        bearer, _user = _tokens(files)[0]
        return probes.api_status(cluster.apiserver.port, files.serving_certificate, bearer, path) == 200

    def _check(self, what: str, server: Server, log: Path, deadline: float) -> None:
        """Raise if there is nothing to wait for any more."""
        if not server.alive:
            raise LabError(f"{what} has ended instead of getting ready; the end of its log:\n{log_tail(log)}")
        if time.monotonic() > deadline:
            raise LabError(
                f"{what} is not ready after {self.timeout:g} s (--timeout gives it longer); the end of its log:\n"
                f"{log_tail(log)}"
            )


def _prepare(files: ClusterFiles) -> None:
    """Make the keys of a cluster, unless it has them from its last time."""
    files.certificates.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not files.service_account_key.exists():
        credentials.write_private(files.service_account_key, credentials.service_account_key())
    if not files.tokens.exists():
        credentials.write_private(files.tokens, credentials.token_file(credentials.token(), credentials.token()))


def _tokens(files: ClusterFiles) -> list[tuple[str, str]]:
    """Token and user name of the administrator and of the unprivileged user."""
    with open(files.tokens, encoding="ascii", newline="") as stream:
        return [(row[0], row[1]) for row in csv.reader(stream)]
