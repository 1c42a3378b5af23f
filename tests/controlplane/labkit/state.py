# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of what a lab runs, kept in its directory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .credentials import write_private
from .errors import LabError
from .layout import member_number
from .processes import Process

_FORMAT = 1


@dataclass
class Server:
    """A program that was started: where it listens (0: nowhere), and which process it is (None: not yet started)."""

    port: int = 0
    process: Process | None = None

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.alive()


@dataclass
class Cluster:
    """The two servers of one cluster."""

    apiserver: Server = field(default_factory=Server)
    controller_manager: Server = field(default_factory=Server)

    @property
    def servers(self) -> list[Server]:
        """Both of them."""
        return [self.apiserver, self.controller_manager]

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"https://127.0.0.1:{self.apiserver.port}"


@dataclass
class State:
    """The whole lab."""

    etcd: Server = field(default_factory=Server)
    etcd_peer_port: int = 0
    clusters: dict[str, Cluster] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The clusters, the hub first, then the members by number."""
        return sorted(self.clusters, key=member_number)

    @property
    def processes(self) -> list[Process]:
        """Everything that was ever started, etcd last: those that use it end first."""
        servers = [server for cluster in self.clusters.values() for server in cluster.servers] + [self.etcd]
        return [server.process for server in servers if server.process is not None]

    @property
    def ports(self) -> set[int]:
        """The ports that are spoken for."""
        return {self.etcd.port, self.etcd_peer_port} | {cluster.apiserver.port for cluster in self.clusters.values()}


def save(path: Path, state: State) -> None:
    """Write the record, whole or not at all."""
    write_private(path, json.dumps({"format": _FORMAT, **asdict(state)}, indent=2) + "\n")


def load(path: Path) -> State | None:
    """Read the record; None if there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']} instead of {_FORMAT}")
        return State(
            etcd=_server(content["etcd"]),
            etcd_peer_port=content["etcd_peer_port"],
            clusters={name: _cluster(value) for name, value in content["clusters"].items()},
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(
            f"{path}: this is no record of a lab that this version wrote ({error!r}); end its processes by hand if any "
            "run, and remove the lab's directory"
        ) from error


def _server(content: dict[str, Any]) -> Server:
    process = content["process"]
    return Server(content["port"], Process(process["pid"], process["started"]) if process else None)


def _cluster(content: dict[str, Any]) -> Cluster:
    return Cluster(_server(content["apiserver"]), _server(content["controller_manager"]))
