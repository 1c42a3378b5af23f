# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities: what is accepted, how it is written, and a slow, obvious second opinion on both."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Notation, Quantity, total
from hypothesis import given
from hypothesis import strategies as st

DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0"), ("0.0Ki", "0"), ("-0", "0"), ("1", "1"), ("+1", "1"), ("-1", "-1"), ("1000", "1k"), ("1500", "1500"),
        ("0.5", "500m"), (".5", "500m"), ("5.", "5"), ("1500m", "1500m"), ("1000m", "1"), ("100m", "100m"), ("1u", "1u"),
        ("1n", "1n"), ("0.1n", "1n"), ("-0.1n", "-1n"), ("1.0000000001", "1000000001n"), ("12000k", "12M"),
        ("1Ki", "1Ki"), ("1024", "1024"), ("1024Ki", "1Mi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("1.5Ki", "1536"),
        ("0.5Ki", "512"), ("0.5Mi", "512Ki"), ("1000Ki", "1000Ki"), ("-2048Ki", "-2Mi"), ("0.00001Ki", "10240u"),
        ("1023.9Ki", "1048474"), ("1e3", "1e3"), ("1E3", "1e3"), ("12e4", "120e3"), ("1e0", "1"), ("1e-3", "1e-3"),
        ("1.5e3", "1500"), ("1e-9", "1e-9"), ("1e-12", "1e-9"), ("1E", "1E"), ("1Ei", "1Ei"), ("8Ei", "9223372036854775807"),
        ("10E", "9223372036854775807"), ("1e400", "9223372036854775807"), ("-1e400", "-9223372036854775807"),
        ("0e999999999", "0"), ("1e-999999999", "1e-9"), (4, "4"), (0.5, "500m"), (1e-7, "100e-9"), (1e21, "9223372036854775807"),
    ],
)  # fmt: skip
def test_the_canonical_text(text: Any, canonical: str) -> None:
    assert str(Quantity.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "-", "+", "m", "Ki", "1 ", " 1", "1 Gi", "1K", "1ki", "1mi", "1Mb", "1e", "1e3k", "1ee3", "0x10", "1_000", "1,5",
        "\u0661", "\u00bd", "--1", "1-", "inf", "nan", float("inf"), float("nan"), True, None, [], {}, "9" * 101, "1\n",
    ],
)  # fmt: skip
def test_what_is_no_quantity(text: Any) -> None:
    with pytest.raises(InvalidInput, match="is no quantity") as caught:
        Quantity.parse(text)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("summands", "expected"),
    [
        ([], "0"),
        (["500m", "1.5"], "2"),
        (["1Gi", "1000Mi", "24Mi"], "2Gi"),
        (["0", "1Gi"], "1Gi"),  # zero does not say how a sum is written
        (["1G", "1Gi"], "2073741824"),
        (["1Gi", "1G"], "2073741824"),
        (["1e3", "1k"], "2e3"),
        (["1", "-1"], "0"),
        (["0.1"] * 10, "1"),
        (["1n"] * 1000, "1u"),
        (["9223372036854775807", "1"], "9223372036854775808"),
    ],
)
def test_sums_are_exact(summands: list[str], expected: str) -> None:
    assert str(total(map(Quantity.parse, summands))) == expected


# ------------------------------------------------------------------------------------------- a slow second opinion


def slow_value(sign: str, number: str, suffix: str) -> Fraction:
    """The value as its definition says: in nanos, rounded up, cut down."""
    if suffix in BINARY:
        factor = Fraction(1024) ** BINARY[suffix]
    elif suffix in DECIMAL:
        factor = Fraction(10) ** DECIMAL[suffix]
    else:
        factor = Fraction(10) ** int(suffix[1:])
    nanos = ceil(Fraction(number) * factor * 10**9)
    value = min(Fraction(nanos, 10**9), Fraction(LARGEST))
    return -value if sign == "-" else value


def slow_reading(text: str) -> Fraction:
    """The value of a canonical text, which has no fraction."""
    suffix = text.lstrip("-0123456789")
    number = text[: len(text) - len(suffix)]
    return slow_value("-" if number.startswith("-") else "", number.lstrip("-"), suffix)


numbers = st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,12})?", fullmatch=True)
exponents = st.integers(-15, 20).map(lambda power: f"e{power}")
suffixes = st.one_of(st.sampled_from([*DECIMAL, *BINARY]), exponents)


@given(st.sampled_from(["", "+", "-"]), numbers, suffixes)
def test_parsing_agrees_with_the_definition(sign: str, number: str, suffix: str) -> None:
    assert Fraction(Quantity.parse(sign + number + suffix).nanos, 10**9) == slow_value(sign, number, suffix)


@given(st.sampled_from(["", "-"]), numbers, suffixes)
def test_the_canonical_text_reads_as_the_same_and_is_its_own(sign: str, number: str, suffix: str) -> None:
    quantity = Quantity.parse(sign + number + suffix)
    text = str(quantity)
    value = slow_value(sign, number, suffix)
    if quantity.notation is Notation.BINARY and abs(value) >= 1024:
        value = Fraction(ceil(abs(value)) * (-1 if value < 0 else 1))
    assert slow_reading(text) == value
    assert str(Quantity.parse(text)) == text


@given(st.sampled_from(["", "-"]), numbers, suffixes)
def test_no_larger_suffix_would_do(sign: str, number: str, suffix: str) -> None:
    text = str(Quantity.parse(sign + number + suffix))
    value = slow_reading(text)
    used = text.lstrip("-0123456789")
    if value == 0:
        assert text == "0"
    elif used in BINARY and used != "Ei":
        assert value % Fraction(1024) ** (BINARY[used] + 1)
    elif used in DECIMAL and used not in ("", "E"):
        assert value % Fraction(10) ** (DECIMAL[used] + 3)


@given(st.lists(st.tuples(numbers, suffixes), max_size=6))
def test_a_sum_is_the_sum_of_the_values(summands: list[tuple[str, str]]) -> None:
    found = total(Quantity.parse(number + suffix) for number, suffix in summands)
    assert Fraction(found.nanos, 10**9) == sum(slow_value("", number, suffix) for number, suffix in summands)
