# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tolerations cover which taints."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Taint, Toleration, tolerates

TAINT = Taint("dedicated", "gpu", "NoSchedule")


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"key": "dedicated", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}, True),
        ({"key": "dedicated", "value": "gpu"}, True),
        ({"key": "dedicated", "value": "cpu"}, False),
        ({"key": "dedicated"}, False),
        ({"key": "dedicated", "operator": "Exists"}, True),
        ({"key": "dedicated", "operator": "Exists", "value": "cpu"}, True),
        ({"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}, True),
        ({"key": "dedicated", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
        ({"operator": "Exists"}, True),
        ({"operator": "Exists", "effect": "PreferNoSchedule"}, False),
        ({"operator": "Equal", "value": "gpu"}, True),
        ({"operator": "Equal"}, False),
        ({"key": "dedicated", "operator": "Bogus", "value": "gpu"}, False),
        ({"key": None, "operator": "Exists", "value": None, "effect": None, "tolerationSeconds": 0}, True),
        ({}, False),
    ],
)
def test_one_toleration(toleration, expected):
    assert Toleration.of(toleration).covers(TAINT) is expected


def test_nothing_at_all_covers_a_taint_without_a_value():
    assert Toleration().covers(Taint("dedicated", "", "NoExecute"))


def test_one_of_several_is_enough_and_none_is_not():
    covering, other = Toleration("dedicated", "Exists"), Toleration("other", "Exists")
    assert tolerates((other, covering), TAINT)
    assert not tolerates((other,), TAINT)
    assert not tolerates((), TAINT)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}, "dedicated=gpu:NoSchedule"),
        ({"key": "dedicated", "value": None, "effect": "NoExecute"}, "dedicated:NoExecute"),
    ],
)
def test_a_taint_is_written_as_kubectl_writes_it(raw, text):
    assert str(Taint.of(raw)) == text
