# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that fail or refuse: one clear error of the hub each, which says what to do and shows no secret."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, HubError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.aged_tokens import older as aged
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    CRDS,
    PATIENCE,
    Server,
    opened,
)
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import FaultProxy
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    NOW,
    SECRET,
    base,
    description,
    manifest,
    subscription,
    with_mark,
    without_mark,
)

pytestmark = pytest.mark.integration

RBAC = CRDS.parent / "rbac"
NAMESPACE = "kube-hub-users"


# ------------------------------------------------------------------------------------------------- servers that fail


@pytest.mark.parametrize("fault", ["429", "500", "cut"])
def test_a_fault_that_passes_is_not_noticed(fault: str, proxy: FaultProxy, behind: KubernetesHub) -> None:
    behind.write([Put(subscription(), None)], NOW)
    proxy.once(fault, "GET", "subscriptions", times=2)
    assert len(behind.load().objects) == 1
    assert len([line for line in proxy.seen if line.startswith("GET") and "subscriptions" in line]) == 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("429", "HTTP 429: TooManyRequests"),
        ("500", "HTTP 500: InternalError"),
        ("cut", "not reachable"),
        ("stop", "timed out"),
    ],
)
def test_a_fault_that_stays_is_one_error(fault: str, said: str, proxy: FaultProxy, hasty: KubernetesHub) -> None:
    proxy.fault = lambda _method, path: fault if "subscriptions" in path else ""
    with pytest.raises(HubError) as caught:
        hasty.load(kinds=["Subscription"])
    assert str(caught.value).startswith(f"hub {proxy.url}: ")
    assert "cannot list the subscriptions of the cluster" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def hasty(proxy: FaultProxy) -> KubernetesHub:
    """The hub behind the proxy, for a run without much patience."""
    return opened(Connection(host=proxy.url), patience=replace(PATIENCE, read=1))


def test_a_server_that_stops_does_not_take_its_time_for_each_kind(proxy: FaultProxy, hasty: KubernetesHub) -> None:
    proxy.fault = lambda _method, _path: "stop"
    begun = time.monotonic()
    with pytest.raises(HubError, match="timed out"):
        hasty.load()
    assert time.monotonic() - begun < 2  # the patience of one request, not of thirteen


def test_a_write_that_stops_in_the_middle_is_ended_by_the_next_run(
    proxy: FaultProxy, behind: KubernetesHub, hasty: KubernetesHub
) -> None:
    proxy.fault = lambda method, path: "stop" if method == "PUT" and path.partition("?")[0].endswith("/status") else ""
    raw = {**subscription(), "status": {"desiredReleases": 1}}
    with pytest.raises(HubError, match=r"cannot write the status of Subscription default/web: .*timed out"):
        hasty.write([Put(raw, None)], NOW)
    proxy.fault = lambda _method, _path: ""
    (stored,) = behind.load().objects.values()
    behind.write([Put({**stored.raw, "status": raw["status"]}, stored.version)], NOW)
    (stored,) = behind.load().objects.values()
    assert stored.raw["status"] == {"desiredReleases": 1}


def test_nothing_listens(admin: Connection) -> None:
    with pytest.raises(HubError, match=r"^hub https://127\.0\.0\.1:1: it is not reachable, cannot list the .*refused"):
        opened(replace(admin, host="https://127.0.0.1:1")).load()


# ---------------------------------------------------------------------------------------------- who we are, who it is


def refused(server: Server, token: str) -> None:
    with pytest.raises(HubError) as caught:
        opened(Connection(host=server.access.server, api_key=token, validate_certs=False)).load()
    assert str(caught.value).startswith(f"hub {server.access.server}: cannot list the ")
    assert "HTTP 401" in str(caught.value)
    assert "no longer) accepted" in str(caught.value)
    assert token not in str(caught.value)


def test_a_token_that_is_not_accepted_is_named_and_not_shown(server: Server) -> None:
    refused(server, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl")


def test_so_is_one_that_has_expired(server: Server, user: Any, control_plane: ControlPlane) -> None:
    token = user("late", "cluster-admin").api_key
    key = control_plane.lab.files.cluster(server.access.name).service_account_key
    opened(Connection(host=server.access.server, api_key=aged(token, 60, key), validate_certs=False)).load()
    refused(server, aged(token, 24 * 3600, key))


def test_a_wrong_certificate_authority_is_an_error(server: Server, control_plane: ControlPlane, tmp_path: Path) -> None:
    kubeconfig = yaml.safe_load(control_plane.members[0].kubeconfig.read_text())
    other = tmp_path / "other.crt"
    other.write_bytes(base64.b64decode(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"]))
    with pytest.raises(HubError) as caught:
        opened(Connection(host=server.access.server, api_key="secret-token", ca_cert=str(other))).load()
    assert "certificate verify failed" in str(caught.value).lower().replace("_", " ")
    assert str(caught.value).endswith("; see ca_cert and validate_certs")
    assert "secret-token" not in str(caught.value)


@pytest.fixture
def user(server: Server) -> Iterator[Callable[..., Connection]]:
    """Makes a user with a cluster role, or with none."""
    kubectl = server.access.kubectl
    kubectl("create", "namespace", NAMESPACE, check=False)

    def make(name: str, role: str = "") -> Connection:
        kubectl("create", "serviceaccount", name, "-n", NAMESPACE)
        if role:
            user = f"--serviceaccount={NAMESPACE}:{name}"
            kubectl("create", "clusterrolebinding", f"{NAMESPACE}-{name}", f"--clusterrole={role}", user)
        token = kubectl("create", "token", name, "-n", NAMESPACE).stdout.strip()
        return Connection(host=server.access.server, api_key=token, validate_certs=False)

    yield make
    kubectl("delete", "serviceaccount", "--all", "-n", NAMESPACE)
    bindings = kubectl("get", "clusterrolebinding", "-o", "name").stdout.split()
    ours = [name for name in bindings if f"/{NAMESPACE}-" in name]
    if ours:
        kubectl("delete", *ours)


def test_the_roles_user_can_do_all_that_a_run_does(server: Server, user: Any) -> None:
    server.access.kubectl("apply", "-f", str(RBAC))
    try:
        hub = opened(user("operator", "multicluster-apps-hub-user"))
        with hub.lock("hub"), hub.lock("cluster-clusternet-a"):
            changes = [Put(base(), None), Put(description(identity_uid(ObjectKey.of(base()))), None)]
            hub.check(changes)
            made = hub.write([*changes, Put(subscription(), None), Put(manifest({}), None)], NOW)
            marked = hub.write([Put(with_mark(item.raw), item.version) for item in made[:2]], NOW)
            back = hub.write([Put(without_mark(item.raw), item.version) for item in marked], NOW)
            hub.write([Delete(item.key, item.version or "") for item in (*reversed(back), *made[2:])], NOW)
        contents = hub.load()
        assert dict(contents.objects) == {}
        assert contents.warnings == ()
    finally:
        server.access.kubectl("delete", "-f", str(RBAC))


def test_a_user_who_may_not_list_secrets_is_warned(server: Server, user: Any) -> None:
    server.access.kubectl("apply", "-f", str(RBAC))
    try:
        opened(Connection(kubeconfig=str(server.access.kubeconfig))).write([Put(SECRET, None)], NOW)
        contents = opened(user("viewer", "multicluster-apps-hub-viewer")).load()
    finally:
        server.access.kubectl("delete", "-f", str(RBAC))
    assert dict(contents.objects) == {}
    (warning,) = contents.warnings
    assert "cannot list the secrets of the cluster: HTTP 403" in warning
    assert "multicluster_*" in warning


def test_what_is_not_allowed_is_named_with_verb_and_resource(user: Any, admin: Connection) -> None:
    nobody = user("nobody")
    with pytest.raises(
        HubError, match=r"HTTP 403.*cannot list resource .* at the cluster scope; the role multicluster"
    ):
        opened(nobody).load()
    with pytest.raises(HubError, match=r'cannot list resource "bases" in API group .* in the namespace "clusternet-a"'):
        opened(nobody).load(["clusternet-a"], ["Base"])
    for refuse in (opened(nobody).check, lambda changes: opened(nobody).write(changes, NOW)):
        with pytest.raises(
            HubError, match=r"cannot create Subscription default/web: HTTP 403.*multicluster\.apps\.hub"
        ):
            refuse([Put(subscription(), None)])
    with pytest.raises(HubError, match='cannot get resource "leases"'), opened(nobody).lock("hub"):
        pass
    stored = opened(admin).write([Put(subscription(), None)], NOW)[0]
    reader = user("reader", "view")
    with pytest.raises(HubError, match="HTTP 403"):
        opened(reader).check([Put(without_mark(stored.raw), stored.version), Delete(stored.key, stored.version or "")])


# ------------------------------------------------------------------------------------------------------ no hub, old hub


def test_a_server_without_the_crds_says_which_and_what_installs_them(control_plane: ControlPlane) -> None:
    member = control_plane.members[0]
    with pytest.raises(HubError) as caught:
        opened(Connection(kubeconfig=str(member.kubeconfig))).load()
    for name in ("descriptions.apps.clusternet.io", "managedclusters.clusters.clusternet.io"):
        assert name in str(caught.value)
    assert "the role multicluster.apps.hub" in str(caught.value)
    assert "secrets" not in str(caught.value)


def test_a_server_that_is_no_hub_is_left_as_it_is(control_plane: ControlPlane) -> None:
    member = control_plane.members[0]
    before = member.kubectl("get", "namespaces", "-o", "name").stdout
    hub = opened(Connection(kubeconfig=str(member.kubeconfig)))
    with (
        pytest.raises(HubError, match=r"does not serve apps\.clusternet\.io.*the role multicluster\.apps\.hub"),
        hub.lock("hub"),
    ):
        pass
    assert member.kubectl("get", "namespaces", "-o", "name").stdout == before


@pytest.fixture
def older(server: Server) -> Iterator[ClusterAccess]:
    """A hub whose CRD of Subscriptions knows no priority yet."""
    crd = yaml.safe_load((CRDS / "subscriptions.yaml").read_text())
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{crd['metadata']['name']}"
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    priority = schema.pop("priority")
    place = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/priority"

    def patch(operation: dict[str, Any]) -> None:
        server.send("PATCH", path, [operation], content_type="application/json-patch+json")
        deadline = time.monotonic() + 10
        while takes_priority(server) is (operation["op"] == "remove"):
            assert time.monotonic() < deadline
            time.sleep(0.1)

    patch({"op": "remove", "path": place})
    yield server.access
    patch({"op": "add", "path": place, "value": priority})


def takes_priority(server: Server) -> bool:
    path = "/apis/apps.clusternet.io/v1alpha1/namespaces/default/subscriptions"
    try:
        server.send("POST", path, subscription("probe", priority=1), {"dryRun": "All", "fieldValidation": "Strict"})
    except ApiError as error:
        return "unknown field" not in str(error)
    return True


def test_a_field_that_an_older_crd_lacks_is_named_in_check_mode_too(older: ClusterAccess) -> None:
    hub = opened(Connection(kubeconfig=str(older.kubeconfig)))
    changes = [Put(subscription("fine"), None), Put(subscription(priority=1), None)]
    said = r'cannot create Subscription default/web: HTTP 400.*unknown field "spec\.priority".*up to date with the role'
    with pytest.raises(InvalidInput, match=said):
        hub.check(changes)
    assert dict(hub.load().objects) == {}
    with pytest.raises(HubError, match=said):
        hub.write(changes, NOW)


# ------------------------------------------------------------------------------------------------------- check mode


def test_check_mode_writes_nothing_and_believes_in_what_the_run_makes_first(
    proxy: FaultProxy, behind: KubernetesHub, server: Server
) -> None:
    stored = behind.write([Put(subscription(), None)], NOW)[0]
    proxy.seen.clear()
    nowhere = f"kube-hub-{uuid.uuid4().hex[:8]}"
    new = base(nowhere)
    behind.check(
        [
            Delete(stored.key, stored.version or ""),
            Put(subscription(priority=3), None),
            Put(new, None),
            Put(description(identity_uid(ObjectKey.of(new)), nowhere), None),
        ]
    )
    assert list(behind.load().objects) == [stored.key]
    assert len([line for line in proxy.seen if line.startswith("POST") and "/namespaces?" in line]) == 1
    assert all("dryRun=All" in line for line in proxy.seen if line.startswith(("POST", "PUT", "PATCH")))
    assert len(behind.write([Put(new, None)], NOW)) == 1
    server.wipe()
    server.send("DELETE", f"/api/v1/namespaces/{nowhere}")


def test_check_mode_says_all_that_is_invalid(behind: KubernetesHub) -> None:
    bad = [subscription(name, schedulingStrategy="Sometimes") for name in ("one", "two")]
    with pytest.raises(InvalidInput) as caught:
        behind.check([Put(subscription(), None), *(Put(raw, None) for raw in bad)])
    assert ["default/one" in caught.value.problems[0], "default/two" in caught.value.problems[1]] == [True, True]
    assert "Dividing" in caught.value.problems[0], "what would be accepted"


def test_check_mode_sees_a_conflict(behind: KubernetesHub) -> None:
    stored = behind.write([Put(subscription(), None)], NOW)[0]
    with pytest.raises(HubConflict, match="default/web"):
        behind.check([Put(subscription(priority=1), None)])
    with pytest.raises(HubConflict, match="default/web"):
        behind.check([Put({**stored.raw, "status": {"desiredReleases": 1}}, "1")])


def test_a_secret_is_not_in_the_message_about_it(behind: KubernetesHub) -> None:
    bad = {**SECRET, "data": {"token": "no base64, hunter2"}}
    for refuse in (behind.check, lambda changes: behind.write(changes, NOW)):
        with pytest.raises((HubError, InvalidInput)) as caught:
            refuse([Put(bad, None)])
        assert "Secret clusternet-a/child-cluster-deployer" in str(caught.value)
        assert "hunter2" not in str(caught.value)


def test_an_object_beyond_the_servers_limit_is_an_error_that_says_so(behind: KubernetesHub) -> None:
    # Small enough for us, and too large for the server with its own notes on it.
    raw = manifest("x" * (3 * 2**19 - len(json.dumps(manifest("")))))
    with pytest.raises(HubError, match=r"cannot create Manifest clusternet-reserved/settings: .*too large"):
        behind.write([Put(raw, None)], NOW)


def test_what_is_no_api_server_is_an_error(proxy: FaultProxy, behind: KubernetesHub) -> None:
    proxy.fault = lambda _method, _path: "page"
    with pytest.raises(HubError, match="is that the address of an API server"):
        behind.load()
