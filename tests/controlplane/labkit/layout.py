# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where everything of a lab lies in its directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HUB = "hub"
_MEMBER_PREFIX = "member-"


def member_name(number: int) -> str:
    """``member-1`` is the first."""
    return f"{_MEMBER_PREFIX}{number}"


def member_number(name: str) -> int:
    """The inverse of ``member_name``; 0 for the hub, so that it sorts before the members."""
    return 0 if name == HUB else int(name.removeprefix(_MEMBER_PREFIX))


@dataclass(frozen=True)
class ClusterFiles:
    """The files of one cluster: two kubeconfigs for users, and a folder for the servers."""

    lab: Path
    name: str

    @property
    def kubeconfig(self) -> Path:
        """Of a user who may do everything."""
        return self.lab / f"{self.name}.kubeconfig"

    @property
    def unprivileged_kubeconfig(self) -> Path:
        """Of a user who is known and may do nothing."""
        return self.lab / "unprivileged" / f"{self.name}.kubeconfig"

    @property
    def folder(self) -> Path:
        """What belongs to the servers."""
        return self.lab / "run" / self.name

    @property
    def tokens(self) -> Path:
        """The file for ``--token-auth-file``."""
        return self.folder / "tokens.csv"

    @property
    def service_account_key(self) -> Path:
        """The key that signs the tokens of service accounts."""
        return self.folder / "service-account.key"

    @property
    def certificates(self) -> Path:
        """The folder where kube-apiserver keeps the certificate that it makes for itself."""
        return self.folder / "certificates"

    @property
    def serving_certificate(self) -> Path:
        """kube-apiserver's own certificate with that of its CA behind it."""
        return self.certificates / "apiserver.crt"

    def log(self, program: str) -> Path:
        """The log of one of the cluster's programs."""
        return self.folder / f"{program}.log"


@dataclass(frozen=True)
class LabFiles:
    """The files of the lab as a whole."""

    lab: Path

    @property
    def state(self) -> Path:
        """The record of what runs; its presence makes a directory a lab."""
        return self.lab / "run" / "lab.json"

    @property
    def etcd_data(self) -> Path:
        """The data of all clusters."""
        return self.lab / "run" / "etcd"

    @property
    def etcd_log(self) -> Path:
        """etcd's log."""
        return self.lab / "run" / "etcd.log"

    @property
    def bin(self) -> Path:
        """The programs for users."""
        return self.lab / "bin"

    @property
    def inventory(self) -> Path:
        """The Ansible inventory of the members."""
        return self.lab / "inventory.yml"

    @property
    def integration_config(self) -> Path:
        """Variables for integration tests."""
        return self.lab / "integration_config.yml"

    def cluster(self, name: str) -> ClusterFiles:
        """The files of one cluster."""
        return ClusterFiles(self.lab, name)
