# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in snake case become objects of the API, field by field, and nothing is lost or invented."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import check
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema import SCHEMAS
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema_types import Fields, ListOf
from ansible_collections.multicluster.apps.plugins.module_utils._run import module_specs, typed_objects
from ansible_collections.multicluster.apps.plugins.module_utils._run.typed_objects import api_fields, api_name

APPS, CLUSTERS = "apps.clusternet.io", "clusters.clusternet.io"
KINDS = {
    (APPS, "Subscription"): module_specs.SUBSCRIPTION_FIELDS,
    (APPS, "Globalization"): module_specs.GLOBALIZATION_FIELDS,
    (APPS, "Localization"): module_specs.POLICY_FIELDS,
    (CLUSTERS, "ManagedCluster"): module_specs.MANAGED_CLUSTER_FIELDS,
}
# What users never write: Clusternet's agents do, or the server.
NO_OPTIONS = {"clusterInitBaseName", "taints.timeAdded"}


def option_paths(spec: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for option, rules in spec.items():
        yield prefix + api_name(option)
        yield from option_paths(rules.get("options", {}), f"{prefix}{api_name(option)}.")


def schema_paths(fields: Fields, prefix: str = "") -> Iterator[str]:
    for name, kind in fields.fields.items():
        yield prefix + name
        inner = kind.item if isinstance(kind, ListOf) else kind
        if isinstance(inner, Fields):
            yield from schema_paths(inner, f"{prefix}{name}.")


def without_terms(paths: Iterator[str]) -> set[str]:
    """Selectors are one type in the schema, and the terms of Kubernetes are opaque options."""
    opaque = ("matchLabels", "matchExpressions", "topologySpreadConstraints.", "preferredClusters.")
    return {path for path in paths if not any(part in path for part in opaque)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[1])
def test_every_field_of_the_api_is_an_option(kind: tuple[str, str]) -> None:
    spec = SCHEMAS[kind].fields["spec"]
    assert isinstance(spec, Fields)
    assert without_terms(option_paths(KINDS[kind])) == without_terms(schema_paths(spec)) - NO_OPTIONS


def test_only_what_was_given() -> None:
    spec = {"a_b": {}, "c": {"options": {"d_e": {}}}, "f": {"options": {"g": {}}}}
    params = {"a_b": None, "c": [{"d_e": {"x_y": None}}], "f": {"g": None}}
    assert api_fields(params, spec) == {"c": [{"dE": {"x_y": None}}], "f": {}}


def test_false_and_zero_were_given() -> None:
    assert api_fields({"a": False, "b": 0, "c": []}, {"a": {}, "b": {}, "c": {}}) == {"a": False, "b": 0, "c": []}


def test_values_of_overrides() -> None:
    overrides = [{"type": "MergePatch", "value": value} for value in ({"a": 1}, [], "text", 5)]
    params = {"name": "g", "labels": {"a": "b"}, "overrides": overrides}
    values = [item["value"] for item in typed_objects.globalization(params, json.dumps)["spec"]["overrides"]]
    assert values == ['{"a": 1}', "[]", "text", 5]


def test_objects_pass_the_door() -> None:
    feed = {"api_version": "v1", "kind": "Namespace", "namespace": None, "name": "shop"}
    policy = {"name": "p", "feed": feed, "priority": 10, "override_policy": "ApplyNow", "overrides": []}
    subscription = {"name": "s", "namespace": "default", "subscribers": [{"cluster_affinity": {}}], "feeds": [feed]}
    cluster = {"name": "c", "sync_mode": "Push", "annotations": {"a": "b"}}
    objects = [
        typed_objects.subscription(subscription),
        typed_objects.globalization(policy, str),
        typed_objects.localization(policy, "clusternet-c", str),
        typed_objects.managed_cluster(cluster, "clusternet-c", "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57"),
    ]
    assert [problem for raw in objects for problem in check(raw, "here")] == []
    assert [raw["metadata"].get("namespace") for raw in objects] == ["default", None, "clusternet-c", "clusternet-c"]
