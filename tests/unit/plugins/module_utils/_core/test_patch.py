# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON patches: RFC 6902 with the ways of the library that Clusternet uses."""

from __future__ import annotations

import copy

import jsonpatch
import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.patch import (
    MAX_OPERATIONS,
    Missed,
    apply_patch,
    compile_patch,
    replace_at,
    same,
    split_pointer,
)
from hypothesis import given, settings
from hypothesis import strategies as st

_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
_KEYS = st.sampled_from(("a", "b", "x/y", "t~z", "0"))
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=12
)
_OBJECTS = st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=3)


def _patched(document, *operations):
    return apply_patch(document, compile_patch(list(operations)))


@pytest.mark.parametrize(
    ("document", "operation", "result"),
    [
        ({"a": 1}, {"op": "add", "path": "/b", "value": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"op": "add", "path": "/a", "value": 2}, {"a": 2}),
        ({"a": [1]}, {"op": "add", "path": "/a/-", "value": 2}, {"a": [1, 2]}),
        ({"a": [1]}, {"op": "add", "path": "/a/0", "value": 2}, {"a": [2, 1]}),
        ({"a": [1]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2]}),
        ({"a": 1}, {"op": "add", "path": "/", "value": 2}, {"a": 1, "": 2}),
        ({"a": 1, "b": 2}, {"op": "remove", "path": "/a"}, {"b": 2}),
        ({"a": [1, 2]}, {"op": "remove", "path": "/a/0"}, {"a": [2]}),
        ({"a": 1}, {"op": "replace", "path": "/a", "value": 2}, {"a": 2}),
        ({"a": [1, 2]}, {"op": "replace", "path": "/a/1", "value": 3}, {"a": [1, 3]}),
        ({"a": 1}, {"op": "replace", "path": "", "value": {"b": 2}}, {"b": 2}),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a/b", "path": "/c"}, {"a": {}, "c": 1}),
        ({"a": 1}, {"op": "copy", "from": "/a", "path": "/b"}, {"a": 1, "b": 1}),
        ({"a": 1}, {"op": "test", "path": "/a", "value": 1.0}, {"a": 1}),
        ({"a": 1}, {"op": "test", "path": "", "value": {"a": 1}}, {"a": 1}),
        ({"x/y": 1, "t~z": 2}, {"op": "move", "from": "/x~1y", "path": "/t~0z"}, {"t~z": 1}),
    ],
)
def test_operations(document, operation, result):
    assert _patched(document, operation) == result


@pytest.mark.parametrize(
    ("document", "operation", "result"),
    [
        pytest.param({"a": {}}, {"op": "replace", "path": "/a/b", "value": 1}, {"a": {"b": 1}}, id="replace adds"),
        pytest.param({"a": 1}, {"op": "copy", "from": "/x", "path": "/b"}, {"a": 1, "b": None}, id="copy of nothing"),
        pytest.param({"a": 1}, {"op": "add", "path": "/b"}, {"a": 1, "b": None}, id="no value"),
        pytest.param({"a": [1, 2]}, {"op": "remove", "path": "/a/-1"}, {"a": [1]}, id="negative index"),
        pytest.param({"a": [1]}, {"op": "add", "path": "/a/-2", "value": 0}, {"a": [0, 1]}, id="negative insertion"),
        pytest.param({"a": 1}, {"op": "add", "path": "spec/b", "value": 2}, {"a": 1, "b": 2}, id="before the slash"),
        pytest.param({"a": 1}, {"op": "test", "path": "/x", "value": None}, {"a": 1}, id="missing equals null"),
        pytest.param({"a": 1}, {"op": "replace", "path": "", "value": 5}, {"a": 1}, id="whole document by a scalar"),
    ],
)
def test_ways_of_the_library(document, operation, result):
    assert _patched(document, operation) == result


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/x"},
        {"op": "add", "path": "/x/y", "value": 1},
        {"op": "add", "path": "/s/y", "value": 1},
        {"op": "add", "value": 1},
        {"op": "add", "path": 5, "value": 1},
        {"op": "add", "path": "", "value": 1},
        {"op": "replace", "path": "/l/3", "value": 1},
        {"op": "replace", "path": "/l/x", "value": 1},
        {"op": "move", "from": "/x", "path": "/y"},
        {"op": "move", "from": "/s", "path": "/x/y"},
        {"op": "copy", "path": "/y"},
        {"op": "test", "path": "/x/y", "value": 1},
    ],
)
def test_a_path_that_leads_nowhere_ends_the_patch(operation):
    with pytest.raises(Missed) as missed:
        _patched({"s": "text", "l": [1]}, {"op": "add", "path": "/n", "value": 1}, operation)
    assert missed.value.op == operation["op"]


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"op": "merge", "path": "/a"}, "not 'merge'"),
        ({"path": "/a"}, "not none"),
        ({"op": ["add"], "path": "/a"}, "knows the operations add, copy"),
        ({"op": "replace", "path": 5, "value": 1}, "path of a JSON patch is text, not a number"),
        ({"op": "copy", "from": {}, "path": "/a"}, "from of a JSON patch is text, not an object"),
        ({"op": "replace", "path": ""}, "needs a value"),
        ({"op": "add", "path": "/l/2", "value": 1}, "a list of 1 has no index 2"),
        ({"op": "add", "path": "/l/x", "value": 1}, "'x' is no index"),
        ({"op": "remove", "path": "/l/1"}, "a list of 1 has no index 1"),
        ({"op": "test", "path": "/l/0", "value": True}, "failed"),
        ({"op": "test", "path": "/l"}, "failed"),
    ],
)
def test_what_cannot_be_done_is_an_error(operation, message):
    with pytest.raises(ValueError, match=message):
        _patched({"l": [1]}, operation)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/l", "value": "hidden"},
        {"op": ["hidden"], "path": "/l"},
        {"op": "test", "path": {"hidden": 1}},
        {"op": "move", "path": "/l", "from": ["hidden"]},
        {"op": "add", "path": "/l/9", "value": "hidden"},
        {"op": "add", "path": "/l/x", "value": "hidden"},
    ],
)
def test_no_message_quotes_a_value(operation):
    with pytest.raises(ValueError, match=r"JSON patch|/l") as error:
        _patched({"l": ["hidden too"]}, operation)
    assert "hidden" not in str(error.value)


def test_an_operation_that_is_not_reached_is_not_judged():
    with pytest.raises(Missed):
        _patched({}, {"op": "remove", "path": "/x"}, {"op": "nonsense"})


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"op": "add"}, "a list of operations, not an object"),
        ("text", "not text"),
        ([1], "an operation of a JSON patch is an object, not a number"),
        ([{}] * (MAX_OPERATIONS + 1), "may have 10000 operations; this one has 10001"),
    ],
)
def test_what_is_no_patch(patch, message):
    with pytest.raises(ValueError, match=message):
        compile_patch(patch)


def test_null_is_a_patch_without_operations():
    assert apply_patch({"a": 1}, compile_patch(None)) == {"a": 1}


@pytest.mark.parametrize("document", ["text", 7, True])
def test_a_scalar_cannot_be_patched(document):
    with pytest.raises(ValueError, match="neither object nor list"):
        apply_patch(document, ())


def test_null_has_nothing_to_remove_and_takes_nothing():
    with pytest.raises(Missed):
        _patched(None, {"op": "remove", "path": "/a"})
    with pytest.raises(Missed):
        _patched(None, {"op": "replace", "path": "/a/b", "value": 1})
    with pytest.raises(ValueError, match="the document is null"):
        _patched(None, {"op": "add", "path": "/a", "value": 1})


def test_what_no_operation_touches_is_shared():
    document = {"a": {"b": 1}, "c": {"d": 2}}
    result = _patched(document, {"op": "add", "path": "/a/b", "value": 3})
    assert result["c"] is document["c"]
    assert document["a"] == {"b": 1}


def test_replace_at():
    document = {"a": [{"b/c": 1}]}
    assert replace_at(document, ("a", "0", "b/c"), 2) == {"a": [{"b/c": 2}]}
    assert document == {"a": [{"b/c": 1}]}
    with pytest.raises(Missed):
        replace_at(document, ("x", "y"), 2)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", None), ("a", None), ("/", ("",)), ("/a/b", ("a", "b")), ("/~0~1/~01", ("~/", "~1")), ("/a~", ("a~",))],
)
def test_split_pointer(text, tokens):
    assert split_pointer(text) == tokens


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [(1, 1.0, True), (1, True, False), ([0], [False], False), ({"a": 1}, {"a": 1, "b": None}, False), ("1", 1, False)],
)
def test_same(left, right, equal):
    assert same(left, right) is equal
    # pylint: disable-next=arguments-out-of-order
    assert same(right, left) is equal


def _pointer(data, value):
    """A path that exists in the value."""
    tokens = []
    while isinstance(value, (dict, list)) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else list(range(len(value)))))
        tokens.append(str(key).replace("~", "~0").replace("/", "~1"))
        value = value[key]
    return tokens


@given(st.data(), _OBJECTS)
@settings(deadline=None)
def test_agrees_with_jsonpatch_where_paths_exist(data, document):
    key = data.draw(st.sampled_from(list(document)))
    head = key.replace("~", "~0").replace("/", "~1")
    path = "/" + "/".join([head, *_pointer(data, document[key])])
    operation = {"op": data.draw(st.sampled_from(("add", "remove", "replace", "test"))), "path": path}
    if operation["op"] != "remove":
        operation["value"] = data.draw(_VALUES)
    before = copy.deepcopy(document)
    try:
        expected = jsonpatch.apply_patch(document, [operation])
    except jsonpatch.JsonPatchTestFailed:
        expected = None
    try:
        result = _patched(document, operation)
    except ValueError:
        result = None
    assert document == before
    if operation["op"] == "test" and not same(result, expected):
        # Python holds 1 and true for equal, JSON does not.
        assert result is None
    else:
        assert same(result, expected)
