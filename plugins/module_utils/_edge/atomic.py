# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are either the old or the new ones, whole, whatever kills the writer and when.

New content goes to a temporary file of the same folder, reaches the disk, and takes the file's place in one step.
Temporary files have names that readers skip. Their writer holds a lock on them, which ends with it: so whoever finds
one that nobody holds may remove it.

All functions raise OSError as the system does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_PREFIX: Final = ".multicluster-"
_SUFFIX: Final = ".tmp"

OWNER_ONLY: Final = 0o600
_DEFAULT_MODE: Final = 0o666


def replace_file(path: str, data: bytes, *, mode: int | None, confirm: Callable[[], None]) -> None:
    """Put `data` in the place of a file, or make the file.

    The folder must be there; `sync_folder` makes the change survive a loss of power.

    :param mode: the file's permissions, exactly; None for what the umask leaves a new file.
    :param confirm: called right before the new content takes its place; what it raises calls it off.
    """
    descriptor, temporary = _open_temporary(os.path.dirname(path), mode)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        if mode is not None:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
        confirm()
        os.rename(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)


def make_folder(path: str) -> None:
    """Make a folder and those above it, and see that they survive a loss of power."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    make_folder(parent)
    try:
        os.mkdir(path)
    except FileExistsError:
        if not os.path.isdir(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from None
    sync_folder(parent)


def sync_folder(path: str) -> None:
    """See that the names in a folder reach the disk. Some network file systems cannot; they keep their own order."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def remove_empty_folders(path: str, top: str) -> str:
    """Remove a folder and those above it, below `top`, for as long as they are empty; returns the first that stays."""
    while path != top:
        try:
            os.rmdir(path)
        except FileNotFoundError:
            pass
        except OSError:  # not empty, or not ours to remove: an empty folder does no harm
            break
        path = os.path.dirname(path)
    return path


def is_temporary(name: str) -> bool:
    """Whether a file of this name is one that `replace_file` writes before it takes its place."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def remove_abandoned(path: str) -> None:
    """Remove a temporary file whose writer was killed; leave it where it is still being written."""
    with suppress(OSError):  # gone, held by its writer, or not ours to remove; a later run tries again
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
        finally:
            os.close(descriptor)


def _open_temporary(folder: str, mode: int | None) -> tuple[int, str]:
    """A new file that is locked, so that nobody takes it for abandoned."""
    while True:
        path = os.path.join(folder, f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _DEFAULT_MODE if mode is None else OWNER_ONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return descriptor, path
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                os.unlink(path)
            raise
        os.close(descriptor)  # another run removed it between the two calls; make another one
