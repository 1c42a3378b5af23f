# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script with real servers: one lab with one member, taken from nothing to nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import (
    FIRST_WORKER,
    WORKER_VARIABLE,
    ClusterAccess,
    ControlPlane,
    Faults,
)
from ansible_collections.multicluster.apps.tests.controlplane.labkit import binaries, servers
from ansible_collections.multicluster.apps.tests.controlplane.labkit.lab import Lab
from ansible_collections.multicluster.apps.tests.controlplane.labkit.layout import LabFiles
from ansible_collections.multicluster.apps.tests.controlplane.labkit.processes import kill, start_mark
from ansible_collections.multicluster.apps.tests.controlplane.labkit.state import State, load

pytestmark = pytest.mark.integration

SCRIPT = str(binaries.SOURCES / "controlplane.py")
CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script as the Makefile does."""
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def pids(directory: Path) -> list[int]:
    """The processes on a lab's record."""
    state = load(LabFiles(directory).state)
    return [process.pid for process in state.processes] if state else []


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """One member, no hub, started by the script."""
    directory = tmp_path_factory.mktemp("controlplane") / "lab"
    result = run("up", "--members", "1", "--no-hub", "--dir", str(directory))
    assert result.returncode == 0, result.stderr
    started = pids(directory)
    yield Lab(directory)
    result = run("down", "--dir", str(directory))
    assert (result.returncode, result.stdout) == (0, "stopped and removed\n")
    assert [pid for pid in started if start_mark(pid)] == []
    assert not directory.exists()


@pytest.fixture(scope="module")
def plane(lab):
    """The lab as tests see it."""
    return ControlPlane(lab, binaries.ensure(os.environ, print))


@pytest.fixture
def member(plane) -> ClusterAccess:
    """The one member."""
    (member,) = plane.members
    return member


@pytest.fixture
def faults(plane):
    """Faults of this lab."""
    faults = Faults(plane)
    yield faults
    for name in list(faults.broken):
        faults.mend(name)


def test_everything_is_there_and_credentials_are_private(lab):
    names = {path.name for path in lab.files.lab.iterdir()}
    assert names == {
        "bin",
        "integration_config.yml",
        "inventory.yml",
        "member-1.kubeconfig",
        "run",
        "unprivileged",
    }
    for path in [*lab.files.lab.glob("*.kubeconfig"), *lab.files.lab.glob("unprivileged/*")]:
        assert path.stat().st_mode & 0o077 == 0
    assert lab.files.state.parent.stat().st_mode & 0o077 == 0


def test_the_server_is_the_pinned_version(member):
    version = json.loads(member.kubectl("get", "--raw", "/version").stdout)
    assert version["gitVersion"] == binaries.Versions.pinned().kubernetes


def test_a_namespace_comes_with_its_account_and_finishes_deleting(member):
    member.kubectl("create", "namespace", "short-lived")
    member.kubectl("wait", "serviceaccount/default", "--namespace=short-lived", "--for=create", "--timeout=20s")
    member.kubectl("delete", "namespace", "short-lived", "--timeout=30s")
    assert member.kubectl("get", "namespace", "short-lived", check=False).returncode != 0


def test_server_side_apply_keeps_track_of_owners(member):
    member.kubectl("apply", "--server-side", "--field-manager=first", "-f", "-", stdin=CONFIG_MAP)
    taken = CONFIG_MAP.replace("blue", "red")
    result = member.kubectl("apply", "--server-side", "--field-manager=second", "-f", "-", stdin=taken, check=False)
    assert result.returncode != 0
    assert 'conflict with "first": .data.colour' in result.stderr


def test_the_unprivileged_user_is_known_and_may_nothing(member):
    command = [str(member.kubectl_program), f"--kubeconfig={member.unprivileged_kubeconfig}", "get", "pods"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 'User "lab-nobody" cannot list resource "pods"' in result.stderr


def test_a_second_up_changes_nothing(lab):
    before = lab.files.state.read_bytes()
    result = run("up", "--members", "1", "--no-hub", "--dir", str(lab.files.lab))
    assert (result.returncode, "already runs" in result.stderr) == (0, True)
    assert lab.files.state.read_bytes() == before
    assert run("status", "--dir", str(lab.files.lab)).returncode == 0


def test_a_frozen_server_does_not_answer_and_thaws(member, faults):
    faults.freeze(member.name)
    result = member.kubectl("get", "namespaces", "--request-timeout=1s", check=False)
    assert result.returncode != 0
    faults.plane.lab.thaw(member.name)
    member.kubectl("get", "namespaces", "--request-timeout=10s")


def test_a_killed_server_refuses_and_comes_back_with_its_data(lab, member, faults):
    member.kubectl("create", "configmap", "kept")
    faults.kill(member.name)
    assert "refused" in member.kubectl("get", "configmap", "kept", check=False).stderr
    assert run("status", "--dir", str(lab.files.lab)).returncode == 1
    faults.mend(member.name)
    member.kubectl("get", "configmap", "kept")


def test_up_starts_again_what_died(lab, member):
    lab.kill(member.name)
    result = run("up", "--members", "1", "--no-hub", "--dir", str(lab.files.lab))
    assert result.returncode == 0, result.stderr
    member.kubectl("get", "namespaces")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs that are started take SIGINT, even if the tests run in the background of a shell.

    A shell has what it puts there ignore SIGINT, and a program inherits that; it does not inherit handlers.
    """
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def new_lab(tmp_path: Path) -> Iterator[Path]:
    """Where there is no lab; and none afterwards, however the test ends."""
    yield tmp_path / "lab"
    Lab(tmp_path / "lab").down()


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_an_interrupted_up_leaves_nothing(new_lab: Path, number: signal.Signals, status: int) -> None:
    directory = new_lab
    command = [sys.executable, SCRIPT, "up", "--members", "1", "--dir", str(directory)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as up:
        deadline = time.monotonic() + 30
        while len(started := pids(directory)) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(started) >= 3
        up.send_signal(number)
        assert up.wait(30) == status
    assert [pid for pid in started if start_mark(pid)] == []
    assert not directory.exists()


USES_THE_FIXTURES = """
def test_all(control_plane, member_faults):
    (member,) = control_plane.members
    assert control_plane.inventory.exists()
    member_faults.kill(member.name)
    assert member.kubectl("get", "namespaces", check=False).returncode != 0

def test_the_fault_was_mended(control_plane):
    control_plane.members[0].kubectl("get", "namespaces")
"""


def run_fixtures(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a test file of its own, as a user of the fixtures would write it, in a pytest of its own."""
    (tmp_path / "test_use.py").write_text(USES_THE_FIXTURES)
    plugin = "ansible_collections.multicluster.apps.tests.controlplane.fixtures"
    command = [sys.executable, "-m", "pytest", "-p", plugin, "--rootdir", str(tmp_path), str(tmp_path)]
    environment = {WORKER_VARIABLE: FIRST_WORKER, **environment}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_the_fixtures_use_a_running_lab_and_leave_it_running(lab, tmp_path):
    result = run_fixtures(tmp_path, MULTICLUSTER_LAB_DIR=str(lab.files.lab))
    assert "2 passed" in result.stdout, result.stdout
    assert lab.running
    assert not list(tmp_path.glob("multicluster-lab-*"))


@pytest.mark.parametrize(("worker", "running"), [(FIRST_WORKER, ""), ("gw1", "of-the-first-worker")])
def test_the_fixtures_start_a_lab_and_end_it(tmp_path: Path, worker: str, running: str) -> None:
    lab = {"MULTICLUSTER_LAB_MEMBERS": "1", "MULTICLUSTER_LAB_DIR": running}
    result = run_fixtures(tmp_path, **lab, **{WORKER_VARIABLE: worker})
    assert "2 passed" in result.stdout, result.stdout
    assert not list(tmp_path.glob("multicluster-lab-*"))


def test_a_port_that_someone_takes_first_is_exchanged(tmp_path, lab, monkeypatch):
    """The lab's own etcd holds the port that the new one is given first."""
    running = load(lab.files.state)
    offered = [running.etcd.port]
    real = servers.free_port
    monkeypatch.setattr(servers, "free_port", lambda taken: offered.pop() if offered else real(taken))
    files, state = LabFiles(tmp_path), State()
    files.state.parent.mkdir()
    second = servers.Servers(files, state, binaries.ensure(os.environ, print), timeout=30)
    try:
        second.start_etcd()
        assert state.etcd.alive
        assert state.etcd.port != running.etcd.port
    finally:
        kill(second.started)
