# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every port to an API server promises: one suite for real servers and for the fake.

A subclass gives the fixture ``world``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server

RBAC = "rbac.authorization.k8s.io/v1"


@dataclass(frozen=True)
class World:
    """One API server under test.

    :param open: a new session, as administrator.
    :param namespace: the namespace that the test works in; it is not there yet.
    :param put: stores an object as somebody else would.
    :param now: the server's time.
    """

    open: Callable[[], Server]
    namespace: str
    put: Callable[[Mapping[str, Any]], None]
    now: Callable[[], datetime]


def namespace_of(world: World) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": world.namespace}}


def config_map(world: World, name: str = "settings", labels: Any = None, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": world.namespace, **({"labels": labels} if labels else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def role_of(world: World) -> dict[str, Any]:
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    return {"apiVersion": RBAC, "kind": "ClusterRole", "metadata": {"name": world.namespace}, "rules": rules}


def binding_of(world: World) -> dict[str, Any]:
    return {
        "apiVersion": RBAC,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": world.namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": world.namespace},
        "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": "default"}],
    }


class ServerContract:
    """The suite."""

    @pytest.fixture
    def server(self, world: World) -> Any:
        server = world.open()
        yield server
        server.close()

    @pytest.fixture
    def ready(self, world: World, server: Server) -> World:
        """A world whose namespace is there."""
        server.apply(namespace_of(world))
        return world

    def test_what_is_not_there(self, world: World, server: Server) -> None:
        assert server.get("v1", "ConfigMap", world.namespace, "settings") is None
        assert server.list("v1", "ConfigMap", namespace=world.namespace) == []
        assert not server.delete("v1", "ConfigMap", world.namespace, "settings")

    def test_a_kind_that_is_not_there_has_no_objects(self, world: World, server: Server) -> None:
        assert server.get("example.com/v1", "Nothing", world.namespace, "one") is None
        assert server.list("example.com/v1", "Nothing") == []
        assert not server.delete("example.com/v1", "Nothing", world.namespace, "one")

    def test_which_kinds_there_are(self, server: Server) -> None:
        assert server.serves("v1", "ConfigMap")
        assert not server.serves("example.com/v1", "Nothing")

    def test_an_applied_object_is_there_and_goes(self, ready: World, server: Server) -> None:
        made = server.apply(config_map(ready, colour="green"))
        assert made["metadata"]["uid"]
        found = server.get("v1", "ConfigMap", ready.namespace, "settings")
        assert found is not None
        assert (found["apiVersion"], found["kind"], found["data"]) == ("v1", "ConfigMap", {"colour": "green"})
        assert server.delete("v1", "ConfigMap", ready.namespace, "settings")
        assert server.get("v1", "ConfigMap", ready.namespace, "settings") is None

    def test_a_kind_without_namespaces(self, ready: World, server: Server) -> None:
        found = server.get("v1", "Namespace", "", ready.namespace)
        assert found is not None
        assert found["metadata"]["name"] == ready.namespace

    def test_what_is_applied_no_longer_goes_and_what_others_set_stays(self, ready: World, server: Server) -> None:
        ready.put(config_map(ready, size="big"))
        server.apply(config_map(ready, colour="green", shape="round"))
        assert server.apply(config_map(ready, colour="red"))["data"] == {"colour": "red", "size": "big"}

    def test_fields_of_others_are_taken_over(self, ready: World, server: Server) -> None:
        ready.put(config_map(ready, colour="pink"))
        assert server.apply(config_map(ready, colour="green"))["data"] == {"colour": "green"}

    def test_lists_by_namespace_and_label(self, ready: World, server: Server) -> None:
        for name, labels in (("b", {"tier": "web"}), ("a", {"tier": "web"}), ("c", {"tier": "db"})):
            server.apply(config_map(ready, name, labels))
        found = server.list("v1", "ConfigMap", namespace=ready.namespace, label="tier=web")
        assert [(raw["kind"], raw["metadata"]["name"]) for raw in found] == [("ConfigMap", "a"), ("ConfigMap", "b")]
        everywhere = server.list("v1", "ConfigMap", label="tier=db")
        assert (ready.namespace, "c") in {(raw["metadata"]["namespace"], raw["metadata"]["name"]) for raw in everywhere}

    def test_a_dry_run_writes_nothing_and_answers_what_would_be(self, ready: World, server: Server) -> None:
        server.apply(config_map(ready, colour="green"))
        assert server.apply(config_map(ready, colour="red"), dry_run=True)["data"] == {"colour": "red"}
        assert server.delete("v1", "ConfigMap", ready.namespace, "settings", dry_run=True)
        found = server.get("v1", "ConfigMap", ready.namespace, "settings")
        assert found is not None
        assert found["data"] == {"colour": "green"}

    def test_a_dry_run_believes_in_the_namespace_of_an_earlier_one(self, world: World, server: Server) -> None:
        server.apply(namespace_of(world), dry_run=True)
        assert server.apply(config_map(world, colour="red"), dry_run=True)["data"] == {"colour": "red"}
        assert server.get("v1", "Namespace", "", world.namespace) is None

    def test_a_dry_run_believes_in_the_role_of_an_earlier_one(self, world: World, server: Server) -> None:
        server.apply(role_of(world), dry_run=True)
        assert server.apply(binding_of(world), dry_run=True)["roleRef"] == binding_of(world)["roleRef"]
        assert server.get(RBAC, "ClusterRole", "", world.namespace) is None

    def test_what_lies_in_a_namespace(self, ready: World, server: Server) -> None:
        name = ready.namespace
        metadata = {"name": "nightly", "namespace": name}
        spec = {"podSelector": {}, "policyTypes": ["Ingress"]}
        policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
        server.apply(config_map(ready))
        server.apply(policy)
        server.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x", "namespace": "default"}})
        try:
            found = {(key.group, key.kind, key.name) for key in server.inhabitants(name)}
        finally:
            server.delete("v1", "ServiceAccount", "default", "x")
        found -= {("", "ConfigMap", "kube-root-ca.crt"), ("", "ServiceAccount", "default")}
        assert found == {("", "ConfigMap", "settings"), ("networking.k8s.io", "NetworkPolicy", "nightly")}

    def test_a_missing_namespace_is_an_error_that_names_it(self, world: World, server: Server) -> None:
        for dry_run in (False, True):
            with pytest.raises(ClusterError, match=world.namespace):
                server.apply(config_map(world), dry_run=dry_run)

    def test_an_unknown_kind_is_an_error_that_names_it(self, ready: World, server: Server) -> None:
        stranger = {"apiVersion": "example.com/v1", "kind": "Nothing", "metadata": {"name": "one"}}
        with pytest.raises(ClusterError, match="Nothing"):
            server.apply(stranger)

    def test_a_token_for_a_service_account(self, ready: World, server: Server) -> None:
        metadata = {"name": "robot", "namespace": ready.namespace}
        server.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        token, ends = server.token(ready.namespace, "robot", 3600)
        other, _ends = server.token(ready.namespace, "robot", 3600)
        assert token
        assert token != other
        life = datetime.fromisoformat(ends) - ready.now()
        assert timedelta(minutes=58) < life < timedelta(minutes=62)

    def test_no_token_without_a_service_account(self, ready: World, server: Server) -> None:
        with pytest.raises(ClusterError, match="robot"):
            server.token(ready.namespace, "robot", 3600)

    def test_version_and_health(self, server: Server) -> None:
        assert server.version().startswith("v1.")
        assert server.probe("livez")
        assert server.probe("readyz")
        assert server.location.startswith("https://")
        assert server.authority.startswith("-----BEGIN CERTIFICATE-----")
