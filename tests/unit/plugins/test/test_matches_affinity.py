# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test `matches_affinity`."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.multicluster.apps.plugins.test.matches_affinity import TestModule as Plugin

matches_affinity = Plugin().tests()["matches_affinity"]
CN = {"matchExpressions": [{"key": "region", "operator": "In", "values": ["cn"]}]}


@pytest.mark.parametrize(
    ("cluster", "affinity", "expected"),
    [
        ({"region": "cn"}, CN, True),
        ({"region": "eu"}, CN, False),
        ({"metadata": {"name": "a", "labels": {"region": "cn"}}}, CN, True),
        ({"metadata": {"name": "a"}}, CN, False),
        ({"env": True, "num": 5}, {"matchLabels": {"env": "true", "num": "5"}}, True),
        ({"env": False}, {"matchLabels": {"env": "False"}}, False),
        ({"metadata": {"name": "a"}}, {}, True),
    ],
)
def test_clusters_and_labels(cluster: dict[str, Any], affinity: dict[str, Any], expected: bool) -> None:
    assert matches_affinity(cluster, affinity) is expected


@pytest.mark.parametrize(
    ("cluster", "affinity"),
    [("a", CN), ({}, {"matchExpressions": [{"key": "a", "operator": "Near"}]}), ({}, None)],
)
def test_what_is_malformed_is_an_error(cluster: Any, affinity: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"multicluster\.apps\.matches_affinity: "):
        matches_affinity(cluster, affinity)
