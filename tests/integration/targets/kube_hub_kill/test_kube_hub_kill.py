# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run killed with SIGKILL between any two writes, of the hub or of a cluster: the next one brings all to where it belongs."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server, opened
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_kill.runs import Job, Proxies

pytestmark = pytest.mark.integration

APPS = "apps.clusternet.io/v1alpha1"
# What differs between two hubs that mean the same.
TIMES = frozenset({"creationTimestamp", "deletionTimestamp", "lastTransitionTime"})
# The writes that a run that is to be killed gets to do at most.
LONGEST = 20


class Fleet:
    """The application of a test, and what is to come of it."""

    def __init__(self, proxies: Proxies, server: Server, members: list[ClusterAccess], namespace: str) -> None:
        self.proxies = proxies
        self.server = server
        self.members = members
        self.namespace = namespace
        self.urls = {name: proxy.url for name, proxy in proxies.members.items()}

    def job(self, *names: str, value: str = "1", region: str = "east", **more: Any) -> Job:
        """Store and distribute ConfigMaps of these names; the last member is in this region, and one Subscription is for the east."""
        first, last = self.urls
        labels = {first: {"region": "east"}, last: {"region": region}}
        objects = [self._config_map(name, value) for name in names]
        every = self._subscription(f"{self.namespace}-every", {}, *names)
        east = self._subscription(f"{self.namespace}-east", {"matchLabels": {"region": "east"}}, "east")
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}
        documents = (space, every, east, self._config_map("east", "1"), *objects)
        return Job(self.proxies.hub.url, self.urls, labels, documents, **more)

    def _config_map(self, name: str, value: str) -> dict[str, Any]:
        metadata = {"name": name, "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": value}}

    def _subscription(self, name: str, affinity: Mapping[str, Any], *names: str) -> dict[str, Any]:
        feeds = [{"apiVersion": "v1", "kind": "Namespace", "name": self.namespace}]
        feeds += [
            {"apiVersion": "v1", "kind": "ConfigMap", "namespace": self.namespace, "name": each} for each in names
        ]
        metadata = {"name": name, "namespace": "default"}
        spec = {"subscribers": [{"clusterAffinity": affinity}], "feeds": feeds}
        return {"apiVersion": APPS, "kind": "Subscription", "metadata": metadata, "spec": spec}

    def removal(self) -> Job:
        """Remove the Subscription for all, and what it delivered."""
        name = {"name": f"{self.namespace}-every", "namespace": "default"}
        gone = {"apiVersion": APPS, "kind": "Subscription", "metadata": name}
        job = self.job("first", "third", value="2", region="west")
        return replace(
            job, documents=[raw for raw in job.documents if raw["metadata"]["name"] != name["name"]], absent=[gone]
        )

    def state(self) -> dict[str, Any]:
        """Everything on the hub and in the clusters; a uid is told by the object that has it."""
        hub = self.hub().load()
        uids = {item.raw["metadata"]["uid"]: f"uid of {key}" for key, item in hub.objects.items()}
        found: dict[str, Any] = {str(key): plain(item.raw, uids) for key, item in hub.objects.items()}
        for member in self.members:
            listed = member.kubectl("get", "configmap", "-A", "-o", "json").stdout
            for raw in json.loads(listed)["items"]:
                if self.namespace in json.dumps(raw["metadata"]) and raw["metadata"]["name"] != "kube-root-ca.crt":
                    raw["metadata"] = {key: raw["metadata"].get(key) for key in ("name", "labels", "annotations")}
                    found[f"{member.name} {raw['metadata']['name']}"] = plain(raw, uids)
        return found

    def hub(self) -> KubernetesHub:
        """The hub, past the proxy."""
        return opened(Connection(kubeconfig=str(self.server.access.kubeconfig)))

    def forget_locks(self) -> None:
        """The locks of killed runs; else each next run would wait until they end."""
        self.server.access.kubectl(
            "delete", "leases", "-A", "-l", "clusternet.io/created-by=multicluster.apps", "--wait=false"
        )


def plain(value: Any, uids: Mapping[str, str]) -> Any:
    """A value without its times, and with the uids that it names told."""
    if isinstance(value, Mapping):
        return {uids.get(key, key): plain(item, uids) for key, item in value.items() if key not in TIMES}
    if isinstance(value, (list, tuple)):
        return [plain(item, uids) for item in value]
    return uids.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def fleet(proxies: Proxies, server: Server, servers: ControlPlane, project: Project) -> Fleet:
    return Fleet(proxies, server, servers.members[:2], project.namespace)


def jobs(fleet: Fleet) -> dict[str, Job]:
    """One after the other: all is new; an object changes, one goes, one comes, and a cluster is left; back; all goes."""
    return {
        "new": fleet.job("first", "second"),
        "changed": fleet.job("first", "third", value="2", region="west"),
        "back": fleet.job("first", "third", value="2", region="west", rollback=f"default/{fleet.namespace}-every"),
        "removed": fleet.removal(),
    }


def die_until_done(fleet: Fleet, job: Job, chance: random.Random, count: int) -> int:
    """Kill one run after the other, after a few writes each; after one more once they come no further, as a delivery applies
    again what it had applied when it was killed. The first dies before the last of the writes that a whole run does, which are
    so many. Gives how many died."""
    more, deaths = 0, 0
    seen: set[str] = set()
    while fleet.proxies.run_killed(job, more + chance.randint(1, min(LONGEST, count - 1))):
        fleet.forget_locks()
        deaths += 1
        assert deaths <= 3 * count, sorted(seen)
        tried = set(fleet.proxies.writes())
        more += tried <= seen
        seen |= tried
    return deaths


def test_runs_that_die_between_writes_get_there_in_the_end(fleet: Fleet) -> None:
    expected: dict[str, tuple[dict[str, Any], int]] = {}
    for name, job in jobs(fleet).items():
        count = len(fleet.proxies.run(job))
        assert fleet.proxies.run(job) == [], name
        expected[name] = fleet.state(), count
    fleet.server.wipe()
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    for name, job in jobs(fleet).items():
        whole, count = expected[name]
        deaths = die_until_done(fleet, job, chance, count)
        assert deaths, (name, seed)
        assert fleet.state() == whole, (name, seed)
        assert fleet.proxies.run(job) == [], (name, seed)


def test_a_killed_playbook_and_its_locks(fleet: Fleet, project: Project) -> None:
    """The next run takes the locks over once they have ended, and ends the work."""
    job = fleet.job("first", "second")
    project.inventory({name: {"multicluster_host": url} for name, url in job.members.items()})
    project.write("app/app.yml", tuple(job.documents[:2] + job.documents[3:]))
    project.environment["K8S_AUTH_HOST"] = job.hub
    distribute = {"group": "managed_clusters", "src": "app/", "source": "app", "lock_timeout": 60}
    task = {"name": "distribute", "multicluster.apps.distribute": distribute}
    project.tasks(task, arguments=("--check",), hub_dir=None).ok()
    process = project.start("tasks.yml")
    place = random.choice(("/manifests", "/bases", "/descriptions/", "/configmaps"))
    met = threading.Event()

    def fault(method: str, path: str) -> str:
        if method == "GET" or place not in path:
            return ""
        met.set()
        os.killpg(process.pid, signal.SIGKILL)
        return "stop"

    for proxy in fleet.proxies.every.values():
        proxy.fault = fault
    process.communicate(timeout=60)
    assert met.is_set(), place
    for proxy in fleet.proxies.every.values():
        proxy.fault = lambda _method, _path: ""
    project.tasks(task, hub_dir=None).ok()
    before = fleet.state()
    names = [f"{member.name} {name}" for member in fleet.members for name in ("first", "second")]
    assert set(names) <= set(before), place
    again = project.tasks(task, hub_dir=None).ok()
    assert again.changed == []
    assert fleet.state() == before
