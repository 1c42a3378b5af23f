# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suite of hubs on a directory and on the fake; on API servers it runs in `tests/integration`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_contract import HubContract
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    NOW,
    SECRET,
    Opener,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore


class RefusingContract(HubContract):
    """Hubs that keep secrets in the clear, or not at all."""

    def test_secrets_are_refused_with_what_to_do_and_without_the_secret(self, open_hub: Opener) -> None:
        hub = open_hub(secrets="refuse")
        changes = [Put(subscription(), None), Put(SECRET, None)]

        for refuse in (hub.check, lambda all_of_them: hub.write(all_of_them, NOW)):
            with pytest.raises(InvalidInput, match=r"child-cluster-deployer.*secrets: vault.*secrets: plain") as caught:
                refuse(changes)
            assert "aHVudGVyMg" not in str(caught.value)

        assert dict(hub.load().objects) == {}

    def test_a_secret_that_was_allowed_once_is_loaded(self, open_hub: Opener) -> None:
        open_hub(secrets="plain").write([Put(SECRET, None)], NOW)

        (stored,) = open_hub(secrets="refuse").load().objects.values()
        assert stored.raw["data"] == SECRET["data"]


class TestDirectoryHub(RefusingContract):
    @pytest.fixture
    def open_hub(self, tmp_path: Path) -> Opener:
        def open_one(*, secrets: Any = "plain", lock_timeout: float = 0, holder: str = "a test") -> Hub:
            path = str(tmp_path / "fleet")
            return DirectoryHub(path, secrets=secrets, vault=None, lock_timeout=lock_timeout, holder=holder)

        return open_one


class TestMemoryHub(RefusingContract):
    @pytest.fixture
    def open_hub(self) -> Opener:
        store = MemoryStore()
        return lambda **options: MemoryHub(store, **options)
