# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML files of users read and written, and the codec of overrides."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import (
    MAX_FILE_BYTES,
    MIB,
    GoYaml,
    dump_document,
    load_documents,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from hypothesis import example, given, settings
from hypothesis import strategies as st

CODEC = GoYaml()

_TEXT = st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(
    ["yes", "1e3", "0o7", "null", "", "1:30", "2024-01-31", "=", "<<", "- x", "a: b", "x\n", "x\n\n", "\nx", " x\ny"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=10,
)
_OBJECTS = st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=3)

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def _values(text, source="app.yaml"):
    return [document.value for document in load_documents(text, source)]


@given(_OBJECTS)
@settings(deadline=None, max_examples=50)
@example(
    {"a": "one\ntwo\n", "b": " lead\nx", "c": "tail \n", "d": "tab\tx\ny", "e": "\u2028", "f": "\x85\n", "g": "\r\n"}
)
@example({"a": 2**64, "b": -(2**70), "c": 1e21, "d": -0.0, "e": 1e-7, "f": 1.0, "g": 5e-324})
@example({"<<": "<<", "k": {"<<": None}})
@example({"\ufeff": "\ufeff", "😀": "\x00\x07\x7f", "k" * 200: "v" * 2000, "multi\nline": 1, "#": "#", "? x": "!t"})
def test_what_is_dumped_loads_again(value):
    assert _values(dump_document(value)) == [value]


@given(_VALUES.filter(lambda value: "<<" not in json.dumps(value)))
@settings(deadline=None, max_examples=50)
def test_what_the_codec_renders_it_parses_again(value):
    # Not so the key `<<`, which go-yaml writes as if it were a merge key.
    assert _as_floats(CODEC.parse(CODEC.render_yaml(value))) == _as_floats(value)
    assert _as_floats(CODEC.parse_json(CODEC.render_json(value))) == _as_floats(value)


def _as_floats(value):
    """Numbers as Go has them, for whom an integral float and an integer are one."""
    return json.loads(json.dumps(value), parse_int=float)


def test_documents_are_written_as_people_read_them():
    deployment = {
        "spec": {"z": 1, "a": [{"b": 1, "a": ["x"]}], "script": "one\n\n  two\n", "empty": {}, "none": []},
        "kind": "Deployment",
        "metadata": {
            "uid": "u",
            "labels": {"b": "1", "a": "yes"},
            "name": "web",
            "annotations": {},
            "namespace": "shop",
        },
        "apiVersion": "apps/v1",
    }
    assert dump_document(deployment) == (
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "metadata:\n"
        "  name: web\n"
        "  namespace: shop\n"
        "  labels:\n"
        '    a: "yes"\n'
        '    b: "1"\n'
        "  annotations: {}\n"
        "  uid: u\n"
        "spec:\n"
        "  a:\n"
        "  - a:\n"
        "    - x\n"
        "    b: 1\n"
        "  empty: {}\n"
        "  none: []\n"
        "  script: |\n"
        "    one\n"
        "\n"
        "      two\n"
        "  z: 1\n"
    )


@pytest.mark.parametrize(
    "text", ["yes", "0o7", "1e3", "1e+3", "1:30", "2024-01-31", "=", "<<", "1_000", ".5", "0x1F", "~", "010"]
)
def test_text_that_looks_like_something_else_is_text_for_other_readers_too(text):
    dumped = dump_document({"a": text})
    assert yaml.safe_load(dumped) == {"a": text}
    assert '"' in dumped


def test_floats_are_floats_for_other_readers_too():
    assert yaml.safe_load(dump_document({"a": 1e21, "b": 1.5e-7, "c": 0.1})) == {"a": 1e21, "b": 1.5e-7, "c": 0.1}


def test_long_lines_stay_whole():
    assert dump_document({"a": "word " * 100 + "end"}).count("\n") == 1


def test_shared_parts_are_written_out():
    shared = {"x": [1]}
    assert "&" not in dump_document({"a": shared, "b": shared})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("\ud800", "manifest x: .*surrogate"),
        (float("nan"), "manifest x: nan is no number"),
        (float("inf"), "inf is no number"),
    ],
)
def test_what_yaml_cannot_hold_is_refused(value, message):
    with pytest.raises(InvalidInput, match=message):
        dump_document({"a": value}, "manifest x")


def test_what_is_nested_beyond_reason_is_refused_when_dumped():
    value = {}
    for _depth in range(5000):
        value = {"a": value}
    with pytest.raises(InvalidInput, match="nested too deeply"):
        dump_document(value)


def test_documents_of_a_file_with_their_lines():
    documents = load_documents("# first\na: 1\n---\n---\n# none\n---\n\nb: 2\n...\n", "app.yaml")
    assert [(document.source, document.line, document.value) for document in documents] == [
        ("app.yaml", 2, {"a": 1}),
        ("app.yaml", 8, {"b": 2}),
    ]


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n", "null\n", b"\xef\xbb\xbf", "\n\n"])
def test_files_without_documents(content):
    assert load_documents(content, "app.yaml") == []


def test_bytes_are_utf_8_with_or_without_a_mark():
    assert _values("\ufeffa: é".encode()) == [{"a": "é"}]
    with pytest.raises(InvalidInput, match=r"app.yaml: byte 4 is no UTF-8"):
        load_documents(b"a: \xe9", "app.yaml")


def test_json_files_may_have_what_yaml_forbids():
    assert _values('{\n\t"a": "\\ud83d\\ude00",\n\t"b": 1.0\n}') == [{"a": "😀", "b": 1}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "app.yaml: line 3: the key 'a' stands a second time"),
        ('{"a": NaN, "a": 1}', "line 1: the key 'a' stands a second time"),
        ('{"a": 1,\n "a": 2}', "app.yaml: line 2: the key 'a' stands a second time"),
        ("a: 1\n1: x\n'1': y\n", "line 3: the key '1' stands a second time"),
        ("a:\n\t- b\n", "line 2: a tab where YAML wants spaces"),
        ("a: {\nb\n", "app.yaml: line 3: no YAML: "),
        ("a: b: c\n", "line 1: no YAML: mapping values are not allowed"),
        ("ok: 1\n---\n[x\n", "line 4: no YAML"),
        ("~: 1\n", "line 1: a key must be text; this one is null"),
        ("? [x]\n: 1\n", "line 1: a key must be text, not a list or mapping"),
        ("a: *x\n", r"line 1: \*x refers to no anchor"),
        ("a: 1\nb: &x [*x]\n", "line 2: the value of anchor &x contains itself"),
        ("<<: 5\n", "line 1: << takes a mapping"),
        ("a: &a [{b: 1}]\n<<: *a\n", "line 2: << takes a mapping"),
        ("a: !!int x\n", "line 1: 'x' is tagged !!int"),
        ("a: \x00\n", "app.yaml: no YAML: "),
        ("a: \ud800\n", "app.yaml: character 4 is half of a surrogate pair"),
        ("[" * 201 + "]" * 201, "line 1: nested deeper than 200 levels"),
        (BOMB, "app.yaml: line [0-9]: aliases make the document many times larger"),
        ("a: " + "9" * 5000, "line 1: "),
    ],
)
def test_bad_files_are_named_with_the_line(text, message):
    with pytest.raises(InvalidInput, match=message):
        load_documents(text, "app.yaml")


def test_a_large_object_is_refused_by_name_and_a_large_file_of_small_ones_is_not():
    text = "kind: ConfigMap\nmetadata: {name: big}\ndata:\n  a: " + "x" * 2 * MIB
    with pytest.raises(InvalidInput, match=r"app.yaml: ConfigMap big at line 1 has 2\.0 MiB as JSON; .* 1\.5 MiB"):
        load_documents(text, "app.yaml")
    assert len(load_documents("\n---\n".join([f"a: {'x' * MIB}"] * 3), "app.yaml")) == 3


def test_of_a_list_each_object_is_measured():
    big = {"kind": "ConfigMap", "metadata": {"name": "big"}, "data": {"a": "x" * MIB}}
    (document,) = load_documents(json.dumps({"kind": "List", "items": [big] * 5}), "app.json")
    assert len(document.value["items"]) == 5
    too_big = {**big, "data": {"a": "x" * 2 * MIB}}
    with pytest.raises(InvalidInput, match=r"app.json: ConfigMap big at line 1 has 2\.0 MiB as JSON"):
        load_documents(json.dumps({"kind": "List", "items": [big, too_big]}), "app.json")
    aliases = "kind: List\nitems:\n- &a " + "x" * 20_000 + "\n" + "- *a\n" * 99
    with pytest.raises(InvalidInput, match=r"app.yaml: List without a name at line 1 has 1\.9 MiB as JSON"):
        load_documents(aliases, "app.yaml")


def test_what_aliases_add_is_measured():
    text = f"- &a {'x' * 20_000}\n" + "- *a\n" * 99
    with pytest.raises(InvalidInput, match=r"app.yaml: the document at line 1 has 1\.9 MiB as JSON"):
        load_documents(text, "app.yaml")
    with pytest.raises(InvalidInput, match="line 2: aliases make"):
        CODEC.parse(f"a: &a [{', '.join('x' * 20_000)}]\nb: [{', '.join(['*a'] * 25)}]\n")


def test_an_object_of_20_mib_is_refused_before_it_is_read_whole():
    text = "kind: ConfigMap\nmetadata: {name: big}\ndata:\n" + "".join(
        f"  key{number}: {'v' * 90}\n" for number in range(200_000)
    )
    with pytest.raises(InvalidInput, match=r"app.yaml: line 1: ConfigMap big has more than 4 MiB of text; .* 1\.5 MiB"):
        load_documents(text, "app.yaml")
    with pytest.raises(InvalidInput, match=r"line 1: the document has more than 4 MiB of text"):
        load_documents("x" * 5 * MIB, "app.yaml")
    with pytest.raises(InvalidInput, match=r"app.json: the object without a name at line 1 has 20\.0 MiB"):
        load_documents(json.dumps({"a": "x" * 20 * MIB}), "app.json")


def test_a_file_beyond_the_limit_is_refused_unread():
    with pytest.raises(InvalidInput, match=r"app.yaml: 64.0 MiB is too much for one file; the limit is 64 MiB"):
        load_documents(b" " * (MAX_FILE_BYTES + 1), "app.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\na: 2\n", {"a": 2}),
        ("a: 1\n---\nb: [\n", {"a": 1}),
        ("# nothing\n", None),
        ("<<: {a: 1, b: 1}\nb: 2\n", {"a": 1, "b": 2}),
        ("b: 2\n<<: {a: 1, b: 1}\n", {"a": 1, "b": 1}),
        ("<<: [{a: 1}, {a: 2, b: 2}]\n", {"a": 1, "b": 2}),
        ("'<<': {a: 1}\n", {"<<": {"a": 1}}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("on: 1\n1.5: 2\n", {"true": 1, "1.5": 2}),
        ("v: [1.0, 1e3, 1e21]\n", {"v": [1, 1000, 1e21]}),
        ("! yes", "yes"),
    ],
)
def test_parse_as_go_does(text, value):
    assert CODEC.parse(text) == value


def test_integral_floats_are_integers_for_api_servers():
    assert json.dumps(CODEC.parse("replicas: 3.0\n")) == '{"replicas": 3}'


@pytest.mark.parametrize("text", ["a: .inf\n", ".nan", "a: [1", "a: 1\n'", "\ud800", BOMB])
def test_parse_refuses(text):
    with pytest.raises(InvalidInput):
        CODEC.parse(text)


def test_parse_json_refuses_yaml():
    with pytest.raises(InvalidInput, match="no JSON: "):
        CODEC.parse_json("a: 1")


@pytest.mark.parametrize(
    ("keys", "ordered"),
    [
        (["b", "a", "B", "_", "-", "1"], ["-", "_", "1", "B", "a", "b"]),
        (["a10", "a2", "a1", "a01", "a"], ["a", "a1", "a01", "a2", "a10"]),
        (["1.10", "1.9", "100", "20"], ["1.9", "1.10", "20", "100"]),
        (["a-b", "ab", "a.b", "a_b"], ["a-b", "a.b", "a_b", "ab"]),
        (["x100", "x1000", "x10"], ["x10", "x100", "x1000"]),
        (["x-", "x_", "x+"], ["x+", "x-", "x_"]),
        (["x1001", "x1000", "x0"], ["x0", "x1000", "x1001"]),
    ],
)
def test_keys_have_the_order_of_go_yaml(keys, ordered):
    lines = CODEC.render_yaml(dict.fromkeys(keys, 0)).splitlines()
    assert [line.rsplit(":", 1)[0].strip("\"'") for line in lines] == ordered


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null\n"),
        ("text", "text\n"),
        ("...", "'...'\n"),
        ([], "[]\n"),
        ({"a": "x\n"}, "a: |\n  x\n"),
        ({"a": "x"}, "a: x\n"),
        ({"a": "1:30", "b": "2024-01-31"}, 'a: "1:30"\nb: "2024-01-31"\n'),
        ({"a": "\u2028"}, 'a: "\\L"\n'),
        ({"a": "word " * 20 + "end"}, "a: " + "word " * 15 + "word\n " + " word" * 4 + " end\n"),
    ],
)
def test_render_yaml(value, text):
    assert CODEC.render_yaml(value) == text


def test_render_yaml_refuses_half_a_character():
    with pytest.raises(InvalidInput, match="cannot be written as YAML"):
        CODEC.render_yaml({"a": "\ud800"})
