# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that Ansible's own tool encrypts and decrypts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec, is_encrypted
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, InvalidInput


def codec(*pairs: tuple[str, bytes], **options: Any) -> VaultCodec:
    return VaultCodec(pairs, **options)


def test_what_was_encrypted_is_decrypted(tmp_path: Path) -> None:
    sealed = codec(("default", b"one")).encrypt("pässword".encode())

    assert sealed.startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    assert is_encrypted(sealed)
    assert codec(("default", b"one")).decrypt(sealed, "file").decode() == "pässword"


def test_ansible_vault_reads_it(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("one\n")
    (tmp_path / "file").write_bytes(codec(("default", b"one")).encrypt(b"content"))

    tool = Path(sys.executable).with_name("ansible-vault")
    command = [str(tool), "view", "--vault-password-file", str(tmp_path / "password"), str(tmp_path / "file")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "content"


def test_the_chosen_vault_id_encrypts_and_all_decrypt() -> None:
    both = (("dev", b"one"), ("prod", b"two"))

    sealed = codec(*both, encrypt_vault_id="prod").encrypt(b"content")

    assert sealed.startswith(b"$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert codec(*both).decrypt(sealed, "file") == b"content"
    assert codec(("prod", b"two")).decrypt(sealed, "file") == b"content"


def test_a_wrong_password_names_the_file_and_what_to_give() -> None:
    sealed = codec(("default", b"one")).encrypt(b"content")

    with pytest.raises(InvalidInput, match=r"^fleet/x\.yaml: .*\(dev, prod\).*--vault-password-file") as caught:
        codec(("dev", b"two"), ("prod", b"three")).decrypt(sealed, "fleet/x.yaml")

    assert "two" not in str(caught.value)


@pytest.mark.parametrize("damage", [lambda sealed: sealed[:-20], lambda sealed: sealed[:12] + b"\nx"])
def test_a_damaged_file_is_named(damage: Any) -> None:
    sealed = damage(codec(("default", b"one")).encrypt(b"content"))

    with pytest.raises(InvalidInput, match=r"^fleet/x\.yaml: is encrypted with Ansible Vault and cannot be read"):
        codec(("default", b"one")).decrypt(sealed, "fleet/x.yaml")


def test_what_ansible_vault_encrypted_is_decrypted(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("one\n")
    (tmp_path / "file").write_text("content")

    tool = Path(sys.executable).with_name("ansible-vault")
    command = [str(tool), "encrypt", "--vault-id", f"prod@{tmp_path / 'password'}", str(tmp_path / "file")]
    subprocess.run(command, capture_output=True, check=True)

    assert codec(("dev", b"two"), ("prod", b"one")).decrypt((tmp_path / "file").read_bytes(), "file") == b"content"


def test_a_codec_needs_a_password() -> None:
    with pytest.raises(InvalidInput, match=r"no vault password; give it .*--vault-id"):
        codec()
    with pytest.raises(InvalidInput, match=r"no password of the vault id 'prod'"):
        codec(("dev", b"one"), encrypt_vault_id="prod")


def test_passwords_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("one\n")

    sealed = VaultCodec.from_password_files({"default": str(tmp_path / "one")}).encrypt(b"content")

    assert codec(("default", b"one")).decrypt(sealed, "file") == b"content"


def test_a_password_file_must_hold_one(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")

    with pytest.raises(InvalidInput, match=r"empty is empty"):
        VaultCodec.from_password_files({"default": str(tmp_path / "empty")})
    with pytest.raises(HubError, match=r"cannot read the vault password file .*missing"):
        VaultCodec.from_password_files({"default": str(tmp_path / "missing")})


def test_a_python_without_cryptography_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    one = codec(("default", b"one"))
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)

    with pytest.raises(InvalidInput, match=r"needs the package cryptography .* ansible_playbook_python"):
        one.encrypt(b"content")
