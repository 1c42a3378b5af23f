# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that the laws are about: all that Git would commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file of the project, relative to the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = sorted(Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file())
    assert files, "a law about no file holds nothing"
    return files


@pytest.fixture(scope="session")
def sources(project_files: list[Path]) -> dict[Path, str]:
    """The text of every Python file, by its path relative to the checkout."""
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in project_files if path.suffix == ".py"}
