# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing one object of a directory hub: compare, decide whether there is anything to write, write the file at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.multicluster.apps.plugins.module_utils._edge import atomic
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import text_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_files import (
    HubFile,
    read_bytes,
    read_file,
    version_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_objects import (
    FoundObject,
    documents_besides,
    objects_in,
    text_with,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec, needs_password
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import dump_document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Delete,
    Put,
    StoredObject,
    with_identity,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import carries_secret

SecretsPolicy = Literal["refuse", "plain", "vault"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How files with secret data are kept.

    :ivar secrets: `vault` encrypts them, the others do not; what was encrypted stays so under each.
    :ivar vault: None where the run has no password.
    """

    secrets: SecretsPolicy
    vault: VaultCodec | None


def put_object(path: str, change: Put, now: str, keeping: Keeping) -> StoredObject:
    """Store an object in the file `path`.

    :returns: what is stored now, with the version of `change` where nothing had to be written.
    :raises HubConflict: when the object is not the one that was read.
    :raises HubError: when the file holds something else, or more than can be told apart.
    :raises OSError: as the system does.
    """
    file, found = _find_object(change.key, path, keeping)
    if (found.version if found else None) != change.version:
        raise _conflict(path, change.key)
    besides = documents_besides(file, found) if file else []
    if besides and not found:
        raise HubError(f"{path} holds something else, and {change.key} belongs there; move the file away")
    raw = json.loads(text_of(with_identity(change.raw, found.raw if found else None, now)))
    secret = any(carries_secret(document) for document in (raw, *besides) if isinstance(document, dict))
    seal = (file is not None and file.encrypted) or (secret and keeping.secrets == "vault")
    if file and found and seal == file.encrypted and _says(file, found, raw):
        return StoredObject(found.raw, found.version, path)
    mode = atomic.OWNER_ONLY if secret and not seal else file.mode if file else None
    piece, text = _with_object(found, raw)
    data = _sealed(text.encode(), path, keeping) if seal else text.encode()
    atomic.make_folder(os.path.dirname(path))
    atomic.replace_file(path, data, mode=mode, confirm=_unchanged(path, file, change.key))
    return StoredObject(raw, version_of(piece, data if seal else None), path)


def delete_object(path: str, change: Delete, keeping: Keeping) -> bool:
    """Remove an object from the file `path`, and the file with its last one; returns whether it was there.

    :raises HubConflict: when the object is not the one that was read.
    :raises HubError: when the file holds more than can be told apart.
    :raises OSError: as the system does.
    """
    file, found = _find_object(change.key, path, keeping)
    if file is None or found is None:
        return False
    if found.version != change.version:
        raise _conflict(path, change.key)
    _piece, text = text_with(found, "")
    confirm = _unchanged(path, file, change.key)
    if documents_besides(file, found):
        atomic.replace_file(path, text.encode(), mode=file.mode, confirm=confirm)
    else:
        confirm()
        os.unlink(path)
    return True


def _says(file: HubFile, found: FoundObject, raw: dict[str, Any]) -> bool:
    """Whether the file says this of the object already."""
    # The second question is for numbers: YAML reads 1.0 as 1, so these differ as JSON and not as text.
    return text_of(raw) == text_of(found.raw) or _with_object(found, raw)[1] == file.text


def _with_object(found: FoundObject | None, raw: dict[str, Any]) -> tuple[str, str]:
    """The text of the object's piece, and that of the whole file with it."""
    document = dump_document(raw)
    return text_with(found, document) if found else (document, document)


def _find_object(key: ObjectKey, path: str, keeping: Keeping) -> tuple[HubFile | None, FoundObject | None]:
    """The file as it is now, and the object in it."""
    file = read_file(path, keeping.vault)
    objects = objects_in(file)[0] if file else []
    return file, next((one for one in objects if one.key == key), None)


def _unchanged(path: str, file: HubFile | None, key: ObjectKey) -> Callable[[], None]:
    """What sees, at the last moment, that nobody wrote the file since it was read."""

    def confirm() -> None:
        now = read_bytes(path)
        if (now[0] if now else None) != (file.data if file else None):
            raise _conflict(path, key)

    return confirm


def _conflict(path: str, key: ObjectKey) -> HubConflict:
    return HubConflict(
        f"{path}: {key} was changed by somebody else since this run read it; nothing of that is lost: run again"
    )


def _sealed(data: bytes, path: str, keeping: Keeping) -> bytes:
    if keeping.vault is None:
        raise needs_password(path)
    return keeping.vault.encrypt(data)
