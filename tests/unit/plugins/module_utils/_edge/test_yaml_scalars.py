# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plain scalars mean and how numbers are written. Each row was checked against go-yaml v2 and Go's strconv."""

from __future__ import annotations

import math

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_scalars import (
    TAG_PREFIX,
    is_timestamp,
    json_number,
    key_text,
    resolve,
    resolve_tagged,
    yaml_number,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("y", True),
        ("Yes", True),
        ("ON", True),
        ("n", False),
        ("off", False),
        ("oFF", "oFF"),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("010", 8),
        ("0o17", 15),
        ("08", 8.0),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1_000", 1000),
        ("0x", "0x"),
        ("_1", "_1"),
        ("18446744073709551615", 2**64 - 1),
        ("+18446744073709551615", 1.8446744073709552e19),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551616", 1.8446744073709552e19),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        (".5_0", 0.5),
        ("._5", "._5"),
        ("+.5", 0.5),
        ("1_000.5", 1000.5),
        ("1e400", "1e400"),
        ("1e-400", 0.0),
        (".Inf", math.inf),
        ("-.INF", -math.inf),
        ("1:30", "1:30"),
        ("1.2.3", "1.2.3"),
        ("2024-01-31", "2024-01-31"),
        ("=", "="),
        ("-", "-"),
        ("é", "é"),
    ],
)
def test_resolve(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_not_a_number():
    assert math.isnan(resolve(".NaN"))


def test_exact_integers():
    assert resolve("18446744073709551616", exact=True) == 2**64
    assert resolve("-9223372036854775809", exact=True) == -(2**63) - 1


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("str", "yes", "yes"),
        ("int", "0x10", 16),
        ("float", "5", 5.0),
        ("bool", "on", True),
        ("null", "~", None),
        ("timestamp", "2024-01-31", "2024-01-31"),
        ("timestamp", "2024-1-3T1:2:3Z", "2024-1-3T1:2:3Z"),
        ("binary", "aGVs\nbG8=", "hello"),
        ("binary", "/w==", "\ufffd"),
        ("set", "x", "x"),
    ],
)
def test_tags(tag, text, value):
    assert resolve_tagged(TAG_PREFIX + tag, text) == value


@pytest.mark.parametrize(
    ("tag", "text"),
    [("int", "x"), ("int", "1.5"), ("bool", "1"), ("null", "x"), ("timestamp", "5"), ("float", "x"), ("binary", "*")],
)
def test_a_tag_that_lies(tag, text):
    with pytest.raises(ValueError, match=f"!!{tag}"):
        resolve_tagged(TAG_PREFIX + tag, text)


def test_a_tag_of_ones_own_means_text():
    assert resolve_tagged("!mine", "5") == "5"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e3, "1000"),
        (1e6, "1e+06"),
        (1234567.0, "1.234567e+06"),
        (3.14159265358979, "3.1415927"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (-1e300, "-.inf"),
        (math.nan, ".nan"),
    ],
)
def test_key_text(key, text):
    assert key_text(key) == text


@pytest.mark.parametrize("key", [None, 2**63])
def test_keys_that_json_cannot_have(key):
    with pytest.raises(ValueError, match="a key must be text"):
        key_text(key)


@pytest.mark.parametrize(
    ("value", "as_json", "as_yaml"),
    [
        (5, "5", "5"),
        (2**64 - 1, "18446744073709551615", "18446744073709551615"),
        (2**64, "18446744073709551616", "1.8446744073709552e+19"),
        (0.0, "0", "0"),
        (-0.0, "-0", "0"),
        (1.0, "1", "1"),
        (1.5, "1.5", "1.5"),
        (0.001, "0.001", "0.001"),
        (1e-5, "0.00001", "1e-05"),
        (1e-7, "1e-7", "1e-07"),
        (1.25e-10, "1.25e-10", "1.25e-10"),
        (123456.789, "123456.789", "123456.789"),
        (1234567.5, "1234567.5", "1.2345675e+06"),
        (1e20, "100000000000000000000", "1e+20"),
        (1e21, "1e+21", "1e+21"),
        (-1.5e300, "-1.5e+300", "-1.5e+300"),
    ],
)
def test_numbers(value, as_json, as_yaml):
    assert json_number(value) == as_json
    assert yaml_number(value) == as_yaml


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2024-01-31", True),
        ("2024-1-1 1:2:3.5", True),
        ("2024-01-31T10:00:00+02:00", True),
        ("2024-01-31T10:00:00", False),
        ("2024-01", False),
        ("", False),
    ],
)
def test_is_timestamp(text, is_one):
    assert is_timestamp(text) is is_one
