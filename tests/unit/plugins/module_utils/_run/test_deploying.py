# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery to one cluster: it reads and writes its own namespace, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_FULL_NAME
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import cluster, feed, manifest, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    WEB,
    fleet_of,
    rendered,
    store_of,
    tools_of,
)


class WatchedHub(MemoryHub):
    """A hub that remembers what was asked of it."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.asked: list[Collection[str] | None] = []

    def load(self, namespaces: Collection[str] | None = None, kinds: Collection[str] | None = None) -> Contents:
        self.asked.append(namespaces)
        return super().load(namespaces, kinds)


def run(
    store: MemoryStore, host: str, scope: Scope | None = None, hub: MemoryHub | None = None, namespace: str = ""
) -> Any:
    tools = tools_of(store, {name: MemoryCluster() for name in ("a", "b", "web_01")}, hub)
    return deploy(
        host,
        namespace or f"clusternet-{host}",
        scope or Scope(),
        DeliveryOptions(),
        tools,
        lambda _cluster: Connection(host="https://fake"),
    )


def test_only_its_own_namespace_is_read_and_written() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    before, hub = dict(store.objects), WatchedHub(store)
    outcome, warnings = run(store, "a", hub=hub)
    assert (outcome.cluster, outcome.phase, warnings) == ("a", "Success", ())
    assert hub.asked == [["clusternet-a"], ["clusternet-a"]]
    written = {key for key, value in store.objects.items() if before.get(key) != value}
    assert {(key.kind, key.namespace) for key in written} == {
        ("Description", "clusternet-a"),
        ("ControllerRevision", "clusternet-a"),
    }


def test_a_cluster_for_which_nothing_was_rendered_has_no_outcome() -> None:
    outcome, _warnings = run(fleet_of("a"), "a")
    assert outcome is None


def test_a_cluster_that_is_not_registered_says_what_to_do() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    with pytest.raises(
        InvalidInput, match="host c: the hub holds no ManagedCluster of this name in namespace clusternet-c"
    ):
        run(store, "c")


def test_a_subscription_that_is_not_for_this_cluster_is_nothing_to_do_and_said() -> None:
    store = fleet_of("a", "b")
    rendered(store)
    outcome, warnings = run(store, "a", Scope(frozenset({"default/elsewhere"})))
    assert outcome is None
    assert warnings == ("nothing of Subscription default/elsewhere is rendered for this cluster",)


def test_a_host_whose_name_kubernetes_would_not_take_is_found_by_it() -> None:
    slugged = cluster("web-01")
    slugged["metadata"]["annotations"] = {ANNOTATION_FULL_NAME: "web_01"}
    store = store_of(slugged, manifest(WEB), subscription("web", feed(WEB)))
    rendered(store)
    for name in ("web_01", "web-01"):
        outcome, _warnings = run(store, name, namespace="clusternet-web-01")
        assert (outcome.cluster, outcome.phase) == ("web_01", "Success")
