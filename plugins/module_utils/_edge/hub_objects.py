# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects in a hub's files: which documents are some, and the text of a file with one of them replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_files import HubFile
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import is_hub_kind, kind_hint
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import with_identity
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, split_api_version

# The creation time of an object that a person put there without one. Not the file's: that differs from clone to clone.
UNKNOWN_CREATION: Final = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object in one of the hub's files.

    :ivar piece: the index of the file's piece that holds it.
    :ivar raw: the object; uid and creation time are filled in.
    """

    key: ObjectKey
    file: HubFile
    piece: int
    raw: dict[str, Any]

    @property
    def version(self) -> str:
        """What optimistic concurrency compares."""
        return self.file.pieces[self.piece].version


def objects_in(file: HubFile) -> tuple[list[FoundObject], list[str]]:
    """The hub's objects in a file, and for each document that is none, why.

    :raises InvalidInput: when a document of one of the hub's kinds has no identity.
    """
    found, reasons = [], []
    for index, piece in enumerate(file.pieces):
        for document in piece.documents:
            reason = _why_none(document)
            if reason is not None:
                reasons.append(reason)
                continue
            try:
                key = ObjectKey.of(document)
            except InvalidInput as error:
                raise InvalidInput(f"{file.path}: {problem}" for problem in error.problems) from error
            found.append(FoundObject(key, file, index, with_identity(document, document, UNKNOWN_CREATION)))
    return found, reasons


def text_with(found: FoundObject, replacement: str) -> tuple[str, str]:
    """The text of the object's piece and of the file, the document replaced, or left out where `replacement` is empty.

    :raises HubError: when the document cannot be told from its neighbours in the file.
    """
    file = found.file
    pieces = [piece.text for piece in file.pieces]
    if len(file.pieces[found.piece].documents) > 1 or (file.encrypted and len(pieces) > 1):
        raise HubError(
            f"{file.path} holds several objects, {found.key} among them, in a form that is only read, not written; "
            "put each into a file of its own"
        )
    pieces[found.piece] = f"---\n{replacement}" if found.piece and replacement else replacement
    return pieces[found.piece], "".join(pieces)


def documents_besides(file: HubFile, found: FoundObject | None) -> list[Any]:
    """The documents of a file but for one object."""
    kept = [piece for index, piece in enumerate(file.pieces) if found is None or index != found.piece]
    return [document for piece in kept for document in piece.documents]


def _why_none(document: Any) -> str | None:
    """Why a document is none of the hub's objects; None when it is one."""
    if not isinstance(document, Mapping):
        return "holds YAML that is no object"
    api_version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or api_version.count("/") > 1:
        return "holds no Kubernetes object, which has apiVersion and kind"
    group, _version = split_api_version(api_version)
    if not is_hub_kind(group, kind):
        return f"{kind} of {api_version} is no kind of the hub{kind_hint(group, api_version, kind)}"
    return None
