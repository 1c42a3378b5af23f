# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our own validation and the definitions accept the same: field by field, so that neither can drift away from the other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP, CLUSTERS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema import SCHEMAS
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema_types import (
    Boolean,
    Bytes,
    Fields,
    Integer,
    ListOf,
    MapOf,
    Opaque,
    Quantity,
    Selector,
    Term,
    Text,
    Type,
)

OWN = {key: schema for key, schema in SCHEMAS.items() if key[0] in (APPS_GROUP, CLUSTERS_GROUP)}
# Agents of Clusternet's make them, and nobody else.
NOT_OURS = {"ClusterRegistrationRequest"}
# Where ours differs on purpose. An API server takes a feed that names nothing; a user who writes one is told.
STRICTER = {
    f"{feed}.{field}: only ours has a pattern"
    for feed in ("spec.feed", "spec.feeds[]")
    for field in ("apiVersion", "kind", "name")
}
# Of these, a status counts for nothing; and a time that is none is left to the server.
LOOSER = {
    ".status: only in ours",
    "spec.taints[].timeAdded: ours says {'type': 'string'}, the definition {'type': 'string', 'format': 'date-time'}",
}

Schema = Mapping[str, Any]


def differences(ours: Type, schema: Schema, path: str = "") -> Iterator[str]:
    """Where our type and a schema do not accept the same, one line each."""
    if isinstance(ours, Fields):
        yield from of_fields(ours, schema, path)
    elif isinstance(ours, (ListOf, MapOf)):
        part, name, mark = (
            ("items", "array", "[]") if isinstance(ours, ListOf) else ("additionalProperties", "object", "[*]")
        )
        if schema["type"] != name or part not in schema:
            yield f"{path}: {schema['type']}, not {ours.accepted}"
        else:
            yield from differences(ours.item, schema[part], path + mark)
    elif said(ours) != relevant(schema):
        if isinstance(ours, Text) and said(ours) == relevant(schema) | {"pattern": ours.pattern}:
            yield f"{path}: only ours has a pattern"
        else:
            yield f"{path}: ours says {said(ours)}, the definition {relevant(schema)}"


def of_fields(ours: Fields, schema: Schema, path: str) -> Iterator[str]:
    """The same of a mapping with fields. What is required and has a default may be left out."""
    properties = schema["properties"]
    for name in sorted(set(ours.fields) ^ set(properties)):
        yield f"{path}.{name}: only in {'ours' if name in ours.fields else 'the definition'}"
    required = {name for name in schema.get("required", ()) if "default" not in properties[name]}
    # The name of an object is required by every server, and said in no definition.
    if set(ours.required) - {"metadata"} != required:
        yield f"{path}: ours requires {sorted(ours.required)}, the definition {sorted(required)}"
    for name in set(ours.fields) & set(properties) - {"metadata"}:
        yield from differences(ours.fields[name], properties[name], f"{path}.{name}" if path else name)


def said(ours: Type) -> dict[str, Any]:
    """What one of our scalar or opaque types means, in the words of a schema."""
    if isinstance(ours, Text):
        limits = {"enum": sorted(ours.enum), "pattern": ours.pattern, "maxLength": ours.max_length}
        return {"type": "string", **{name: value for name, value in limits.items() if value}}
    if isinstance(ours, Integer):
        limits = {"minimum": ours.minimum, "maximum": ours.maximum}
        given = {name: value for name, value in limits.items() if value is not None}
        return {"type": "integer", "format": f"int{ours.bits}", **given}
    if isinstance(ours, Quantity):
        return {"x-kubernetes-int-or-string": True}
    if isinstance(ours, Selector):
        return {"type": "object", "fields": ["matchExpressions", "matchLabels"]}
    if isinstance(ours, Term):
        return {"type": "object", "fields": ["matchExpressions", "matchFields"]}
    return {Boolean: {"type": "boolean"}, Bytes: {"type": "string", "format": "byte"}, Opaque: {"type": "object"}}[
        type(ours)
    ]


def relevant(schema: Schema) -> dict[str, Any]:
    """What a schema says of a value, as far as our types know it."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"x-kubernetes-int-or-string": True}
    names = ("type", "format", "enum", "pattern", "maxLength", "minimum", "maximum")
    given = {name: sorted(schema[name]) if name == "enum" else schema[name] for name in names if name in schema}
    fields = sorted(schema.get("properties", ()))
    is_known = fields in (["matchExpressions", "matchLabels"], ["matchExpressions", "matchFields"])
    return given | ({"fields": fields} if is_known else {})


def found(crds: Mapping[str, Any], key: tuple[str, str]) -> set[str]:
    (version,) = crds[key[1]]["spec"]["versions"]
    return set(differences(OWN[key], version["schema"]["openAPIV3Schema"]))


def test_the_kinds_are_the_same(crds: Mapping[str, Any]) -> None:
    assert {(raw["spec"]["group"], kind) for kind, raw in crds.items() if kind not in NOT_OURS} == set(OWN)


@pytest.mark.parametrize("key", OWN, ids=lambda key: key[1])
def test_field_by_field(crds: Mapping[str, Any], key: tuple[str, str]) -> None:
    assert found(crds, key) - STRICTER - LOOSER == set()


def leave_out(schema: Any) -> None:
    del schema["properties"]["spec"]["properties"]["priority"]


def widen(schema: Any) -> None:
    schema["properties"]["spec"]["properties"]["subscribers"]["items"]["properties"]["weight"]["minimum"] = -1


def add(schema: Any) -> None:
    schema["properties"]["spec"]["properties"]["colour"] = {"type": "string"}


def require(schema: Any) -> None:
    schema["properties"]["spec"]["required"] = ["feeds", "priority", "subscribers"]


def retype(schema: Any) -> None:
    schema["properties"]["spec"]["properties"]["clusterTolerations"] = {"type": "string"}


def choose(schema: Any) -> None:
    schema["properties"]["spec"]["properties"]["schedulingStrategy"]["enum"] = ["Replication"]


@pytest.mark.parametrize("change", [leave_out, widen, add, require, retype, choose])
def test_each_sort_of_difference_is_found(crds: Mapping[str, Any], change: Callable[[Any], None]) -> None:
    changed = copy.deepcopy(dict(crds))
    change(changed["Subscription"]["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    key = (APPS_GROUP, "Subscription")
    assert len(found(changed, key) - found(crds, key)) == 1
