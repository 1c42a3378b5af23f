# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks and folders that fail."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import (
    atomic,
    hub_directory,
    hub_files,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubError,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    LATER,
    NOW,
    changed,
    files_of,
    only,
    open_hub,
    secret,
    subscription,
)

CALLS = ("open", "write", "fsync", "fchmod", "rename", "unlink", "mkdir", "scandir")


def fail_at(monkeypatch: pytest.MonkeyPatch, step: int, error: int) -> Callable[[], int]:
    """Let the `step`th call of the system (counted from one) fail, and all calls after it that would take space.

    :returns: how many calls there were.
    """
    count = 0

    def failing(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                raise OSError(error, os.strerror(error), *(arg for arg in args[:1] if isinstance(arg, str)))
            return real(*args, **options)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, failing(name))
    return lambda: count


def error_of(act: Callable[[], object]) -> HubError | None:
    try:
        act()
    except HubError as error:
        return error
    return None


class TestDisksThatFail:
    @pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS], ids=errno.errorcode.get)
    def test_each_call_may_fail_and_nothing_is_half_written(self, tmp_path: Path, error: int) -> None:
        """The whole of a write, failing at one call after the other, until it runs through."""
        failures: list[HubError | None] = []
        failure = None
        for step in range(1, 200):
            fleet = tmp_path / f"{step}"
            hub = open_hub(fleet)
            hub.write([Put(subscription("a"), None), Put(subscription("b"), None)], NOW)
            first, second = hub.load().objects.values()
            changes: list[Change] = [
                changed(first, priority=2),
                Put(secret(), None),
                Delete(second.key, second.version or ""),
            ]
            with pytest.MonkeyPatch.context() as patches:
                calls = fail_at(patches, step, error)
                failure = error_of(partial(hub.write, changes, LATER))
            if calls() < step:
                break
            failures.append(failure)
            assert not [name for name in files_of(fleet) if name.endswith(".tmp")]
            # The changes were carried out up to one of them, and that one not by half.
            objects = {
                key.name: stored.raw["spec"] for key, stored in hub.load().objects.items() if key.kind != "Secret"
            }
            assert objects["a"] in (subscription()["spec"], {"feeds": [], "priority": 2})
            converge(hub)
            assert sorted(files_of(fleet)) == [
                "clusternet-a/secrets/child-cluster-deployer.yaml",
                "default/subscriptions/a.yaml",
            ]
        assert failure is None
        assert len(failures) > 20
        # An empty folder that cannot be removed, or a leftover, is no reason to fail.
        told = [str(failure) for failure in failures if failure]
        assert len(told) > 15
        assert all(os.strerror(error) in message and f"{tmp_path}/" in message for message in told)

    def test_a_real_limit_leaves_the_old_file(self, fleet: Path) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription(), None)], NOW)
        before = files_of(fleet)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
        try:
            with pytest.raises(HubError, match=r"cannot write .*web\.yaml: File too large; .*ulimit -f"):
                hub.write([changed(only(hub), text="x" * 1000)], LATER)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        assert files_of(fleet) == before

    def test_too_many_open_files_are_told(self, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        open_hub(fleet).write([Put(subscription(), None)], NOW)
        fail_at(monkeypatch, 4, errno.EMFILE)

        with pytest.raises(HubError, match=r"cannot read .*web\.yaml: Too many open files; .*ulimit -n.*forks"):
            open_hub(fleet).load()

    def test_a_folder_that_may_not_be_read_is_told(self, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        open_hub(fleet).write([Put(subscription(), None)], NOW)
        fail_at(monkeypatch, 2, errno.EACCES)

        with pytest.raises(
            HubError, match=rf"cannot read {fleet}: Permission denied \({fleet}/default\); give the user"
        ):
            open_hub(fleet).load()

    def test_a_file_in_the_place_of_the_hub_is_told(self, fleet: Path) -> None:
        fleet.touch()
        hub = open_hub(fleet)

        assert not hub.exists
        for act in (hub.load, lambda: hub.write([Put(subscription(), None)], NOW), lambda: hub.lock("hub").__enter__()):
            with pytest.raises(HubError, match=rf"cannot .* {fleet}.*Not a directory.*hub_dir names a directory"):
                act()

    def test_a_folder_in_the_place_of_a_file_is_told(self, fleet: Path) -> None:
        (fleet / "default/subscriptions/web.yaml").mkdir(parents=True)

        with pytest.raises(HubError, match=r"web\.yaml is no regular file"):
            open_hub(fleet).write([Put(subscription(), None)], NOW)

    def test_a_file_that_goes_while_the_hub_is_read_is_no_error(
        self, fleet: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription("a"), None), Put(subscription("b"), None)], NOW)
        real = hub_files.read_file

        def read_late(path: str, vault: Any) -> Any:
            (fleet / "default/subscriptions/b.yaml").unlink(missing_ok=True)
            return real(path, vault)

        monkeypatch.setattr(hub_directory, "read_file", read_late)

        assert [key.name for key in hub.load().objects] == ["a"]

    def test_a_folder_that_goes_while_the_hub_is_read_is_no_error(
        self, fleet: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription("a", "a"), None), Put(subscription("b", "b"), None)], NOW)
        real = os.scandir

        def list_late(path: str) -> Any:
            if path != str(fleet):
                (fleet / "b/subscriptions/b.yaml").unlink(missing_ok=True)
                atomic.remove_empty_folders(str(fleet / "b/subscriptions"), str(fleet))
            return real(path)

        monkeypatch.setattr(os, "scandir", list_late)

        assert [key.name for key in hub.load().objects] == ["a"]


def converge(hub: DirectoryHub) -> None:
    """What the next run does after one that failed: read again, do what is left."""
    objects = hub.load().objects
    by_name = {key.name: stored for key, stored in objects.items()}
    changes: list[Change] = [changed(by_name["a"], priority=2)]
    if "child-cluster-deployer" not in by_name:
        changes.append(Put(secret(), None))
    if "b" in by_name:
        changes.append(Delete(by_name["b"].key, by_name["b"].version or ""))
    hub.write(changes, LATER)
