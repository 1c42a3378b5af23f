# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test's sanity tests hold for every file: what they find is mended, not ignored."""

from __future__ import annotations

from pathlib import Path

import pytest


def ignored(tests: Path) -> list[str]:
    """Return the entries of all files by which ansible-test would ignore something."""
    lines = [line for file in sorted(tests.glob("sanity/ignore*.txt")) for line in file.read_text().splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def test_nothing_is_ignored(root: Path) -> None:
    assert ignored(root / "tests") == []


@pytest.mark.parametrize("name", ["ignore-2.19.txt", "ignore.txt"])
def test_an_entry_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "sanity").mkdir()
    (tmp_path / "sanity" / name).write_text("# why\n\nplugins/modules/apply.py pylint:no-assert\n")
    assert ignored(tmp_path) == ["plugins/modules/apply.py pylint:no-assert"]
