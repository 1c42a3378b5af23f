# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages about Secrets, without their values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.scrub import scrubbed
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit


def secret(**content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, **content}


@pytest.mark.parametrize(
    ("content", "message", "expected"),
    [
        ({"data": {"a": "aHVudGVyMg=="}}, "no aHVudGVyMg== and no hunter2", "no ******** and no ********"),
        ({"stringData": {"a": "hunter2", "b": "hunter22"}}, "hunter22, hunter2", "********, ********"),
        ({"data": {"a": 12345}}, "got 12345", "got ********"),
        ({"data": "hunter2"}, "got hunter2", "got ********"),
        ({"data": {"a": "not base64!"}}, "illegal not base64!", "illegal ********"),
        ({"data": {"a": "x", "b": None, "c": ""}}, "extra None x", "extra None x"),
        ({}, "HTTP 422", "HTTP 422"),
    ],
)
def test_values_are_hidden(content: Any, message: str, expected: str) -> None:
    assert scrubbed(message, secret(**content)) == expected


def test_other_kinds_have_nothing_to_hide() -> None:
    assert scrubbed("hunter2", {**secret(data={"a": "hunter2"}), "kind": "ConfigMap"}) == "hunter2"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb\tc", "a b c"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("left\u202eright\u2066", "left right"),
        ("x" * 600, "x" * 499 + "…"),
        (ValueError("déjà vu"), "déjà vu"),
    ],
)
def test_text_fits_in_a_message(text: object, line: str) -> None:
    assert fit(text) == line
