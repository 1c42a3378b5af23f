# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory hub: one object a file, plain YAML, made to live in Git.

What can be relied on: a write is whole or has not happened, also when the run is killed; what a person edits while a
run is on its way is not overwritten; a file that says the same already is left as it is, formatting and comments
included.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge import atomic, locks
from ansible_collections.multicluster.apps.plugins.module_utils._edge.file_errors import hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import content_problem, raise_problems
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_files import list_files, read_file
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_layout import (
    in_layout,
    kept_beside,
    relative_path,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_objects import FoundObject, objects_in
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_writer import (
    Keeping,
    SecretsPolicy,
    delete_object,
    put_object,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import NO_PASSWORD, VaultCodec
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Change,
    Contents,
    Put,
    StoredObject,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import carries_secret, in_the_clear

_LOCKS_FOLDER: Final = ".locks"


class DirectoryHub:
    """A hub in a directory; see the port `Hub` for what its methods promise. One instance serves one run."""

    def __init__(
        self, path: str, *, secrets: SecretsPolicy, vault: VaultCodec | None, lock_timeout: float, holder: str
    ) -> None:
        """Open the hub; nothing is read or made yet.

        :param path: the directory; made by the first write or lock where it is missing.
        :param secrets: what becomes of objects with secret data: refused, stored in files of mode 0600, or encrypted.
        :param vault: decrypts what is encrypted, under every policy; encrypts under `vault`. None: no password.
        :param lock_timeout: seconds to wait for a lock.
        :param holder: who holds our locks, for others to read; see `locks.describe_holder`.
        :raises InvalidInput: when `path` is none.
        """
        if not path or "\0" in path:
            raise InvalidInput(f"hub_dir {path!r} is no path: the path of a directory is accepted")
        self._root = os.path.abspath(path)
        self._keeping = Keeping(secrets, vault)
        self._lock_timeout = lock_timeout
        self._holder = holder
        # What loads found: where objects are (a person may have put them elsewhere), what killed runs left behind.
        self._places: dict[ObjectKey, str] = {}
        self._abandoned: set[str] = set()
        # Deliveries to several clusters share both.
        self._guard = threading.Lock()

    @property
    def location(self) -> str:
        """The directory."""
        return self._root

    @property
    def exists(self) -> bool:
        """Whether the directory is there; a missing one loads as empty."""
        return os.path.isdir(self._root)

    def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
        """Read the objects; see the port. Files are read whatever is in them: other kinds are only not handed up.

        An object in an unexpected file is read with a warning, and written where it is. What is no object of the hub is
        left aside with a warning, and refused where the layout puts objects: for who compares with what was there, an
        object that is not read is one that was removed. Problems are raised together.
        """
        listing = list_files(self._root, namespaces)
        warnings = list(listing.warnings)
        problems = list(listing.problems)
        found: dict[ObjectKey, FoundObject] = {}
        for path in listing.files:
            try:
                objects, left_aside = self._read(path)
                warnings.extend(left_aside)
                for one in objects:
                    if namespaces is None or one.key.namespace in namespaces:
                        warnings.extend(self._add(one, found))
                    else:
                        warnings.append(f"{path}: {one.key} is left aside, being in the folder of another namespace")
            except InvalidInput as error:
                problems.extend(error.problems)
        raise_problems(problems)
        self._remember(found, listing.abandoned, namespaces)
        objects_by_key = {
            key: StoredObject(one.raw, one.version, one.file.path)
            for key, one in found.items()
            if kinds is None or key.kind in kinds
        }
        return Contents(dict(sorted(objects_by_key.items())), tuple(warnings))

    def check(self, changes: Sequence[Change]) -> None:
        """Raise what `write` refuses before it writes anything; see the port."""
        problems: list[str] = []
        for change in changes:
            try:
                self._check_path(self._path_of(change.key))
                if isinstance(change, Put) and (problem := content_problem(change)):
                    problems.append(problem)
            except InvalidInput as error:
                problems.extend(error.problems)
        raise_problems(problems)
        puts = [change.raw for change in changes if isinstance(change, Put)]
        if self._keeping.secrets == "refuse":
            raise_problems(in_the_clear(puts))
        if self._keeping.secrets == "vault" and self._keeping.vault is None:
            raise_problems(
                f"{ObjectKey.of(raw)} carries secret data, and {NO_PASSWORD}" for raw in puts if carries_secret(raw)
            )

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        """Carry out the changes in their order; see the port.

        The content of each file reaches the disk before its name; the names do so together, at the end. A loss of power
        (not a kill) may therefore leave a later change without an earlier one, each of them whole.
        """
        self.check(changes)
        touched: set[str] = set()
        stored = []
        try:
            for change in changes:
                path = self._path_of(change.key)
                with hub_errors("write", path):
                    if isinstance(change, Put):
                        stored.append(put_object(path, change, now, self._keeping))
                        written = stored[-1].version != change.version
                    else:
                        written = delete_object(path, change, self._keeping)
                        with self._guard:
                            self._places.pop(change.key, None)
                if written:
                    touched.add(os.path.dirname(path))
        finally:
            if touched:
                self._settle(touched)
        return tuple(stored)

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold an exclusive lock; see the port. The hub's directory is made where it is missing."""
        folder = os.path.join(self._root, _LOCKS_FOLDER)
        return locks.exclusive(folder, name, holder=self._holder, timeout=self._lock_timeout)

    def _read(self, path: str) -> tuple[list[FoundObject], list[str]]:
        """The objects in a file, and a warning for each document that is none.

        :raises InvalidInput: when there is such a document, or no object, in a file where the layout puts objects.
        """
        file = read_file(path, self._keeping.vault)
        if file is None:  # another run removed it since the folder was listed
            return [], []
        objects, reasons = objects_in(file)
        relative = os.path.relpath(path, self._root)
        if not in_layout(relative):
            return objects, [f"{path}: {reason}; left aside" for reason in reasons]
        if not objects and not reasons:
            reasons = ["is empty, or holds nothing but comments"]
        raise_problems(
            f"{path}: {reason}; {kept_beside(relative)} belongs here: correct the file, or remove it, and with it the "
            "object from the hub"
            for reason in reasons
        )
        return objects, []

    def _remember(
        self, found: dict[ObjectKey, FoundObject], abandoned: Iterable[str], namespaces: Collection[str] | None
    ) -> None:
        """Note what a load found, in place of what was known of its namespaces."""
        with self._guard:
            self._abandoned.update(abandoned)
            others = {
                key: path
                for key, path in self._places.items()
                if namespaces is not None and key.namespace not in namespaces
            }
            self._places = others | {key: one.file.path for key, one in found.items()}

    def _add(self, one: FoundObject, found: dict[ObjectKey, FoundObject]) -> list[str]:
        """Add an object to those found; returns a warning where it is not where it is expected.

        :raises InvalidInput: when it was found before, or has no place on a hub.
        """
        path, key = one.file.path, one.key
        if key in found:
            raise InvalidInput(f"{key} is stored twice, in {found[key].file.path} and in {path}; remove one of them")
        try:
            expected = os.path.join(self._root, relative_path(key))
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {problem}" for problem in error.problems) from error
        found[key] = one
        return (
            [] if path == expected else [f"{path}: {key} is expected in {expected}; it is read and written where it is"]
        )

    def _path_of(self, key: ObjectKey) -> str:
        """Where an object is, or belongs.

        :raises InvalidInput: when it has no place on a hub.
        """
        return self._places.get(key) or os.path.join(self._root, relative_path(key))

    def _check_path(self, path: str) -> None:
        """See that no symbolic link leads out of the hub."""
        root = os.path.realpath(self._root)
        folder = os.path.realpath(os.path.dirname(path))
        if os.path.commonpath((root, folder)) != root:
            raise InvalidInput(
                f"{path} is outside of the hub: a symbolic link leads to {folder}; put a folder in its place"
            )
        if os.path.islink(path):
            raise InvalidInput(f"{path} is a symbolic link; put the file itself in its place")

    def _settle(self, touched: Iterable[str]) -> None:
        """After a write: the names reach the disk; what killed runs left behind and empty folders go."""
        with self._guard:
            abandoned, self._abandoned = self._abandoned, set()
        for path in abandoned:
            atomic.remove_abandoned(path)
        for folder in sorted(touched):
            with hub_errors("write", folder):
                atomic.sync_folder(atomic.remove_empty_folders(folder, self._root))
