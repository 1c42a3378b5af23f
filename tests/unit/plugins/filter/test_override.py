# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter `override`."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.multicluster.apps.plugins.filter.override import FilterModule
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.overriding import overridden

override = FilterModule().filters()["override"]
CONFIG = {"kind": "ConfigMap", "data": {"server.yaml": "greeting: hello\n"}}
MISSING = [{"type": "JSONPatch", "value": [{"op": "remove", "path": "/not/there"}]}]


def test_values_are_mappings_or_text() -> None:
    overrides = [
        {"type": "MergePatch", "value": {"data": {"more": "1"}}},
        {"type": "JSONPatch", "value": '[{"op": "add", "path": "/data/last", "value": "2"}]'},
    ]
    assert override(CONFIG, overrides)["data"] == {"server.yaml": "greeting: hello\n", "more": "1", "last": "2"}


def test_fields_that_hold_text() -> None:
    change = {
        "type": "FieldMergePatch",
        "fieldPath": "/data/server.yaml",
        "fieldFormat": "YAML",
        "value": {"greeting": "salut"},
    }
    assert override(CONFIG, [change])["data"]["server.yaml"] == "greeting: salut\n"


def test_what_is_given_stays_as_it_is() -> None:
    given = {"data": {"a": "1"}}
    override(given, [{"type": "MergePatch", "value": {"data": {"a": "2"}}}])
    assert given == {"data": {"a": "1"}}


def test_a_patch_that_misses_is_a_warning_or_an_error() -> None:
    result, warnings = overridden(CONFIG, MISSING, strict=False)
    assert result == CONFIG
    assert len(warnings) == 1
    with pytest.raises(InvalidInput, match="leads nowhere"):
        overridden(CONFIG, MISSING, strict=True)


@pytest.mark.parametrize(
    ("document", "overrides", "message"),
    [
        (5, [], "apply to a mapping, not to 5"),
        ({}, {}, "must be a list of mappings, not a mapping"),
        ({}, ["x"], r"^multicluster.apps.override: overrides\[0\]"),
        (
            {},
            [{"type": "Merge", "value": {}}],
            r"^multicluster.apps.override: overrides\[0\].type: .*did you mean 'MergePatch'",
        ),
        ({}, [{"type": "MergePatch"}], r"overrides\[0\].value: is missing"),
        ({}, [{"type": "MergePatch", "value": "{a"}], "no YAML|YAML"),
    ],
)
def test_what_is_wrong_is_said(document: Any, overrides: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        override(document, overrides)
