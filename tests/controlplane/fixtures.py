# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest fixtures with real API servers.

One ``conftest.py`` above all tests that use them imports them (two would start two labs)::

    from ansible_collections.multicluster.apps.tests.controlplane.fixtures import control_plane, member_faults

``control_plane`` is a hub and members (three, or ``MULTICLUSTER_LAB_MEMBERS``) for the whole session. With
``MULTICLUSTER_LAB_DIR`` it is the running lab in that directory, which is left running. The servers are shared: a test
works in a namespace of its own and removes it, and breaks a server only through ``member_faults``, which mends it.
Workers of pytest-xdist share nothing, as tests empty the hub: each has a lab of its own, and only the first the running one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.labkit import binaries
from ansible_collections.multicluster.apps.tests.controlplane.labkit.lab import Lab
from ansible_collections.multicluster.apps.tests.controlplane.labkit.layout import HUB
from ansible_collections.multicluster.apps.tests.controlplane.labkit.scratch import scratch_lab

LAB_VARIABLE = "MULTICLUSTER_LAB_DIR"
MEMBERS_VARIABLE = "MULTICLUSTER_LAB_MEMBERS"
WORKER_VARIABLE = "PYTEST_XDIST_WORKER"
FIRST_WORKER = "gw0"


@dataclass(frozen=True)
class ClusterAccess:
    """How a test reaches one cluster."""

    name: str
    server: str
    kubeconfig: Path
    unprivileged_kubeconfig: Path
    kubectl_program: Path

    def kubectl(self, *arguments: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run kubectl as administrator; with ``check`` a failure raises and shows what kubectl said."""
        command = [str(self.kubectl_program), f"--kubeconfig={self.kubeconfig}", *arguments]
        result = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if check and result.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(arguments)} on {self.name}: {result.stderr}")
        return result


@dataclass(frozen=True)
class ControlPlane:
    """A running lab, as tests see it."""

    lab: Lab
    programs: Mapping[str, Path]

    @property
    def directory(self) -> Path:
        """Where inventory, kubeconfigs and ``integration_config.yml`` lie."""
        return self.lab.files.lab

    @property
    def inventory(self) -> Path:
        """The Ansible inventory of the members."""
        return self.lab.files.inventory

    @property
    def hub(self) -> ClusterAccess:
        """The hub."""
        return self.cluster(HUB)

    @property
    def members(self) -> list[ClusterAccess]:
        """The members in order."""
        return [self.cluster(name) for name in self.lab.names if name != HUB]

    def cluster(self, name: str) -> ClusterAccess:
        """The hub or a member by its name."""
        files, url = self.lab.cluster_files(name), self.lab.url(name)
        kubectl = self.lab.files.bin / "kubectl"
        return ClusterAccess(name, url, files.kubeconfig, files.unprivileged_kubeconfig, kubectl)


@dataclass
class Faults:
    """Breaks API servers, and mends those that it broke."""

    plane: ControlPlane
    broken: list[str] = field(default_factory=list)

    def kill(self, name: str) -> None:
        """The API server dies: connections are refused."""
        self.broken.append(name)
        self.plane.lab.kill(name)

    def freeze(self, name: str) -> None:
        """The API server hangs: connections open and nothing answers."""
        self.broken.append(name)
        self.plane.lab.freeze(name)

    def mend(self, name: str) -> None:
        """The API server is ready again, with the same address, data and credentials."""
        self.plane.lab.restart(name, self.plane.programs)
        self.broken = [other for other in self.broken if other != name]


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """A hub and members as real API servers."""
    programs = binaries.ensure(os.environ, _report)
    running = os.environ.get(LAB_VARIABLE)
    if running and os.environ.get(WORKER_VARIABLE, FIRST_WORKER) == FIRST_WORKER:
        lab = Lab(Path(running))
        if not lab.running:
            pytest.fail(f"{LAB_VARIABLE}={running}: no lab runs there, or not all of it; unset it or 'make lab'")
        yield ControlPlane(lab, programs)
        return
    with scratch_lab(Path(tempfile.gettempdir()), _report) as lab:
        lab.up(int(os.environ.get(MEMBERS_VARIABLE, "3")), hub=True, programs=programs)
        yield ControlPlane(lab, programs)


@pytest.fixture
def member_faults(control_plane: ControlPlane) -> Iterator[Faults]:
    """Break servers at will: after the test all of them run again."""
    faults = Faults(control_plane)
    yield faults
    for name in list(faults.broken):
        faults.mend(name)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
