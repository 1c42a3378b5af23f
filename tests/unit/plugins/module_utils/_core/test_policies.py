# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which policies apply, and in which order."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.policies import in_order
from ansible_collections.multicluster.apps.plugins.module_utils._model.policies import Globalization, Localization


def _raw(name, *, priority=None, created="2026-01-01T10:00:00Z", affinity=None, deleted=None, came=None):
    metadata = {"name": name, "namespace": "shanghai", "creationTimestamp": created, "deletionTimestamp": deleted}
    if came is not None:
        metadata["annotations"] = {"multicluster.apps/created": came}
    spec = {"feed": {"apiVersion": "v1", "kind": "Service", "name": "web"}, "priority": priority}
    if affinity is not None:
        spec["clusterAffinity"] = affinity
    return {"metadata": metadata, "spec": spec}


def _globalization(name, **fields):
    return Globalization.of(_raw(name, **fields))


def _localization(name, **fields):
    return Localization.of(_raw(name, **fields))


def _names(policies):
    return [policy.meta.name for policy in policies]


def test_globalizations_come_before_localizations_whatever_their_priority():
    policies = in_order({}, [_globalization("g", priority=1000)], [_localization("l", priority=0)])
    assert _names(policies) == ["g", "l"]


@pytest.mark.parametrize(
    "ranked",
    [
        pytest.param([{"priority": 0}, {"priority": None}, {"priority": 501}], id="priority"),
        pytest.param([{"created": "2026-01-01T10:00:50Z"}, {"created": "2026-01-01T10:01:10Z"}], id="whole time"),
        pytest.param([{"created": "2026-01-01T12:00:00+03:00"}, {"created": "2026-01-01T10:00:00Z"}], id="time zone"),
        pytest.param([{"created": "2026-01-01T10:00:00Z"}, {"created": ""}], id="not stored yet"),
        pytest.param([{"created": "2026-01-01T09:00:00"}, {"created": "2026-01-01T10:00:00Z"}], id="no zone is UTC"),
        pytest.param([{}, {}, {}], id="name"),
    ],
)
def test_the_order_does_not_depend_on_how_they_are_given(ranked):
    policies = [_localization(f"p{index}", **fields) for index, fields in enumerate(ranked)]
    for given in itertools.permutations(policies):
        assert in_order({}, [], given) == tuple(policies)


def test_a_globalization_applies_where_its_affinity_is_absent_or_selects():
    policies = [
        _globalization("all"),
        _globalization("empty", affinity={}),
        _globalization("here", affinity={"matchLabels": {"env": "prod"}}),
        _globalization("there", affinity={"matchLabels": {"env": "test"}}),
    ]
    assert _names(in_order({"env": "prod"}, policies, [])) == ["all", "empty", "here"]


def test_policies_being_deleted_do_not_count():
    gone = {"deleted": "2026-01-02T00:00:00Z"}
    assert in_order({}, [_globalization("g", **gone)], [_localization("l", **gone)]) == ()


def test_a_policy_that_came_from_another_hub_is_as_old_as_it_was_there():
    moved = _localization("b", created="2026-05-01T00:00:00Z", came="2026-01-01T00:00:00Z")
    assert _names(in_order({}, [], [_localization("a", created="2026-02-01T00:00:00Z"), moved])) == ["b", "a"]
