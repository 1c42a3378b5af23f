# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory cluster: its manifests, one object a file, for Flux, Argo CD or review."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

from ansible_collections.multicluster.apps.plugins.module_utils._edge import atomic
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_files import (
    KUSTOMIZATION,
    KUSTOMIZATION_NAMES,
    Found,
    OwnFile,
    find_files,
    read_own,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_layout import relative_path
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import dump_document
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Ledger, Live, Observed
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.fingerprint import record_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import carries_secret
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

Raw = Mapping[str, Any]
SecretsPolicy = Literal["refuse", "plain", "vault"]

_HEADER: Final = "# Written by multicluster.apps at each delivery; what is changed here by hand does not stay.\n"
_OTHERS: Final = 0o077


class DirectoryMember:
    """The port to a managed cluster, over a directory.

    :param cluster: for messages.
    :param secrets: what happens to objects that carry secret data: `refuse` them, write them in the `plain` with mode
        0600, or encrypt their files with Ansible Vault; encrypted files are no use to kustomize and stay out of its
        list.
    :param vault: the vault passwords of the run; needed by `vault`, and to read what was encrypted before.
    """

    def __init__(
        self, cluster: str, directory: str, *, secrets: SecretsPolicy = "refuse", vault: VaultCodec | None = None
    ) -> None:
        self._cluster = cluster
        self._directory = directory
        self._secrets = secrets
        self._vault = vault
        self._found = Found()
        self._places: dict[str, ObjectKey] = {}

    @property
    def location(self) -> str:
        """The directory."""
        return self._directory

    def observe(self, wanted: Sequence[Raw], applysets: Collection[str]) -> Observed:  # noqa: ARG002 (a port)
        """Read all files. A `kustomization.yaml` that is not ours raises before anything is written."""
        with self._errors("read", self._directory):
            self._refuse_foreign_index()
            self._found = find_files(self._directory, self._vault)
        objects = {key: self._live(own) for key, own in self._found.own.items()}
        for raw in wanted:
            key = ObjectKey.of(raw)
            if relative_path(key) in self._found.foreign:
                # Nobody's: what is in it does not matter, only that it is in the way.
                identity = {"name": key.name, "namespace": key.namespace} if key.namespace else {"name": key.name}
                objects[key] = Live({"apiVersion": raw["apiVersion"], "kind": key.kind, "metadata": identity})
        warnings = (*map(fit, self._found.warnings), *self._sealed_warning(wanted))
        return Observed(objects=objects, server=False, warnings=warnings)

    def apply(self, desired: Raw, *, force: bool, dry_run: bool) -> Raw:  # noqa: ARG002 (a port)
        """Write one file, if it does not hold that object already."""
        key = ObjectKey.of(desired)
        path = self._path(key)
        own = self._found.own.get(key)
        self._check_place(key, path)
        seal = self._seals(key, desired)
        if carries_secret(desired) and not seal and self._secrets == "refuse":
            raise ClusterError(
                f"{self._cluster}: {key} carries secret data, which is not written to {self._directory} in the clear; "
                "give `secrets: vault` to encrypt its file with Ansible Vault, or `secrets: plain` to write it with "
                "mode 0600"
            )
        content = self._content(desired, path, seal)
        if not dry_run:
            mode = atomic.OWNER_ONLY if carries_secret(desired) else own.mode if own else None
            self._write(path, content, mode)
        return desired

    def delete(self, live: Raw, *, dry_run: bool) -> str:
        """Remove a file, and the folders that are empty then."""
        path = self._path(ObjectKey.of(live))
        if dry_run or not os.path.lexists(path):
            return ""
        with self._errors("remove", path):
            os.unlink(path)
            atomic.sync_folder(os.path.dirname(path))
            atomic.remove_empty_folders(os.path.dirname(path), self._directory)
        return ""

    def release(self, live: Raw, *, dry_run: bool) -> None:
        """Nothing: whoever reads the directory would remove an object that its list no longer names."""

    def note(self, ledger: Ledger) -> None:
        """Nothing: the files say it all."""

    def forget(self, applyset: str) -> None:
        """Nothing: the files say it all."""

    def index(self, contents: Sequence[Raw], *, dry_run: bool) -> tuple[str, ...]:
        """Write `kustomization.yaml`, or remove it where there is nothing to list (kustomize refuses an empty one)."""
        path = os.path.join(self._directory, KUSTOMIZATION)
        listed = [raw for raw in contents if not self._seals(ObjectKey.of(raw), raw)]
        text = _kustomization(listed).encode() if listed else None
        with self._errors("read", path):
            present = _bytes(path)
        if not dry_run:
            for temporary in self._found.abandoned:
                atomic.remove_abandoned(temporary)
        if text == present:
            return ()
        if not dry_run and text is not None:
            self._write(path, text, None)
        elif not dry_run:
            with self._errors("remove", path):
                os.unlink(path)
        return (path,)

    def read(self, objects: Collection[Raw]) -> Mapping[ObjectKey, Raw]:
        """Read these files again."""
        found = {}
        for raw in objects:
            path = self._path(ObjectKey.of(raw))
            with self._errors("read", path):
                try:
                    key, own = read_own(path, self._vault)
                except (FileNotFoundError, InvalidInput):
                    continue
                found[key] = own.raw
        return found

    def close(self) -> None:
        """Nothing is held open."""

    # ------------------------------------------------------------------------------------------------------ parts

    def _path(self, key: ObjectKey) -> str:
        return os.path.join(self._directory, relative_path(key))

    def _live(self, own: OwnFile) -> Live:
        # The file of a Secret that others may read is written again.
        exposed = bool(own.mode & _OTHERS) and not own.sealed and carries_secret(own.raw)
        return Live(own.raw, None if exposed else record_of(own.raw, own.raw))

    def _seals(self, key: ObjectKey, raw: Raw) -> bool:
        """Whether the file of an object is encrypted; what was encrypted stays so under each policy."""
        own = self._found.own.get(key)
        return (own is not None and own.sealed) or (self._secrets == "vault" and carries_secret(raw))

    def _content(self, desired: Raw, path: str, seal: bool) -> bytes:
        try:
            data = dump_document(desired, str(ObjectKey.of(desired))).encode()
        except InvalidInput as error:
            raise ClusterError(f"{self._cluster}: {error}") from error
        if not seal:
            return data
        if self._vault is None:
            raise ClusterError(
                f"{self._cluster}: {path} is to be encrypted, and this run has no vault password; give one as for any "
                "vaulted file, with --vault-id or --vault-password-file"
            )
        return self._vault.encrypt(data)

    def _check_place(self, key: ObjectKey, path: str) -> None:
        """Two objects never share a file, and no folder leads out of the directory."""
        other = self._places.setdefault(path, key)
        if other != key:
            raise ClusterError(f"{self._cluster}: {key} and {other} would be one file, {path}; rename one of them")
        folder = os.path.dirname(path)
        if os.path.islink(folder):
            raise ClusterError(f"{self._cluster}: {folder} is a symbolic link; put a folder in its place")

    def _write(self, path: str, data: bytes, mode: int | None) -> None:
        folder = os.path.dirname(path)
        with self._errors("write", path):
            atomic.make_folder(folder)
            atomic.replace_file(path, data, mode=mode, confirm=lambda: None)
            atomic.sync_folder(folder)

    def _refuse_foreign_index(self) -> None:
        for name in sorted(KUSTOMIZATION_NAMES):
            path = os.path.join(self._directory, name)
            if not os.path.lexists(path):
                continue
            if name != KUSTOMIZATION or os.path.islink(path) or not (_bytes(path) or b"").startswith(_HEADER.encode()):
                raise ClusterError(
                    f"{self._cluster}: {path} is not ours and in the way of the kustomization.yaml that is written "
                    "there; move it away, or name another multicluster_directory"
                )

    def _sealed_warning(self, wanted: Sequence[Raw]) -> list[str]:
        sealed = sorted({str(ObjectKey.of(raw)) for raw in wanted if self._seals(ObjectKey.of(raw), raw)})
        if not sealed:
            return []
        return [f"{self._directory}: encrypted with Ansible Vault and so not in {KUSTOMIZATION}: {', '.join(sealed)}"]

    @contextmanager
    def _errors(self, doing: str, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename if isinstance(error.filename, str) else path
            raise ClusterError(
                f"{self._cluster}: cannot {doing} {where}: {error.strerror or error}; see that multicluster_directory "
                "names a directory that the user who runs Ansible may write to, with space left"
            ) from error


def _kustomization(contents: Sequence[Raw]) -> str:
    index = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [relative_path(ObjectKey.of(raw)) for raw in contents],
    }
    return _HEADER + dump_document(index)


def _bytes(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
