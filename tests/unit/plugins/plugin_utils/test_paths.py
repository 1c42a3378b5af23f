# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where relative paths begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.plugin_utils import paths

OWN_PLAYBOOKS = Path(paths.__file__).parents[2] / "playbooks"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/someone")
    monkeypatch.setenv("PLACE", "far")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("fleet", "/plays/fleet"),
        ("../fleet/", "/fleet"),
        ("/abs/./fleet", "/abs/fleet"),
        ("~/fleet", "/someone/fleet"),
        ("$PLACE/fleet", "/plays/far/fleet"),
    ],
)
def test_from_the_playbook(path: str, expected: str) -> None:
    assert paths.absolute(path, "/plays") == expected


def test_from_the_working_directory_in_our_own_playbooks(tmp_path: Path) -> None:
    assert paths.absolute("fleet", str(OWN_PLAYBOOKS)) == str(tmp_path / "fleet")


def test_a_playbook_beside_ours_is_a_users(tmp_path: Path) -> None:
    demo = OWN_PLAYBOOKS.parent / "demo"
    assert paths.absolute("fleet", str(demo)) == str(demo / "fleet")
