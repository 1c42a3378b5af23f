# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan to what is written, on a hub to which others write meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Change,
    Contents,
    StoredObject,
    coalesce,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# `deploy` reports without the hub's lock, people edit, and Clusternet's controllers write labels and statuses on what users
# write: a first write often meets one of theirs.
_TRIES: Final = 5


class Plan(Protocol):
    """Whatever else it says, a plan says what is to be written."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to be written."""


P = TypeVar("P", bound=Plan)


@dataclass(frozen=True)
class Written(Generic[P]):
    """How a plan was carried out, or would be.

    :param before: the hub as it was read first.
    :param read: the hub as it was read last.
    :param plan: the plan for `read`.
    :param changes: what was written in all, one change for each object; in check mode, what would be.
    :param stored: what the hub holds now for each Put of `plan`; empty in check mode.
    """

    before: Contents
    read: Contents
    plan: P
    changes: tuple[Change, ...]
    stored: tuple[StoredObject, ...]


def write_plan(make: Callable[[Contents], P], tools: Tools, *, check: bool) -> Written[P]:
    """Read the hub, plan, and write; or with `check` have the hub say what it would refuse.

    Where somebody changed an object between our read and our write, all of it is done again from a fresh read, in check mode as
    well: it has to fail where the run would, and only there.

    :param make: the plan for a hub.
    :raises HubConflict: where others are faster each time.
    """
    before = read = tools.hub.load()
    plan = make(read)
    changes = plan.changes
    for tried in range(1, _TRIES + 1):
        try:
            if check:
                tools.hub.check(plan.changes)
                return Written(before, read, plan, plan.changes, ())
            return Written(before, read, plan, changes, tools.hub.write(plan.changes, tools.now()))
        except HubConflict:
            if tried == _TRIES:
                raise
        tools.clock.sleep(0.1 * tried)
        read = tools.hub.load()
        plan = make(read)
        changes = coalesce((*changes, *plan.changes))
    raise AssertionError("the last try returns or raises")
