# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run stores before it distributes: clusters out of inventory hosts, and objects of the user's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest, plan_store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

Register: TypeAlias = Callable[[Sequence[Host], Contents, "str | None"], "tuple[tuple[Change, ...], tuple[str, ...]]"]
"""Plans the ManagedClusters of hosts, on a hub, whose directory may be known; gives changes and warnings."""


@dataclass(frozen=True)
class Inputs:
    """What is to be stored.

    :param contents: the hub with all of it.
    :param warnings: one sentence each.
    """

    changes: tuple[Change, ...]
    contents: Contents
    warnings: tuple[str, ...]


def plan_inputs(
    hosts: Sequence[Host] | None, store: StoreRequest | None, before: Contents, tools: Tools, register: Register
) -> Inputs:
    """What registering and storing would change, in memory, so that check mode tells the truth on an empty hub too.

    :param hosts: None where nothing is to be registered.
    :param store: None where nothing is to be stored.
    :raises InvalidInput: for hosts or objects that cannot be stored.
    """
    contents = before
    changes: list[Change] = []
    warnings: tuple[str, ...] = ()
    now = tools.now()
    if hosts is not None:
        registered, warnings = register(hosts, contents, tools.hub_dir)
        changes += registered
        contents = contents.with_changes(registered, now)
    if store is not None:
        stored = plan_store(store, contents, tools.codec, now)
        changes += stored
        contents = contents.with_changes(stored, now)
    return Inputs(tuple(changes), contents, warnings)
