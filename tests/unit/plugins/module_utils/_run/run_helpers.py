# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the use cases share: hubs in memory that hold what a test says, and runs on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_API_VERSION
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import Delivered, deliver_all
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Decision, Scope, decide
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import no_servers
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    manifest,
    subscription,
)

NOW = "2026-02-01T00:00:00Z"
WEB = config_map(color="blue")
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token", "namespace": "shop"}}
SECRET_TEXT = "aHVudGVyMg=="


def secret(value: str = SECRET_TEXT) -> dict[str, Any]:
    """A Secret whose value no output may show."""
    return {**SECRET, "data": {"token": value}}


def chart(name: str = "redis") -> dict[str, Any]:
    """A HelmChart in `default`."""
    spec = {"repo": "https://charts.example", "chart": name, "version": "1.0.0", "targetNamespace": "shop"}
    return {
        "apiVersion": APPS_API_VERSION,
        "kind": "HelmChart",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


def store_of(*raws: dict[str, Any]) -> MemoryStore:
    """A hub that holds these objects."""
    store = MemoryStore()
    MemoryHub(store).write([Put(raw, None) for raw in raws], NOW)
    return store


def fleet_of(*names: str, web: dict[str, Any] | None = None) -> MemoryStore:
    """A hub with clusters, and with the application `web` for all of them."""
    clusters = [cluster(name, site=name) for name in names]
    return store_of(*clusters, manifest(WEB), web or subscription("web", feed(WEB)))


def overwrite(store: MemoryStore, raw: dict[str, Any]) -> None:
    """Store an object that is there already, as somebody else would."""
    _text, version = store.objects[ObjectKey.of(raw)]
    MemoryHub(store).write([Put(raw, version)], NOW)


def load(store: MemoryStore) -> Loaded:
    """The hub as a run sees it."""
    return parse_contents(MemoryHub(store).load())


def decided(store: MemoryStore, scope: Scope | None = None, guards: Guards | None = None, **options: Any) -> Decision:
    """Decide, and write nothing."""
    wanted = {"strict": False, **options}
    return decide(load(store), scope or Scope(), guards or Guards(), GoYaml(), NOW, **wanted)


def rendered(store: MemoryStore) -> Loaded:
    """Decide and write that; the hub afterwards."""
    MemoryHub(store).write(decided(store).changes, NOW)
    return load(store)


def tools_of(store: MemoryStore, members: Mapping[str, MemoryCluster], hub: MemoryHub | None = None) -> Tools:
    """What use cases work with, in memory."""

    def open_member(name: str, _connection: Connection) -> MemoryMember:
        return MemoryMember(members[name])

    clock = Clock(lambda: 0.0, lambda _seconds: None)
    return Tools(hub or MemoryHub(store), "/hub", GoYaml(), open_member, lambda: NOW, clock, no_servers)


def delivered(loaded: Loaded, tools: Tools, scope: Scope | None = None, **options: Any) -> tuple[Delivered, ...]:
    """Deliver to all clusters in scope, each of which the inventory knows how to reach."""
    scope = scope or Scope()
    return deliver_all(
        [each for each in loaded.snapshot.clusters if scope.has_cluster(each)],
        loaded,
        scope,
        DeliveryOptions(**options),
        tools,
        lambda _cluster: Connection(host="https://fake"),
        forks=2,
        on_outcome=lambda _outcome, _total: None,
    )


def shown(changes: Any) -> list[str]:
    """Changes as a test compares them: what is done, the kind, the namespace."""
    return [f"{type(each).__name__} {each.key.kind} {each.key.namespace}" for each in changes]
