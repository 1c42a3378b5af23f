# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Kubernetes hub reads and writes, and in how many requests; answers that are lost, and runs that are killed."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import FaultProxy
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    Opener,
    all_said,
    base,
    description,
    manifest,
    said,
    subscription,
    with_mark,
    without_mark,
)

pytestmark = pytest.mark.integration

NOW = "2026-03-01T12:00:00Z"
FINALIZER = "apps.clusternet.io/finalizer"
BASE = ObjectKey.of(base())
DESCRIPTION = ObjectKey.of(description(""))
NEW = [Put(base(), None), Put(description(identity_uid(BASE)), None)]
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def writes(proxy: FaultProxy) -> list[str]:
    """The writes so far, without their queries."""
    return [line.partition("?")[0] for line in proxy.seen if line.startswith(WRITES)]


def only(stored: Sequence[StoredObject]) -> StoredObject:
    (one,) = stored
    return one


# ------------------------------------------------------------------------------------------------------------ reading


def test_a_hub_is_read_in_as_many_requests_as_there_are_kinds(proxy: FaultProxy, behind: KubernetesHub) -> None:
    behind.write(NEW, NOW)
    proxy.seen.clear()
    assert len(behind.load().objects) == 2
    paths = [line.partition("?")[0] for line in proxy.seen]
    assert (
        len(paths) == len(set(paths)) == 15
    )  # 13 kinds, of revisions the large ones apart, and the Leases of Clusternet


def test_a_kind_that_is_not_asked_for_is_not_read(proxy: FaultProxy, behind: KubernetesHub) -> None:
    behind.load(["clusternet-a"], ["Description", "Globalization"])
    lists = sorted(line.partition("?")[0].rpartition("/apis/")[2] for line in proxy.seen)
    assert lists == [
        "apps.clusternet.io/v1alpha1/namespaces/clusternet-a/descriptions",
        "coordination.k8s.io/v1/namespaces/clusternet-system/leases",
    ]
    behind.load(["clusternet-a"], ["Description"])
    assert len(proxy.seen) == 3, "whether Clusternet runs is asked once"


def test_other_secrets_and_revisions_are_not_the_hubs(server: Server, open_hub: Opener) -> None:
    other = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "kube-hub-other"}}
    server.send("POST", "/api/v1/namespaces/default/secrets", other)
    foreign = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "kube-hub"}}
    foreign |= {"revision": 1, "data": {"a": "b"}}
    revisions = "/apis/apps/v1/namespaces/default/controllerrevisions"
    server.send("POST", revisions, foreign)
    try:
        assert dict(open_hub().load().objects) == {}
    finally:
        server.send("DELETE", "/api/v1/namespaces/default/secrets/kube-hub-other")
        server.send("DELETE", f"{revisions}/kube-hub")


def test_many_objects_come_in_pages(proxy: FaultProxy, behind: KubernetesHub) -> None:
    wanted = []
    for number in range(101):
        raw = manifest({"number": number})
        wanted.append({**raw, "metadata": {**raw["metadata"], "name": f"settings-{number}"}})
    behind.write([Put(raw, None) for raw in wanted], NOW)
    proxy.seen.clear()
    contents = behind.load(kinds=["Manifest"])
    assert all_said(contents) == {ObjectKey.of(raw): raw for raw in wanted}
    assert len([line for line in proxy.seen if "manifests" in line]) == 2


# ------------------------------------------------------------------------------------------------------------ writing


def test_only_the_part_that_differs_is_written(proxy: FaultProxy, behind: KubernetesHub) -> None:
    stored = only(behind.write([Put({**subscription(), "status": {"desiredReleases": 1}}, None)], NOW))
    proxy.seen.clear()

    behind.write([Put(stored.raw, stored.version)], NOW)
    assert proxy.seen == []

    stored = only(behind.write([Put({**stored.raw, "status": {"desiredReleases": 2}}, stored.version)], NOW))
    spec = {**stored.raw["spec"], "priority": 1}
    behind.write([Put({**stored.raw, "spec": spec}, stored.version)], NOW)
    path = "/apis/apps.clusternet.io/v1alpha1/namespaces/default/subscriptions/web"
    assert [line.partition("?")[0] for line in proxy.seen] == [f"PUT {path}/status", f"PUT {path}"]


def test_a_status_is_taken_back(open_hub: Opener) -> None:
    stored = only(open_hub().write([Put({**subscription(), "status": {"desiredReleases": 1}}, None)], NOW))
    without = {field: value for field, value in stored.raw.items() if field != "status"}
    open_hub().write([Put(without, stored.version)], NOW)
    assert not only(list(open_hub().load().objects.values())).raw.get("status")


def test_what_we_make_is_held_on_the_server_and_the_hub_does_not_say_so(server: Server, open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([*NEW, Put(subscription(), None)], NOW)
    assert server.get(BASE)["metadata"]["finalizers"] == [FINALIZER]
    assert server.get(DESCRIPTION)["metadata"]["finalizers"] == [FINALIZER]
    assert "finalizers" not in server.get(ObjectKey.of(subscription()))["metadata"]
    assert all("finalizers" not in item.raw["metadata"] for item in hub.load().objects.values())


def test_what_others_hold_ends_when_they_let_go(server: Server, open_hub: Opener) -> None:
    open_hub().write([Put(subscription(), None)], NOW)
    key = ObjectKey.of(subscription())
    names = ["example.com/backup", "apps.clusternet.io/feed-protection"]
    server.patch(key, {"metadata": {"finalizers": names}})
    read = open_hub().load().objects[key]
    assert read.raw["metadata"]["finalizers"] == names

    open_hub().write([Delete(key, read.version or "")], NOW)

    left = open_hub().load().objects[key]
    assert left.raw["metadata"]["finalizers"] == ["example.com/backup"]
    assert left.raw["metadata"]["deletionTimestamp"]
    with pytest.raises(HubError, match=r"is being deleted and is wanted again.*example\.com/backup"):
        open_hub().write([Put(without_mark(left.raw), left.version)], NOW)
    server.patch(key, {"metadata": {"finalizers": None}})
    assert dict(open_hub().load().objects) == {}


def test_a_cluster_has_a_namespace_with_its_labels(server: Server, open_hub: Opener) -> None:
    labels = {
        "clusters.clusternet.io/cluster-id": "8e3dfb0b-8c1f-4c4c-a5f4-3b3e9d0b2a11",
        "clusters.clusternet.io/cluster-name": "kube-hub",
    }
    raw = {
        "apiVersion": "clusters.clusternet.io/v1beta1",
        "kind": "ManagedCluster",
        "metadata": {"name": "kube-hub", "namespace": "clusternet-kube-hub", "labels": {**labels, "region": "north"}},
        "spec": {"clusterId": labels["clusters.clusternet.io/cluster-id"], "syncMode": "Push", "clusterType": "x"},
    }
    path = "/api/v1/namespaces/clusternet-kube-hub"
    try:
        stored = only(open_hub().write([Put(raw, None)], NOW))
        made = server.send("GET", path)["metadata"]["labels"]
        assert made == {
            **labels,
            "clusternet.io/created-by": "multicluster.apps",
            "kubernetes.io/metadata.name": "clusternet-kube-hub",
        }
        server.send(
            "PATCH", path, {"metadata": {"labels": dict.fromkeys(labels)}}, content_type="application/merge-patch+json"
        )
        changed = {**stored.raw, "metadata": {**stored.raw["metadata"], "labels": labels}}
        open_hub().write([Put(changed, stored.version)], NOW)
        assert server.send("GET", path)["metadata"]["labels"] == made
    finally:
        server.wipe()
        server.send("DELETE", path)


def test_a_conflict_names_who_made_the_change(server: Server, open_hub: Opener) -> None:
    hub = open_hub()
    stored = only(hub.write([Put(subscription(), None)], NOW))
    server.patch(stored.key, {"spec": {"priority": 7}}, manager="alice")

    with pytest.raises(HubConflict, match=r"hub https://.*Subscription default/web was changed .* by 'alice' at 2"):
        hub.write([Put({**stored.raw, "status": {"desiredReleases": 1}}, stored.version)], NOW)
    with pytest.raises(HubConflict, match="'alice'"):
        hub.write([Delete(stored.key, stored.version or "")], NOW)
    with pytest.raises(HubConflict, match="'alice'"):
        hub.check([Put({**stored.raw, "spec": {**stored.raw["spec"], "priority": 1}}, stored.version)])
    server.send("DELETE", "/apis/apps.clusternet.io/v1alpha1/namespaces/default/subscriptions/web")
    with pytest.raises(HubConflict, match="was removed by somebody else"):
        hub.write([Put({**stored.raw, "spec": {**stored.raw["spec"], "priority": 1}}, stored.version)], NOW)


def test_of_two_runs_at_once_each_change_is_kept_or_refused(open_hub: Opener) -> None:
    names = [f"web-{number}" for number in range(20)]
    stored = open_hub().write([Put(subscription(name), None) for name in names], NOW)
    refused: list[str] = []

    def run(priority: int) -> None:
        hub = open_hub()
        for item in stored:
            try:
                hub.write([Put(subscription(item.key.name, priority=priority), item.version)], NOW)
            except HubConflict:
                refused.append(f"{item.key.name} {priority}")

    threads = [threading.Thread(target=run, args=(priority,)) for priority in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = [f"{key.name} {item.raw['spec']['priority']}" for key, item in open_hub().load().objects.items()]
    assert sorted(kept + refused) == sorted(f"{name} {priority}" for name in names for priority in (1, 2))


# --------------------------------------------------------------------------------------------------------- Clusternet


@pytest.fixture
def elect(server: Server) -> Any:
    """Makes the Lease of a Clusternet controller, renewed so many seconds ago."""
    path = "/apis/coordination.k8s.io/v1/namespaces/clusternet-system/leases"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusternet-system"}}

    def make(name: str, age: float, holder: str = "host_1") -> None:
        renewed = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": renewed}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
        server.send("POST", path, lease)

    with suppress(ApiError):  # it is there already
        server.send("POST", "/api/v1/namespaces", namespace)
    yield make
    for lease in server.send("GET", path)["items"]:
        server.send("DELETE", f"{path}/{lease['metadata']['name']}")


def test_a_lease_shows_that_clusternets_controllers_run(elect: Any, open_hub: Opener) -> None:
    elect("clusternet-agent", 0)
    elect("clusternet-controller-manager", 300)
    assert open_hub().load().clusternet == ""
    elect("clusternet-scheduler", 2)
    said_so = open_hub().load().clusternet
    assert said_so.startswith("Lease clusternet-system/clusternet-scheduler is held by host_1 and was renewed at 2")


def test_clusternets_finalizers_are_its_own_where_it_runs(elect: Any, server: Server, open_hub: Opener) -> None:
    stored = open_hub().write(NEW, NOW)
    elect("clusternet-scheduler", 0)
    open_hub().write([Delete(DESCRIPTION, stored[1].version or "")], NOW)
    left = server.get(DESCRIPTION)["metadata"]
    assert left["deletionTimestamp"]
    assert left["finalizers"] == [FINALIZER]


# ------------------------------------------------------------------------------------------- answers that are lost


Step = Callable[[Hub, dict[ObjectKey, StoredObject]], list[Change]]


def _spec(_hub: Hub, there: dict[ObjectKey, StoredObject]) -> list[Change]:
    item = there[BASE]
    return [Put({**item.raw, "metadata": {**item.raw["metadata"], "annotations": {"a": "b"}}}, item.version)]


def _status(_hub: Hub, there: dict[ObjectKey, StoredObject]) -> list[Change]:
    item = there[DESCRIPTION]
    return [Put({**item.raw, "status": {"phase": "Failure"}}, item.version)]


def _mark(_hub: Hub, there: dict[ObjectKey, StoredObject]) -> list[Change]:
    return [Put(with_mark(there[BASE].raw), there[BASE].version)]


def _create(_hub: Hub, _there: dict[ObjectKey, StoredObject]) -> list[Change]:
    return [Put(subscription(), None)]


def _remove(_hub: Hub, there: dict[ObjectKey, StoredObject]) -> list[Change]:
    return [Delete(BASE, there[BASE].version or "")]


@pytest.mark.parametrize(
    ("step", "method", "part"),
    [
        (_create, "POST", "subscriptions"),
        (_spec, "PUT", "bases"),
        (_status, "PUT", "status"),
        (_mark, "DELETE", "bases"),
        (_remove, "DELETE", "bases"),
        (_remove, "PUT", "bases"),
    ],
)
def test_a_write_whose_answer_is_lost_is_known_as_our_own(
    step: Step, method: str, part: str, proxy: FaultProxy, behind: KubernetesHub, open_hub: Opener
) -> None:
    there = {item.key: item for item in behind.write(NEW, NOW)}
    changes = step(behind, there)
    proxy.seen.clear()
    proxy.once("lost", method, part)

    stored = behind.write(changes, NOW)

    assert [line for line in writes(proxy) if line.startswith(method) and part in line][1:], "it was sent again"
    contents = open_hub().load()
    for change in changes:
        if isinstance(change, Delete):
            assert change.key not in contents.objects
    for item in stored:
        assert (contents.objects[item.key].raw, contents.objects[item.key].version) == (item.raw, item.version)


# ------------------------------------------------------------------------------------------------ runs that are killed


def settle(hub: Hub) -> None:
    """A run that wants the Base marked, its Description renewed, one Subscription gone and another there."""
    there = hub.load().objects
    wanted: list[Change] = []
    gone, come = subscription("gone"), subscription("come", priority=1)
    if ObjectKey.of(gone) in there:
        wanted.append(Delete(ObjectKey.of(gone), there[ObjectKey.of(gone)].version or ""))
    stored = there.get(ObjectKey.of(come))
    wanted.append(Put({**come, "status": {"desiredReleases": 1}}, stored.version if stored else None))
    held = there.get(BASE)
    uid = held.raw["metadata"]["uid"] if held else identity_uid(BASE)
    wanted.append(Put(base(), held.version if held else None))
    told = there.get(DESCRIPTION)
    wanted.append(Put({**description(uid), "status": {"phase": "Pending"}}, told.version if told else None))
    hub.write(wanted, NOW)


def test_a_run_that_is_killed_between_any_two_writes_is_ended_by_the_next(
    server: Server, proxy: FaultProxy, behind: KubernetesHub, open_hub: Opener
) -> None:
    killed_after = 0
    while True:
        hub = open_hub()
        made = hub.write([*NEW, Put(subscription("gone"), None)], NOW)
        hub.write([Put(with_mark(item.raw), item.version) for item in made[:2]], NOW)
        count = [0]

        def dead(method: str, _path: str, count: list[int] = count, limit: int = killed_after) -> str:
            count[0] += method in WRITES
            return "500" if method in WRITES and count[0] > limit else ""

        proxy.fault = dead
        try:
            settle(behind)
            died = False
        except HubError as error:
            died = "HTTP 500" in str(error)
            assert died

        settle(open_hub())

        contents = open_hub().load()
        real = contents.objects[BASE].raw["metadata"]["uid"]
        wanted = [
            base(),
            {**description(real), "status": {"phase": "Pending"}},
            {**subscription("come", priority=1), "status": {"desiredReleases": 1}},
        ]
        assert all_said(contents) == {ObjectKey.of(raw): said(raw) for raw in wanted}
        server.wipe()
        if not died:
            break
        killed_after += 1
    assert killed_after >= 7  # a deletion, two objects with status, two that are made anew


def test_a_source_says_where_the_object_is(open_hub: Opener) -> None:
    stored = only(open_hub().write([Put(subscription(), None)], NOW))
    assert re.fullmatch(r"hub https://\S+: Subscription default/web", stored.source)
