# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vault passwords for code on the control node and for modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible_collections.multicluster.apps.plugins.plugin_utils.vault_passwords import password_files, vault_of


@pytest.fixture
def loader() -> DataLoader:
    loader = DataLoader()
    loader.set_vault_secrets([("prod", VaultSecret(b"first")), ("dev", VaultSecret(b"second"))])
    return loader


def test_a_run_without_passwords() -> None:
    assert vault_of(DataLoader()) is None
    with password_files(DataLoader()) as files:
        assert files == {}


def test_what_is_encrypted_with_the_first_is_read(loader: DataLoader) -> None:
    vault = vault_of(loader)
    assert vault is not None
    text = vault.encrypt(b"kind: Secret")
    assert text.startswith(b"$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert vault.decrypt(text, "here") == b"kind: Secret"


def failing_use(loader: DataLoader, seen: list[Path]) -> None:
    with password_files(loader) as files:
        seen.extend(map(Path, files.values()))
        assert [path.read_bytes() for path in seen] == [b"first", b"second"]
        raise KeyError


def test_the_files_go_whatever_happens(loader: DataLoader) -> None:
    seen: list[Path] = []
    with pytest.raises(KeyError):
        failing_use(loader, seen)
    assert len(seen) == 2
    assert not any(path.parent.exists() for path in seen)
