# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub of either kind can hold: the text of an object, its size, and how what is wrong is said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import MAX_OBJECT_BYTES, MIB
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put

COMPACT: Final = (",", ":")
# As requests have it.
AS_SENT: Final = (", ", ": ")
_PROBLEMS_SHOWN: Final = 20


def text_of(value: Any, separators: tuple[str, str] = COMPACT) -> str:
    """The text that two values share when they are the same; Python's own equality takes `1` and `true` for the same.

    :raises TypeError, ValueError: for what is no JSON.
    """
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=separators, default=_mapping
    )


def content_problem(change: Put, separators: tuple[str, str] = COMPACT) -> str:
    """Why an object cannot be stored on a hub: it is no JSON, or too large; empty where it can be.

    :param separators: how its size is measured.
    """
    try:
        size = len(text_of(change.raw, separators).encode())
    except (TypeError, ValueError, RecursionError) as error:
        return f"{change.key} cannot be stored: {error}; text, numbers, booleans, lists and mappings are accepted"
    if size > MAX_OBJECT_BYTES:
        return f"{change.key} has {size / MIB:.1f} MiB; Kubernetes stores objects up to {MAX_OBJECT_BYTES / MIB} MiB"
    return ""


def raise_problems(problems: Iterable[str]) -> None:
    """Raise what was found, if anything, in a length that a person reads.

    :raises InvalidInput: when there is a problem.
    """
    problems = list(problems)
    if len(problems) > _PROBLEMS_SHOWN:
        problems[_PROBLEMS_SHOWN:] = [f"… and {len(problems) - _PROBLEMS_SHOWN} more like these"]
    if problems:
        raise InvalidInput(problems)


def _mapping(value: Any) -> dict[str, Any]:
    """Read-only mappings, which `json` does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a value of the type {type(value).__name__}")
