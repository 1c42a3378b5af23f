# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label selectors as Kubernetes understands and checks them."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector, Requirement


def expression(operator, *values, key="env"):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("raw", "labels", "expected"),
    [
        ({}, {}, True),
        ({}, {"env": "prod"}, True),
        ({"matchLabels": None, "matchExpressions": None}, {}, True),
        ({"matchLabels": {"env": "prod"}}, {"env": "prod", "tier": "web"}, True),
        ({"matchLabels": {"env": "prod"}}, {"env": "dev"}, False),
        ({"matchLabels": {"env": "prod"}}, {}, False),
        ({"matchLabels": {"env": ""}}, {"env": ""}, True),
        ({"matchLabels": {"env": ""}}, {}, False),
        ({"matchLabels": {"env": "prod", "tier": "web"}}, {"env": "prod"}, False),
        (expression("In", "prod", "test"), {"env": "test"}, True),
        (expression("In", "prod", "test"), {"env": "dev"}, False),
        (expression("In", "prod"), {}, False),
        (expression("NotIn", "prod"), {"env": "dev"}, True),
        (expression("NotIn", "prod"), {"env": "prod"}, False),
        (expression("NotIn", "prod"), {}, True),
        (expression("Exists"), {"env": ""}, True),
        (expression("Exists"), {"tier": "web"}, False),
        (expression("DoesNotExist"), {"tier": "web"}, True),
        (expression("DoesNotExist"), {"env": ""}, False),
        ({"matchLabels": {"env": "prod"}, **expression("DoesNotExist", key="tier")}, {"env": "prod"}, True),
        (
            {"matchLabels": {"env": "prod"}, **expression("DoesNotExist", key="tier")},
            {"env": "prod", "tier": ""},
            False,
        ),
    ],
)
def test_matching(raw, labels, expected):
    assert LabelSelector.parse(raw).matches(labels) is expected


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (None, "affinity: found null; a mapping with matchLabels, matchExpressions or neither is accepted"),
        (["env"], "affinity: found a list; a mapping"),
        ({"matchLabel": {}}, "affinity.matchLabel: unknown field; .* did you mean 'matchLabels'?"),
        ({"matchLabels": ["env"]}, "affinity.matchLabels: found a list; a mapping of label keys to strings"),
        ({"matchLabels": {"env": 1}}, r"affinity.matchLabels\[env\]: found 1; a string is accepted \(quote numbers"),
        ({"matchLabels": {"env": None}}, r"affinity.matchLabels\[env\]: found null; a string"),
        ({"matchLabels": {"env": "a b"}}, r"affinity.matchLabels\[env\]: found 'a b'; a label value is"),
        ({"matchLabels": {"a b": "c"}}, r"affinity.matchLabels\[a b\]: found 'a b'; a label key is"),
        ({"matchExpressions": {}}, "affinity.matchExpressions: found a mapping; a list of mappings is accepted"),
        ({"matchExpressions": ["env"]}, r"matchExpressions\[0\]: found 'env'; a mapping with key, operator and values"),
        ({"matchExpressions": [{"operator": "Exists"}]}, r"\[0\].key: is missing; accepted: a label key"),
        (
            {"matchExpressions": [{"key": "env"}]},
            r"\[0\].operator: is missing; accepted: In, NotIn, Exists, DoesNotExist",
        ),
        ({"matchExpressions": [{"key": 1, "operator": "Exists"}]}, r"\[0\].key: found 1; accepted: a label key"),
        (expression("Gt", "1"), r"\[0\].operator: found 'Gt'; accepted: In, NotIn, Exists, DoesNotExist"),
        (expression("exists"), r"\[0\].operator: found 'exists'; .*did you mean 'Exists'\?"),
        (expression(""), r"\[0\].operator: found ''; accepted: In"),
        (expression("In"), r"\[0\].values: is empty; In needs at least one value"),
        (expression("NotIn"), r"\[0\].values: is empty; NotIn needs at least one value"),
        (expression("Exists", "x"), r"\[0\].values: has values; Exists takes none"),
        (expression("DoesNotExist", "x"), r"\[0\].values: has values; DoesNotExist takes none"),
        (expression("In", "ok", "a b"), r"\[0\].values\[1\]: found 'a b'; a label value is"),
        (expression("In", 1), r"\[0\].values: found a list; a list of strings is accepted"),
        ({"matchExpressions": [{"key": "env", "operator": "In", "value": ["x"]}]}, r"\[0\].value: unknown field"),
    ],
)
def test_what_is_wrong_is_said(raw, message):
    with pytest.raises(InvalidInput, match=f"(?m)^{message}" if message.startswith("aff") else message):
        LabelSelector.parse(raw, "affinity")


def test_all_that_is_wrong_is_said_at_once():
    raw = {"matchLabels": {"a b": "c d"}, "matchExpressions": [{"key": "x", "operator": "Bogus"}, {"operator": "In"}]}
    with pytest.raises(InvalidInput) as caught:
        LabelSelector.parse(raw)
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("text", "requirements"),
    [
        ("", []),
        ("  ", []),
        ("a=b", [("a", "In", "b")]),
        ("a == b", [("a", "In", "b")]),
        ("a!=b", [("a", "NotIn", "b")]),
        ("a=", [("a", "In", "")]),
        ("a", [("a", "Exists")]),
        ("!a", [("a", "DoesNotExist")]),
        ("example.com/a in (x, y)", [("example.com/a", "In", "x", "y")]),
        ("a notin (x)", [("a", "NotIn", "x")]),
        ("a in (x,y),b=c", [("a", "In", "x", "y"), ("b", "In", "c")]),
        (
            "a=b, c!=d ,e in(x,y),!f",
            [("a", "In", "b"), ("c", "NotIn", "d"), ("e", "In", "x", "y"), ("f", "DoesNotExist")],
        ),
        # Words of the language are labels too.
        ("in=notin", [("in", "In", "notin")]),
        ("in in (in)", [("in", "In", "in")]),
    ],
)
def test_kubectl_text(text, requirements):
    expected = tuple(Requirement(key, operator, tuple(values)) for key, operator, *values in requirements)
    assert LabelSelector.from_string(text) == LabelSelector(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a>1", "'a>1' is no condition; accepted: key=value"),
        ("a<1", "'a<1' is no condition"),
        ("a=b=c", "'a=b=c' is no condition"),
        ("a b", "'a b' is no condition"),
        ("a in x", "'a in x' is no condition"),
        ("a in (x", r"'a in \(x' is no condition"),
        ("a in (x,(y))", "is no condition"),
        ("a=b,", "a condition is missing beside a comma"),
        (",", "a condition is missing beside a comma"),
        ("a in (x y)", "found 'x y'; a label value is"),
        ("-a=b", "found '-a'; a label key is"),
    ],
)
def test_kubectl_text_that_is_wrong(text, message):
    with pytest.raises(InvalidInput, match=message):
        LabelSelector.from_string(text, "selector")


@pytest.mark.parametrize("text", ["a=b,c!=d", "a in (x,y),b notin (x,y)", "!a,b"])
def test_a_selector_is_written_as_it_is_read(text):
    assert str(LabelSelector.from_string(text)) == text


def test_a_selector_without_conditions_says_so():
    assert str(LabelSelector()) == "everything"
