# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that we make on a server ourselves (definitions, permissions, accounts): what changes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import shown

Raw = Mapping[str, Any]

_SERVER_FIELDS: Final = frozenset({"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"})


def is_going(raw: Raw) -> bool:
    """Whether an object is being deleted already: a namespace goes in its own time."""
    return "deletionTimestamp" in raw["metadata"]


def lasting(raw: Raw) -> dict[str, Any]:
    """An object without what the server writes into it."""
    metadata = {name: value for name, value in raw["metadata"].items() if name not in _SERVER_FIELDS}
    return {**{name: value for name, value in raw.items() if name != "status"}, "metadata": metadata}


def applied_diff(where: str, before: Raw | None, after: Raw | None) -> dict[str, Any]:
    """The diff of one object, as results have it.

    :param where: what to call the server.
    :param before: None where it is new.
    :param after: None where it goes.
    """
    header = f"{where}: {shown(ObjectKey.of(after or before or {}))}"
    return {
        "before_header": header,
        "after_header": header,
        "before": "" if before is None else lasting(before),
        "after": "" if after is None else lasting(after),
    }
