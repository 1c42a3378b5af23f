# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server forbids, and what is said about it."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.permission import missing_rule

OURS = "system:serviceaccount:multicluster-apps:multicluster-apps"


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (
            f'deployments.apps "web" is forbidden: User "{OURS}" cannot patch resource "deployments" in API group "apps" in '
            'the namespace "shop"',
            '{api_groups: ["apps"], resources: [deployments]}',
        ),
        (
            f'nodes is forbidden: User "{OURS}" cannot list resource "nodes" in API group "" at the cluster scope',
            '{api_groups: [""], resources: [nodes]}',
        ),
        (
            f'pods "a" is forbidden: User "{OURS}" cannot get resource "pods/log" in API group "" in the namespace "shop"',
            '{api_groups: [""], resources: [pods/log]}',
        ),
    ],
)
def test_the_rule_is_named(message: str, rule: str) -> None:
    said = missing_rule(message)
    assert ("with shop in cluster_namespaces" in said) is ('"shop"' in message)
    assert "multicluster.apps.cluster" in said
    assert said.endswith(rule)


@pytest.mark.parametrize(
    "message",
    [
        "",
        'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
        'nodes is forbidden: User "system:serviceaccount:other:robot" cannot list resource "nodes" in API group "" at the',
        'pods "a" is forbidden: exceeded quota: small',
        f'User "{OURS}" cannot get path "/readyz"',
        f'User "{OURS}" cannot patch resource "x}}, evil: [" in API group ""',
    ],
)
def test_about_others_nothing_is_said(message: str) -> None:
    assert missing_rule(message) == ""
