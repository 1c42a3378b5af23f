# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two states, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.compare import compare, content_in
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import encode
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map


def spec(*objects: Any) -> dict[str, Any]:
    return {"deployer": "Generic", "raw": [encode(each) for each in objects]}


def fields(old: Any, new: Any) -> list[tuple[str, Any]]:
    """The fields of one object that differ."""
    states = [content_in([spec({**config_map(), "data": data})]) for data in (old, new)]
    ((_key, found),) = compare(*states).changed
    return [(each.field, dict(each.values)) for each in found]


def test_objects_that_come_and_go() -> None:
    before = content_in([spec(config_map("a"), config_map("b")), spec(config_map("c"))])
    after = content_in([spec(config_map("c"), config_map("d"))])
    found = compare(before, after)
    assert [key.name for key in found.removed] == ["a", "b"]
    assert [key.name for key in found.added] == ["d"]
    assert found.changed == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, [("/data/a", {"old": 1, "new": 2})]),
        ({"a": 1}, {}, [("/data/a", {"old": 1})]),
        ({}, {"a": None}, [("/data/a", {"new": None})]),
        ({"a/b~c": 1}, {"a/b~c": 2}, [("/data/a~1b~0c", {"old": 1, "new": 2})]),
        ([1, {"x": 1}], [1, {"x": 2}], [("/data/1/x", {"old": 1, "new": 2})]),
        ([1], [1, 2], [("/data", {"old": [1], "new": [1, 2]})]),
        ("abc", "abd", [("/data", {"old": "abc", "new": "abd"})]),
        ({"a": {"x": 1}}, {"a": [1]}, [("/data/a", {"old": {"x": 1}, "new": [1]})]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, [("/data/a", {"old": 1, "new": 2}), ("/data/b", {"old": 1, "new": 2})]),
    ],
)
def test_fields(old: Any, new: Any, expected: list[tuple[str, Any]]) -> None:
    assert fields(old, new) == expected


def test_the_values_of_a_secret_are_masked_and_still_differ() -> None:
    secrets = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": text}} for text in "xy"]
    found = compare(*(content_in([spec(each)]) for each in secrets))
    (change,) = found.changed[0][1]
    assert (change.field, change.values) == ("/data/a", {"old": "******** (before)", "new": "******** (after)"})


def test_a_chart_differs_in_its_values() -> None:
    chart = {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": "HelmChart", "metadata": {"name": "redis"}}

    def charts(values: Any) -> dict[str, Any]:
        return {"deployer": "Helm", "chartRaw": [encode(chart)], "raw": [encode(values)]}

    found = compare(content_in([charts({"a": 1})]), content_in([charts({"a": 2})]))
    assert [(key.name, each[0].field) for key, each in found.changed] == [("redis", "/values/a")]


def test_what_is_no_object_is_said() -> None:
    with pytest.raises(InvalidInput, match="no object"):
        content_in([spec(["a list"])])
