# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What server-side apply makes of an object, as far as fakes need it: one manager, and lists without keys."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def without(live: Any, before: Any, desired: Any) -> Any:
    """`live` without the fields that were applied before and are not desired any more."""
    if not all(isinstance(value, Mapping) for value in (live, before, desired)):
        return live
    return {
        field: without(value, before.get(field), desired.get(field))
        for field, value in live.items()
        if field not in before or field in desired
    }


def merged(live: Any, desired: Any) -> Any:
    """`live` with what is desired; lists are replaced whole, as those without keys are."""
    if not isinstance(live, Mapping) or not isinstance(desired, Mapping):
        return copy.deepcopy(desired)
    return {**live, **{field: merged(live.get(field), value) for field, value in desired.items()}}
