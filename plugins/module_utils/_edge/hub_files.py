# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a directory hub: which there are, and what is in one.

A file holds one object as a rule. One that a person wrote may hold several; each is a piece of text of its own here,
so that writing one leaves the others as they were written, comments included.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.atomic import is_temporary
from ansible_collections.multicluster.apps.plugins.module_utils._edge.file_errors import hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_layout import EXTENSIONS, in_layout
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import (
    VaultCodec,
    is_encrypted,
    needs_password,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import load_documents
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, InvalidInput

# At the start of a line these three characters begin a document whatever they stand in (YAML 1.2, 9.1.2).
_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(slots=True)
class Listing:
    """What a walk through the hub found.

    :ivar files: YAML files, sorted.
    :ivar abandoned: temporary files, perhaps of a run that was killed.
    :ivar warnings: what is not read, elsewhere than where the layout puts objects.
    :ivar problems: what is not read where the layout puts objects: taken for none, it would remove them everywhere.
    """

    files: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one YAML document, and what is in it.

    :ivar documents: one, or none where there are only comments. Several where no `---` at the start of a line divides
        them: then the piece cannot be replaced by one object.
    :ivar version: for optimistic concurrency; changes with every byte of the text.
    """

    text: str
    documents: tuple[Any, ...]
    version: str


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as it was read.

    :ivar data: its bytes.
    :ivar mode: its permissions.
    :ivar encrypted: whether the bytes are encrypted with Ansible Vault.
    :ivar pieces: of the text, in their order; joined they are the text.
    """

    path: str
    data: bytes
    mode: int
    encrypted: bool
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The text of all pieces, decrypted."""
        return "".join(piece.text for piece in self.pieces)


def list_files(root: str, namespaces: Collection[str] | None) -> Listing:
    """The YAML files of the hub; none where the hub is not there.

    Dot files and files with other extensions are nobody's business here. Symbolic links are not followed.

    :param namespaces: None for all; otherwise only what is in the folders of these names.
    :raises HubError: when a folder cannot be read.
    """
    listing = Listing()
    with hub_errors("read", root):
        top = _entries(root)
        folders = _sort_out(
            top if namespaces is None else [entry for entry in top if entry.name in namespaces], listing, root
        )
        while folders:
            folders.extend(_sort_out(_entries(folders.pop()), listing, root))
    listing.files.sort()
    return listing


def read_file(path: str, vault: VaultCodec | None) -> HubFile | None:
    """Read and parse one file; None when it is not there.

    :raises HubError: when it cannot be read.
    :raises InvalidInput: when it is no YAML, or cannot be decrypted.
    """
    with hub_errors("read", path):
        found = read_bytes(path)
    if found is None:
        return None
    data, mode = found
    encrypted = is_encrypted(data)
    if encrypted and vault is None:
        raise needs_password(path)
    plain = vault.decrypt(data, path) if encrypted and vault else data
    try:
        text = plain.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path}: byte {error.start} is not UTF-8, which YAML files of the hub are written in"
        ) from error
    return HubFile(path, data, mode, encrypted, _pieces(text, path, sealed=data if encrypted else None))


def read_bytes(path: str) -> tuple[bytes, int] | None:
    """The content and the permissions of a file; None when it is not there.

    :raises HubError: when it is no regular file (a symbolic link would lead the reader out of the hub).
    :raises OSError: when it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise HubError(f"{path} is a symbolic link; put the file itself in its place") from error
        raise
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise HubError(f"{path} is no regular file; move it away")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(), stat.S_IMODE(mode)
    finally:
        os.close(descriptor)


def version_of(text: str, sealed: bytes | None) -> str:
    """The version of an object.

    :param text: of its piece.
    :param sealed: the whole file, encrypted, if it is: the version is made of that then, as a hash of the text would
        tell something about a short secret in it.
    """
    return hashlib.sha256(text.encode() if sealed is None else sealed).hexdigest()


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing in one that is not there, as another run removes folders that it empties."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _sort_out(entries: Iterable[os.DirEntry[str]], listing: Listing, root: str) -> list[str]:
    """Note the files among the entries; return the folders."""
    folders = []
    for entry in entries:
        if is_temporary(entry.name):
            listing.abandoned.append(entry.path)
        elif entry.name.startswith("."):
            continue
        elif entry.is_dir(follow_symlinks=False):
            folders.append(entry.path)
        elif entry.is_file(follow_symlinks=False):
            if entry.name.endswith(EXTENSIONS):
                listing.files.append(entry.path)
        elif _hides_objects(entry, os.path.relpath(entry.path, root)):
            listing.problems.append(
                f"{entry.path}: found {'a symbolic link' if entry.is_symlink() else 'no regular file'} where the hub "
                "keeps objects; put the files themselves in its place, or remove it, and with it its objects from "
                "the hub"
            )
        elif entry.name.endswith(EXTENSIONS) or entry.is_dir():
            listing.warnings.append(
                f"{entry.path}: no regular file or folder, left aside; put the files themselves in its place"
            )
    return folders


def _hides_objects(entry: os.DirEntry[str], relative: str) -> bool:
    """Whether something that is neither file nor folder stands where the layout puts objects."""
    if os.sep in relative:
        return in_layout(relative)
    # Beside the namespaces' folders: a link to a folder, also to one that is away (a file system that is not mounted).
    return entry.is_dir() or (in_layout(relative) and not os.path.exists(entry.path))


def _pieces(text: str, path: str, *, sealed: bytes | None) -> tuple[Piece, ...]:
    """The text, parsed piece by piece; for `sealed` see `version_of`."""
    pieces = []
    line = 0
    for part in _split(text):
        # Empty lines in front make the line numbers in errors those of the file.
        documents = tuple(document.value for document in load_documents("\n" * line + part, path))
        pieces.append(Piece(part, documents, version_of(part, sealed)))
        line += part.count("\n")
    return tuple(pieces)


def _split(text: str) -> list[str]:
    """The texts of the documents; comments and directives before the first `---` belong to the first."""
    starts = [match.start() for match in _DOCUMENT_START.finditer(text)]
    lines = text[: starts[0]].splitlines() if starts else []
    if all(not line.strip() or line.lstrip().startswith(("#", "%")) for line in lines):
        starts = starts[1:]
    return [text[begin:end] for begin, end in zip([0, *starts], [*starts, len(text)], strict=True)]
