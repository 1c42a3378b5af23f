# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kinds have no namespace."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.kinds import cluster_scoped


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "Namespace", True),
        ("", "ConfigMap", False),
        ("apps", "Deployment", False),
        ("rbac.authorization.k8s.io", "ClusterRole", True),
        ("rbac.authorization.k8s.io", "Role", False),
        ("apiextensions.k8s.io", "CustomResourceDefinition", True),
        ("policy", "PodDisruptionBudget", False),
        ("apps.clusternet.io", "Globalization", True),
        ("apps.clusternet.io", "Subscription", False),
        ("clusters.clusternet.io", "ManagedCluster", False),
        ("example.com", "Widget", None),
        # The same kind in another group is another kind.
        ("example.com", "Namespace", None),
    ],
)
def test_cluster_scoped(group, kind, expected):
    assert cluster_scoped(group, kind) is expected
