# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible Vault: whole files encrypted and decrypted with the run's own vault passwords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge import vault_format
from ansible_collections.multicluster.apps.plugins.module_utils._edge.file_errors import hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

_HEADER: Final = b"$ANSIBLE_VAULT;"
_HOW: Final = "give it as for any vaulted file: --vault-password-file, --vault-id, --ask-vault-pass or ANSIBLE_VAULT_PASSWORD_FILE"
NO_PASSWORD: Final = f"this run has no vault password; {_HOW}"


def is_encrypted(data: bytes) -> bool:
    """Whether a file's content is encrypted with Ansible Vault."""
    return data.startswith(_HEADER)


class VaultCodec:
    """Encrypts and decrypts with the vault passwords of one run."""

    def __init__(self, passwords: Sequence[tuple[str, bytes]], *, encrypt_vault_id: str | None = None) -> None:
        """Take the passwords.

        :param passwords: pairs of a vault id and a password; decryption tries them all.
        :param encrypt_vault_id: which of them encrypts; None for the first.
        :raises InvalidInput: without any, or when `encrypt_vault_id` is none of them.
        """
        ids = [vault_id for vault_id, _password in passwords]
        if not ids or (encrypt_vault_id and encrypt_vault_id not in ids):
            raise InvalidInput(
                f"this run has no password of the vault id {encrypt_vault_id!r}; {_HOW}" if ids else NO_PASSWORD
            )
        self._passwords = tuple(passwords)
        self._id = encrypt_vault_id or ids[0]

    @classmethod
    def from_password_files(cls, paths: Mapping[str, str], *, encrypt_vault_id: str | None = None) -> VaultCodec:
        """Take the passwords from files that hold one each, as a module does, which has no loader.

        :param paths: the file of each vault id.
        :raises HubError: when a file cannot be read.
        :raises InvalidInput: when one is empty, and as the constructor does.
        """
        passwords = []
        for vault_id, path in paths.items():
            with hub_errors("read the vault password file", path), open(path, "rb") as file:
                password = file.read().strip()
            if not password:
                raise InvalidInput(f"the vault password file {path} is empty: a password is expected in it")
            passwords.append((vault_id, password))
        return cls(passwords, encrypt_vault_id=encrypt_vault_id)

    def encrypt(self, data: bytes) -> bytes:
        """The content of a file that `ansible-vault` reads."""
        password = dict(reversed(self._passwords))[self._id]
        return vault_format.encrypt(data, password, self._id)

    def decrypt(self, data: bytes, source: str) -> bytes:
        """What was encrypted.

        :param source: the file, for messages.
        :raises InvalidInput: when none of the passwords opens it, or it is damaged.
        """
        try:
            for _vault_id, password in self._passwords:
                plain = vault_format.decrypt(data, password)
                if plain is not None:
                    return plain
        except vault_format.Damaged as error:
            raise InvalidInput(f"{source}: is encrypted with Ansible Vault and cannot be read: {error}") from error
        ids = ", ".join(vault_id for vault_id, _password in self._passwords)
        raise InvalidInput(f"{source}: cannot be decrypted with the vault passwords of this run ({ids}); {_HOW}")


def needs_password(source: str) -> InvalidInput:
    """The error for an encrypted file in a run without vault passwords."""
    return InvalidInput(f"{source}: is encrypted with Ansible Vault, and {NO_PASSWORD}")
