# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON text whose untouched parts stay as they were."""

from __future__ import annotations

import json

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import json_text
from hypothesis import given, settings
from hypothesis import strategies as st

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def test_untouched_parts_keep_their_text_and_touched_ones_are_sorted():
    text = '{"b": {"z": 1.500, "a": "\\/", "n": -0}, "a": [1E3], "c": {"y": 1, "x": 2}}'
    value = json_text.read_verbatim(text)
    touched = {**value, "c": {**value["c"], "w": 3}}
    assert json_text.write(touched) == (
        '{\n    "a": [\n        1E3\n    ],\n'
        '    "b": {\n        "z": 1.500,\n        "a": "\\/",\n        "n": -0\n    },\n'
        '    "c": {\n        "w": 3,\n        "x": 2,\n        "y": 1\n    }\n}'
    )


def test_items_of_a_touched_list_keep_their_text():
    value = json_text.read_verbatim('["\\u0041", 1.0, {"b": 1, "a": 2}]')
    assert json_text.write([*value, 5]) == (
        '[\n    "\\u0041",\n    1.0,\n    {\n        "b": 1,\n        "a": 2\n    },\n    5\n]'
    )


def test_values_are_as_plain_as_they_look():
    value = json_text.read_verbatim('{"s": "\\u0041", "f": 1.5, "l": [], "o": {}}')
    assert value == {"s": "A", "f": 1.5, "l": [], "o": {}}
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        ([[]], "[\n    []\n]"),
        ("<a>&\u2028\u2029", '"\\u003ca\\u003e\\u0026\\u2028\\u2029"'),
        ("é😀\x7f\n\x01", '"é😀\x7f\\n\\u0001"'),
        ("\ud800", '"\ufffd"'),
        ('a{b}: [c], \\"d\\', '"a{b}: [c], \\\\\\"d\\\\"'),
        ({"n": None, "t": True, "f": 1e21}, '{\n    "f": 1e+21,\n    "n": null,\n    "t": true\n}'),
    ],
)
def test_write(value, text):
    assert json_text.write(value) == text


@pytest.mark.parametrize(
    "text", ["", "nope", "NaN", "[1,]", '{"a": Infinity}', "1 2", "'a'", "\ufeff{}", "[" * 100_000]
)
@pytest.mark.parametrize("read", [json_text.read, json_text.read_verbatim])
def test_what_is_no_json(read, text):
    with pytest.raises(ValueError, match=r"no JSON|Expecting|Extra data|nested too deeply|Illegal|BOM"):
        read(text)


def test_numbers_out_of_range_can_only_be_kept():
    with pytest.raises(ValueError, match="1e400 is out of range"):
        json_text.read("1e400")
    assert json_text.write(json_text.read_verbatim("1e400")) == "1e400"


@given(_VALUES)
@settings(deadline=None, max_examples=50)
def test_what_is_written_is_what_was_read(value):
    text = json.dumps(value)
    # An integral float may come back as the integer that has its shortest digits: the same number for 64-bit floats.
    expected = json.loads(text, parse_int=float)
    assert json.loads(json_text.write(json_text.read(text)), parse_int=float) == expected
    assert json.loads(json_text.write(json_text.read_verbatim(text)), parse_int=float) == expected
