# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file format of Ansible Vault, 1.1 and 1.2 (Ansible's documentation, "Ansible Vault payload format").

Written out here because a module's process has no `ansible.parsing`: what AnsiballZ ships shadows the installed ansible-core.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

_DEFAULT_ID: Final = "default"
_ROUNDS: Final = 10_000
_KEY: Final = 32
_BLOCK: Final = 16
_SALT: Final = 32
_COLUMNS: Final = 80


class Damaged(Exception):
    """The text is not in the format."""


def encrypt(data: bytes, password: bytes, vault_id: str) -> bytes:
    """A file that `ansible-vault` reads.

    :param vault_id: named in the file, as Ansible does it, unless it is the default one.
    :raises InvalidInput: without the package cryptography.
    """
    salt = os.urandom(_SALT)
    cipher_key, hmac_key, counter = _keys(password, salt)
    padding = _BLOCK - len(data) % _BLOCK
    ciphertext = _aes(cipher_key, counter, data + bytes([padding]) * padding)
    parts = (salt, hmac.digest(hmac_key, ciphertext, "sha256"), ciphertext)
    body = binascii.hexlify(b"\n".join(map(binascii.hexlify, parts)))
    header = f"$ANSIBLE_VAULT;1.2;AES256;{vault_id}" if vault_id != _DEFAULT_ID else "$ANSIBLE_VAULT;1.1;AES256"
    lines = [header.encode(), *(body[at : at + _COLUMNS] for at in range(0, len(body), _COLUMNS))]
    return b"\n".join(lines) + b"\n"


def decrypt(text: bytes, password: bytes) -> bytes | None:
    """What was encrypted; None when the password is not the one.

    :raises Damaged: for what is not in the format.
    :raises InvalidInput: without the package cryptography.
    """
    header, *lines = text.strip().splitlines()
    if header.split(b";")[1:3] not in ([b"1.1", b"AES256"], [b"1.2", b"AES256"]):
        raise Damaged("its format is neither 1.1 nor 1.2 with AES256")
    try:
        body = binascii.unhexlify(b"".join(line.strip() for line in lines))
        salt, digest, ciphertext = map(binascii.unhexlify, body.split(b"\n"))
    except (binascii.Error, ValueError) as error:
        raise Damaged("it is damaged") from error
    cipher_key, hmac_key, counter = _keys(password, salt)
    if not hmac.compare_digest(hmac.digest(hmac_key, ciphertext, "sha256"), digest):
        return None
    padded = _aes(cipher_key, counter, ciphertext)
    return padded[: -padded[-1]]


def _keys(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """The key of the cipher, that of the digest, and the first counter."""
    derived = hashlib.pbkdf2_hmac("sha256", password, salt, _ROUNDS, 2 * _KEY + _BLOCK)
    return derived[:_KEY], derived[_KEY : 2 * _KEY], derived[2 * _KEY :]


def _aes(key: bytes, counter: bytes, data: bytes) -> bytes:
    """AES in counter mode, which is the same in both directions."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError as error:
        raise InvalidInput(
            f"Ansible Vault needs the package cryptography in the Python that runs this task ({error}); "
            "set ansible_python_interpreter: '{{ ansible_playbook_python }}'"
        ) from error
    context: Any = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return bytes(context.update(data) + context.finalize())
