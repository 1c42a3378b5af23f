# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Deployment that is divided over clusters, each with a label `site`, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.nodes import OWNER, container, node, placed, pod
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE, Project, Run

DISTRIBUTE: Final = {"group": "managed_clusters", "src": "app/", "source": "app"}
SPREAD: Final[Mapping[str, Any]] = {"type": "Dynamic", "dynamicDividing": {"strategy": "Spread"}}


@contextmanager
def with_processors(member: ClusterAccess, project: Project, free: int) -> Iterator[ClusterAccess]:
    """A member with a node that has so many processors left, beside two that are taken; only this test's pods may run there."""
    allocatable = {"cpu": str(free + 2), "memory": "8Gi", "pods": "110"}
    items = (
        node(NAMESPACE, status={"allocatable": allocatable}),
        pod(NAMESPACE, NAMESPACE, {"containers": [container({"cpu": "2"})]}),
    )
    with placed(member, project.namespace, items):
        yield member


@dataclass
class Fleet:
    """The clusters of a test, and its application.

    :ivar servers: by site, the members that are API servers; all other clusters are directories.
    :ivar variables: by site, what its host in the inventory says beside its label.
    :ivar hub: options that name the hub.
    """

    project: Project
    servers: Mapping[str, ClusterAccess]
    variables: Mapping[str, Mapping[str, Any]]
    hub: Mapping[str, Any] = field(default_factory=dict)

    def host(self, site: str) -> str:
        """The name of a cluster: of a server the test's own, for what is made there carries it."""
        return f"{site}-{self.project.namespace}" if site in self.servers else site

    def inventory(self, name: str = "inventory.yml", **more: Mapping[str, Any]) -> None:
        """Write an inventory.

        :param more: by site, other variables.
        """
        hosts = {}
        for site, variables in self.variables.items():
            server = self.servers.get(site)
            labels: Mapping[str, Any] = {"multicluster_labels": {"site": site}}
            if server:
                reached = {"multicluster_kubeconfig": str(server.kubeconfig)}
            else:
                reached = {"multicluster_directory": f"out/{site}"}
            hosts[self.host(site)] = {**reached, **labels, **variables, **more.get(site, {})}
        self.project.write(name, {"managed_clusters": {"hosts": hosts}})

    def write(self, replicas: int, weights: Mapping[str, int], dividing: Mapping[str, Any] = SPREAD) -> None:
        """Write the application.

        :param weights: by site.
        """
        subscribers = [
            {"clusterAffinity": {"matchLabels": {"site": site}}, "weight": weight} for site, weight in weights.items()
        ]
        space: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        # Each replica asks for a processor of the nodes of the test.
        pods = {"nodeSelector": {OWNER: NAMESPACE}, "containers": [container({"cpu": "1"})]}
        made = deployment("web", pods, replicas=replicas)
        feeds = [{"apiVersion": raw["apiVersion"], "kind": raw["kind"], **raw["metadata"]} for raw in (space, made)]
        self.project.write("app/app.yml", (space, made, subscription(subscribers, feeds, dividing)))

    def run(self, *arguments: str, **options: Any) -> Run:
        """Store and distribute it."""
        task = {"name": "distribute", "multicluster.apps.distribute": {**DISTRIBUTE, **options}}
        return self.project.tasks(task, arguments=arguments, **self.hub)

    def delivered(self) -> dict[str, int | None]:
        """By site, the replicas there; None where there is no Deployment."""
        return {site: self._delivered(site) for site in self.variables}

    def generation(self, site: str) -> int:
        """How often the Deployment on a server was changed."""
        return int(self._on_server(self.servers[site])["metadata"]["generation"])

    def _delivered(self, site: str) -> int | None:
        if site in self.servers:
            found = self._on_server(self.servers[site])
        elif (self.project.path / "out" / site).exists():
            found = self.project.objects(f"out/{site}").get(f"Deployment {self.project.namespace}/web", {})
        else:
            found = {}
        return found["spec"]["replicas"] if found else None

    def _on_server(self, server: ClusterAccess) -> dict[str, Any]:
        answer = server.kubectl(
            "get", "deployment", "web", "-n", self.project.namespace, "-o", "json", "--ignore-not-found"
        ).stdout
        return dict(json.loads(answer)) if answer.strip() else {}


def numbers(diff: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
    """By site, the replicas that a diff gives to the Deployment there; None where it goes."""
    found = {}
    for entry in diff:
        cluster, _colon, name = entry["before_header"].partition(": ")
        if cluster != "hub" and name.startswith("Deployment "):
            found[cluster.partition("-")[0]] = entry["after"]["spec"]["replicas"] if entry["after"] else None
    return found


def deployment(name: str, pod_spec: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    """A Deployment of such pods in the test's own namespace."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            **spec,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec},
        },
    }


def subscription(subscribers: Any, feeds: Any, dividing: Mapping[str, Any] = SPREAD) -> dict[str, Any]:
    """A Subscription that divides these feeds."""
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "schedulingStrategy": "Dividing",
            "dividingScheduling": dividing,
            "subscribers": subscribers,
            "feeds": feeds,
        },
    }
