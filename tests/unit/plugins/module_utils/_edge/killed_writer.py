# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A writer that is killed, again and again: run by `test_hub_killed.py` as a program of its own, as it forks.

Each round begins with the same hub, kills a child that carries out the same changes, and then looks at what is there
as the next run would: the hub loads, each object is whole, the changes were carried out in their order, and a second
write ends the work and leaves nothing behind.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

NOW = "2026-03-01T12:00:00Z"
# Everything with which a write changes the disk, and what comes between.
CALLS = ("open", "write", "fsync", "fchmod", "rename", "unlink", "mkdir", "rmdir", "close")


def raw(name: str, text: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": name, "namespace": f"ns-{name}"},
        "spec": {"feeds": [], "text": text * 500},
    }


# What the hub holds before and after the changes, in their order: changed, new, removed, changed, new, removed.
BEFORE = {"a": "old", "c": "old", "d": "old", "f": "old"}
AFTER = {"a": "new", "b": "new", "d": "new", "e": "new"}
NAMES = "abcdef"


def open_hub(fleet: Path) -> DirectoryHub:
    return DirectoryHub(str(fleet), secrets="plain", vault=None, lock_timeout=0, holder="a test")


def texts(contents: Contents) -> dict[str, str]:
    return {key.name: str(stored.raw["spec"]["text"])[:3] for key, stored in contents.objects.items()}


def changes_to(contents: Contents) -> Sequence[Change]:
    """What is left to do until the hub holds AFTER."""
    changes: list[Change] = []
    for name in NAMES:
        stored = contents.objects.get(ObjectKey.of(raw(name, "")))
        if name in AFTER:
            changes.append(Put(raw(name, AFTER[name]), stored.version if stored else None))
        elif stored:
            changes.append(Delete(stored.key, stored.version or ""))
    return changes


def kill_at(step: int) -> None:
    """Let this process be killed at its `step`th call; what was to be written is written by half."""
    count = 0

    def deadly(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                if name == "write":
                    real(args[0], bytes(args[1][: len(args[1]) // 2]))
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return call

    for name in CALLS:
        setattr(os, name, deadly(name))


def run_child(fleet: Path, before_write: Callable[[], None], after_fork: Callable[[int], None]) -> bool:
    """Carry out the changes in a child; returns whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            hub = open_hub(fleet)
            changes = changes_to(hub.load())
            before_write()
            hub.write(changes, NOW)
        except BaseException:  # noqa: BLE001 - a fork of this program: nothing else may go on in it
            os._exit(1)
        os._exit(0)
    after_fork(child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), f"the writer failed with {status}"
    return status != 0


def look(fleet: Path) -> int:
    """What the next run finds, and does.

    :returns: how many of the changes had been carried out.
    """
    hub = open_hub(fleet)
    contents = hub.load()
    assert contents.warnings == ()
    found = texts(contents)
    done = [found.get(name) == AFTER.get(name) for name in NAMES]
    assert done == sorted(done, reverse=True), f"carried out in another order: {found}"
    for name, change_done in zip(NAMES, done, strict=True):
        assert change_done or found.get(name) == BEFORE.get(name), f"half-written: {name}"
    if not all(done):
        hub.write(changes_to(contents), NOW)
        left = sorted(path.name for path in fleet.rglob("*") if path.is_file())
        assert left == [f"{name}.yaml" for name in AFTER], left
    assert texts(open_hub(fleet).load()) == AFTER
    return sum(done)


def rounds(folder: Path, seconds: float) -> tuple[int, set[int]]:
    """Kill at each call in turn, then at random moments.

    :returns: how many writers were killed, and all numbers of changes that had been carried out by then.
    """
    original, fleet = folder / "original", folder / "fleet"
    open_hub(original).write([Put(raw(name, text), None) for name, text in BEFORE.items()], NOW)
    killed, seen = 0, set()

    def one(before_write: Callable[[], None], after_fork: Callable[[int], None]) -> bool:
        nonlocal killed
        shutil.rmtree(fleet, ignore_errors=True)
        shutil.copytree(original, fleet)
        was_killed = run_child(fleet, before_write, after_fork)
        killed += was_killed
        seen.add(look(fleet))
        return was_killed

    for step in itertools.count(1):
        if not one(lambda step=step: kill_at(step), lambda child: None):  # type: ignore[misc]
            break
    moments = random.Random(7)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:

        def kill_later(child: int) -> None:
            time.sleep(moments.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)

        one(lambda: None, kill_later)
    return killed, seen


if __name__ == "__main__":
    # A kill loses nothing that the system was given, so waiting for the disk would only make the rounds slow.
    os.fsync = lambda fd: None
    print(*rounds(Path(sys.argv[1]), float(sys.argv[2])))  # noqa: T201 - what the test reads
