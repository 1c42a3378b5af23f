# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exclusive locks between processes that end with their holder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(folder: Path, on_wait: Callable[[], None], create: bool) -> Iterator[None]:
    """Hold a folder locked, made first if ``create``; ``on_wait`` is called if somebody else has it.

    The kernel drops the lock when its holder dies, however it dies. A holder may remove what it has locked: whoever
    waited for it then locks what stands there by now. Raises FileNotFoundError if nothing does and ``create`` is false.
    """
    while True:
        if create:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            _lock(descriptor, on_wait)
            if _stands_at(folder, descriptor):
                yield
                return
        finally:
            os.close(descriptor)


@contextmanager
def if_free(folder: Path) -> Iterator[bool]:
    """Hold a folder locked unless somebody else does; tells whether it is ours. Raises FileNotFoundError if it is gone."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _try_to_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(descriptor: int, on_wait: Callable[[], None]) -> None:
    if not _try_to_lock(descriptor):
        on_wait()
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _stands_at(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder))
    except FileNotFoundError:
        return False
