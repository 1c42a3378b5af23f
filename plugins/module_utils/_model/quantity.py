# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities of resources, as Kubernetes reads and writes them: `500m`, `2`, `1.5Gi`, `12e6`.

Exact: a quantity is a whole number of billionths, which is the finest that Kubernetes knows. What is finer is rounded
away from zero, and what is beyond 2^63-1 is cut off there, as the documentation of the type promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe

ACCEPTED: Final = (
    "numbers such as 2, 0.5, 500m, 1.5Gi, 10M or 1e3 are accepted (suffixes: n u m k M G T P E, Ki Mi Gi Ti Pi Ei)"
)

_NANO: Final = 10**9
_MILLI: Final = 10**6
_LARGEST: Final = (2**63 - 1) * _NANO
# Python refuses integers of thousands of digits; nobody writes hundreds.
_LONGEST: Final = 100
# Beyond these, any number that fits in the length is larger or smaller than all that can be told apart.
_EXPONENTS: Final = range(-_LONGEST - 9, _LONGEST + 19)

_PATTERN: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\.(?P<fraction>\d*))?"
    r"(?:(?P<binary>[KMGTPE]i)|(?P<decimal>[numkMGTPE])|[eE](?P<exponent>[+-]?\d+))?",
    re.ASCII,
)
_DECIMAL: Final[Mapping[str, int]] = MappingProxyType(
    {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
)
_DECIMAL_SUFFIXES: Final[Mapping[int, str]] = MappingProxyType({power: text for text, power in _DECIMAL.items()})
_BINARY_SUFFIXES: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


class Notation(StrEnum):
    """How a quantity is written."""

    DECIMAL = "DecimalSI"
    BINARY = "BinarySI"
    EXPONENT = "DecimalExponent"


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount of a resource. Equal amounts are equal, however they are written.

    :ivar nanos: the amount in billionths.
    """

    nanos: int
    notation: Notation = field(default=Notation.DECIMAL, compare=False)

    @classmethod
    def parse(cls, value: Any, where: str = "") -> Quantity:
        """A quantity from what a manifest has: a string, or a number that was not quoted.

        :param where: the field, for messages.
        :raises InvalidInput: naming the field and what is accepted.
        """
        # As JSON would carry it to an API server: the shortest text of the number.
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        text = _number_text(value) if is_number else value
        found = _parsed(text) if isinstance(text, str) and len(text) <= _LONGEST else None
        if found is None:
            raise InvalidInput(
                f"{where}{': ' if where else ''}found {describe(value)}, which is no quantity; {ACCEPTED}"
            )
        return found

    @classmethod
    def of_units(cls, units: int, notation: Notation = Notation.DECIMAL) -> Quantity:
        """A whole number of bytes, devices, ..."""
        return cls(units * _NANO, notation)

    @classmethod
    def of_millis(cls, millis: int, notation: Notation = Notation.DECIMAL) -> Quantity:
        """A whole number of thousandths: of processors, usually."""
        return cls(millis * _MILLI, notation)

    def __add__(self, other: Quantity) -> Quantity:
        """The sum, written as the first of the two is that is not zero."""
        return Quantity(self.nanos + other.nanos, self.notation if self.nanos else other.notation)

    @property
    def units(self) -> int:
        """The amount as a whole number, rounded away from zero."""
        return _rounded(self.nanos, _NANO)

    @property
    def millis(self) -> int:
        """The amount in thousandths, rounded away from zero."""
        return _rounded(self.nanos, _MILLI)

    def __str__(self) -> str:
        """The canonical text, as an API server answers with it."""
        if self.nanos == 0:
            return "0"
        # Small and fractional amounts have no exact binary text.
        if self.notation is Notation.BINARY and self.nanos % _NANO == 0 and abs(self.nanos) >= 1024 * _NANO:
            number, power = _without_factor(self.nanos // _NANO, 1024, len(_BINARY_SUFFIXES) - 1)
            return f"{number}{_BINARY_SUFFIXES[power]}"
        number, thousands = _without_factor(self.nanos, 1000)
        exponent = 3 * thousands - 9
        if self.notation is not Notation.EXPONENT and exponent in _DECIMAL_SUFFIXES:
            return f"{number}{_DECIMAL_SUFFIXES[exponent]}"
        return f"{number}e{exponent}" if exponent else str(number)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """The sum of all; zero for none."""
    return sum(quantities, Quantity(0))


def _number_text(value: int | float) -> str:
    """The text of a number; empty for an integer that is longer than any quantity."""
    is_long = isinstance(value, int) and value.bit_length() > 3 * _LONGEST
    return "" if is_long else repr(value)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Quantity | None:
    """Nodes and pods of a fleet repeat few texts many times, so results are kept."""
    found = _PATTERN.fullmatch(text)
    digits = found and (found["whole"] + (found["fraction"] or ""))
    if not found or not digits:
        return None
    places = len(found["fraction"] or "")
    if found["binary"]:
        notation = Notation.BINARY
        power, exponent = _BINARY_SUFFIXES.index(found["binary"]), 0
    else:
        notation = Notation.DECIMAL if found["exponent"] is None else Notation.EXPONENT
        power, exponent = 0, _DECIMAL[found["decimal"] or ""] if found["exponent"] is None else int(found["exponent"])
    exponent = max(_EXPONENTS.start, min(exponent, _EXPONENTS.stop)) - places + 9
    number = int(digits) * 1024**power
    nanos = number * 10**exponent if exponent >= 0 else _rounded(number, 10**-exponent)
    if notation is Notation.BINARY and nanos < _NANO:
        notation = Notation.DECIMAL
    nanos = min(nanos, _LARGEST)
    return Quantity(-nanos if found["sign"] == "-" else nanos, notation)


def _rounded(number: int, divisor: int) -> int:
    """The quotient, rounded away from zero: a little of something is never nothing."""
    quotient = -(-abs(number) // divisor)
    return quotient if number >= 0 else -quotient


def _without_factor(number: int, factor: int, most: int | None = None) -> tuple[int, int]:
    """What is left of a number without its factors, and how many there were."""
    times = 0
    while number % factor == 0 and times != most:
        number //= factor
        times += 1
    return number, times
