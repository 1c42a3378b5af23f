# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others need is applied first."""

from __future__ import annotations

import random

from ansible_collections.multicluster.apps.plugins.module_utils._core.order import delivery_order, rank
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

RBAC = "rbac.authorization.k8s.io"
IN_ORDER = [
    [("", "Namespace")],
    [("apiextensions.k8s.io", "CustomResourceDefinition")],
    [("", "ServiceAccount"), (RBAC, "ClusterRole"), (RBAC, "RoleBinding")],
    [("", "ConfigMap"), ("", "Secret"), ("", "PersistentVolumeClaim"), ("storage.k8s.io", "StorageClass")],
    [("", "Service")],
    [("", "Pod"), ("apps", "Deployment"), ("apps", "StatefulSet"), ("batch", "CronJob"), ("batch", "Job")],
    # A kind is known by its group too: somebody else's Service may need anything.
    [("example.com", "Widget"), ("serving.knative.dev", "Service"), ("networking.k8s.io", "Ingress")],
]


def keys(kinds: list[tuple[str, str]]) -> list[ObjectKey]:
    return [ObjectKey(group, kind, "shop", "web") for group, kind in kinds]


def test_kinds_come_in_the_order_that_they_need_each_other() -> None:
    ranks = [{rank(key) for key in keys(kinds)} for kinds in IN_ORDER]
    assert all(len(each) == 1 for each in ranks), "kinds that belong together do not share a place"
    assert [place for each in ranks for place in each] == list(range(len(IN_ORDER)))


def test_objects_of_one_place_are_by_identity_whatever_the_order_they_came_in() -> None:
    every = [key for kinds in IN_ORDER for key in keys(kinds)]
    every += [ObjectKey("", "ConfigMap", "a", "z"), ObjectKey("", "ConfigMap", "a", "b")]
    mixed = random.Random(0).sample(every, len(every))
    assert sorted(mixed, key=delivery_order) == sorted(every, key=delivery_order)
    maps = [key for key in sorted(mixed, key=delivery_order) if key.kind == "ConfigMap"]
    assert [(key.namespace, key.name) for key in maps] == [("a", "b"), ("a", "z"), ("shop", "web")]
