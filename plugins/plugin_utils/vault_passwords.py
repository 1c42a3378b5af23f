# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vault passwords of the run: for code on the control node, and for modules, which are other processes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import VaultCodec


def vault_of(loader: Any) -> VaultCodec | None:
    """What encrypts and decrypts with the passwords of Ansible's loader; None where the run has none."""
    passwords = _passwords(loader)
    return VaultCodec(passwords) if passwords else None


@contextmanager
def password_files(loader: Any) -> Iterator[Mapping[str, str]]:
    """For the block, a file of mode 0600 for each vault id, in a directory that no one else can enter.

    Of several passwords of one id the first counts, as it does when Ansible encrypts.
    """
    passwords: dict[str, bytes] = {}
    for vault_id, password in _passwords(loader):
        passwords.setdefault(vault_id, password)
    if not passwords:
        yield {}
        return
    directory = tempfile.mkdtemp(prefix="multicluster-apps-")
    try:
        yield {vault_id: _file(directory, n, content) for n, (vault_id, content) in enumerate(passwords.items())}
    finally:
        shutil.rmtree(directory)


def _passwords(loader: Any) -> list[tuple[str, bytes]]:
    # A password that was asked for is loaded by now; a script that found none leaves its id without a password.
    return [(vault_id, bytes(secret.bytes)) for vault_id, secret in loader._vault.secrets or () if secret.bytes]


def _file(directory: str, number: int, content: bytes) -> str:
    path = os.path.join(directory, str(number))
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path
