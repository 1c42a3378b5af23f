# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reasons of a schedule as a table for people: no wider and no longer than what there is to tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.reasons import Reason
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import aligned

_COLUMNS: Final = ("CLUSTER", "CHOSEN", "SCORE", "WEIGHT", "REPLICAS", "ROOM", "PHASE", "PINNED", "REASON")
# Columns that are there whatever stands in them.
_ALWAYS: Final = frozenset({"CLUSTER", "CHOSEN", "SCORE", "REASON"})
# How many feeds a line names.
_NAMED: Final = 2
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_VERSION: Final = re.compile(r"v\d")


def table(
    found: Sequence[Reason],
    problems: Sequence[str] = (),
    standing: Mapping[str, Mapping[str, Any]] = _NOTHING,
) -> list[str]:
    """The reasons as lines of a table: a line for a cluster, and more where its feeds have different numbers.

    :param problems: why nothing of it is done; they come first.
    :param standing: by cluster, the `phase` of its last delivery and the revision that it is `pinned` to.
    """
    chosen = "would" if problems else "yes"
    rows: list[Sequence[str]] = []
    for each in found:
        now = standing.get(each.cluster.full_name, _NOTHING)
        head: Sequence[str] = (
            each.cluster.full_name,
            chosen if each.is_chosen else "no",
            _cell(each.verdict.score),
            _cell(each.weight),
        )
        delivery: Sequence[str] = (_cell(now.get("phase")), _cell(now.get("pinned")))
        for replicas, room, text in _lines(each):
            rows.append((*head, replicas, room, *delivery, text))
            head, delivery = ("",) * len(head), ("", "")
    kept = [place for place, name in enumerate(_COLUMNS) if name in _ALWAYS or any(row[place] for row in rows)]
    lines = aligned([[row[place] for place in kept] for row in (_COLUMNS, *rows)])
    return [*(f"not scheduled, so that all stays as it is: {problem}" for problem in problems), *lines]


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _lines(reason: Reason) -> list[tuple[str, str, str]]:
    """Replicas, room and reason; the feeds with the same numbers together, and all that have and had nothing."""
    if not reason.is_chosen or not reason.replicas:
        return [("", "", reason.text)]
    groups: defaultdict[tuple[int, int | None], list[str]] = defaultdict(list)
    for key, count in reason.replicas.items():
        groups[count, reason.before.get(key)].append(key)
    return [
        (str(count), _rooms(reason, keys), _text(reason, keys, count, before))
        for (count, before), keys in groups.items()
    ]


def _rooms(reason: Reason, keys: Sequence[str]) -> str:
    """The room for feeds; each took some of what the next one found."""
    rooms = [reason.capacity[key] for key in keys if key in reason.capacity]
    known = [room for room in rooms if room is not None]
    if not known:
        return "?" if rooms else ""
    least, most = min(known), max(known)
    return str(least) if least == most else f"{least}-{most}"


def _text(reason: Reason, keys: Sequence[str], count: int, before: int | None) -> str:
    shares = {reason.shares[key] for key in keys}
    if len(shares) == 1:
        return f"{_names(keys)} {shares.pop()}"
    had = "" if before is None else f", had {before}"
    return f"{_names(keys)} {count} each{had}; for how, see shares"


def _names(keys: Sequence[str]) -> str:
    """Feeds, as people call them: `Deployment shop/web`, and no more than a few."""
    more = len(keys) - _NAMED
    if more == 1:  # as short as saying so
        return ", ".join(map(_short, keys))
    return ", ".join(map(_short, keys[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _short(key: str) -> str:
    """A feed key without group and version."""
    first, *rest = key.split("/")
    kind, *name = rest if _VERSION.match(first) else rest[1:]
    return f"{kind} {'/'.join(filter(None, name))}"
