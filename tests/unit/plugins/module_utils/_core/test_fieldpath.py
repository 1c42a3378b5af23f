# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The string field that a `Field*` override changes."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.fieldpath import change_field, read_field

DOCUMENT = {"data": {"a/b": "slash", "t~x": "tilde", "l": ["zero", {"f": "deep"}], "n": 5}}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/data/a~1b", "slash"),
        ("/data/t~0x", "tilde"),
        ("/data/t~x", "tilde"),
        ("/data/l/0", "zero"),
        ("/data/l/1/f", "deep"),
    ],
)
def test_a_field_is_found_and_changed_at_the_same_place(path, text):
    tokens, found = read_field(DOCUMENT, path)
    assert found == text
    assert read_field(change_field(DOCUMENT, tokens, "new"), path)[1] == "new"
    assert read_field(DOCUMENT, path)[1] == text


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (DOCUMENT, "", "begins with no slash"),
        (DOCUMENT, "data", "begins with no slash"),
        (DOCUMENT, "/data/x", "no 'x' in the object that has a/b, l, n, t~x"),
        ({}, "/data", "the object that has no keys"),
        ({str(number): 1 for number in range(9)}, "/x", r"0, 1, 2, 3, 4, 5, 6, 7, \.\.\."),
        (DOCUMENT, "/data/n", "leads to a number; it must lead to text"),
        (DOCUMENT, "/data/l", "leads to a list"),
        (DOCUMENT, "/data/l/2", "a list of 2 has no index '2'"),
        (DOCUMENT, "/data/l/-1", "has no index '-1'"),
        (DOCUMENT, "/data/l/x", "has no index 'x'"),
        (DOCUMENT, "/data/n/x", "'x' cannot be looked up in a number"),
        (["text"], "/0", "the document is a list, not an object"),
    ],
)
def test_what_is_no_field_is_named(document, path, message):
    with pytest.raises(ValueError, match=message):
        read_field(document, path)
