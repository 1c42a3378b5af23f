# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A large application on a hub that is an API server: many objects, and large ones, as a `List` in one file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

Versions = Callable[[], Mapping[str, Any]]
SMALL, LARGE = 500, 8
HALF_A_MIB = 2**19


def test_many_and_large_objects(
    project: Project, servers: ControlPlane, access: ClusterAccess, versions: Versions
) -> None:
    chance = random.Random(1)
    data = {f"small-{number}": str(number) for number in range(SMALL)}
    data |= {f"large-{number}": chance.randbytes(HALF_A_MIB // 2).hex() for number in range(LARGE)}
    maps = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": project.namespace},
            "data": {"a": value},
        }
        for name, value in data.items()
    ]
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}}
    feeds = [{"apiVersion": "v1", "kind": raw["kind"], **raw["metadata"]} for raw in (space, *maps)]
    subscription = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": project.namespace, "namespace": "default"},
        "spec": {"subscribers": [{"clusterAffinity": {}}], "feeds": feeds},
    }
    items = {"apiVersion": "v1", "kind": "List", "items": [subscription, space, *maps]}
    project.write("app/app.json", json.dumps(items))
    members = servers.members[:2]
    project.inventory({each.name: {"multicluster_kubeconfig": str(each.kubeconfig)} for each in members})
    project.environment["K8S_AUTH_KUBECONFIG"] = str(access.kubeconfig)
    task = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/", "source": "app"}}

    first = project.tasks(task, hub_dir=None).ok().only
    wanted = dict.fromkeys((each.name for each in members), len(feeds))
    assert {name: len(cluster["created"]) for name, cluster in first.result["clusters"].items()} == wanted
    before = versions()
    parts = [name for name in before if name.startswith("Description clusternet-")]
    assert len(parts) > LARGE, "a Description holds a MiB at most"
    assert project.tasks(task, hub_dir=None).ok().changed == []
    assert versions() == before
