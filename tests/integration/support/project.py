# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A user's project for tests: a directory with an inventory, playbooks and manifests, in which real Ansible runs."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
CALLBACKS = Path(__file__).resolve().parent / "callbacks"
PROGRAMS = Path(sys.executable).parent
TIMEOUT = 120.0

# What manifests have in the place of the namespace that is the test's own.
NAMESPACE = "test-namespace"


@dataclass(frozen=True)
class Task:
    """What one task gave for one host."""

    name: str
    host: str
    failed: bool
    result: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        """Whether it says that it changed something."""
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        """Its message; empty where it has none."""
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> str:
        """Its warnings, one a line."""
        return "\n".join(map(str, self.result.get("warnings") or ()))


@dataclass(frozen=True)
class Run:
    """What a run of a command gave."""

    returncode: int
    output: str
    tasks: tuple[Task, ...] = ()

    def task(self, name: str, host: str = "localhost") -> Task:
        """The last result of the task of this name for this host."""
        found = [task for task in self.tasks if (task.name, task.host) == (name, host)]
        assert found, f"no task {name!r} ended for {host}:\n{self.output}"
        return found[-1]

    @property
    def only(self) -> Task:
        """The result of a run of one task."""
        (task,) = self.tasks
        return task

    @property
    def changed(self) -> list[str]:
        """The tasks that changed something."""
        return [task.name for task in self.tasks if task.changed]

    @property
    def story(self) -> str:
        """What a person wants to read of a run that is not as it should be."""
        failed = [f"{task.name} for {task.host} failed: {task.message}" for task in self.tasks if task.failed]
        return "\n".join(failed) or self.output[-3000:]

    def ok(self) -> Run:
        """The run itself, which must have gone well."""
        assert self.returncode == 0, self.story
        assert "Traceback" not in self.output, self.output
        return self

    def failure(self) -> Task:
        """The task that failed, in a run that must have failed for it and for nothing else, and without a traceback."""
        assert self.returncode != 0, self.output[-3000:]
        assert "Traceback" not in self.output, self.output
        failed = [task for task in self.tasks if task.failed]
        assert len(failed) == 1, self.story
        return failed[0]


@dataclass
class Project:
    """A directory in which a user works.

    :param namespace: what `NAMESPACE` becomes in every file: the servers are shared, and a test's namespace is its own.
    """

    path: Path
    namespace: str
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, content: Any) -> Path:
        """Write a file: text as it is, several objects as documents of one file, anything else as one document."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            documents = content if isinstance(content, tuple) else (content,)
            content = yaml.safe_dump_all(documents, sort_keys=False)
        path.write_text(content.replace(NAMESPACE, self.namespace), encoding="utf-8")
        return path

    def copy(self, directory: Path) -> None:
        """Copy the files of a directory."""
        for source in sorted(directory.rglob("*")):
            if source.is_file():
                self.write(str(source.relative_to(directory)), source.read_text(encoding="utf-8"))

    def inventory(self, hosts: Mapping[str, Mapping[str, Any]], **groups: list[str]) -> None:
        """Write the inventory: hosts in the group `managed_clusters`, and some of them in others."""
        members = {name: {"hosts": {host: {} for host in chosen}} for name, chosen in groups.items()}
        self.write("inventory.yml", {"managed_clusters": {"hosts": dict(hosts)}, **members})

    def play(self, playbook: str, *arguments: str, timeout: float = TIMEOUT) -> Run:
        """Run a playbook to its end."""
        process = self.start(playbook, *arguments)
        output, _none = process.communicate(timeout=timeout)
        return Run(process.returncode, output, tuple(self._tasks()))

    def tasks(self, *tasks: Mapping[str, Any], arguments: tuple[str, ...] = (), **defaults: Any) -> Run:
        """Run tasks on localhost with the hub `fleet`; a name is given to those that have none."""
        named = [{"name": f"task {number}", **task} for number, task in enumerate(tasks)]
        play = {"name": "Test", "hosts": "localhost", "gather_facts": False, "tasks": named}
        play["module_defaults"] = {"group/multicluster.apps.hub": {"hub_dir": "fleet", **defaults}}
        self.write("tasks.yml", [play])
        return self.play("tasks.yml", *arguments)

    def start(self, playbook: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a playbook, in a process group of its own."""
        (self.path / ".results").unlink(missing_ok=True)
        command = [str(PROGRAMS / "ansible-playbook"), "-i", "inventory.yml", playbook, *arguments]
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a run: nothing of the developer's own Ansible settings or clusters."""
        foreign = ("ANSIBLE_", "K8S_AUTH_", "MULTICLUSTER_", "KUBECONFIG")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return kept | {
            "PATH": os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)]),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_HOME": str(self.path / ".ansible"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "task_results",
            "MULTICLUSTER_TASK_RESULTS": str(self.path / ".results"),
            **self.environment,
        }

    def command(self, program: str, *arguments: str) -> str:
        """Run another program of Ansible in the project; it must succeed."""
        command = [str(PROGRAMS / program), *arguments]
        done = subprocess.run(command, cwd=self.path, env=self.variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, process: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> str:
        """Send a signal to a run and all its workers; returns what it had said."""
        os.killpg(process.pid, number)
        output, _none = process.communicate(timeout=TIMEOUT)
        return output

    def files(self, directory: str) -> dict[str, str]:
        """A fingerprint of every file below a directory: content, mode and time. Locks come and go, and do not count."""
        return {str(path.relative_to(self.path)): _fingerprint(path) for path in self._below(directory)}

    def read(self, name: str) -> Any:
        """The object in a file."""
        return yaml.safe_load((self.path / name).read_text(encoding="utf-8"))

    def objects(self, directory: str) -> dict[str, Any]:
        """The objects in the files below a directory, by `Kind namespace/name`."""
        found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in self._below(directory)]
        return {shown(raw): raw for raw in found if raw["kind"] != "Kustomization"}

    def delivered(self, namespace: str) -> dict[str, Any]:
        """The objects in the Descriptions of a cluster's namespace on the hub, by `Kind namespace/name`."""
        descriptions = self.objects(f"fleet/{namespace}/descriptions").values()
        objects = [json.loads(base64.b64decode(text)) for item in descriptions for text in item["spec"]["raw"]]
        return {shown(raw): raw for raw in objects}

    def remove(self, *names: str) -> None:
        """Remove files and directories."""
        for name in names:
            path = self.path / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _below(self, directory: str) -> Iterator[Path]:
        for path in sorted((self.path / directory).rglob("*")):
            if path.is_file() and ".locks" not in path.parts:
                yield path

    def _tasks(self) -> Iterator[Task]:
        results = self.path / ".results"
        for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else ():
            item = json.loads(line)
            yield Task(item["task"], item["host"], item["status"] != "ok", item["result"])


def shown(raw: Mapping[str, Any]) -> str:
    """An object as results name it."""
    metadata = raw["metadata"]
    place = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{raw['kind']} {place}{metadata['name']}"


def until(condition: Any, seconds: float = 30.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.01)


def _fingerprint(path: Path) -> str:
    status = path.stat()
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {status.st_mode:o} {status.st_mtime_ns}"
