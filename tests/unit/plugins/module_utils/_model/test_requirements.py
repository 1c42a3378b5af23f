# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one replica asks of a node, parsed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import (
    ReplicaRequirements,
    is_node_resource,
    resource_amounts,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Toleration
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import Condition, SelectorTerm

TERM = {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}


def affinity(**required: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


def test_everything() -> None:
    found = ReplicaRequirements.of(
        {
            "nodeSelector": {"zone": "a", "disk": "ssd"},
            "tolerations": [{"key": "gpu", "operator": "Exists", "tolerationSeconds": 3}],
            "resources": {
                "requests": {
                    "memory": "1Gi",
                    "cpu": "250m",
                    "nvidia.com/gpu": 1,
                    "pods": "4",
                    "ephemeral-storage": "0",
                },
                "limits": {"cpu": "9"},
            },
            **affinity(nodeSelectorTerms=[TERM]),
        }
    )
    assert found.requests == (("cpu", 250), ("memory", 2**30), ("nvidia.com/gpu", 1))
    assert found.node_selector == (("disk", "ssd"), ("zone", "a"))
    assert found.tolerations == (Toleration("gpu", "Exists"),)
    assert found.affinity == (SelectorTerm((Condition("disk", "Exists"),)),)


def test_preferences_and_the_affinity_of_pods_turn_no_node_away() -> None:
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": TERM}]}
    assert ReplicaRequirements.of({"affinity": {"nodeAffinity": preferred, "podAffinity": {}}}).affinity is None
    assert ReplicaRequirements.of({"affinity": None}).affinity is None


def test_no_term_at_all_is_met_by_no_node() -> None:
    assert ReplicaRequirements.of(affinity(nodeSelectorTerms=[])).affinity == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cpu", True), ("memory", True), ("ephemeral-storage", True), ("pods", True), ("hugepages-2Mi", True),
        ("nvidia.com/gpu", True), ("attachable-volumes-aws-ebs", True), ("foo", False), ("a/b/c", False),
        ("requests.nvidia.com/gpu", False), ("/x", False), (3, False),
    ],
)  # fmt: skip
def test_names_of_resources(name: Any, expected: bool) -> None:
    assert is_node_resource(name) is expected


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"resources": []}, "^x.resources: found a list; a mapping"),
        ({"resources": {"requests": "1"}}, "x.resources.requests: found a string; a mapping of resources"),
        (
            {"resources": {"requests": {"cpu": "lots"}}},
            r"x.resources.requests\[cpu\]: found 'lots', which is no quantity",
        ),
        ({"nodeSelector": {"a": 1}}, "x.nodeSelector: found 1; strings"),
        ({"nodeSelector": "a"}, "x.nodeSelector: found a string; a mapping"),
        ({"tolerations": {}}, "x.tolerations: found a mapping; a list of mappings"),
        ({"tolerations": ["a"]}, r"x.tolerations\[0\]: found a string; a mapping"),
        ({"tolerations": [{"key": ["a"]}]}, r"x.tolerations\[0\].key: found a list; a string"),
        ({"affinity": "a"}, "x.affinity: found a string"),
        ({"affinity": {"nodeAffinity": 1}}, "x.nodeAffinity: found a number"),
        (affinity(nodeSelectorTerms=[{"x": 1}]), r"nodeSelectorTerms\[0\].x: unknown field"),
    ],
)
def test_what_is_malformed(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ReplicaRequirements.of(raw, "x")


def test_amounts_are_rounded_up() -> None:
    assert resource_amounts({"cpu": "1u", "memory": "1.5"}, "x") == {"cpu": 1, "memory": 2}
    assert resource_amounts(None, "x") == {}
