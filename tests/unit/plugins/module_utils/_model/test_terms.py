# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Node selector terms."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import SelectorTerm

LABELS = {"disk": "ssd", "cores": "8", "odd": "8x"}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (expression("disk", "In", "ssd", "nvme"), True),
        (expression("disk", "In", "hdd"), False),
        (expression("disk", "NotIn", "hdd"), True),
        (expression("gone", "NotIn", "hdd"), True),
        (expression("disk", "Exists"), True),
        (expression("gone", "DoesNotExist"), True),
        (expression("disk", "DoesNotExist"), False),
        (expression("cores", "Gt", "7"), True),
        (expression("cores", "Gt", "8"), False),
        (expression("cores", "Lt", "9"), True),
        (expression("cores", "Lt", "8"), False),
        (expression("cores", "Gt", "-1"), True),
        (expression("odd", "Gt", "1"), False),
        (expression("odd", "Lt", "100"), False),
        (expression("gone", "Lt", "100"), False),
        ({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}, True),
        ({"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["n1"]}]}, False),
        ({"matchExpressions": [{"key": "disk", "operator": "Exists"}, {"key": "gone", "operator": "Exists"}]}, False),
        ({**expression("disk", "Exists"), "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]}, False),
        # A term without conditions selects nothing.
        ({}, False),
        ({"matchExpressions": None, "matchFields": []}, False),
    ],
)  # fmt: skip
def test_matching(term: dict[str, Any], expected: bool) -> None:
    assert SelectorTerm.parse(term, "term").matches("n1", LABELS) is expected


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (None, "^term: found null; a mapping"),
        ([], "^term: found a list"),
        ({"matchLabels": {}}, "term.matchLabels: unknown field; accepted: matchExpressions, matchFields"),
        ({"matchExpressions": {}}, r"term\.matchExpressions: found a mapping; a list"),
        ({"matchExpressions": ["x"]}, r"term\.matchExpressions\[0\]: found 'x'; a mapping"),
        (expression("", "Exists"), r"\[0\]\.key: found ''; a label key"),
        (expression("a", "in", "b"), r"\[0\]\.operator: found 'in'; accepted: In, NotIn.*did you mean 'In'"),
        (expression("a", "In"), r"\[0\]\.values: is empty; In needs"),
        (expression("a", "Exists", "b"), r"\[0\]\.values: has values; Exists takes none"),
        (expression("a", "Gt", "1", "2"), r"\[0\]\.values: Gt takes one value, a whole number"),
        (expression("a", "Lt", "x"), r"\[0\]\.values: Lt takes one value, a whole number"),
        (expression("a", "Lt", "9" * 5000), r"\[0\]\.values: Lt takes one value, a whole number"),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": [1]}]}, r"values: found a list; a list of strings"),
        ({"matchFields": [{"key": "spec.x", "operator": "In", "values": ["a"]}]}, r"key: found 'spec.x'; accepted: metadata"),
        ({"matchFields": [{"key": "metadata.name", "operator": "Exists"}]}, r"operator: found 'Exists'; accepted: In, NotIn"),
        ({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a", "b"]}]}, "In takes one value here"),
    ],
)  # fmt: skip
def test_what_is_malformed(term: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        SelectorTerm.parse(term, "term")
