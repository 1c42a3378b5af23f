# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster joins and leaves: what is done in which order, and what is not done when something is wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.access import Access, TokenPolicy
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.enrolling import (
    EnrolRequest,
    LeaveRequest,
    enrol,
    withdraw,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import MemoryApi, MemoryServer
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import tools_of

NOW = "2026-01-01T00:00:00Z"
ADMINISTRATOR = {"multicluster_host": "https://one:6443", "multicluster_api_key": "s3cret-of-an-administrator"}
SECRET = ObjectKey("", "Secret", "clusternet-one", "child-cluster-deployer")
CLUSTER = ObjectKey("clusters.clusternet.io", "ManagedCluster", "clusternet-one", "one")
ACCOUNT = ObjectKey("", "ServiceAccount", "multicluster-apps", "multicluster-apps")
HUB = Connection(host="https://hub")


class World:
    """A member, a hub and an administrator, in memory."""

    def __init__(self, secrets: str = "plain") -> None:
        self.api, self.hub_api, self.store = MemoryApi(), MemoryApi(), MemoryStore()
        self.now = NOW
        self.secrets = secrets
        self.variables: dict[str, Any] = dict(ADMINISTRATOR)

    @property
    def tools(self) -> Tools:
        hub = MemoryHub(self.store, secrets=self.secrets)
        return replace(tools_of(self.store, {}, hub), now=lambda: self.now, open_server=self._open, codec=GoYaml())

    def _open(self, name: str, connection: Connection) -> MemoryServer:
        return (self.hub_api if connection == HUB else self.api).open(name, connection)

    @property
    def host(self) -> Host:
        return Host("one", ("edge",), self.variables, "/inventory")

    def enrol(self, *, check: bool = False, lifetime: int = 3600, access: Access | None = None, **more: Any) -> Any:
        request = EnrolRequest(self.host, "clusternet-one", access or Access(), TokenPolicy(lifetime), **more)
        return enrol(request, self.tools, check=check, diff=True)

    def leave(self, *, check: bool = False, **more: Any) -> Any:
        request = LeaveRequest(self.host, "clusternet-one", "multicluster-apps", **more)
        return withdraw(request, self.tools, check=check, diff=True)

    @property
    def objects(self) -> dict[ObjectKey, Any]:
        return {key: item.raw for key, item in self.tools.hub.load().objects.items()}

    @property
    def data(self) -> dict[str, str]:
        data = self.objects[SECRET]["data"]
        return {name: base64.b64decode(text).decode() for name, text in data.items()}


@pytest.fixture
def world() -> World:
    return World()


def test_the_secret_has_clusternets_layout(world: World) -> None:
    world.enrol()
    assert set(world.data) == {"apiserver-advertise-url", "ca.crt", "token"}
    assert world.data["apiserver-advertise-url"] == "https://one:6443"
    assert world.data["ca.crt"] == world.api.authority
    secret = world.objects[SECRET]
    assert secret["type"] == "Opaque"
    assert secret["metadata"]["annotations"]["multicluster.apps/token-expires"] == "2026-01-01T01:00:00Z"


def test_nothing_of_the_administrator_reaches_the_hub(world: World) -> None:
    world.variables |= {"multicluster_ca_cert": "ca.pem", "multicluster_labels": {"site": "north"}}
    world.enrol()
    metadata = world.objects[CLUSTER]["metadata"]
    assert metadata["labels"]["site"] == "north"
    assert not {name for name in metadata.get("annotations", {}) if name.endswith(("/host", "/ca-cert", "/kubeconfig"))}
    assert "s3cret" not in json.dumps(list(world.store.objects.values()), default=str)


def test_a_proxy_and_lenience_are_kept_as_the_secret_needs_them(world: World) -> None:
    world.variables |= {"multicluster_proxy": "http://proxy:3128", "multicluster_validate_certs": False}
    world.enrol()
    annotations = world.objects[CLUSTER]["metadata"]["annotations"]
    assert annotations["multicluster.apps/proxy"] == "http://proxy:3128"
    assert annotations["multicluster.apps/validate-certs"] == "false"


def test_check_mode_says_the_same_and_writes_nothing(world: World) -> None:
    predicted = world.enrol(check=True)
    assert (world.api.log, world.store.objects) == ([], {})
    done = world.enrol()
    assert predicted["member"] == done["member"]
    assert predicted["hub"] == done["hub"]
    assert predicted["token"] == {"renewed": True, "reason": "there is none", "expires": ""}


def test_a_second_run_does_nothing(world: World) -> None:
    world.enrol()
    log, stored = list(world.api.log), dict(world.store.objects)
    again = world.enrol()
    assert not again["changed"]
    assert again["token"] == {"renewed": False, "reason": "", "expires": "2026-01-01T01:00:00Z"}
    assert (world.api.log, world.store.objects) == (log, stored)


def test_a_token_is_in_no_result(world: World) -> None:
    for check in (True, False, True, False):
        text = json.dumps(world.enrol(check=check), default=str)
        assert "token-" not in text.replace("multicluster.apps/token-", "")
        world.now = "2026-01-01T00:59:00Z"
        world.api.now = world.api.now.replace(minute=59)


@pytest.mark.parametrize(("now", "renewed"), [("2026-01-01T00:39:59Z", False), ("2026-01-01T00:40:00Z", True)])
def test_a_token_is_renewed_when_a_third_of_its_life_is_left(world: World, now: str, *, renewed: bool) -> None:
    world.enrol()
    token = world.data["token"]
    world.now = now
    assert world.enrol()["token"]["renewed"] is renewed
    assert (world.data["token"] != token) is renewed


def test_a_shorter_life_than_was_asked_for_is_honoured(world: World) -> None:
    world.api.longest_token = 1800
    assert world.enrol(lifetime=86400)["token"]["expires"] == "2026-01-01T00:30:00Z"
    assert not world.enrol(lifetime=86400)["changed"]


def test_a_new_address_keeps_the_token(world: World) -> None:
    world.enrol()
    token = world.data["token"]
    done = world.enrol(advertise_url="https://one.example.com")
    assert done["hub"]["updated"] == ["Secret clusternet-one/child-cluster-deployer"]
    assert world.data["apiserver-advertise-url"] == "https://one.example.com"
    assert world.data["token"] == token


def test_a_hub_that_refuses_secrets_is_asked_first() -> None:
    world = World(secrets="refuse")
    with pytest.raises(InvalidInput, match="child-cluster-deployer"):
        world.enrol()
    assert world.api.log == []


def test_what_a_cluster_refuses_leaves_nothing_half_done(world: World) -> None:
    role = ObjectKey("rbac.authorization.k8s.io", "ClusterRole", "", "multicluster-apps")
    world.api.failing[role] = ClusterError("one: cannot apply ClusterRole: HTTP 403")
    with pytest.raises(ClusterError, match="403"):
        world.enrol()
    assert (world.api.log, world.store.objects) == ([], {})


def test_where_clusternet_runs_its_agents_register_clusters(world: World) -> None:
    world.store.clusternet = "Lease clusternet-system/clusternet-scheduler is held"
    with pytest.raises(InvalidInput, match="one"):
        world.enrol()
    assert (world.api.log, world.store.objects) == ([], {})


def test_a_secret_of_somebody_else_is_left_alone(world: World) -> None:
    world.enrol()
    secret = world.objects[SECRET]
    version = world.tools.hub.load().objects[SECRET].version
    labels = {"clusternet.io/created-by": "clusternet-agent"}
    foreign = {**secret, "metadata": {**secret["metadata"], "labels": labels}}
    world.tools.hub.write([Put(foreign, version)], NOW)
    log = list(world.api.log)
    with pytest.raises(InvalidInput, match="was not made by this role"):
        world.enrol()
    assert world.api.log == log
    assert world.leave()["hub"]["removed"] == ["ManagedCluster clusternet-one/one"]
    assert SECRET in world.objects


def test_a_role_of_somebody_else_is_left_alone(world: World) -> None:
    world.api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "multicluster-apps"}})
    metadata = {"name": "multicluster-apps", "namespace": "multicluster-apps"}
    world.api.put({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    with pytest.raises(ClusterError, match="service_account"):
        world.enrol()
    assert world.api.log == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "multicluster_kubeconfig"),
        ({"multicluster_directory": "out"}, "multicluster.apps.register"),
        ({"multicluster_host": "{{ x }}"}, "template"),
    ],
)
def test_an_administrator_is_needed(world: World, variables: dict[str, Any], message: str) -> None:
    world.variables = variables
    with pytest.raises(InvalidInput, match=message):
        world.enrol()


# ---------------------------------------------------------------------------------------------------------- leaving


def test_leaving_takes_all_of_it_back(world: World) -> None:
    world.enrol(access=Access(namespaces=("shop",)))
    predicted = world.leave(check=True)
    assert CLUSTER in world.objects
    done = world.leave()
    assert predicted["member"] == done["member"]
    assert predicted["hub"] == done["hub"]
    assert world.objects == {}
    # The user's namespace is the user's.
    assert list(world.api.objects) == [ObjectKey("", "Namespace", "", "shop")]
    assert not world.leave()["changed"]


def test_the_namespace_of_parents_stays_while_there_are_some(world: World) -> None:
    world.enrol()
    metadata = {"name": "web-1", "namespace": "multicluster-apps"}
    world.api.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    done = world.leave()
    assert done["warnings"] == [
        "one: namespace multicluster-apps stays, because ConfigMap multicluster-apps/web-1 is in it"
    ]
    assert ACCOUNT not in world.api.objects


def test_a_namespace_that_was_there_before_stays(world: World) -> None:
    world.api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "multicluster-apps"}})
    world.enrol()
    assert world.leave()["warnings"] == []
    assert list(world.api.objects) == [ObjectKey("", "Namespace", "", "multicluster-apps")]


def test_a_cluster_that_is_away_leaves_by_force_only(world: World) -> None:
    world.enrol()
    world.api.down = ClusterUnreachable("one: https://one:6443 is not reachable")
    with pytest.raises(ClusterError, match=r"not reachable.*`force: true`"):
        world.leave()
    assert CLUSTER in world.objects
    done = world.leave(force=True)
    assert world.objects == {}
    assert "left there: one: https://one:6443 is not reachable" in done["warnings"][0]


def test_bases_keep_a_cluster_also_by_force(world: World) -> None:
    world.enrol()
    metadata = {"name": "web-1", "namespace": "clusternet-one"}
    base = {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": "Base", "metadata": metadata, "spec": {"feeds": []}}
    world.tools.hub.write([Put(base, None)], NOW)
    log = list(world.api.log)
    with pytest.raises(InvalidInput, match="still has 1 Bases"):
        world.leave(force=True)
    assert world.api.log == log
    assert CLUSTER in world.objects


def test_a_namespace_whose_kinds_may_not_all_be_listed_stays(world: World) -> None:
    world.enrol()
    world.api.failing["inhabitants"] = ClusterError("one: cannot list the jobs: HTTP 403")
    done = world.leave()
    assert done["warnings"] == [
        "one: namespace multicluster-apps stays, because nobody can tell what is in it: one: cannot list the jobs: HTTP 403"
    ]
    assert ObjectKey("", "Namespace", "", "multicluster-apps") in world.api.objects
    assert ACCOUNT not in world.api.objects


OURS = {"clusternet.io/created-by": "multicluster.apps"}


@pytest.mark.parametrize(
    ("api_version", "kind", "name", "gone"),
    [
        ("batch/v1", "CronJob", "nightly", False),
        ("networking.k8s.io/v1", "Ingress", "web", False),
        ("example.com/v1", "Lamp", "desk", False),
        ("coordination.k8s.io/v1", "Lease", "somebody", False),
        ("coordination.k8s.io/v1", "Lease", "multicluster-apps-cluster", True),
        ("v1", "Event", "one.1", True),
        ("events.k8s.io/v1", "Event", "one.1", True),
        ("v1", "ServiceAccount", "default", True),
    ],
)
def test_other_peoples_objects_of_any_kind_keep_the_namespace(
    world: World, api_version: str, kind: str, name: str, *, gone: bool
) -> None:
    namespace = {"name": "clusternet-one", "labels": OURS}
    world.hub_api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": namespace})
    metadata = {"name": name, "namespace": "clusternet-one"}
    world.hub_api.put({"apiVersion": api_version, "kind": kind, "metadata": metadata})
    world.enrol()
    for check in (True, False):
        done = world.leave(check=check, hub_connection=HUB)
        assert ("Namespace clusternet-one" in done["hub"]["removed"]) is gone
        assert bool(done["warnings"]) is not gone


def test_a_namespace_that_goes_in_its_own_time_is_not_removed_twice(world: World) -> None:
    going = {"labels": OURS, "deletionTimestamp": NOW}
    for api, name in ((world.api, "multicluster-apps"), (world.hub_api, "clusternet-one")):
        api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **going}})
    done = world.leave(hub_connection=HUB)
    assert (done["changed"], done["warnings"]) == (False, [])


def test_what_leaves_the_hub_does_not_keep_the_namespace_in_check_mode(world: World) -> None:
    world.enrol()
    world.hub_api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusternet-one", "labels": OURS}})
    for key in (SECRET, CLUSTER):
        world.hub_api.put(world.objects[key])
    assert "Namespace clusternet-one" in world.leave(check=True, hub_connection=HUB)["hub"]["removed"]


def test_the_namespace_goes_under_the_lock_of_the_hub(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.hub_api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "clusternet-one", "labels": OURS}})
    world.enrol()
    seen: list[bool] = []

    @contextmanager
    def lock(_hub: MemoryHub, name: str) -> Iterator[None]:
        assert name == "hub"
        seen.append(ObjectKey("", "Namespace", "", "clusternet-one") in world.hub_api.objects)
        yield
        seen.append(ObjectKey("", "Namespace", "", "clusternet-one") in world.hub_api.objects)

    monkeypatch.setattr(MemoryHub, "lock", lock)
    world.leave(hub_connection=HUB)
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("labels", "tenant", "gone"),
    [
        ({"clusternet.io/created-by": "multicluster.apps"}, None, True),
        ({}, None, False),
        ({"clusternet.io/created-by": "multicluster.apps"}, "notes", False),
        ({"clusternet.io/created-by": "multicluster.apps"}, "kube-root-ca.crt", True),
    ],
)
def test_the_namespace_on_a_server_goes_if_it_is_ours_and_empty(
    world: World, labels: dict[str, str], tenant: str | None, *, gone: bool
) -> None:
    metadata = {"name": "clusternet-one", "labels": labels}
    world.hub_api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    if tenant:
        inside = {"name": tenant, "namespace": "clusternet-one"}
        world.hub_api.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": inside})
    world.enrol()
    for check in (True, False):
        done = world.leave(check=check, hub_connection=HUB)
        assert ("Namespace clusternet-one" in done["hub"]["removed"]) is gone
        assert any("stays" in text for text in done["warnings"]) is (tenant == "notes")
    assert (ObjectKey("", "Namespace", "", "clusternet-one") not in world.hub_api.objects) is gone
