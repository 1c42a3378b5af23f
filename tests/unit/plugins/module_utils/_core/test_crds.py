# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one definition knows and another does not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.crds import lacking_fields, unserved_versions

TEXT = {"type": "string"}
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def crd(version: str = "v1", *, served: bool = True, **fields: Any) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "properties": fields}}
    return {"spec": {"versions": [{"name": version, "served": served, "schema": schema}]}}


def mapping(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def test_the_same_lacks_nothing() -> None:
    assert lacking_fields(crd(spec=mapping(a=TEXT)), crd(spec=mapping(a=TEXT))) == ()


def test_more_lacks_nothing() -> None:
    assert lacking_fields(crd(spec=mapping(a=TEXT, b=TEXT)), crd(spec=mapping(a=TEXT))) == ()


def test_the_topmost_field_that_is_missing_is_named() -> None:
    wanted = crd(spec=mapping(a=TEXT, b=mapping(c=TEXT)), status=TEXT)
    assert lacking_fields(crd(spec=mapping(a=TEXT)), wanted) == ("spec.b", "status")


@pytest.mark.parametrize(
    ("known", "wanted", "path"),
    [
        ({"items": mapping()}, {"items": mapping(a=TEXT)}, "spec[].a"),
        ({"additionalProperties": mapping()}, {"additionalProperties": mapping(a=TEXT)}, "spec[*].a"),
        ({"items": {"items": mapping()}}, {"items": {"items": mapping(a=TEXT)}}, "spec[][].a"),
    ],
)
def test_lists_and_maps(known: Any, wanted: Any, path: str) -> None:
    assert lacking_fields(crd(spec=known), crd(spec=wanted)) == (path,)


@pytest.mark.parametrize("known", [ANYTHING, {"additionalProperties": True}])
def test_what_takes_anything_lacks_nothing(known: Any) -> None:
    wanted = {"additionalProperties": mapping(a=TEXT)} if "additionalProperties" in known else mapping(a=TEXT)
    assert lacking_fields(crd(spec=known), crd(spec=wanted)) == ()


def test_a_version_that_is_not_there_is_named_once_and_its_fields_are_not() -> None:
    old, new = crd("v1beta1", spec=TEXT), crd("v1", spec=TEXT, status=TEXT)
    assert unserved_versions(old, new) == ("v1",)
    assert lacking_fields(old, new) == ()


def test_a_version_that_is_not_served_is_none() -> None:
    assert unserved_versions(crd(served=False), crd()) == ("v1",)
    assert unserved_versions(crd(), crd(served=False)) == ()


def test_a_definition_without_a_schema_lacks_everything() -> None:
    old = {"spec": {"versions": [{"name": "v1", "served": True}]}}
    assert lacking_fields(old, crd(spec=TEXT)) == ("spec",)
