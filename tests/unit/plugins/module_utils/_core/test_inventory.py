# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""FeedInventories, and the Localizations that set replicas."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.inventory import (
    feed_inventory,
    is_replica_localization,
    replica_localization,
    replica_localization_name,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import feed_order
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    FeedInventory,
    Localization,
    Subscription,
    parse,
)

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "replicas": 6,
        "template": {"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "0.5"}}}]}},
    },
}
ORDERS = (
    feed_order(Feed.to(DEPLOYMENT), DEPLOYMENT),
    FeedOrder(Feed("v1", "Service", "shop", "web"), None, {}, ""),
)
CREATED_BY = "clusternet.io/created-by"


def subscription(name: str = "web", namespace: str = "default") -> Subscription:
    return Subscription.of({"metadata": {"name": name, "namespace": namespace, "uid": "u1"}, "spec": {}})


def cluster() -> ManagedCluster:
    raw = {"metadata": {"name": "east", "namespace": "clusternet-east"}, "spec": {"clusterId": "id-1"}}
    return ManagedCluster.of(raw)


def localization(replicas: int = 4, stored: Localization | None = None) -> dict[str, Any]:
    return replica_localization(subscription(), cluster(), ORDERS[0], DEPLOYMENT, replicas, stored)


def test_a_feed_inventory_says_what_each_feed_asks_for() -> None:
    raw = feed_inventory(subscription(), ORDERS)
    found = parse(raw, "test")
    assert isinstance(found, FeedInventory)
    assert (found.meta.namespace, found.meta.name) == ("default", "web")
    assert found.meta.labels == {
        CREATED_BY: "multicluster.apps",
        "apps.clusternet.io/subs.name": "web",
        "apps.clusternet.io/subs.namespace": "default",
        "apps.clusternet.io/subs.uid": "u1",
    }
    assert raw["metadata"]["ownerReferences"][0]["uid"] == "u1"
    assert raw["spec"]["feeds"] == [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "namespace": "shop",
            "name": "web",
            "desiredReplicas": 6,
            "replicaRequirements": {"resources": {"requests": {"cpu": "500m"}}},
            "replicaJsonPath": "/spec/replicas",
        },
        {"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"},
    ]


def test_a_replica_localization_is_a_policy_of_the_highest_priority() -> None:
    raw = localization()
    found = parse(raw, "test")
    assert isinstance(found, Localization)
    assert found.meta.namespace == "clusternet-east"
    assert (found.priority, found.override_policy, found.feed) == (1000, "ApplyNow", Feed.to(DEPLOYMENT))
    assert [(each.type, json.loads(each.value)) for each in found.overrides] == [
        ("JSONPatch", [{"op": "replace", "path": "/spec/replicas", "value": 4}])
    ]
    assert found.meta.labels[CREATED_BY] == "multicluster.apps"
    assert found.meta.labels["clusters.clusternet.io/cluster-name"] == "east"
    assert found.meta.annotations["multicluster.apps/subscription"] == "default/web"
    assert is_replica_localization(found)


def test_a_policy_of_a_user_is_none_of_ours() -> None:
    raw = localization()
    del raw["metadata"]["labels"][CREATED_BY]
    found = parse(raw, "test")
    assert isinstance(found, Localization)
    assert not is_replica_localization(found)


def test_names_are_derived_and_differ_by_feed_and_subscription() -> None:
    key = ORDERS[0].feed.key
    name = replica_localization_name(subscription(), key)
    assert name == replica_localization_name(subscription(), key)
    assert name.startswith("web-web-replicas-")
    others = {
        replica_localization_name(subscription("app"), key),
        replica_localization_name(subscription(namespace="prod"), key),
        replica_localization_name(subscription(), "apps/v1/StatefulSet/shop/web"),
    }
    assert len(others | {name}) == 4
    assert len(replica_localization_name(subscription("x" * 253), key)) <= 253 - len(".yaml")


def test_what_a_hub_has_filled_in_stays() -> None:
    raw = localization()
    raw["metadata"].update({"uid": "from-the-hub", "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z"})
    again = localization(5, Localization.of(raw))
    assert again["metadata"] == raw["metadata"]
    assert json.loads(again["spec"]["overrides"][0]["value"])[0]["value"] == 5


def test_the_same_input_gives_the_same_bytes() -> None:
    assert json.dumps(localization()) == json.dumps(localization())
    assert json.dumps(feed_inventory(subscription(), ORDERS)) == json.dumps(feed_inventory(subscription(), ORDERS))
