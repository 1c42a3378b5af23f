# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The override chain against Clusternet's own results: `overrides.json`.

Objects are compared parsed, field texts exactly, and errors only as to whether there is one.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.fieldpath import read_field
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import Overridden, compile_overrides
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import OverrideConfig, OverrideType

CODEC = GoYaml()

_NUMBERS = "numbers keep their digits: no field may change because a policy touched another one"
_POINTERS = "fieldPath is a JSON pointer (RFC 6901): ~1 and ~0 mean / and ~, to read the field and to write it"


def _output(generic: Any, texts: dict[str, str] | None = None) -> dict[str, Any]:
    return {"output": {"generic": generic, "chartRaw": None, **({"fieldTexts": texts} if texts else {})}}


RIGHT_ANSWERS = {
    # Bugs of Clusternet.
    "num-yaml-helm-uint64-max#ba25be8f": (_NUMBERS, _output({"kind": "X", "v": 2**64 - 1, "w": {"x": 2**64 - 1}})),
    "num-yaml-helm-uint64-over#0b39aa34": (
        "as for MergePatch (num-yaml-merge-uint64-over): beyond 64 bits it is a float in YAML already",
        _output({"kind": "X", "v": 18446744073709552000, "w": {"x": 18446744073709552000}}),
    ),
    "num-kept-in-generic-helm-big#1399189a": (
        _NUMBERS,
        _output({"a": 123456789012345678901234567890, "n": {"b": 123456789012345678901234567890}, "k": 2}),
    ),
    "num-kept-in-generic-helm-above-2-53#105a827d": (
        _NUMBERS,
        _output({"a": 9007199254740993, "n": {"b": 9007199254740993}, "k": 2}),
    ),
    "helm-status-key-is-stripped#c80d5506": (
        "a chart's values may have a key `status` or `metadata`: the clean-up is for Kubernetes objects",
        _output({"k": 1, "metadata": {"uid": "x", "other": "z"}, "status": {"a": 1, "b": 1}}),
    ),
    "chart-later-fieldmerge-hits-generic#10017cbf": (
        "an override for the chart must never change the object; on a HelmChart only merge patches make sense",
        {"error": "overrideChart takes the type Helm or MergePatch"},
    ),
    "fieldjson-escaped-key#b8496237": (
        _POINTERS,
        _output({"data": {"a/b": "server:\n  port: 9090\n"}}, {"/data/a~1b": "server:\n  port: 9090\n"}),
    ),
    "fieldmerge-escaped-key#cd6dbdef": (
        _POINTERS,
        _output({"data": {"a/b": "server:\n  port: 1\n"}}, {"/data/a~1b": "server:\n  port: 1\n"}),
    ),
    "fieldmerge-key-with-escaped-tilde#edf9e9b5": (
        _POINTERS,
        _output(
            {"data": {"a~0b": "server: {port: 1}\n", "a~b": "server:\n  port: 1\n"}},
            {"/data/a~0b": "server:\n  port: 1\n"},
        ),
    ),
    "fieldmerge-json-big-number#5d451a27": (
        _NUMBERS,
        _output(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "conf", "namespace": "shop"},
                "data": {"f": '{\n    "k": 1,\n    "n": 9007199254740993,\n    "u": 18446744073709551615\n}'},
            },
            {"/data/f": '{\n    "k": 1,\n    "n": 9007199254740993,\n    "u": 18446744073709551615\n}'},
        ),
    ),
    # Quirks that we decide otherwise.
    "jsonpatch-test-float-forms#42709946": (
        "RFC 6902, section 4.6: numbers are equal when their values are, however a hub writes them",
        _output({"a": 1.5, "k": 2}),
    ),
}


# Quirks that the table above decides otherwise, whatever the case.
DECIDED = ("numbers are compared by their text, so 1.50 and 1.5 differ",)


@pytest.mark.golden("overrides", right_answers=RIGHT_ANSWERS, decided=DECIDED)
def test_overrides(case):
    if case.error is not None:
        with pytest.raises(InvalidInput):
            _apply(case.input)
        return
    result = _apply(case.input)
    expected = case.output
    generic = expected["generic"] if "generic" in expected else _parsed(expected.get("genericRaw"), strict=False)
    chart = expected["chart"] if "chart" in expected else _parsed(expected.get("chartRaw"), strict=False)
    if _holds_values(case.input):
        generic = _with_kept_nulls(generic, result.generic, case.input["overrides"])
    assert _same(result.generic, generic), f"{result.generic!r} != {generic!r}"
    assert _same(result.chart, chart), f"{result.chart!r} != {chart!r}"
    for path, text in expected.get("fieldTexts", {}).items():
        assert read_field(result.generic, path)[1] == text


def _apply(given: dict[str, Any]) -> Overridden:
    # Go reads a document as a whole for a Helm override, and as far as needed for the others: 1e400 fails only there.
    strict = any(each["type"] == OverrideType.HELM for each in given["overrides"])
    generic, chart = _parsed(given["generic"], strict=strict), _parsed(given["chart"], strict=strict)
    overrides = compile_overrides([_config(each) for each in given["overrides"]], CODEC)
    return overrides.apply(generic, chart, values=_holds_values(given))


def _parsed(text: str | None, *, strict: bool) -> Any:
    return None if text is None or not text.strip() else CODEC.parse_json(text, verbatim=not strict)


def _config(raw: dict[str, Any]) -> OverrideConfig:
    return OverrideConfig(
        name=raw["name"],
        type=raw["type"],
        value=raw["value"],
        override_chart=raw.get("overrideChart", False),
        field_path=raw.get("fieldPath", ""),
        field_format=raw.get("fieldFormat", ""),
    )


def _holds_values(given: dict[str, Any]) -> bool:
    """Whether the document of a case is a chart's values: the cases do not say, but an object has a kind."""
    ours = [each for each in given["overrides"] if not each.get("overrideChart")]
    only_helm = bool(ours) and all(each["type"] == OverrideType.HELM for each in ours)
    return only_helm and '"kind"' not in (given["generic"] or "")


def _with_kept_nulls(recorded: Any, ours: Any, overrides: list[dict[str, Any]]) -> Any:
    """What Clusternet recorded, plus the nulls of overrides, which stay with us (reference, "Overrides", `Helm`)."""
    result = recorded
    for override in overrides:
        result = _null_where_both(result, ours, CODEC.parse(override["value"]))
    return result


def _null_where_both(recorded: Any, ours: Any, override: Any) -> Any:
    if not (isinstance(recorded, dict) and isinstance(ours, dict) and isinstance(override, dict)):
        return recorded
    result = dict(recorded)
    for key, value in override.items():
        if value is None and key not in recorded and key in ours and ours[key] is None:
            result[key] = None
        elif key in recorded and key in ours:
            result[key] = _null_where_both(recorded[key], ours[key], value)
    return result


def _same(left: Any, right: Any) -> bool:
    """Equal as JSON: true is not 1, and a float is what its shortest text stands for."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        return isinstance(left, (int, float)) and isinstance(right, (int, float)) and float(left) == float(right)
    return json.dumps(left) == json.dumps(right)
