# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port to one managed cluster. Adapters: an API server, a directory; a fake in `tests/unit/fakes`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Ledger, Observed
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


class Member(Protocol):
    """One managed cluster. Methods raise ClusterError (ClusterUnreachable where nothing more will work), nothing else.

    Messages of errors name the cluster and the object; they hold no secret.
    """

    @property
    def location(self) -> str:
        """For messages: the address of the API server, or the directory."""

    def observe(self, wanted: Sequence[Mapping[str, Any]], applysets: Collection[str]) -> Observed:
        """Read, once, every object of `wanted` that exists and every object that carries our marks.

        :param wanted: objects; only what identifies them is looked at.
        :param applysets: names of the ApplySets whose ledgers are read, and the kinds that these name.
        """

    def apply(self, desired: Mapping[str, Any], *, force: bool, dry_run: bool) -> Mapping[str, Any]:
        """Make one object be what `desired` says, and answer the object as it is then.

        :param force: take fields over from other field managers; without it they make a ClusterError that names them.
        :param dry_run: write nothing, but refuse what would be refused and answer what would be answered.
        """

    def delete(self, live: Mapping[str, Any], *, dry_run: bool) -> str:
        """Remove exactly the object that was read; one that is gone already, or another of that name, is left alone.

        :returns: what its end waits for (finalizers); empty where it is gone.
        """

    def release(self, live: Mapping[str, Any], *, dry_run: bool) -> None:
        """Take our marks off an object that stays. A directory keeps them: its file would be a stranger's without."""

    def note(self, ledger: Ledger) -> None:
        """Store a ledger. A directory has none: its files say it all."""

    def forget(self, applyset: str) -> None:
        """Remove the ledger of an ApplySet of which nothing is left."""

    def index(self, contents: Sequence[Mapping[str, Any]], *, dry_run: bool) -> tuple[str, ...]:
        """Bring what stands beside the objects up to date: a directory's `kustomization.yaml`.

        :param contents: all objects of ours that are to be there, in the order of delivery.
        :returns: the files that were (would be) rewritten.
        """

    def read(self, keys: Collection[Mapping[str, Any]]) -> Mapping[ObjectKey, Mapping[str, Any]]:
        """Read these objects again, to see how they are; those that do not exist are not in the answer."""

    def close(self) -> None:
        """Let go of connections. Nothing may be called afterwards."""
