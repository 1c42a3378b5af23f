# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks between processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.locks import describe_holder, exclusive
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, HubLocked, InvalidInput

HOLD = """
import sys, time
from ansible_collections.multicluster.apps.plugins.module_utils._edge.locks import describe_holder, exclusive
with exclusive(sys.argv[1], "hub", holder=describe_holder("distribute"), timeout=0):
    print("held", flush=True)
    time.sleep(60)
"""


def take(folder: Path, name: str = "hub") -> None:
    with exclusive(str(folder), name, holder="us", timeout=0):
        pass


def test_another_process_is_named_and_its_lock_ends_when_it_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            with pytest.raises(HubLocked, match=rf"@.*, process {other.pid}, distribute, since 20..-.*lock_timeout"):
                take(tmp_path)
        finally:
            other.kill()

    take(tmp_path)


def test_nobody_is_named_who_is_gone(tmp_path: Path) -> None:
    take(tmp_path)

    assert (tmp_path / "hub.lock").read_text() == ""


def test_lock_files_stay_out_of_git_and_of_the_content(tmp_path: Path) -> None:
    take(tmp_path / "new" / ".locks")

    assert (tmp_path / "new" / ".locks" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("name", ["../hub", "", ".", "..", "a/b", "a\0b", "x" * 241, "hub\n"])
def test_a_name_cannot_climb_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="names no lock"):
        take(tmp_path / ".locks", name)

    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_made_is_an_error_of_the_hub(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(HubError, match=r"cannot lock .*/file/\.locks/hub\.lock: Not a directory.*hub_dir"):
        take(tmp_path / "file" / ".locks")


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".locks").mkdir()
    (tmp_path / ".locks" / "hub.lock").symlink_to(tmp_path / "victim")

    with pytest.raises(HubError, match="symbolic link"):
        take(tmp_path / ".locks")

    assert not (tmp_path / "victim").exists()


def test_a_user_without_a_name_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", unknown)

    assert describe_holder("apply").startswith(f"uid {os.getuid()}@")
