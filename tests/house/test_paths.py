# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No file speaks of one machine: a path that only its author has is wrong everywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# The first directory is written as a class of one letter, or these lines would find themselves.
MACHINE_PATH = re.compile(r"(?<![\w./~})-])/(?:[w]ork|[r]oot|[h]ome/\w+|[U]sers/\w+)/")


def test_every_file(root: Path, project_files: list[Path]) -> None:
    found = []
    for path in project_files:
        for number, line in enumerate((root / path).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if match := MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: {match.group()}")
    assert found == []


@pytest.mark.parametrize("first", ["work", "root", "home/ann", "Users/ann"])
def test_a_machine_path_is_found(first: str) -> None:
    assert MACHINE_PATH.search(f"open('/{first}/file')")


@pytest.mark.parametrize("text", ["https://example.com/work/item", "${HOME}/root/x", "~/work/x", "a/root/b"])
def test_other_paths_are_not(text: str) -> None:
    assert not MACHINE_PATH.search(text)
