# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a directory cluster: which there are, whose they are, and what is in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.atomic import is_temporary
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_layout import relative_path
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import (
    VaultCodec,
    is_encrypted,
    needs_password,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import load_documents
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

KUSTOMIZATION: Final = "kustomization.yaml"
# kustomize takes any of these, and refuses two of them side by side.
KUSTOMIZATION_NAMES: Final = frozenset({KUSTOMIZATION, "kustomization.yml", "Kustomization"})
_EXTENSIONS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a delivery made, at the place that belongs to its object.

    :param sealed: whether it is encrypted with Ansible Vault.
    """

    raw: Mapping[str, Any]
    mode: int
    sealed: bool


@dataclass(slots=True)
class Found:
    """What a walk through the directory found.

    :ivar foreign: paths below the directory of files, links and the like that no delivery made.
    :ivar abandoned: temporary files, perhaps of a run that was killed.
    """

    own: dict[ObjectKey, OwnFile] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    abandoned: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_files(directory: str, vault: VaultCodec | None) -> Found:
    """Read a directory cluster; nothing is found where it is not there. Dot files are nobody's business here.

    :raises OSError: as the system does.
    """
    found = Found()
    if not os.path.lexists(directory):
        return found
    for path in sorted(_walk(directory, found)):
        relative = os.path.relpath(path, directory)
        if relative in KUSTOMIZATION_NAMES:
            continue
        try:
            key, own = read_own(path, vault)
            if relative_path(key) != relative:
                raise InvalidInput(f"it holds {key}, whose place is {relative_path(key)}")
        except InvalidInput as error:
            found.foreign.add(relative)
            found.warnings.append(f"{path}: no delivery made this file, it is left alone ({error})")
        else:
            found.own[key] = own
    return found


def read_own(path: str, vault: VaultCodec | None) -> tuple[ObjectKey, OwnFile]:
    """Read a file that a delivery made.

    :raises InvalidInput: saying why it is none.
    :raises OSError: when it cannot be read.
    """
    mode = os.lstat(path).st_mode
    if not stat.S_ISREG(mode):
        raise InvalidInput("it is no regular file")
    if not path.endswith(_EXTENSIONS):
        raise InvalidInput("it is no YAML file")
    with open(path, "rb") as file:
        data = file.read()
    sealed = is_encrypted(data)
    if sealed and vault is None:
        raise needs_password(os.path.basename(path))
    documents = load_documents(vault.decrypt(data, path) if sealed and vault else data, os.path.basename(path))
    raw = documents[0].value if len(documents) == 1 else None
    if not isinstance(raw, Mapping):
        raise InvalidInput("it does not hold exactly one object")
    key = ObjectKey.of(raw)
    annotations = raw["metadata"].get("annotations")
    owner = annotations.get(ANNOTATION_OWNED_BY_DESCRIPTION) if isinstance(annotations, Mapping) else None
    if not isinstance(owner, str) or not owner:
        raise InvalidInput(f"it has no annotation {ANNOTATION_OWNED_BY_DESCRIPTION}")
    return key, OwnFile(raw, stat.S_IMODE(mode), sealed)


def _walk(folder: str, found: Found) -> Iterator[str]:
    """All that is no folder; folders behind symbolic links are not entered."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_temporary(entry.name):
                found.abandoned.append(entry.path)
            elif entry.name.startswith("."):
                continue
            elif entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, found)
            else:
                yield entry.path
