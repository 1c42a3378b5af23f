# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hubs that the contract runs on. A new hub joins by an opener in `OPENERS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore

# Opens one more view of the same store, as another run would.
Opener = Callable[..., Hub]


def _directory(tmp_path: Path) -> Opener:
    def open_hub(*, secrets: Any = "plain", lock_timeout: float = 0, holder: str = "a test") -> Hub:
        path = str(tmp_path / "fleet")
        return DirectoryHub(path, secrets=secrets, vault=None, lock_timeout=lock_timeout, holder=holder)

    return open_hub


def _memory(tmp_path: Path) -> Opener:
    store = MemoryStore()

    def open_hub(**options: Any) -> Hub:
        return MemoryHub(store, **options)

    return open_hub


OPENERS = {"directory": _directory, "memory": _memory}


@pytest.fixture(params=sorted(OPENERS))
def open_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return OPENERS[request.param](tmp_path)
