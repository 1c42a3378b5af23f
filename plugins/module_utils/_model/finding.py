# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing that is wrong with one field: what the checks hand to each other before a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import shorten

_SHOWN_BITS: Final = 256
# Comparing takes quadratic time, and nobody mistypes a longer word.
_LONGEST_WORD: Final = 100
# The first that fits: true and false are integers to Python.
_TYPE_NAMES: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (str, "a string"),
    (bool, "true or false"),
    ((int, float), "a number"),
    (Mapping, "a mapping"),
    ((list, tuple), "a list"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about a field.

    :ivar path: the field, as `spec.feeds[0].kind`; relative to what was checked.
    :ivar text: what was found there and what would be accepted.
    :ivar tolerable: an API server takes the object all the same (an unknown field, say): an error when a user stores
        it, a warning when a hub already holds it.
    """

    path: str
    text: str
    tolerable: bool = False

    def below(self, parent: str) -> Finding:
        """The same finding, seen from the object that holds what was checked at `parent`."""
        return Finding(join(parent, self.path), self.text, self.tolerable)

    def __str__(self) -> str:
        """`<path>: <text>`."""
        return f"{self.path}: {self.text}" if self.path else self.text


def join(parent: str, child: str) -> str:
    """The path of `child` below `parent`; an index needs no dot."""
    return f"{parent}.{child}" if parent and child and not child.startswith("[") else parent + child


def describe(value: Any) -> str:
    """A value in a message: scalars themselves, shortened; never the content of a mapping or list."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(shorten(value))
    # Python refuses to print integers of thousands of digits.
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= _SHOWN_BITS):
        return repr(value)
    return describe_type(value)


def describe_type(value: Any) -> str:
    """What sort of value it is, where its content is of no use to the reader or may be a secret."""
    if value is None:
        return "null"
    for types, name in _TYPE_NAMES:
        if isinstance(value, types):
            return name
    # YAML's dates; their module is also a clock, which has no place here.
    return "a date" if hasattr(value, "isoformat") else "a value of another type"


def describe_key(key: Any) -> str:
    """A mapping's key in a path: as written, but for what would disturb a terminal."""
    return shorten(key) if isinstance(key, str) and key.isprintable() else describe(key)


def suggest(word: Any, accepted: Iterable[str]) -> str:
    """`; did you mean 'x'?` where an accepted word looks like this one, otherwise nothing."""
    if not isinstance(word, str) or len(word) > _LONGEST_WORD:
        return ""
    # Words that differ in case only are the commonest slip, and the plain ratio misses the short ones.
    folded = {known.casefold(): known for known in accepted}
    close = get_close_matches(word.casefold(), folded, n=1)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""
