# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging: RFC 7386 and Helm values."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.merge import compile_merge_patch, compile_values
from hypothesis import given, settings
from hypothesis import strategies as st

_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
_KEYS = st.sampled_from("abc")
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=12
)
_OBJECTS = st.dictionaries(_KEYS, _VALUES, max_size=3)
_PATCHES = st.dictionaries(
    _KEYS,
    st.recursive(_SCALARS | st.lists(_SCALARS), lambda inner: st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8),
    max_size=3,
)


def _merged(document, patch):
    return compile_merge_patch(patch)(document)


# The facts of RFC 7386, appendix A, but for the patches that are scalars: those are errors (see below).
@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(document, patch, result):
    assert _merged(document, patch) == result


def test_nulls_in_lists_are_dropped_from_objects_only_where_no_object_was():
    patch = {"new": [None, {"a": None}], "over_list": [{"a": None}], "over_object": [{"a": None}]}
    result = _merged({"over_list": [1], "over_object": {}}, patch)
    assert result == {"new": [None, {}], "over_list": [{}], "over_object": [{"a": None}]}


@pytest.mark.parametrize("patch", [None, True, 7, "text"])
def test_a_scalar_is_no_merge_patch(patch):
    with pytest.raises(ValueError, match="a merge patch is an object"):
        compile_merge_patch(patch)


def test_null_cannot_be_patched():
    with pytest.raises(ValueError, match="null"):
        _merged(None, {"a": 1})


def test_what_no_patch_touches_is_shared_and_the_way_to_a_change_is_copied():
    document = {"spec": {"a": 1}, "data": {"b": 2}}
    result = _merged(document, {"spec": {"a": 3}})
    assert result["data"] is document["data"]
    assert document == {"spec": {"a": 1}, "data": {"b": 2}}


# Patches without objects in lists: what the library drops from those depends on what was there before (see above).
@given(_OBJECTS, _PATCHES)
@settings(deadline=None)
def test_a_merge_patch_is_idempotent_and_changes_nothing_in_place(document, patch):
    before = copy.deepcopy((document, patch))
    once = _merged(document, patch)
    assert (document, patch) == before
    snapshot = copy.deepcopy(once)
    assert _merged(once, patch) == once == snapshot


@pytest.mark.parametrize(
    ("values", "overlay", "for_chart", "for_object"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": [3]}, {"a": [3]}, {"a": [3]}),
        ({"a": [3]}, {"a": {"b": None}}, {"a": {"b": None}}, {"a": {"b": None}}),
        ({"a": 1, "k": 2}, {"a": None}, {"a": None, "k": 2}, {"k": 2}),
        ({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {"b": None}}, {"a": {}}),
        ({}, {"a": None}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 1}, None, {"a": 1}, {"a": 1}),
        (None, {"a": None}, {"a": None}, {"a": None}),
    ],
)
def test_values(values, overlay, for_chart, for_object):
    assert compile_values(overlay, keep_nulls=True)(values) == for_chart
    assert compile_values(overlay, keep_nulls=False)(values) == for_object


@pytest.mark.parametrize("values", [[], "text", 7, False])
def test_values_are_an_object(values):
    with pytest.raises(ValueError, match="Helm values are an object"):
        compile_values(values, keep_nulls=True)
    with pytest.raises(ValueError, match="over"):
        compile_values({"a": 1}, keep_nulls=True)(values)


@given(_OBJECTS, _OBJECTS)
@settings(deadline=None)
def test_values_change_nothing_in_place_and_the_overlay_wins(values, overlay):
    before = copy.deepcopy((values, overlay))
    result = compile_values(overlay, keep_nulls=True)(values)
    assert (values, overlay) == before
    assert all(result[key] == value for key, value in overlay.items() if not isinstance(value, dict))
