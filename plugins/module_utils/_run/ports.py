# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ports: what the use cases ask of a hub and of a cluster. Adapters are in `_edge`, fakes in `tests/unit/fakes`.

One contract suite for each port runs on every adapter and on its fake.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ansible_collections.multicluster.apps.plugins.module_utils._core.fieldpath import TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, StoredObject

__all__ = ("Hub", "TextCodec")


class Hub(Protocol):
    """Where the objects live. Raises HubError (HubLocked, HubConflict) and InvalidInput, nothing else."""

    @property
    def location(self) -> str:
        """For messages: the directory, or the address of the server."""

    def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
        """Read everything that one run needs, once.

        :param namespaces: None for the whole hub; otherwise only the objects in these namespaces.
        :param kinds: None for all; otherwise only objects of these kinds (`Subscription`, `Description`): on a server each
            kind is a request.
        """

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        """Carry out `changes` in their order; a kill between two leaves a hub that loads.

        New objects get a uid and a creation time: `now`, or a server's own. Callers name what is new in this write by the
        predicted uid (`identity_uid`) in labels and owner references; what is stored names the real one. An object that
        changed since it was read raises HubConflict before it is touched; the changes before it are done (and on a
        server some of those after it), so a next run sees and ends the work. What `check` refuses raises
        InvalidInput before anything is written.

        A Put with `metadata.deletionTimestamp` marks an object as being deleted: it stays until a Delete. A Put without
        it, of an object with it, takes the mark back; a server makes the object anew then, with another uid.

        :returns: what is stored now for each Put, in order, with the version to name in a later write.
        """

    def check(self, changes: Sequence[Change]) -> None:
        """Raise what `write` would refuse (names that are none, secrets in the clear, fields that a server does not know,
        no permission); writes nothing. For check mode."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold the exclusive lock `name` (`hub`, or `cluster-<name>`) for the block.

        Waits as long as the hub was opened with, then raises HubLocked with the holder in the message. Ends with its
        holder, also when that is killed. One lock name is held by one block of a run at a time.
        """
