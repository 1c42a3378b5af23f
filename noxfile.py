# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make test` and `make matrix` run.

Sessions use the environment that nox itself runs in (`make` makes it: .venv); only the matrix makes environments of its
own, below .nox. Every session closes with a line `name: N passed, N failed`, or with pytest's own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import nox
from nox.command import CommandFailed

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "sanity", "package", "unit", "integration"]

ROOT = Path(__file__).resolve().parent
WORK = ROOT / ".nox"
COLLECTIONS = ROOT / ".venv" / "collections"
FOR_USERS = frozenset(
    [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "COPYING",
        "FILES.json",
        "LICENSES",
        "MANIFEST.json",
        "README.md",
        "changelogs",
        "docs",
        "meta",
        "playbooks",
        "plugins",
        "requirements.txt",
        "roles",
    ]
)
PLUGINS = "ansible_collections.multicluster.apps.plugins"

# The interpreter's own directory first: the tools are those of this environment, whoever calls nox.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, the laws of the house, licences and the changelog."""
    steps: dict[str, Sequence[str]] = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "--diff", "."],
        "mypy": ["mypy", "--package", PLUGINS],
        "mypy of the house": ["mypy", "noxfile.py", "tests/house"],
        "imports": [
            "env",
            f"PYTHONPATH={COLLECTIONS}",
            "lint-imports",
        ],  # not for mypy: what is installed it does not check
        "laws": ["python", "-m", "pytest", "--quiet", "tests/house"],
        "yamllint": ["yamllint", "--strict", "."],
        "shellcheck": ["shellcheck", ".ci/run", *map(str, sorted(Path("tools").glob("*.sh")))],
        "ansible-lint": ["ansible-lint", "-q"],
        "licences": ["reuse", "lint", "--quiet"],
        "changelog": ["antsibull-changelog", "lint"],
    }
    run_all(session, {name: partial(session.run, *step, external=True) for name, step in steps.items()})


@nox.session
def sanity(session: nox.Session) -> None:
    """ansible-test's sanity tests, every one of them, on a copy at the path that it asks for."""
    collection = copy_collection(WORK / "sanity")
    provide_pip_to_ansible_test()
    session.chdir(collection)
    session.run("git", "init", "--quiet", external=True)  # or the checkout's .gitignore would hide the whole copy
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    # Neither is in the archive, and both hold manifests as people write them: several documents a file.
    excluded = ["--exclude", "demo/", "--exclude", "tests/integration/targets/"]
    command = ["ansible-test", "sanity", "--color", "no", "--python", python, *excluded, *session.posargs]
    output = str(session.run(*command, silent=True, success_codes=range(256)))
    print(output)
    ran = len(re.findall(r'^Running sanity test "', output, re.MULTILINE))
    verdict = re.search(r"^FATAL: (?:The (\d+) sanity test)?", output, re.MULTILINE)
    failed = int(verdict.group(1) or 1) if verdict else 0
    close(session, ran - failed, failed)
    if failed or not ran:
        session.error("sanity tests failed" if failed else "no sanity test found anything to test")


@nox.session
def package(session: nox.Session) -> None:
    """The archive can be built and installed, holds nothing but what users need, and its plugins can be found."""
    area = WORK / "package"
    shutil.rmtree(area, ignore_errors=True)
    source = copy_collection(area / "source")
    target = area / "installed"
    env = {"ANSIBLE_COLLECTIONS_PATH": str(target)}

    def build() -> None:
        session.run("ansible-galaxy", "collection", "build", "--output-path", str(area), str(source), silent=True)

    def install() -> None:
        (archive,) = area.glob("multicluster-apps-*.tar.gz")
        command = ["ansible-galaxy", "collection", "install", "--no-deps", "--collections-path", str(target)]
        session.run(*command, str(archive), env=env, silent=True)

    def contents() -> None:
        installed = {path.name for path in (target / "ansible_collections" / "multicluster" / "apps").iterdir()}
        if strangers := installed - FOR_USERS:
            raise StepFailed(f"not for users, see build_ignore in galaxy.yml: {', '.join(sorted(strangers))}")

    def documentation() -> None:
        for kind in ("module", "lookup", "filter"):
            listed = session.run("ansible-doc", "--type", kind, "--list", "multicluster.apps", env=env, silent=True)
            if "multicluster.apps." not in str(listed):
                raise StepFailed(f"ansible-doc finds no {kind} of the installed collection")

    steps = {"build": build, "install": install, "contents": contents, "documentation": documentation}
    run_all(session, steps)


@nox.session
def unit(session: nox.Session) -> None:
    """The unit tests, with Clusternet's golden cases."""
    session.run("python", "-m", "pytest", "--numprocesses=auto", "tests/unit", *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """The integration tests against real API servers, which are built first where there are none.

    Two workers, whatever the machine has: each starts a hub and three members, and they take a gigabyte and a half.
    A file's tests stay together, so that what they share is set up once.
    """
    session.run("python", "tests/controlplane/controlplane.py", "build")
    workers = ["--numprocesses=2", "--dist=loadfile"]
    session.run("python", "-m", "pytest", *workers, "tests/controlplane", "tests/integration", *session.posargs)


@dataclass(frozen=True)
class Core:
    """A release of ansible-core, and the newest Python that it supports on the control node."""

    version: str
    oldest_python: tuple[int, int]
    newest_python: tuple[int, int]


# The last patch of every release that meta/runtime.yml admits, the oldest first; below Python 3.11 we do not run.
CORES = (
    Core("2.17.14", (3, 11), (3, 12)),
    Core("2.18.19", (3, 11), (3, 13)),
    Core("2.19.14", (3, 11), (3, 13)),
    Core("2.20.10", (3, 12), (3, 14)),
    Core("2.21.5", (3, 12), (3, 14)),
)


@nox.session
def matrix(session: nox.Session) -> None:
    """The unit tests and the demo on the oldest and the newest ansible-core that this machine can run."""
    pairs = [(core, python) for core in CORES if (python := interpreter_for(core))]
    if not pairs:
        session.error("no Python of this machine runs an ansible-core of the matrix")
    chosen = dict([pairs[0], pairs[-1]])
    run_all(
        session,
        {f"ansible-core {core.version}": partial(on_core, session, core, python) for core, python in chosen.items()},
    )


def on_core(session: nox.Session, core: Core, python: str) -> None:
    """Run the unit tests and the demo with one release, in an environment and a copy of its own."""
    area = WORK / "matrix" / core.version
    bin_directory = environment(session, area / "venv", python, core)
    collection = copy_collection(area / "collections")
    env = {
        "PATH": os.pathsep.join([str(bin_directory), os.environ["PATH"]]),
        "PYTHONPATH": str(area / "collections"),
        "ANSIBLE_CONFIG": str(collection / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(area / "collections"),
        "ANSIBLE_PYTHON_INTERPRETER": str(bin_directory / "python"),
        "CONFORMANCE_DIR": os.environ.get("CONFORMANCE_DIR", str(ROOT.parent / "shared" / "conformance")),
    }
    with session.chdir(collection):
        session.run(str(bin_directory / "python"), "-m", "pytest", "--numprocesses=auto", "tests/unit", env=env)
        playbook = [str(bin_directory / "ansible-playbook"), "-i", "demo/inventory.yml", "demo/playbook.yml"]
        session.run(*playbook, env=env)
        again = str(session.run(*playbook, env=env, silent=True))
    if "changed=0 " not in again:
        raise StepFailed(f"the demo's second run was to change nothing:\n{again}")


def environment(session: nox.Session, directory: Path, python: str, core: Core) -> Path:
    """Make an environment with one ansible-core, unless it is there, and return its directory of commands."""
    requirements = [Path("requirements.txt"), *Path("requirements").glob("*.txt"), Path("tests/unit/requirements.txt")]
    wanted = f"{python} {core.version} {crc32(b''.join(path.read_bytes() for path in sorted(requirements)))}"
    mark = directory / "made-of"
    if not mark.exists() or mark.read_text() != wanted:
        session.run(python, "-m", "venv", "--clear", str(directory), external=True)
        install = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        session.run(*install, f"ansible-core=={core.version}", "-r", "requirements/units.txt", external=True)
        mark.write_text(wanted)
    return directory / "bin"


def interpreter_for(core: Core) -> str | None:
    """Return this machine's first interpreter that the release supports."""
    found = subprocess.run(["tools/pythons.sh"], check=True, capture_output=True, text=True).stdout
    for line in found.splitlines():
        version, path = line.split(" ", 1)
        major, minor = map(int, version.split("."))
        if core.oldest_python <= (major, minor) <= core.newest_python:
            return path
    return None


def copy_collection(parent: Path) -> Path:
    """Copy what Git would commit to `parent`/ansible_collections/multicluster/apps, and return that."""
    shutil.rmtree(parent, ignore_errors=True)
    target = parent / "ansible_collections" / "multicluster" / "apps"
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).exists():  # a file removed but not yet committed is still listed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def provide_pip_to_ansible_test() -> None:
    """Let ansible-test make its environments without fetching pip's installer: Python brings a pip of its own.

    ansible-test takes the installer from its cache, by the version that it wants, and downloads only what is not there.
    """
    query = (
        "import sys;from types import SimpleNamespace as Python;"
        "from ansible_test._internal.python_requirements import get_venv_packages as packages;"
        "print(packages(Python(version='%d.%d' % sys.version_info[:2]))['pip'])"
    )
    version = subprocess.run([sys.executable, "-c", query], check=True, capture_output=True, text=True).stdout.strip()
    installer = Path.home() / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    if not installer.exists():
        installer.parent.mkdir(parents=True, exist_ok=True)
        installer.write_text("import ensurepip\n\nensurepip.bootstrap(upgrade=True, default_pip=True)\n")


class StepFailed(Exception):
    """A step found what must not be."""


def run_all(session: nox.Session, steps: Mapping[str, Callable[[], object]]) -> None:
    """Run every step, whatever became of those before it; close with the counts, and fail if a step failed."""
    failed = []
    for name, step in steps.items():
        try:
            step()
        except (CommandFailed, StepFailed) as error:
            failed.append(name)
            session.warn(f"{name}: {error}")
    close(session, len(steps) - len(failed), len(failed))
    if failed:
        session.error(f"failed: {', '.join(failed)}")


def close(session: nox.Session, passed: int, failed: int) -> None:
    """Print the line that closes a session."""
    print(f"{session.name}: {passed} passed, {failed} failed", flush=True)
