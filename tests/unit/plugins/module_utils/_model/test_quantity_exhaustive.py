# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities against fractions: every suffix, every exponent that matters, and what looks like one of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from string import ascii_letters

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Quantity
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import amount_of

# What Kubernetes documents for `resource.Quantity`.
FACTORS = {
    "": Fraction(1),
    "n": Fraction(1, 1000**3),
    "u": Fraction(1, 1000**2),
    "m": Fraction(1, 1000),
    **{suffix: Fraction(1000**power) for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", 1)},
}
EXPONENTS = [
    f"{letter}{sign}{digits}" for letter in "eE" for sign in ("", "+", "-") for digits in (*range(31), "007", 400)
]
NUMBERS = (
    "0", "1", "7", "1.", ".5", "0.1", "1.25", "2.675", "9.5", "999", "1000", "1024", "1536", "999.999", "00012.500",
    "0.000000001", "0.0000000001", "1.0000000001", "123456789.123456789", "9223372036854775807", "9223372036854775808",
)  # fmt: skip
LARGEST = Fraction(2**63 - 1)
BILLIONTH = Fraction(1, 10**9)


def away_from_zero(amount: Fraction) -> int:
    whole = abs(amount.numerator) // amount.denominator
    whole += whole < abs(amount)
    return whole if amount >= 0 else -whole


def factor_of(suffix: str) -> Fraction:
    return FACTORS[suffix] if suffix in FACTORS else Fraction(10) ** int(suffix[1:])


def expected(sign: str, number: str, suffix: str) -> Fraction:
    """The amount: nothing finer than a billionth, nothing beyond 63 bits."""
    whole, _point, fraction = number.partition(".")
    amount = Fraction(int(whole or "0")) + Fraction(int(fraction or "0"), 10 ** len(fraction))
    amount = min(away_from_zero(amount * factor_of(suffix) / BILLIONTH) * BILLIONTH, LARGEST)
    return -amount if sign == "-" else amount


def digits_of(text: str) -> str:
    """The number that a canonical text begins with, without its sign."""
    number = text.removeprefix("-")
    return number[: next((place for place, letter in enumerate(number) if not letter.isdigit()), len(number))]


def read_back(text: str) -> Fraction:
    """What a canonical text says: digits, then a suffix or an exponent."""
    digits = digits_of(text)
    amount = int(digits) * factor_of(text.removeprefix("-").removeprefix(digits))
    return -amount if text.startswith("-") else amount


@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_every_suffix_and_exponent(sign: str) -> None:
    for number, suffix in product(NUMBERS, (*FACTORS, *EXPONENTS)):
        text = f"{sign}{number}{suffix}"
        quantity, amount = Quantity.parse(text), expected(sign, number, suffix)
        assert quantity.nanos * BILLIONTH == amount, text
        assert quantity.millis == away_from_zero(amount * 1000), text
        assert quantity.units == away_from_zero(amount), text
        assert amount_of("cpu", quantity) == away_from_zero(amount * 1000), text
        assert amount_of("memory", quantity) == away_from_zero(amount), text


def test_every_canonical_text_says_the_same_amount_in_the_shortest_digits() -> None:
    for number, suffix in product(NUMBERS, (*FACTORS, *EXPONENTS)):
        quantity = Quantity.parse(f"{number}{suffix}")
        text = str(quantity)
        assert read_back(text) == quantity.nanos * BILLIONTH, (number, suffix, text)
        assert "." not in text
        step = 1024 if text.endswith("i") else 1000
        digits = int(digits_of(text))
        is_largest = text.endswith(("E", "Ei"))
        # Amounts that were written with a binary suffix and are below 1024 have none.
        is_small_binary = suffix.endswith("i") and not text.endswith("i") and digits < 1024
        assert digits == 0 or digits % step or is_largest or is_small_binary, (number, suffix, text)


def test_no_other_letters_are_a_suffix() -> None:
    others = [letter for letter in ascii_letters if letter not in FACTORS]
    others += [text for pair in product(ascii_letters, repeat=2) if (text := "".join(pair)) not in FACTORS]
    others += [
        f"{suffix}{end}" for suffix in FACTORS if suffix for end in ("1", "-1", "+1", ".5", " ") if suffix != "E"
    ]
    for suffix in others:
        with pytest.raises(InvalidInput, match=r"^limits\[cpu\]: found '1.*, which is no quantity; numbers such as"):
            Quantity.parse(f"1{suffix}", "limits[cpu]")
