# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping what is made within what an API server stores: 1.5 MiB for an object, of which 256 KiB for annotations.

A Description that would pass 1 MiB becomes several. What belongs together is marked, so that a part that is lost, or one
that is left over from an earlier run, is never taken for all there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import digest
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_PART
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Description

MIB: Final = 2**20
PART_LIMIT: Final = MIB
# The most that one entry may have: what etcd takes, less metadata and the status of the one object.
ENTRY_LIMIT: Final = 1_450_000
_STORED_LIMIT: Final = 3 * MIB // 2
# Labels, owners, the record of what a Description was made from, what a server adds.
_METADATA_ROOM: Final = 80 * 1024
# What a status is expected to say of an object, besides naming it.
_OBSERVED_ROOM: Final = 256
_PART = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*) (.+)")


def split(entries: Sequence[tuple[Feed, str]]) -> tuple[tuple[str, ...], ...]:
    """Divide what a Description would hold into parts, in order.

    :param entries: each object's feed, and the object in base64.
    :returns: the base64 of each part; no part is empty, and there is one at least.
    :raises InvalidInput: for an object that no Description can hold.
    """
    problems = [too_large(str(feed), len(text)) for feed, text in entries if len(text) > ENTRY_LIMIT]
    if problems:
        raise InvalidInput(problems)
    parts: list[list[str]] = [[]]
    room = PART_LIMIT
    for feed, text in entries:
        needed = weight(feed, text)
        if needed > room and parts[-1]:
            parts.append([])
            room = PART_LIMIT
        parts[-1].append(text)
        room -= needed
    return tuple(map(tuple, parts))


def weight(feed: Feed, text: str) -> int:
    """How many bytes an object takes in its Description: in the spec, and in the status."""
    return len(text) + len('"",') + json_size(feed.as_raw()) + _OBSERVED_ROOM


def too_large(what: str, size: int) -> str:
    """The problem with an entry that no Description can hold.

    :param size: in base64.
    """
    return (
        f"{what} has {size * 3 / 4 / MIB:.2f} MiB after overrides; a Description holds objects up to "
        f"{ENTRY_LIMIT * 3 / 4 / MIB:.2f} MiB, as Kubernetes stores no larger ones; divide it"
    )


def status_room(spec: Any) -> int:
    """How many bytes the status of an object with this spec may have."""
    return max(0, _STORED_LIMIT - _METADATA_ROOM - json_size(spec))


def json_size(value: Any) -> int:
    """The size of a value as JSON, or somewhat more."""
    return len(json.dumps(value, separators=(",", ":"), default=dict))


def part_marks(outputs: Sequence[str]) -> tuple[str | None, ...]:
    """The value of the annotation for each part; None where there is only one.

    :param outputs: the digest of each part's spec.
    """
    if len(outputs) == 1:
        return (None,)
    whole = digest(list(outputs))
    return tuple(f"{number}/{len(outputs)} {whole}" for number in range(1, len(outputs) + 1))


def is_complete(parts: Iterable[Description]) -> bool:
    """Whether these are all parts of one set, as one run made them; the Descriptions of one Base and one deployer, in order."""
    found = [_PART.fullmatch(item.meta.annotations.get(ANNOTATION_PART, "")) for item in parts]
    if len(found) == 1 and found[0] is None:
        return True
    marks = [(int(each[1]), int(each[2]), each[3]) for each in found if each is not None]
    expected = [(number, len(found), mark[2]) for number, mark in enumerate(marks[:1] * len(found), start=1)]
    return 0 < len(found) == len(marks) and marks == expected
