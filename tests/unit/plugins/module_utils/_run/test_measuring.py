# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a hub to reach the clusters whose room has to be known."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import DEPLOYER_SECRET
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import PARSED_KINDS, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge, nothing_given
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.dividing_world import (
    KEY,
    NOW,
    World,
    deployment,
    dynamic,
    overwrite_replicas,
    web,
)


def looked_at(world: World, hub: MemoryHub) -> dict[str, Any]:
    """The answer of `info` to whom the inventory tells nothing of clusters, and who read the hub without Secrets."""
    loaded = parse_contents(hub.load(kinds=PARSED_KINDS))
    world.store.read.clear()
    gauge = Gauge(replace(world.tools, hub=hub), lambda _cluster: None, nothing_given, 5)
    return inform(loaded, Scope(), (), Guards(9), measure=gauge.measure)


def credentials_of(world: World, name: str) -> None:
    """Store the Secret that says how a cluster is reached."""
    data = {key: base64.b64encode(b"https://fake").decode() for key in ("apiserver-advertise-url", "token")}
    metadata = {"name": DEPLOYER_SECRET, "namespace": f"clusternet-{name}"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
    MemoryHub(world.store).write([Put(secret, None)], NOW)


def test_who_looks_reads_the_secrets_of_the_hub_once_where_clusters_are_reached_by_nothing_else() -> None:
    world = World(a=2, b=9)
    world.distribute(deployment(1), web(**dynamic()))
    credentials_of(world, "a")
    credentials_of(world, "b")
    overwrite_replicas(world, 5)
    answer = looked_at(world, MemoryHub(world.store))
    assert world.store.read == [frozenset(["Secret"])]
    clusters = answer["subscriptions"]["default/web"]["clusters"]
    assert sum(each["replicas"][KEY] for each in clusters.values()) == 5
    assert answer["warnings"] == []


def test_who_looks_reads_no_secrets_where_annotations_say_how_clusters_are_reached() -> None:
    world = World(a=2)
    world.variables["a"]["multicluster_kubeconfig"] = "a.kubeconfig"
    world.distribute(deployment(1), web(**dynamic()))
    overwrite_replicas(world, 2)
    answer = looked_at(world, MemoryHub(world.store))
    assert world.store.read == []
    assert answer["subscriptions"]["default/web"]["clusters"]["a"]["replicas"] == {KEY: 2}


def test_who_looks_and_may_not_read_secrets_is_told_so() -> None:
    class Forbidding(MemoryHub):
        """A hub that shows no Secrets, as a server does to a viewer."""

        def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
            contents = super().load(namespaces, kinds)
            shown = {key: item for key, item in contents.objects.items() if key.kind != "Secret"}
            forbidden = ("secrets is forbidden",) if kinds is None or "Secret" in kinds else ()
            return replace(contents, objects=shown, warnings=forbidden)

    world = World(a=2)
    world.distribute(deployment(1), web(**dynamic()))
    credentials_of(world, "a")
    overwrite_replicas(world, 2)
    answer = looked_at(world, Forbidding(world.store))
    (warning,) = [warning for warning in answer["warnings"] if warning.startswith("cluster a: ")]
    assert "nothing says how to reach it" in warning
    assert warning.endswith("; secrets is forbidden")
