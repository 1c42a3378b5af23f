# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One hub that deliveries to several clusters use at the same time."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import atomic
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete, Put
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    BY_HAND,
    NOW,
    files_of,
    only,
    open_hub,
    place,
    subscription,
)

# Long enough for what is not held up by the hub, and all that a test waits for what is.
SOON = 0.2


def leftover(fleet: Path, name: str) -> str:
    """A temporary file of a run that was killed: what `atomic` calls one."""
    path = place(fleet / f"default/.multicluster-{name}.tmp", "half")
    assert atomic.is_temporary(path.name)
    return path.name


def test_leftovers_that_one_thread_finds_while_another_removes_some_are_kept_for_later(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = open_hub(fleet)
    hub.write([Put(subscription("kept"), None)], NOW)
    first = leftover(fleet, "first")
    hub.load()
    second = leftover(fleet, "second")
    real = atomic.remove_abandoned

    def remove_while_another_loads(path: str) -> None:
        other = threading.Thread(target=hub.load)
        other.start()
        other.join()
        real(path)

    with monkeypatch.context() as patches:
        patches.setattr(atomic, "remove_abandoned", remove_while_another_loads)
        hub.write([Put(subscription("a"), None)], NOW)

    left = {Path(name).name for name in files_of(fleet)}
    assert first not in left
    assert second in left
    hub.write([Put(subscription("b"), None)], NOW)
    assert second not in {Path(name).name for name in files_of(fleet)}


class Namespaces(Collection[str]):
    """Namespaces to load; asked for `default`, they let another thread write first, as far as the hub lets it."""

    def __init__(self, other: threading.Thread) -> None:
        self.other = other

    def __contains__(self, name: object) -> bool:
        if name == "default" and not self.other.ident:
            self.other.start()
            self.other.join(SOON)
        return name == "clusternet-a"

    def __iter__(self) -> Iterator[str]:
        return iter(["clusternet-a"])

    def __len__(self) -> int:
        return 1


def test_an_object_that_one_thread_removes_while_another_loads_is_forgotten(fleet: Path) -> None:
    place(fleet / "my/own.yaml", BY_HAND)
    hub: DirectoryHub = open_hub(fleet)
    stored = only(hub)
    removal = threading.Thread(target=hub.write, args=([Delete(stored.key, stored.version or "")], NOW))

    hub.load(Namespaces(removal))

    removal.join()
    hub.write([Put(subscription(), None)], NOW)
    assert list(files_of(fleet)) == ["default/subscriptions/web.yaml"]
