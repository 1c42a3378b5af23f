# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out changes side by side where their order does not matter.

What one cluster's namespace holds is changed in its order: a Base before the Descriptions that it owns. The user's own
objects do not depend on one another. What is made for clusters comes after what it is made from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Final, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import RESERVED_NAMESPACE
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

THREADS: Final = 8
# The user's, and revisions in the namespace that no cluster has: each object is a lane of its own.
_INDEPENDENT: Final = frozenset({"Globalization", "HelmChart", "Manifest", "Subscription"})
# Of two with one priority the older takes effect first, and how old they are says the server.
_IN_ORDER: Final = frozenset({"Globalization"})

# Changes with their places in the whole.
Lane: TypeAlias = "list[tuple[int, Change]]"


def stages(changes: Sequence[Change]) -> list[list[Lane]]:
    """The changes as stages, one after the other, of lanes, side by side, each in its order."""
    numbered = list(enumerate(changes))
    found = []
    for _free, stage in groupby(numbered, key=lambda item: _is_independent(item[1].key)):
        lanes: dict[Hashable, Lane] = {}
        for item in stage:
            lanes.setdefault(_lane(item[1].key), []).append(item)
        found.append(list(lanes.values()))
    return found


def carry_out(changes: Sequence[Change], do: Callable[[int, Change], None]) -> None:
    """Do something for each change. Once one fails only those before it are still begun; the earliest failure is raised.

    :param do: gets the place of a change and the change.
    :raises MulticlusterError: what `do` raises.
    """
    failures: dict[int, MulticlusterError] = {}
    guard = threading.Lock()

    def follow(lane: Lane) -> None:
        for place, change in lane:
            with guard:
                if failures and place > min(failures):
                    return
            try:
                do(place, change)
            except MulticlusterError as error:  # raised below, in the order of the changes
                with guard:
                    failures[place] = error
                return

    for lanes in stages(changes):
        if len(lanes) == 1:
            follow(lanes[0])
        else:
            with ThreadPoolExecutor(max_workers=min(THREADS, len(lanes))) as threads:
                list(threads.map(follow, lanes))
        if failures:
            raise failures[min(failures)]


def _is_independent(key: ObjectKey) -> bool:
    return key.kind in _INDEPENDENT or key.namespace == RESERVED_NAMESPACE


def _lane(key: ObjectKey) -> Hashable:
    if key.kind in _IN_ORDER:
        return key.kind
    return key if _is_independent(key) else key.namespace
