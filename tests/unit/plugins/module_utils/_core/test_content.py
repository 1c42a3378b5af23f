# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is taken off an object on its way into a cluster, and what is put on."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.content import prepare, without_server_fields
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Desired
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = dict[str, Any]

EXPORTED = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "settings",
        "namespace": "shop",
        "labels": {"app": "web", "applyset.kubernetes.io/part-of": "someone-elses"},
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "apps.clusternet.io/owned-by-description": "an.other",
            "team": "shop",
        },
        "finalizers": ["shop.example/hold"],
        "uid": "1",
        "resourceVersion": "2",
        "generation": 3,
        "selfLink": "/x",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionTimestamp": "2026-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 5,
        "managedFields": [{}],
        "ownerReferences": [{}],
    },
    "data": {"a": "b"},
    "status": {"x": 1},
}


def prepared(raw: Raw, *, server: bool) -> Raw:
    return prepare(Desired(ObjectKey.of(raw), raw, "hub.web-generic"), "web", server=server)


@pytest.mark.parametrize("server", [True, False])
def test_an_exported_object_is_cleaned_and_marked(server: bool) -> None:
    before = copy.deepcopy(EXPORTED)
    answer = prepared(EXPORTED, server=server)
    labels = answer["metadata"].pop("labels")
    assert answer == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "settings",
            "namespace": "shop",
            "annotations": {"apps.clusternet.io/owned-by-description": "hub.web-generic", "team": "shop"},
            "finalizers": ["shop.example/hold"],
        },
        "data": {"a": "b"},
    }
    assert labels["app"] == "web"
    assert (labels["applyset.kubernetes.io/part-of"] == "someone-elses") is not server
    assert before == EXPORTED


def test_annotations_that_held_only_kubectls_go() -> None:
    metadata = {"name": "a", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}
    assert without_server_fields({"apiVersion": "v1", "kind": "X", "metadata": metadata})["metadata"] == {"name": "a"}


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_marks_need_mappings(field: str) -> None:
    raw = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b", field: ["x"]}}
    with pytest.raises(InvalidInput, match=rf"ConfigMap b/a: metadata\.{field} is no mapping"):
        prepared(raw, server=True)
    assert prepared({**raw, "metadata": {"name": "a", field: None}}, server=True)["metadata"][field]


def secret(**content: Any) -> Raw:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, **content}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"stringData": {"a": "é"}}, {"data": {"a": "w6k="}}),
        ({"stringData": {"a": "new"}, "data": {"a": "b2xk", "b": "Yg=="}}, {"data": {"a": "bmV3", "b": "Yg=="}}),
        ({"stringData": {}, "data": None}, {"data": {}}),
        ({"stringData": {"a": 1}}, {"stringData": {"a": 1}}),
        ({"stringData": "x"}, {"stringData": "x"}),
        ({"data": {"a": "Yg=="}}, {"data": {"a": "Yg=="}}),
    ],
)
def test_string_data_reaches_a_server_as_data(content: Raw, expected: Raw) -> None:
    def fields(raw: Raw) -> Raw:
        return {name: raw[name] for name in ("data", "stringData") if name in raw}

    assert fields(prepared(secret(**content), server=True)) == expected
    assert fields(prepared(secret(**content), server=False)) == content


def test_string_data_of_another_kind_is_left() -> None:
    other = {**secret(stringData={"a": "b"}), "apiVersion": "shop.example/v1"}
    assert prepared(other, server=True)["stringData"] == {"a": "b"}
