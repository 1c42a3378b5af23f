# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tolerations cover which taints."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import (
    Taint,
    Toleration,
    taint_findings,
    tolerates,
    toleration_findings,
)

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


@pytest.mark.parametrize(
    "raw",
    [
        {"operator": "Exists"},
        {"operator": "Exists", "effect": "PreferNoSchedule"},
        {"key": "example.com/gpu", "operator": "Exists", "value": ""},
        {"key": "gpu"},
        {"key": "gpu", "operator": "", "value": "big", "effect": ""},
        {"key": "gpu", "operator": "Equal", "value": "big", "effect": "NoSchedule"},
        {"key": "gpu", "effect": "NoExecute", "tolerationSeconds": 0},
        {"key": "gpu", "operator": None, "value": None, "effect": None, "tolerationSeconds": None},
    ],
)
def test_tolerations_that_kubernetes_takes(raw):
    assert list(toleration_findings(raw)) == []


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            {},
            ["key: is missing; accepted: the key of a taint, or with the operator Exists none, which means all taints"],
        ),
        ({"operator": "Equal", "value": "x"}, ["key: is missing"]),
        ({"key": "a b", "operator": "Exists"}, ["key: found 'a b'; accepted: [<DNS name>/]"]),
        ({"key": "gpu", "operator": "Gt", "value": "1"}, ["operator: found 'Gt'; accepted: Equal, Exists, or none"]),
        (
            {"operator": "exists"},
            ["operator: found 'exists'; accepted: Equal, Exists, or none, which is Equal; did you"],
        ),
        (
            {"key": "gpu", "operator": "Exists", "value": "big"},
            ["value: found 'big'; accepted with the operator Exists: none"],
        ),
        ({"key": "gpu", "value": "a b"}, ["value: found 'a b'; accepted: empty or up to 63"]),
        (
            {"key": "gpu", "effect": "noschedule"},
            [
                "effect: found 'noschedule'; accepted: NoSchedule, PreferNoSchedule, NoExecute, or none, which means all of"
            ],
        ),
        ({"key": "gpu", "tolerationSeconds": 3}, ["tolerationSeconds: accepted: with the effect NoExecute only"]),
        (
            {"key": "gpu", "effect": "NoSchedule", "tolerationSeconds": 0},
            ["tolerationSeconds: accepted: with the effect NoExecute only"],
        ),
        (
            {"value": "!", "effect": "x", "tolerationSeconds": 1},
            ["value: ", "key: ", "effect: ", "tolerationSeconds: "],
        ),
    ],
)
def test_tolerations_that_kubernetes_refuses(raw, said):
    found = list(toleration_findings(raw))
    assert [str(finding)[: len(start)] for finding, start in zip(found, said, strict=True)] == said
    assert all(finding.tolerable for finding in found)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"key": "gpu", "effect": "NoSchedule"}, []),
        ({"key": "example.com/gpu", "value": "big", "effect": "NoExecute"}, []),
        ({"key": "a b", "effect": "NoSchedule"}, ["key: found 'a b'; accepted: [<DNS name>/]"]),
        ({"key": "", "effect": "NoSchedule"}, ["key: found ''"]),
        ({"key": "gpu", "value": "a b", "effect": "NoSchedule"}, ["value: found 'a b'"]),
        (
            {"key": "gpu", "effect": "noexecute"},
            ["effect: found 'noexecute'; accepted: NoSchedule, PreferNoSchedule, NoExecute; did you mean 'NoExecute'?"],
        ),
        ({"key": 7, "effect": None}, []),
    ],
)
def test_taints(raw, said):
    found = list(taint_findings(raw))
    assert [str(finding)[: len(start)] for finding, start in zip(found, said, strict=True)] == said
    assert all(finding.tolerable for finding in found)
