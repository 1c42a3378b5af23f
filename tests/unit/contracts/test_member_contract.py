# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suite of the member port on a directory and on the fake; on API servers it runs in `tests/integration`."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_directory import DirectoryMember
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_layout import relative_path
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.unit.contracts.member_contract import MemberContract, World
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember


class TestMemoryMember(MemberContract):
    @pytest.fixture
    def world(self) -> World:
        cluster = MemoryCluster()
        return World(
            open=lambda: MemoryMember(cluster),
            namespace="shop",
            put=cluster.put,
            get=lambda raw: copy.deepcopy(cluster.objects.get(ObjectKey.of(raw))),
            writes=lambda: cluster.writes,
            server=True,
        )


class TestDirectoryMember(MemberContract):
    @pytest.fixture
    def world(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        directory = tmp_path / "one"
        writes: list[str] = []
        for name in ("rename", "unlink"):
            monkeypatch.setattr(os, name, _counting(getattr(os, name), writes))

        def put(raw: Any) -> None:
            path = directory / relative_path(ObjectKey.of(raw))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(raw))

        def get(raw: Any) -> Any:
            path = directory / relative_path(ObjectKey.of(raw))
            return yaml.safe_load(path.read_text()) if path.exists() else None

        return World(
            open=lambda: DirectoryMember("one", str(directory), secrets="plain"),
            namespace="shop",
            put=put,
            get=get,
            writes=lambda: len(writes),
            server=False,
        )


def _counting(function: Any, calls: list[str]) -> Any:
    def counted(*arguments: Any, **more: Any) -> Any:
        calls.append(str(arguments))
        return function(*arguments, **more)

    return counted
