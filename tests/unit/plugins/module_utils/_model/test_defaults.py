# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server fills in and what controllers add is no difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import (
    equal,
    is_controllers_finalizer,
    is_controllers_label,
    with_defaults,
)

CRDS = Path(__file__).parents[5] / "roles" / "hub" / "files" / "crds"
# Users do not store these.
AGENTS = {"ClusterRegistrationRequest"}
UID = "0f6f0a8e-3f57-4c5e-9b43-6d0ef0c153a1"


def defaults_of(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every default of a schema, by its path; lists have none."""
    for name, part in (schema.get("properties") or {}).items():
        if "default" in part:
            yield (*path, name), part["default"]
        yield from defaults_of(part, (*path, name))


def crds() -> Iterator[tuple[str, str, dict[tuple[str, ...], Any]]]:
    for file in sorted(CRDS.glob("*.yaml")):
        spec = yaml.safe_load(file.read_text())["spec"]
        (version,) = spec["versions"]
        if spec["names"]["kind"] not in AGENTS:
            found = dict(defaults_of(version["schema"]["openAPIV3Schema"]))
            yield f"{spec['group']}/{version['name']}", spec["names"]["kind"], found


@pytest.mark.parametrize(
    ("api_version", "kind", "defaults"), list(crds()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_our_defaults_are_those_of_the_crds(api_version: str, kind: str, defaults: dict[tuple[str, ...], Any]) -> None:
    bare: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "metadata": {}}
    expected = deepcopy(bare)
    for path, value in defaults.items():
        of_bare, of_expected = bare, expected
        for name in path[:-1]:
            of_bare, of_expected = of_bare.setdefault(name, {}), of_expected.setdefault(name, {})
        of_expected[path[-1]] = value
    assert with_defaults(bare) == expected


def subscription(metadata: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", **metadata},
        "spec": {"subscribers": [], "feeds": [], **spec},
    }


def test_an_object_is_left_as_it_is() -> None:
    raw = subscription({"labels": {}}, dividingScheduling={"dynamicDividing": {}})
    before = deepcopy(raw)
    assert with_defaults(raw)["spec"]["dividingScheduling"] == {
        "type": "Static",
        "dynamicDividing": {"strategy": "Spread"},
    }
    assert raw == before


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (subscription({}), subscription({}, schedulerName="default"), True),
        (subscription({}), subscription({}, schedulerName="mine"), False),
        (subscription({}), subscription({}, preemptionPolicy=None), True),
        (subscription({"labels": {}, "annotations": None}), subscription({}), True),
        (subscription({"creationTimestamp": None}), subscription({}), True),
        (subscription({"labels": {"a": ""}}), subscription({}), False),
        (subscription({}), subscription({}, dividingScheduling={"type": "Static"}), False),
        (subscription({}, dividingScheduling={}), subscription({}, dividingScheduling={"type": "Static"}), True),
    ],
)
def test_what_is_the_same(one: Any, other: Any, same: bool) -> None:
    assert equal(one, other) is same


def test_defaults_are_shown_where_the_stored_object_shows_them() -> None:
    stored = subscription({}, schedulerName="default", schedulingStrategy="Dividing")
    shown = with_defaults(subscription({"labels": {}}), as_in=stored)
    assert shown == subscription({"labels": {}}, schedulerName="default")


@pytest.mark.parametrize(
    ("key", "value", "theirs"),
    [
        (UID, "Subscription", True),
        (UID, "Base", True),
        (UID, "ConfigMap", True),
        (UID, "mine", False),
        ("apps.clusternet.io/config.kind", "HelmChart", True),
        ("apps.clusternet.io/subs.name", "web", True),
        ("clusters.clusternet.io/cluster-id", UID, True),
        ("apps.clusternet.io/mine", "x", False),
        ("region", "cn", False),
    ],
)
def test_labels_of_controllers(key: str, value: str, theirs: bool) -> None:
    assert is_controllers_label(key, value) is theirs


@pytest.mark.parametrize(
    ("finalizer", "theirs"),
    [
        ("apps.clusternet.io/finalizer", True),
        ("apps.clusternet.io/feed-protection", True),
        ("clusternet.io/x", True),
        ("notclusternet.io/x", False),
        ("foregroundDeletion", False),
    ],
)
def test_finalizers_of_controllers(finalizer: str, theirs: bool) -> None:
    assert is_controllers_finalizer(finalizer) is theirs
