# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that outlive the script, and are found again without mistaking another process for them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_STOP_TIMEOUT = 10.0
# Our own children, so that they are reaped when they end while we live; other processes' children are not ours to reap.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    """A process by its id and the mark of its start: an id alone may belong to someone else by tomorrow."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether this very process still runs (a stopped one does, a zombie does not)."""
        return bool(self.started) and start_mark(self.pid) == self.started

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal; false if it is gone."""
        if not self.alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


def start_mark(pid: int) -> str | None:
    """What tells this process from every other that ever had its id; None if there is none, or only a zombie."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return None
    if Path("/proc/self/stat").exists():
        return _start_mark_from_proc(pid)
    return _start_mark_from_ps(pid)


def _start_mark_from_proc(pid: int) -> str | None:
    """Boot id and start time in ticks since boot: proc(5), fields 3 (state) and 22 (starttime) of ``stat``."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses is the only field that may hold spaces; what follows it starts with field 3.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    return f"{boot}/{fields[19]}"


def _start_mark_from_ps(pid: int) -> str | None:
    """The start time to the second, for systems without /proc (macOS)."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    state, _blank, started = answer.stdout.strip().partition(" ")
    return started.strip() or None if not state.startswith("Z") else None


def spawn(
    command: Sequence[str], log: Path, environment: Mapping[str, str], record: Callable[[Process], None]
) -> Process:
    """Start ``command`` in a session of its own with its output appended to ``log``, and hand it to ``record``.

    An interruption waits until ``record`` has returned: no process exists that nobody knows of. The session is its
    own so that Ctrl-C in a terminal reaches the script alone, which then decides.
    """
    with deferred_signals(), open(log, "ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, env=environment
        )
        _children[child.pid] = child
        process = Process(child.pid, start_mark(child.pid) or "")
        record(process)
    return process


def kill(processes: Iterable[Process]) -> None:
    """End processes at once and wait until they are gone; a frozen one ends as well."""
    killed = [process for process in processes if process.send(signal.SIGKILL)]
    deadline = time.monotonic() + _STOP_TIMEOUT
    while any(process.alive() for process in killed) and time.monotonic() < deadline:
        time.sleep(0.02)


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP wait until the block is over.

    Their handlers are swapped, not their mask: a child would inherit a mask. Only the main thread handles signals in
    Python; in others there is nothing to defer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        pending.append(number)

    previous = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if pending:
        signal.raise_signal(pending[0])
