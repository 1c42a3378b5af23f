# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vault format is Ansible's: each reads what the other writes."""

from __future__ import annotations

import sys

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault_format import Damaged, decrypt, encrypt
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

PASSWORD = b"correct horse"


@pytest.fixture
def ansible() -> VaultLib:
    return VaultLib([("default", VaultSecret(PASSWORD))])


@pytest.mark.parametrize("data", [b"", b"a", b"sixteen bytes ..", "überlang\n".encode() * 100])
@pytest.mark.parametrize("vault_id", ["default", "prod"])
def test_ansible_reads_ours(ansible: VaultLib, data: bytes, vault_id: str) -> None:
    assert ansible.decrypt(encrypt(data, PASSWORD, vault_id)) == data


@pytest.mark.parametrize("vault_id", ["default", "prod"])
def test_we_read_ansibles(ansible: VaultLib, vault_id: str) -> None:
    text = ansible.encrypt(b"kind: Secret\n", secret=VaultSecret(PASSWORD), vault_id=vault_id)
    assert decrypt(text, PASSWORD) == b"kind: Secret\n"


def test_the_file_names_its_id() -> None:
    assert encrypt(b"x", PASSWORD, "prod").startswith(b"$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert encrypt(b"x", PASSWORD, "default").startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")


def test_two_files_of_one_content_differ() -> None:
    assert encrypt(b"x", PASSWORD, "default") != encrypt(b"x", PASSWORD, "default")


def test_another_password_opens_nothing() -> None:
    assert decrypt(encrypt(b"x", PASSWORD, "default"), b"wrong") is None


@pytest.mark.parametrize(
    "text",
    [
        b"$ANSIBLE_VAULT;1.1;AES256\nnot hex\n",
        b"$ANSIBLE_VAULT;1.1;AES256\n6162\n",
        b"$ANSIBLE_VAULT;1.0;AES\n6162\n",
        b"$ANSIBLE_VAULT\n",
    ],
)
def test_what_is_damaged_is_said(text: bytes) -> None:
    with pytest.raises(Damaged):
        decrypt(text, PASSWORD)


def test_a_python_without_cryptography_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(InvalidInput, match=r"the package cryptography .* ansible_playbook_python"):
        encrypt(b"content", PASSWORD, "default")
