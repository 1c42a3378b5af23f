# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a cluster still holds what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.fingerprint import (
    covers,
    fingerprint,
    projection,
    record_of,
)


def test_the_order_of_keys_does_not_count_and_types_do() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert len({fingerprint(value) for value in (1, 1.0, True, "1", None, [1])}) == 6
    assert fingerprint("\ud800") != fingerprint("\ud801")  # halves of surrogate pairs, which JSON can carry


@pytest.mark.parametrize(
    ("live", "desired", "expected", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 5}, {"a": 1}, True),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 0}}, {"a": {"x": 1}}, True),
        ({"b": 2}, {"a": 1}, {}, False),
        ({"l": [{"x": 1, "y": 2}]}, {"l": [{"x": 1}]}, {"l": [{"x": 1}]}, True),
        ({"l": [{"x": 1}, {"x": 2}]}, {"l": [{"x": 1}]}, {"l": [{"x": 1}, {"x": 2}]}, True),
        ({"l": [{"y": 1}]}, {"l": [{"x": 1}]}, {"l": [{}]}, False),
        ({"a": "1"}, {"a": {"x": 1}}, {"a": "1"}, True),
    ],
)
def test_projection(live: Any, desired: Any, expected: Any, covered: bool) -> None:
    assert projection(live, desired) == expected
    assert covers(live, desired) is covered


def test_a_servers_own_notation_is_remembered() -> None:
    desired = {"apiVersion": "v1", "kind": "X", "cpu": "1000m"}
    then = record_of({**desired, "cpu": "1", "defaulted": True}, desired)
    assert then == record_of({**desired, "cpu": "1", "defaulted": False}, desired)
    assert then != record_of({**desired, "cpu": "2"}, desired)
    assert then != record_of({**desired, "cpu": "1"}, {**desired, "cpu": "1"})


def test_nothing_of_a_secret_goes_into_its_record() -> None:
    def secret(**data: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "data": data}

    first = record_of(secret(password="b2xk"), secret(password="b2xk"))
    assert first is not None
    assert first == record_of(secret(password="bmV3"), secret(password="bmV3"))
    assert first != record_of(secret(password="b2xk", user="bWU="), secret(password="b2xk", user="bWU="))
    assert record_of(secret(password="bmV3"), secret(password="b2xk")) is None
    assert record_of(secret(), secret(password="b2xk")) is None
