# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster says is shown without obeying it."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import MESSAGE_LIMIT, counted, fit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("größer als 日本", "größer als 日本"),
        (404, "404"),
        (ValueError("two\nlines"), "two lines"),
        ("  around\r\n\t", "around"),
        ("a\x1b[31mred\x1b[0m", "a [31mred [0m"),
        ("\x9b2Jgone", "2Jgone"),
        ("a\u202etxt.exe", "a txt.exe"),
        ("a\u2028b\u2066c", "a b c"),
        ("x" * MESSAGE_LIMIT, "x" * MESSAGE_LIMIT),
        ("x" * (MESSAGE_LIMIT + 1), "x" * (MESSAGE_LIMIT - 1) + "…"),
    ],
)
def test_one_line_that_no_terminal_obeys(text: object, shown: str) -> None:
    assert fit(text) == shown


def test_a_limit_of_its_own() -> None:
    assert fit("abcdef", 4) == "abc…"


@pytest.mark.parametrize(("number", "text"), [(0, "0 replicas"), (1, "1 replica"), (2, "2 replicas")])
def test_a_number_with_its_noun(number: int, text: str) -> None:
    assert counted(number, "replica") == text
