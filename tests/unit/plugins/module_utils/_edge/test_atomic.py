# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole files or none."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import atomic


def nothing_to_confirm() -> None:
    return None


def write(path: Path, data: bytes, mode: int | None = None) -> None:
    atomic.replace_file(str(path), data, mode=mode, confirm=nothing_to_confirm)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 300_000])
def test_content_is_replaced_and_nothing_else_left(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    write(path, b"old")

    write(path, data)

    assert path.read_bytes() == data
    assert os.listdir(tmp_path) == ["file"]


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data[:3])))

    write(tmp_path / "file", b"0123456789")

    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_new_file_follows_the_umask_and_a_given_mode_does_not(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "by-umask", b"")
        write(tmp_path / "given", b"", mode=0o664)
    finally:
        os.umask(before)

    assert mode_of(tmp_path / "by-umask") == 0o640
    assert mode_of(tmp_path / "given") == 0o664


def test_content_for_the_owner_alone_is_never_readable_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    real = os.write

    def look(descriptor: int, data: bytes) -> int:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", look)
    (tmp_path / "file").write_bytes(b"was readable")

    write(tmp_path / "file", b"secret", mode=atomic.OWNER_ONLY)

    assert modes == [0o600]
    assert mode_of(tmp_path / "file") == 0o600


def test_a_call_off_leaves_the_old_file(tmp_path: Path) -> None:
    def call_off() -> None:
        raise KeyError

    write(tmp_path / "file", b"old")

    with pytest.raises(KeyError):
        atomic.replace_file(str(tmp_path / "file"), b"new", mode=None, confirm=call_off)

    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_abandoned_files_are_removed_and_those_of_a_living_writer_are_not(tmp_path: Path) -> None:
    seen = []

    def another_run_cleans_up() -> None:
        (mine,) = (path for path in tmp_path.iterdir() if atomic.is_temporary(path.name))
        atomic.remove_abandoned(str(mine))
        seen.append(mine)
        assert mine.exists()

    atomic.replace_file(str(tmp_path / "file"), b"new", mode=None, confirm=another_run_cleans_up)
    seen[0].write_bytes(b"half")
    atomic.remove_abandoned(str(seen[0]))
    atomic.remove_abandoned(str(seen[0]))

    assert os.listdir(tmp_path) == ["file"]


def test_a_temporary_file_that_is_removed_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    removed: list[Path] = []

    def too_late(descriptor: int, operation: int) -> None:
        if not removed:
            removed.extend(tmp_path.iterdir())
            removed[0].unlink()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)

    write(tmp_path / "file", b"new")

    assert removed
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


def test_folders_are_made_and_removed_up_to_the_top(tmp_path: Path) -> None:
    top, deep = tmp_path / "top", tmp_path / "top" / "a" / "b"
    atomic.make_folder(str(deep))
    atomic.make_folder(str(deep))
    (top / "a" / "kept").touch()

    assert atomic.remove_empty_folders(str(deep), str(top)) == str(top / "a")
    (top / "a" / "kept").unlink()
    assert atomic.remove_empty_folders(str(deep), str(top)) == str(top)

    assert os.listdir(tmp_path) == ["top"]


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError) as caught:
        atomic.make_folder(str(tmp_path / "file" / "below"))

    assert str(tmp_path / "file") in str(caught.value)
