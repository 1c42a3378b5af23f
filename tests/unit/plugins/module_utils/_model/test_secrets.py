# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where secret data is found, and that nothing of it shows."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import (
    carries_secret,
    in_the_clear,
    masked,
    masked_pair,
)

APPS = "apps.clusternet.io/v1alpha1"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def secret(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}, **fields}


def config_map() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cfg"}, "data": {"kind": "Secret"}}


def manifest(template: Any) -> dict[str, Any]:
    return {
        "apiVersion": APPS,
        "kind": "Manifest",
        "metadata": {"name": "m", "namespace": "shop"},
        "template": template,
    }


def encoded(raw: Any) -> str:
    return base64.b64encode(json.dumps(raw).encode()).decode()


def decoded(entry: str) -> Any:
    return json.loads(base64.b64decode(entry))


def description(*raws: Any, deployer: str = "Generic") -> dict[str, Any]:
    spec = {"deployer": deployer, "raw": [encoded(raw) for raw in raws]}
    return {"apiVersion": APPS, "kind": "Description", "metadata": {"name": "d", "namespace": "c"}, "spec": spec}


def localization(kind: str, value: str, **fields: Any) -> dict[str, Any]:
    feed = {"apiVersion": "v1", "kind": kind, "namespace": "shop", "name": "db"}
    spec = {"feed": feed, "overrides": [{"name": "o", "type": "MergePatch", "value": value, **fields}]}
    return {"apiVersion": APPS, "kind": "Localization", "metadata": {"name": "l", "namespace": "c"}, "spec": spec}


WITH_DATA = secret(data={"password": "aHVudGVyMg=="})
CARRIERS = {
    "data": WITH_DATA,
    "stringData": secret(stringData={"password": "hunter2"}),
    "malformed data": secret(data="hunter2"),
    "last applied": secret(metadata={"name": "db", "annotations": {LAST_APPLIED: '{"data":{"password":"hunter2"}}'}}),
    "in a Manifest": manifest(WITH_DATA),
    "in a List in a Manifest": manifest({"apiVersion": "v1", "kind": "List", "items": [config_map(), WITH_DATA]}),
    "in a Description": description(config_map(), WITH_DATA),
    "in a policy": localization("Secret", '{"stringData": {"password": "hunter2"}}'),
    "in a JSON patch": localization("Secret", '[{"op": "add", "path": "/data/password", "value": "aHVudGVyMg=="}]'),
    "in a field's policy": localization("Secret", "password: hunter2", fieldPath="stringData.config"),
}
OTHERS = {
    "a Secret without data": secret(type="Opaque", data={}),
    "a ConfigMap": config_map(),
    "another group's Secret": secret(apiVersion="example.org/v1", data={"x": "y"}),
    "a Manifest of a ConfigMap": manifest(config_map()),
    "a Manifest of nothing": manifest(None),
    "a Description of ConfigMaps": description(config_map()),
    "a Description of no JSON": {**description(), "spec": {"raw": ["%%%", 7, None, encoded("Secret"), "IlNlY3JldCI="]}},
    "a Description of Helm values": description({"kind": "Secret"}, deployer="Helm"),
    "a malformed Description": {**description(), "spec": {"raw": "x"}},
    "a List of nothing": {"apiVersion": "v1", "kind": "List", "items": None},
    "a policy for a label of a Secret": localization("Secret", '{"metadata": {"labels": {"a": "b"}}}'),
    "a policy for a ConfigMap": localization("ConfigMap", '{"data": {"a": "b"}}'),
    "a malformed policy": {
        **localization("Secret", ""),
        "spec": {"feed": {"apiVersion": "v1", "kind": "Secret"}, "overrides": 3},
    },
    "an object without a version": {"kind": "Secret", "data": {"x": "y"}},
}


def everything_in(raw: Any) -> str:
    """All text of an object, base64 of base64 opened."""
    text = json.dumps(raw)
    for entry in raw.get("spec", {}).get("raw", []) if isinstance(raw.get("spec"), dict) else []:
        text += base64.b64decode(entry).decode()
    return text


@pytest.mark.parametrize("name", sorted(CARRIERS))
def test_secret_data_is_found_and_hidden(name: str) -> None:
    raw = copy.deepcopy(CARRIERS[name])

    shown = masked(raw)

    assert carries_secret(raw)
    assert "hunter2" not in everything_in(shown)
    assert "aHVudGVyMg" not in everything_in(shown)
    assert "********" in everything_in(shown)
    assert raw == CARRIERS[name], "the object itself stays as it was"
    assert shown.get("metadata", {}).get("name") == raw["metadata"]["name"]


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_other_objects_are_left_alone(name: str) -> None:
    assert not carries_secret(OTHERS[name])
    assert masked(OTHERS[name]) is OTHERS[name]


def test_refusal_names_each_object_and_the_ways_out() -> None:
    (problem,) = in_the_clear([config_map(), manifest(WITH_DATA)])

    assert problem.startswith("Secret shop/db carries secret data")
    assert "secrets: vault" in problem
    assert "secrets: plain" in problem


def test_a_pair_shows_that_a_value_changed_and_not_what_it_is() -> None:
    before, after = masked_pair(
        secret(data={"same": "QQ==", "changed": "QQ==", "removed": "QQ=="}),
        secret(data={"same": "QQ==", "changed": "Qg==", "added": "Qg=="}),
    )

    assert before is not None
    assert after is not None
    assert before["data"] == {"same": "********", "changed": "******** (before)", "removed": "********"}
    assert after["data"] == {"same": "********", "changed": "******** (after)", "added": "********"}


def test_a_pair_finds_the_same_secret_at_another_place() -> None:
    other = secret(metadata={"name": "other"}, data={"password": "b3RoZXI="})
    before, after = masked_pair(description(other, WITH_DATA), description(config_map(), WITH_DATA, other))

    assert before is not None
    assert after is not None
    shown = [decoded(entry)["data"] for entry in (*before["spec"]["raw"], *after["spec"]["raw"][1:])]
    assert shown == [{"password": "********"}] * 4


def test_a_pair_compares_templates_and_overrides() -> None:
    before, after = masked_pair(manifest(WITH_DATA), manifest(secret(data={"password": "bmV3"})))
    assert before is not None
    assert after is not None
    assert before["template"]["data"]["password"] == "******** (before)"
    assert after["template"]["data"]["password"] == "******** (after)"

    _before, changed = masked_pair(localization("Secret", "data: {a: old}"), localization("Secret", "data: {a: new}"))
    assert changed is not None
    assert changed["spec"]["overrides"] == [{"name": "o", "type": "MergePatch", "value": "******** (after)"}]


def test_a_pair_of_an_object_and_nothing() -> None:
    assert masked_pair(None, None) == (None, None)
    before, after = masked_pair(None, WITH_DATA)
    assert before is None
    assert after is not None
    assert after["data"] == {"password": "********"}
