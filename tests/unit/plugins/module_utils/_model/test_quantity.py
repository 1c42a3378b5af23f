# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities, as Kubernetes reads and writes them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Notation, Quantity, total
from hypothesis import given
from hypothesis import strategies as st

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "amount", "canonical"),
    [
        ("0", 0, "0"),
        ("2", 2, "2"),
        ("+1", 1, "1"),
        ("-1.5", Fraction(-3, 2), "-1500m"),
        (".5", Fraction(1, 2), "500m"),
        ("5.", 5, "5"),
        ("1000m", 1, "1"),
        ("100000", 100_000, "100k"),
        ("1.2345", Fraction(12345, 10_000), "1234500u"),
        ("999n", Fraction(999, 10**9), "999n"),
        ("0.0000000001", Fraction(1, 10**9), "1n"),
        ("-0.0000000001", Fraction(-1, 10**9), "-1n"),
        ("1e-300", Fraction(1, 10**9), "1e-9"),
        ("1E", 10**18, "1E"),
        ("1E3", 1000, "1e3"),
        ("1e10", 10**10, "10e9"),
        ("5E-1", Fraction(1, 2), "500e-3"),
        ("2e0", 2, "2"),
        ("1024Mi", 2**30, "1Gi"),
        ("1.5Gi", 3 * 2**29, "1536Mi"),
        ("1000Ki", 1_024_000, "1000Ki"),
        ("0.1Gi", Fraction(2**30, 10), "107374182400m"),
        ("0.5Ki", 512, "512"),
        ("0.0001Ki", Fraction(1024, 10_000), "102400u"),
        ("7Ei", 7 * 2**60, "7Ei"),
        ("8Ei", LARGEST, str(LARGEST)),
        ("1e20", LARGEST, "9223372036854775807"),
        ("-1e999999999999", -LARGEST, "-9223372036854775807"),
    ],
)
def test_texts(text: str, amount: Fraction, canonical: str) -> None:
    quantity = Quantity.parse(text)
    assert Fraction(quantity.nanos, 10**9) == amount
    assert str(quantity) == canonical


@pytest.mark.parametrize(
    ("number", "canonical"), [(2, "2"), (0.5, "500m"), (1e-7, "100e-9"), (1073741824, "1073741824")]
)
def test_numbers_that_were_not_quoted(number: float, canonical: str) -> None:
    assert str(Quantity.parse(number)) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "", ".", "+", "1.5.3", "1 Gi", "1gi", "1KI", "1K", "1mi", "e3", "1e", "1e+", "1e1.5", "1Gi3", "--1", "٣", "1\n",
        "x", True, None, [], {}, float("nan"), float("inf"), pytest.param(2**17000, id="long"), "9" * 300,
    ],
)  # fmt: skip
def test_what_is_none(value: Any) -> None:
    with pytest.raises(InvalidInput, match=r"limits\[cpu\]: found .*, which is no quantity"):
        Quantity.parse(value, "limits[cpu]")


def test_a_message_without_a_field_begins_with_what_was_found() -> None:
    with pytest.raises(InvalidInput, match=r"^found 'lots', which is no quantity"):
        Quantity.parse("lots")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1Gi", "500M"), "1573741824"),
        (("500M", "1Gi"), "1573741824"),
        (("0", "1Gi", "1Gi"), "2Gi"),
        (("7Ei", "7Ei"), "14Ei"),
        (("100u", "1n"), "100001n"),
        (("900Ei", "900Ei"), "18446744073709551614"),
        (("5E", "5E"), "10E"),
        # A little that was written with a binary suffix counts as decimal from then on.
        (("0.00048828125Ki", "0.00048828125Ki", "1023"), "1024"),
    ],
)
def test_sums(texts: tuple[str, ...], expected: str) -> None:
    assert str(total(map(Quantity.parse, texts))) == expected


def test_beyond_the_suffixes_there_is_the_exponent() -> None:
    assert str(Quantity(10**30)) == "1e21"
    assert str(Quantity(2**70 * 10**9, Notation.BINARY)) == "1024Ei"


def test_equal_amounts_are_equal_however_they_are_written() -> None:
    assert Quantity.parse("1Gi") == Quantity.parse("1073741824")
    assert Quantity.parse("1G") < Quantity.parse("1Gi")


@pytest.mark.parametrize(
    ("text", "millis", "units"),
    [("1n", 1, 1), ("1500m", 1500, 2), ("-1.5", -1500, -2), ("-1n", -1, -1), ("3", 3000, 3)],
)
def test_rounding_is_away_from_zero(text: str, millis: int, units: int) -> None:
    quantity = Quantity.parse(text)
    assert (quantity.millis, quantity.units) == (millis, units)


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(Notation))
def test_units_come_back(units: int, notation: Notation) -> None:
    quantity = Quantity.of_units(units, notation)
    assert quantity.units == units
    assert Quantity.parse(str(quantity)) == quantity


@given(st.integers(-(10**20), 10**20), st.sampled_from(Notation))
def test_the_canonical_text_is_exact_and_stays_as_it_is(nanos: int, notation: Notation) -> None:
    quantity = Quantity(nanos, notation)
    again = Quantity.parse(str(quantity))
    assert again == quantity
    # As with Kubernetes, a number without a suffix is read as a decimal one: 125000 becomes 125k, and stays that.
    if str(quantity)[-1] == "i" or notation is not Notation.BINARY:
        assert str(again) == str(quantity)
    assert str(Quantity.parse(str(again))) == str(again)


@given(
    st.sampled_from(("", "+", "-")),
    st.integers(0, 10**12),
    st.text("0123456789", max_size=12),
    st.sampled_from(("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")),
)
def test_parsing_is_exact(sign: str, whole: int, fraction: str, suffix: str) -> None:
    """Against fractions: at most one billionth too much, nothing too little."""
    decimal = dict(zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True))
    factor = (
        Fraction(1024) ** (" KMGTPE".index(suffix[0]))
        if suffix.endswith("i")
        else Fraction(10) ** decimal.get(suffix, 0)
    )
    exact = min((whole + Fraction(int(fraction or "0"), 10 ** len(fraction))) * factor, Fraction(LARGEST))
    nanos = Quantity.parse(f"{sign}{whole}.{fraction}{suffix}").nanos
    assert (nanos <= 0) if sign == "-" else (nanos >= 0)
    assert exact * 10**9 <= abs(nanos) < exact * 10**9 + 1
