# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what Ansible hands over to plain values, and from our values to what Ansible takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import suggest


def plain(value: Any) -> Any:
    """A value of Ansible (tagged, lazy, vaulted, unsafe) as Python's own types; what JSON lacks becomes text."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    return _text(value)


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Named arguments of a filter that it does not have; Python's own words for it would name a function of ours.

    :raises InvalidInput: naming the first, and those there are.
    """
    for name in given:
        raise InvalidInput(f"there is no option {name}; accepted: {', '.join(known)}{suggest(name, known)}")


def untrusted(value: Any) -> Any:
    """A result with all its text marked: what a cluster or a hub says must never be taken for a template."""
    return wrap_var(plain(value))


def _text(value: Any) -> str:
    # The type's own method: that of a subclass may return anything.
    return str.__str__(value) if isinstance(value, str) else str(value)
