# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub with Clusternet's controllers on it, in memory, and runs beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import Distributed, DistributeRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.engine_clusternet import distribute_by_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.clusternet import Controllers
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    subscription,
)

NOW = "2026-02-01T00:00:00Z"
WEB = config_map(color="blue")


class MemoryApi:
    """A MemoryStore, as controllers use an API server."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def list(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(text) for key, (text, _version) in sorted(self._store.objects.items()) if key.kind == kind]

    def create(self, raw: dict[str, Any]) -> dict[str, Any]:
        return self._put(raw)

    def update(self, raw: dict[str, Any]) -> dict[str, Any]:
        if "deletionTimestamp" in raw["metadata"] and not raw["metadata"].get("finalizers"):
            _text, version = self._store.objects[ObjectKey.of(raw)]
            MemoryHub(self._store).write([Delete(ObjectKey.of(raw), version)], NOW)
            return raw
        return self._put(raw)

    def update_status(self, raw: dict[str, Any]) -> dict[str, Any]:
        return self._put(raw)

    def delete(self, raw: dict[str, Any]) -> None:
        self._put({**raw, "metadata": {**raw["metadata"], "deletionTimestamp": NOW}})

    def _put(self, raw: dict[str, Any]) -> dict[str, Any]:
        _text, version = self._store.objects.get(ObjectKey.of(raw), ("", None))
        return dict(MemoryHub(self._store).write([Put(raw, version)], NOW)[0].raw)


class World:
    """A hub with Clusternet's controllers on it, which make a step for each second that a run sleeps."""

    def __init__(self, *raws: dict[str, Any], running: bool = True) -> None:
        self.store = MemoryStore(clusternet="the Lease clusternet-system/clusternet-controller-manager is held")
        MemoryHub(self.store).write([Put(raw, None) for raw in raws], NOW)
        self.controllers = Controllers(MemoryApi(self.store))
        self.running = running
        self.seconds = 0.0
        self.looks = 0
        self.at: dict[int, Callable[[], None]] = {}

    def step(self) -> None:
        if self.running:
            self.controllers.step()

    def distribute(self, *raws: dict[str, Any], hub: MemoryHub | None = None, **given: Any) -> Distributed:
        options = {"wait_timeout": 30.0, "wait_sleep": 1.0, **given.pop("options", {})}
        store = StoreRequest([Document(raw, "app.yml") for raw in raws]) if raws else None
        request = DistributeRequest(store=store, options=DeliveryOptions(**options), **given)
        return distribute_by_clusternet(request, self.tools(hub), lambda _cluster: None, self.told)

    def tools(self, hub: MemoryHub | None = None) -> Tools:
        def never(*_args: Any) -> Any:
            raise AssertionError("nothing is reached but the hub")

        return Tools(hub or MemoryHub(self.store), None, GoYaml(), never, lambda: NOW, self.clock, never)

    @property
    def clock(self) -> Clock:
        def sleep(seconds: float) -> None:
            self.seconds += seconds
            self.looks += 1
            self.at.get(self.looks, lambda: None)()
            self.step()

        return Clock(lambda: self.seconds, sleep)

    def told(self, outcome: ClusterOutcome, total: int) -> None:
        self.lines = [*getattr(self, "lines", []), (outcome.cluster, outcome.ok, total)]

    def get(self, kind: str, name: str, namespace: str = "default") -> dict[str, Any]:
        found = (raw for raw in MemoryApi(self.store).list(kind) if raw["metadata"]["name"] == name)
        return next(raw for raw in found if raw["metadata"]["namespace"] == namespace)


def world(*names: str, **given: Any) -> World:
    return World(*(cluster(name, site=name) for name in names), **given)


def shop(color: str = "blue", **spec: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a user stores: a ConfigMap and the Subscription for it."""
    return config_map(color=color), written(subscription("web", feed(WEB), **spec))


def written(raw: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in raw["metadata"].items() if key not in ("uid", "creationTimestamp")}
    return {**raw, "metadata": metadata}


def phases(done: Distributed) -> dict[str, str]:
    return {outcome.cluster: outcome.phase for outcome in done.outcomes}
