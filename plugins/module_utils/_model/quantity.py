# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubernetes quantities (`500m`, `1536Mi`, `2e3`): exact, and written as Kubernetes writes them.

What is kept is a whole number of billionths, which is as fine as Kubernetes goes: no floating point comes near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import shorten

_FORM: Final = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]+))?")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL_SUFFIX: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX: Final = {0: "", **{power: suffix for suffix, power in _BINARY.items()}}

_NANO: Final = 9
_ONE: Final = 10**_NANO
# A server cuts larger ones down to this.
_LARGEST: Final = (2**63 - 1) * _ONE
# No number of digits that anybody means; it bounds what a text can make us count.
_LONGEST: Final = 100
_LARGEST_EXPONENT: Final = 1000


class Notation(Enum):
    """How a quantity is written; a sum is written as its first summand that is not zero."""

    DECIMAL = "decimal suffixes"
    BINARY = "binary suffixes"
    EXPONENT = "exponents"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of something.

    :param nanos: how many billionths of the unit.
    """

    nanos: int
    notation: Notation = Notation.DECIMAL

    @classmethod
    def parse(cls, value: Any) -> Quantity:
        """The quantity that a text or number stands for; what is finer than a billionth is rounded away from zero.

        :raises InvalidInput: for anything else.
        """
        text = "" if isinstance(value, bool) else str(value)
        found = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None or not (found[2] or found[3]):
            raise InvalidInput(
                f"{shorten(repr(value))} is no quantity; numbers such as 2, 0.5, 500m, 1.5Gi, 10M or 1e3 are accepted"
            )
        sign, whole, fraction, suffix, exponent = found.groups(default="")
        digits = int(whole + fraction or "0")
        if suffix in _BINARY:
            scaled, base = digits * 1024 ** _BINARY[suffix], -len(fraction)
        else:
            scaled, base = digits, (int(exponent) if exponent else _DECIMAL[suffix]) - len(fraction)
        nanos = min(_shifted(scaled, base + _NANO), _LARGEST)
        return cls(-nanos if sign == "-" else nanos, _notation(suffix, exponent, nanos))

    def __add__(self, other: Quantity) -> Quantity:
        """The sum."""
        return Quantity(self.nanos + other.nanos, self.notation if self.nanos else other.notation)

    def __str__(self) -> str:
        """The canonical text: no fraction, the largest suffix that needs none, binary ones for whole units from 1024 on."""
        if not self.nanos:
            return "0"
        sign, size = ("-", -self.nanos) if self.nanos < 0 else ("", self.nanos)
        if self.notation is Notation.BINARY and size >= 1024 * _ONE:
            return sign + _binary(-(-size // _ONE))
        return sign + _decimal(size, exponents=self.notation is Notation.EXPONENT)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """The sum of all; zero for none."""
    return sum(quantities, Quantity(0))


def _notation(suffix: str, exponent: str, nanos: int) -> Notation:
    if exponent:
        return Notation.EXPONENT
    # As a server does: half a byte is 500m.
    return Notation.BINARY if suffix in _BINARY and not 0 < nanos < _ONE else Notation.DECIMAL


def _shifted(number: int, exponent: int) -> int:
    """`number` times ten to the power of `exponent`, rounded up; cut down where it would be of astronomical length."""
    if not number:
        return 0
    power: int = 10 ** min(abs(exponent), _LARGEST_EXPONENT)
    return number * power if exponent >= 0 else -(-number // power)


def _binary(units: int) -> str:
    power = 0
    while units % 1024 == 0 and power + 1 in _BINARY_SUFFIX:
        units, power = units // 1024, power + 1
    return f"{units}{_BINARY_SUFFIX[power]}"


def _decimal(nanos: int, *, exponents: bool) -> str:
    exponent = -_NANO
    while nanos % 1000 == 0 and exponent + 3 in _DECIMAL_SUFFIX:
        nanos, exponent = nanos // 1000, exponent + 3
    if not exponents:
        return f"{nanos}{_DECIMAL_SUFFIX[exponent]}"
    return f"{nanos}e{exponent}" if exponent else str(nanos)
