# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exclusive locks between runs on one machine, or on machines that share a file system with locks.

The system's own lock on an open file (flock): it ends with its holder, also when that is killed, so no lock is ever
stale. The file stays behind and means nothing by itself; it only says who holds the lock, for the message of who
waits.
"""

from __future__ import annotations

import errno
import fcntl
import getpass
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.file_errors import hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubLocked, InvalidInput

_POLL_SECONDS: Final = 0.05
_HOLDER_BYTES: Final = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,239}")


def describe_holder(what: str) -> str:
    """Who holds a lock, for the message that others read: `alice@control, process 4711, distribute`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}, process {os.getpid()}, {what}"


@contextmanager
def exclusive(folder: str, name: str, *, holder: str, timeout: float) -> Iterator[None]:
    """Hold the lock `name` for the block.

    :param folder: where the lock's file is; made where it is missing, with a `.gitignore` for all in it.
    :param holder: who we are; see `describe_holder`.
    :param timeout: seconds to wait for another holder; 0 tries once.
    :raises HubLocked: when the other still holds it then; the message names it.
    :raises HubError: when the lock's file cannot be made or locked.
    :raises InvalidInput: when `name` makes no file name.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} names no lock: letters, digits, '.', '_' and '-' are accepted, 240 of them at most"
        )
    path = os.path.join(folder, f"{name}.lock")
    with hub_errors("lock", path):
        _prepare(folder)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        with hub_errors("lock", path):
            _acquire(descriptor, path, name, timeout)
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            _say(descriptor, f"{holder}, since {since}")
        try:
            yield
        finally:
            # The name goes before the lock: nobody is named who does not hold it.
            with hub_errors("unlock", path):
                _say(descriptor, "")
                fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: str, name: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        if time.monotonic() >= deadline:
            who = (
                os.pread(descriptor, _HOLDER_BYTES, 0).decode("utf-8", "replace").strip()
                or "a run that did not give its name"
            )
            raise HubLocked(
                f"the lock {name!r} ({path}) is held by {who}; waited {timeout:g} seconds; "
                "run again when that run has ended, or wait longer with lock_timeout"
            )
        time.sleep(_POLL_SECONDS)


def _say(descriptor: int, text: str) -> None:
    """Replace what the lock's file says."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{text}\n".encode("utf-8", "replace") if text else b"", 0)


def _prepare(folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    ignore = os.path.join(folder, ".gitignore")
    if not os.path.lexists(ignore):
        with open(ignore, "w", encoding="utf-8") as file:
            file.write("*\n")
