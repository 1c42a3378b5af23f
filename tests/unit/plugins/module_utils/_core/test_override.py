# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The override chain. The golden cases (`tests/unit/conformance`) hold the details; here is what they cannot say."""

from __future__ import annotations

import copy
import json

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import (
    CompiledOverrides,
    compile_overrides,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import OverrideConfig


class JsonOnly:
    """A codec that reads values as JSON and counts how often: the chain must not need to know YAML."""

    def __init__(self):
        self.parsed = 0

    def parse(self, text):
        self.parsed += 1
        try:
            return json.loads(text)
        except ValueError as error:
            raise InvalidInput(f"no JSON: {error}") from error

    def parse_json(self, text, *, verbatim=False):
        return self.parse(text)

    def render_yaml(self, value):
        return "yaml " + json.dumps(value, sort_keys=True)

    def render_json(self, value):
        return "json " + json.dumps(value, sort_keys=True)


def _override(kind, value, **fields):
    return OverrideConfig(name="o", type=kind, value=value if isinstance(value, str) else json.dumps(value), **fields)


def _compiled(*overrides, origin=""):
    return compile_overrides(overrides, JsonOnly(), origin=origin)


MERGE = _override("MergePatch", {"spec": {"replicas": 5}})
MISSING = _override("JSONPatch", [{"op": "remove", "path": "/spec/none"}])
OBJECT = {"kind": "X", "metadata": {"name": "x"}, "spec": {"replicas": 1}}


def test_overrides_apply_in_their_order():
    chain = _compiled(MERGE, _override("JSONPatch", [{"op": "test", "path": "/spec/replicas", "value": 5}]))
    assert chain.apply(OBJECT).generic == {**OBJECT, "spec": {"replicas": 5}}


def test_chains_are_joined_and_cleaned_up_only_at_the_end():
    reads_status = _override("JSONPatch", [{"op": "copy", "from": "/status/phase", "path": "/spec/phase"}])
    chain = _compiled(MERGE) + _compiled(reads_status)
    result = chain.apply({**OBJECT, "status": {"phase": "ok"}})
    assert result.generic == {**OBJECT, "spec": {"replicas": 5, "phase": "ok"}}


def test_nothing_is_changed_in_place_and_untouched_parts_are_shared():
    given = {**OBJECT, "data": {"f": '{"a": 1}'}, "status": {}}
    before = copy.deepcopy(given)
    chain = _compiled(
        MERGE,
        _override("FieldMergePatch", {"b": 2}, field_path="/data/f", field_format="JSON"),
        _override("Helm", {"more": {"x": [1]}}),
    )
    first, second = chain.apply(given).generic, chain.apply(given).generic
    assert given == before
    assert first == second
    assert first["metadata"] is given["metadata"]
    assert first["data"] == {"f": 'json {"a": 1, "b": 2}'}


def test_values_are_parsed_once_for_all_documents():
    codec = JsonOnly()
    chain = compile_overrides([MERGE, MISSING], codec)
    for _time in range(3):
        chain.apply(OBJECT)
    assert codec.parsed == 2


def test_a_blank_value_is_skipped_whatever_its_type():
    chain = _compiled(_override("Nonsense", " \n\t"))
    assert not chain
    assert chain.apply(OBJECT).generic == OBJECT


def test_a_patch_that_misses_is_a_warning_that_names_all_and_an_error_when_strict():
    chain = _compiled(MISSING, MERGE, origin="Localization shanghai/web")
    result = chain.apply(OBJECT)
    assert result.generic["spec"] == {"replicas": 5}
    (warning,) = result.warnings
    for part in ("Localization shanghai/web", "'o'", "JSONPatch", "remove /spec/none", "ignored"):
        assert part in warning
    with pytest.raises(InvalidInput) as error:
        chain.apply(OBJECT, strict=True)
    assert error.value.problems == result.warnings


def test_a_field_patch_that_misses_is_a_warning_too_and_leaves_json_text_alone():
    chain = _compiled(
        _override("FieldJSONPatch", [{"op": "remove", "path": "/x"}], field_path="/f", field_format="JSON")
    )
    result = chain.apply({"f": '{ "a": 1 }'})
    assert result.generic == {"f": '{ "a": 1 }'}
    assert len(result.warnings) == 1


@pytest.mark.parametrize(
    ("kind", "value", "field_format", "text", "result"),
    [
        ("FieldMergePatch", {"b": 2}, "YAML", '{"a": 1}', 'yaml {"a": 1, "b": 2}'),
        ("FieldMergePatch", [2], "YAML", '{"a": 1}', "yaml [2]"),
        ("FieldMergePatch", {"b": 2}, "JSON", '{"a": 1}', 'json {"a": 1, "b": 2}'),
        ("FieldJSONPatch", [{"op": "remove", "path": "/a"}], "YAML", '{"a": 1}', "yaml {}"),
        ("FieldJSONPatch", [{"op": "remove", "path": "/x"}], "YAML", '{"a": 1}', 'yaml {"a": 1}'),
        ("FieldJSONPatch", [{"op": "add", "path": "/-", "value": 2}], "JSON", "[1]", "json [1, 2]"),
        ("FieldJSONPatch", [{"op": "remove", "path": "/x"}], "JSON", " \n", " \n"),
        ("FieldJSONPatch", [{"op": "remove", "path": "/x"}], "TOML", "", ""),
    ],
)
def test_fields_are_read_and_written_in_their_format(kind, value, field_format, text, result):
    chain = _compiled(_override(kind, value, field_path="/f", field_format=field_format))
    assert chain.apply({"f": text}).generic == {"f": result}


def test_json_text_stays_an_object():
    chain = _compiled(_override("FieldMergePatch", [1], field_path="/f", field_format="JSON"))
    with pytest.raises(InvalidInput, match=r"/f: the JSON text would become a list; it must stay an object"):
        chain.apply({"f": "{}"})


def test_a_field_patch_that_cannot_be_done_names_the_field():
    test = [{"op": "test", "path": "/a", "value": 2}]
    chain = _compiled(_override("FieldJSONPatch", test, field_path="/f", field_format="JSON"))
    with pytest.raises(InvalidInput, match=r"\(FieldJSONPatch\): /f: the test of '/a' failed: what is there"):
        chain.apply({"f": '{"a": 1}'})


def test_json_text_is_written_anew_by_a_patch_that_changes_nothing():
    chain = _compiled(_override("FieldJSONPatch", [], field_path="/f", field_format="JSON"))
    assert chain.apply({"f": '{ "a": 1 }'}).generic == {"f": 'json {"a": 1}'}


def test_replacing_a_document_by_a_scalar_is_reported():
    result = _compiled(_override("JSONPatch", [{"op": "replace", "path": "", "value": 5}])).apply(OBJECT)
    assert result.generic == OBJECT
    assert "neither object nor list" in result.warnings[0]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (_override("Helm", []), r"override 'o' \(Helm\): Helm values are an object, not a list"),
        (_override("mergePatch", {}), r"'mergePatch' is no type; there are Helm, JSONPatch, MergePatch, Field"),
        (_override("MergePatch", "7"), r"\(MergePatch\): a merge patch is an object"),
        (_override("JSONPatch", {}), r"\(JSONPatch\): a JSON patch is a list"),
        (_override("FieldMergePatch", {}, field_path="/kind", field_format="TOML"), "YAML or JSON, not 'TOML'"),
        (_override("FieldMergePatch", {}, field_path="/kind", field_format="JSON"), "/kind: no JSON"),
        (_override("FieldMergePatch", {}, field_path="/spec", field_format="JSON"), "leads to an object"),
        (_override("MergePatch", {"metadata": []}), "metadata is a list"),
        (_override("MergePatch", [1]), "the result is a list"),
    ],
)
def test_errors_name_the_override_and_what_is_wrong(override, message):
    chain = _compiled(override)
    with pytest.raises(InvalidInput, match=message):
        chain.apply(OBJECT)


def test_a_value_that_does_not_parse_is_refused_at_once_with_its_policy():
    with pytest.raises(InvalidInput, match=r"Globalization g, overrides\[0\] \(Helm\): value: no JSON"):
        compile_overrides([OverrideConfig("", "Helm", "{")], JsonOnly(), origin="Globalization g")


def test_the_clean_up_drops_what_is_the_hubs_and_nothing_else():
    metadata = {"name": "x", "uid": "u", "managedFields": []}
    given = {"kind": "X", "metadata": metadata, "status": 1, "spec": {"status": {"uid": "kept"}}}
    assert _compiled().apply(given).generic == {"kind": "X", "metadata": {"name": "x"}, "spec": given["spec"]}
    assert _compiled().apply(OBJECT).generic is OBJECT


def test_a_chart_gets_its_values_and_keeps_its_name_and_target():
    chart = {"kind": "HelmChart", "spec": {"chart": "nginx", "targetNamespace": "web", "version": "1"}}
    chain = _compiled(
        _override("Helm", {"replicaCount": 2, "status": {"on": True}, "probe": None}),
        _override(
            "Helm", {"spec": {"chart": "evil", "targetNamespace": "kube-system", "version": "2"}}, override_chart=True
        ),
        _override("Helm", {"replicaCount": None}),
    )
    result = chain.apply_to_chart(chart)
    assert result.generic == {"replicaCount": None, "status": {"on": True}, "probe": None}
    assert result.chart == {"kind": "HelmChart", "spec": {"chart": "nginx", "targetNamespace": "web", "version": "2"}}


def test_a_chart_without_overrides_has_no_values():
    chart = {"kind": "HelmChart", "metadata": {"uid": "u"}, "spec": {"chart": "nginx"}}
    result = CompiledOverrides().apply_to_chart(chart)
    assert result.generic is None
    assert result.chart == {"kind": "HelmChart", "metadata": {}, "spec": {"chart": "nginx"}}


@pytest.mark.parametrize("value", [None, 7, "text"])
def test_what_the_overrides_of_a_chart_make_must_be_a_merge_patch(value):
    chain = _compiled(_override("Helm", json.dumps(value), override_chart=True))
    with pytest.raises(InvalidInput, match="the overrides of the HelmChart: a merge patch is an object"):
        chain.apply_to_chart({"spec": {"chart": "nginx"}})


def test_a_chart_stays_an_object_with_a_spec():
    chart = {"kind": "HelmChart", "spec": {"chart": "nginx", "version": "1"}}
    no_spec = _compiled(_override("Helm", {"spec": None}, override_chart=True))
    assert no_spec.apply_to_chart(chart).chart == {"kind": "HelmChart", "spec": {"chart": "nginx"}}
    with pytest.raises(InvalidInput, match="the result is a list"):
        _compiled(_override("Helm", [1], override_chart=True)).apply_to_chart(chart)


def test_only_merge_patches_change_a_chart_and_none_of_them_the_object():
    patch = _override("JSONPatch", [{"op": "remove", "path": "/kind"}], override_chart=True)
    with pytest.raises(InvalidInput, match="overrideChart takes the type Helm or MergePatch"):
        _compiled(patch).apply(OBJECT, {"spec": {}})


def test_a_blank_document_becomes_the_first_override_but_a_json_patch_leaves_it_blank():
    assert _compiled(MISSING).apply(None).generic is None
    assert _compiled(MISSING, MERGE).apply(None).generic == {"spec": {"replicas": 5}}
    with pytest.raises(InvalidInput, match="Helm values are a list; they must be an object"):
        _compiled(_override("Helm", [1])).apply(None, values=True)


def test_null_is_a_document_and_not_a_blank_one():
    null = _override("Helm", "null")
    assert _compiled(null).apply(None).generic is None
    assert _compiled(null, _override("Helm", {"a": 1})).apply(None, values=True).generic == {"a": 1}
    with pytest.raises(InvalidInput, match="the document is null"):
        _compiled(null, MERGE).apply(None)
