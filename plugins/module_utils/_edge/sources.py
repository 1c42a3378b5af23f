# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that a user names as the source of objects: a file, a directory with all below it, or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import (
    VaultCodec,
    is_encrypted,
    needs_password,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import (
    MAX_FILE_BYTES,
    MIB,
    load_documents,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

_EXTENSIONS: Final = (".yaml", ".yml", ".json")
# Read by kustomize, not by an API server; a directory of manifests may well hold one.
_NOT_OBJECTS: Final = frozenset({"kustomization.yaml", "kustomization.yml"})


def read_source(src: str, vault: VaultCodec | None) -> list[Document]:
    """The documents of a source, in the order of file names.

    :param src: a file (of any name), a directory, or a pattern with `*`, `?`, `[…]` or `**`.
    :param vault: decrypts files that are encrypted with Ansible Vault.
    :raises InvalidInput: with all that is wrong: nothing there, files that cannot be read or parsed.
    """
    documents: list[Document] = []
    problems: list[str] = []
    for path in _files(src):
        try:
            documents.extend(_read(path, vault))
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    return documents


def _files(src: str) -> list[str]:
    if os.path.isdir(src):
        files = sorted(_below(src))
        if not files:
            raise InvalidInput(f"{src}: no file that ends in {', '.join(_EXTENSIONS)} is in this directory or below it")
        return files
    if os.path.exists(src):
        return [src]
    found = sorted(path for path in glob.glob(src, recursive=True) if os.path.isfile(path))
    if not found:
        what = "no file matches this pattern" if glob.has_magic(src) else "there is no such file or directory"
        raise InvalidInput(f"{src}: {what}")
    return found


def _below(directory: str) -> Iterator[str]:
    for folder, folders, files in os.walk(directory, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            if name.endswith(_EXTENSIONS) and not name.startswith(".") and name not in _NOT_OBJECTS:
                yield os.path.join(folder, name)


def _refuse(error: OSError) -> None:
    raise InvalidInput(f"cannot read {error.filename}: {error.strerror}") from error


def _read(path: str, vault: VaultCodec | None) -> list[Document]:
    try:
        with open(path, "rb") as file:
            # One byte more than is accepted: the reader of documents then says that it is too much.
            data = file.read(MAX_FILE_BYTES + 1)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}") from error
    if size > MAX_FILE_BYTES:
        raise InvalidInput(
            f"{path}: {size / MIB:.1f} MiB is too much for one file; the limit is {MAX_FILE_BYTES // MIB} MiB"
        )
    if is_encrypted(data):
        if vault is None:
            raise needs_password(path)
        data = vault.decrypt(data, path)
    return parse_text(data, path)


def parse_text(text: str | bytes, where: str) -> list[Document]:
    """The documents of a text; each knows `where` and its line.

    :raises InvalidInput: when it is no YAML or JSON that a user may store.
    """
    return [Document(item.value, f"{item.source}:{item.line}") for item in load_documents(text, where)]
