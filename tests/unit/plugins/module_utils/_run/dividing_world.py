# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub and clusters with nodes and pods in memory, for runs that divide replicas."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import (
    Distributed,
    DistributeRequest,
    distribute,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import MemoryApi, MemoryServer
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import feed, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import overwrite

NOW = "2026-01-01T00:00:00Z"
KEY = "apps/v1/Deployment/shop/web"


def deployment(replicas: int | None = None, name: str = "web", cpu: str = "1") -> dict[str, Any]:
    """A Deployment whose replicas ask for so much; without a number of replicas it means one."""
    pod = {"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}]}
    spec: dict[str, Any] = {"template": {"spec": pod}}
    if replicas is not None:
        spec["replicas"] = replicas
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def node(cpu: int) -> dict[str, Any]:
    """A node with so many processors."""
    status = {"allocatable": {"cpu": str(cpu), "memory": "64Gi", "pods": "110", "ephemeral-storage": "100Gi"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}, "spec": {}, "status": status}


def pod(cpu: int, name: str = "other") -> dict[str, Any]:
    """A pod that asks for so many processors of the node."""
    spec = {"nodeName": "node-1", "containers": [{"name": "c", "resources": {"requests": {"cpu": str(cpu)}}}]}
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Running"}}


def dynamic(strategy: str = "Spread", **rules: Any) -> dict[str, Any]:
    """Fields of a Subscription's spec: dynamic dividing."""
    dividing = {"type": "Dynamic", "dynamicDividing": {"strategy": strategy, **rules}}
    return {"schedulingStrategy": "Dividing", "dividingScheduling": dividing}


def static(**weights: int) -> dict[str, Any]:
    """Fields of a Subscription's spec: static dividing by the weights of clusters, by name."""
    subscribers = [
        {"clusterAffinity": {"matchLabels": {"name": name}}, "weight": weight} for name, weight in weights.items()
    ]
    return {
        "schedulingStrategy": "Dividing",
        "dividingScheduling": {"type": "Static"},
        "subscribers": subscribers,
    }


def web(name: str = "web", **spec: Any) -> dict[str, Any]:
    """A Subscription to the Deployment of that name."""
    return subscription(name, feed(deployment(name=name)), **spec)


class World:
    """Clusters with so many processors each, and a hub.

    :ivar asked: the clusters whose nodes were listed, in order.
    :ivar variables: of the hosts, by name.
    """

    def __init__(self, **processors: int) -> None:
        self.store = MemoryStore()
        self.apis = {name: MemoryApi(node(cpu)) for name, cpu in processors.items()}
        self.clusters = {name: MemoryCluster() for name in processors}
        self.asked: list[str] = []
        self.variables: dict[str, dict[str, Any]] = {
            name: {"multicluster_labels": {"name": name}} for name in processors
        }

    @property
    def tools(self) -> Tools:
        def open_member(name: str, _connection: Connection) -> MemoryMember:
            return MemoryMember(self.clusters[name])

        def open_server(name: str, connection: Connection) -> MemoryServer:
            self.asked.append(name)
            return self.apis[name].open(name, connection)

        clock = Clock(lambda: 0.0, lambda _seconds: None)
        return Tools(MemoryHub(self.store), "/hub", GoYaml(), open_member, lambda: NOW, clock, open_server)

    def distribute(self, *objects: dict[str, Any], check: bool = False, **request: Any) -> Distributed:
        self.asked.clear()
        documents = [Document(raw, f"app.yml:{number}") for number, raw in enumerate(objects, 1)]
        wanted = DistributeRequest(
            hosts=[Host(name, (), variables, "/i") for name, variables in self.variables.items()],
            store=StoreRequest(documents) if documents else None,
            options=DeliveryOptions(check=check),
            guards=request.pop("guards", Guards(max_removed_clusters=9)),
            **request,
        )
        return distribute(wanted, self.tools, lambda _cluster: Connection(host="https://fake"))

    def status(self, name: str = "web") -> dict[str, Any]:
        """The status of a Subscription on the hub."""
        (raw,) = [
            item.raw
            for key, item in MemoryHub(self.store).load().objects.items()
            if (key.kind, key.name) == ("Subscription", name)
        ]
        return dict(raw["status"])

    def replicas(self, name: str = "web") -> dict[str, int]:
        """How many replicas a Deployment has in each cluster that it was delivered to."""
        found = {}
        for cluster, member in self.clusters.items():
            for key, item in member.objects.items():
                if (key.kind, key.name) == ("Deployment", name):
                    found[cluster] = item["spec"]["replicas"]
        return found

    def named(self, kind: str) -> list[str]:
        """The names of the objects of a kind on the hub, with their namespaces."""
        found = MemoryHub(self.store).load().objects
        return sorted(f"{key.namespace}/{key.name}" for key in found if key.kind == kind)

    def raw(self, kind: str) -> list[dict[str, Any]]:
        """The objects of a kind on the hub."""
        found = MemoryHub(self.store).load().objects
        return [dict(item.raw) for key, item in sorted(found.items()) if key.kind == kind]


def overwrite_replicas(world: World, replicas: int) -> None:
    """Change the fed Deployment on the hub, and schedule nothing."""
    key = next(key for key in world.store.objects if key.kind == "Manifest")
    raw = copy.deepcopy(dict(MemoryHub(world.store).load().objects[key].raw))
    raw["template"]["spec"]["replicas"] = replicas
    overwrite(world.store, raw)
