# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dividing the feeds of one Subscription, and which clusters it goes to in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import (
    CapacityOf,
    Divided,
    divide,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Running, running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription

WEB, API = "apps/v1/Deployment/shop/web", "apps/v1/Deployment/shop/api"
SERVICE = FeedOrder(Feed("v1", "Service", "shop", "web"), None, {}, "")


def order(name: str, desired: int) -> FeedOrder:
    return FeedOrder(Feed("apps/v1", "Deployment", "shop", name), desired, {}, "/spec/replicas")


def subscription(status: Mapping[str, Any] | None = None, by_subgroup: bool = False, **dynamic: Any) -> Subscription:
    scheduling = {"type": "Dynamic", "dynamicDividing": dynamic} if dynamic else {"type": "Static"}
    return Subscription.of(
        {
            "metadata": {"namespace": "default", "name": "app"},
            "spec": {
                "schedulingStrategy": "Dividing",
                "schedulingBySubGroup": by_subgroup,
                "dividingScheduling": scheduling,
                "subscribers": [
                    {"clusterAffinity": {"matchLabels": {"region": "eu"}}, "weight": 2},
                    {"clusterAffinity": {}, "weight": 1},
                ],
            },
            "status": dict(status or {}),
        }
    )


def clusters(*names: str) -> list[ManagedCluster]:
    return [
        ManagedCluster.of({"metadata": {"namespace": "ns", "name": name, "labels": {"region": name[:2]}}})
        for name in names
    ]


def names(divided: Divided) -> list[str]:
    return [cluster.name for cluster in divided.clusters]


def room(**by_name: int) -> CapacityOf:
    return lambda _order, found: [by_name.get(cluster.name, 0) for cluster in found]


def no_room(_order: FeedOrder, _clusters: Sequence[ManagedCluster]) -> Sequence[int]:
    raise AssertionError("static dividing does not look at room")


def status(bindings: Sequence[str], **replicas: Sequence[int]) -> dict[str, Any]:
    keys = {"web": WEB, "api": API}
    return {
        "bindingClusters": [f"ns/{name}" for name in bindings],
        "replicas": {keys[name]: list(row) for name, row in replicas.items()},
    }


def run(found: Subscription, chosen: Sequence[str], orders: Sequence[FeedOrder], capacity: CapacityOf) -> Divided:
    return divide(found, clusters(*chosen), orders, capacity, running=running_replicas(found))


def test_static_goes_by_the_weights_of_the_subscribers() -> None:
    divided = run(subscription(), ["eu1", "us1"], [order("web", 4), SERVICE], no_room)
    assert divided.replicas == {WEB: (3, 1), "v1/Service/shop/web": ()}
    assert names(divided) == ["eu1", "us1"]


def test_spread_binds_all_that_is_selected() -> None:
    divided = run(subscription(strategy="Spread"), ["a", "b"], [order("web", 2), SERVICE], room(a=5))
    assert divided.replicas == {WEB: (2, 0), "v1/Service/shop/web": ()}
    assert names(divided) == ["a", "b"]


def test_packing_binds_only_what_has_replicas_of_any_feed() -> None:
    found = subscription(strategy="Binpack")
    divided = run(found, ["a", "b", "c"], [order("web", 2), order("api", 9)], room(a=5, b=1, c=7))
    assert names(divided) == ["a", "c"]
    assert divided.replicas == {WEB: (0, 2), API: (2, 7)}


def test_packing_nothing_stays_where_it_is() -> None:
    assert names(run(subscription(strategy="Binpack"), ["a", "b"], [order("web", 0)], room())) == ["a", "b"]


def test_replicas_of_clusters_that_are_gone_go_to_the_others_and_do_not_come_back_by_themselves() -> None:
    before = status(["a", "b"], web=[3, 3])
    lost = run(subscription(before, strategy="Spread"), ["b"], [order("web", 6)], room(b=9))
    assert lost.replicas == {WEB: (6,)}
    again = subscription(status(["b"], web=[6]), strategy="Spread")
    assert run(again, ["a", "b"], [order("web", 6)], room(a=9, b=3)).replicas == {WEB: (0, 6)}
    asked = divide(
        again, clusters("a", "b"), [order("web", 6)], room(a=9, b=3), running=running_replicas(again), anew=True
    )
    assert asked.replicas == {WEB: (3, 3)}


def test_a_new_order_of_the_clusters_moves_nothing() -> None:
    found = subscription(status(["a", "b"], web=[4, 2]), strategy="Spread")
    assert run(found, ["b", "a"], [order("web", 6)], room(a=9, b=9)).replicas == {WEB: (2, 4)}


def test_max_clusters_is_for_all_feeds_together() -> None:
    found = subscription(strategy="Spread", maxClusters=1)
    divided = run(found, ["a", "b"], [order("web", 2), order("api", 6)], room(a=5, b=9))
    assert names(divided) == ["b"]
    assert divided.replicas == {WEB: (2,), API: (6,)}


def test_what_is_bound_without_replicas_stays_bound() -> None:
    found = subscription(status(["a"], web=[0]), strategy="Spread", maxClusters=1)
    assert names(run(found, ["a", "b"], [order("web", 0)], room(a=1, b=9))) == ["a"]


def test_shortages_and_unmet_rules_are_told_by_feed() -> None:
    found = subscription(strategy="Spread", minClusters=2)
    divided = run(found, ["a", "b"], [order("web", 4), order("api", 0)], room(a=3))
    assert divided.shortages == {WEB: 1}
    assert divided.unmet == (f"{WEB}: minClusters: is 2, and 1 of 2 clusters have replicas",)


def test_what_has_lost_its_number_keeps_what_it_had() -> None:
    found = subscription(status(["a", "b"], web=[2, 1]), strategy="Spread")
    without = FeedOrder(order("web", 0).feed, None, {}, "")
    assert run(found, ["b", "a"], [without], room()).replicas == {WEB: (1, 2)}


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"bindingClusters": None, "replicas": {WEB: [1]}},
        {"bindingClusters": ["ns/a"], "replicas": [1]},
        {"bindingClusters": [["a"]], "replicas": {WEB: [1]}},
        {"bindingClusters": ["ns/a"], "replicas": {WEB: [1, 2], API: None, "x": [-1], "y": [True], "z": ["1"]}},
    ],
)
def test_a_status_that_says_nothing_usable_counts_as_none(damaged: dict[str, Any]) -> None:
    assert running_replicas(subscription(damaged)) == {}


def test_a_status_with_one_number_for_each_cluster() -> None:
    expected: Running = {WEB: {"ns/a": 2, "ns/b": 0}}
    assert running_replicas(subscription(status(["a", "b"], web=[2, 0], api=[]))) == expected


@pytest.mark.parametrize(
    ("dividing", "message"),
    [
        (None, r"spec\.dividingScheduling: is missing"),
        ({"type": "Fair"}, r"spec\.dividingScheduling\.type: found 'Fair'; accepted: Static, Dynamic"),
        ({"type": "Dynamic"}, r"spec\.dividingScheduling\.dynamicDividing: is missing"),
    ],
)
def test_what_cannot_be_divided(dividing: dict[str, Any] | None, message: str) -> None:
    raw = {"metadata": {"namespace": "default", "name": "app"}, "spec": {"dividingScheduling": dividing}}
    with pytest.raises(InvalidInput, match=message):
        run(Subscription.of(raw), ["a"], [order("web", 1)], room())


def test_max_clusters_below_what_subgroups_ask_for() -> None:
    found = subscription(by_subgroup=True, strategy="Spread", maxClusters=1)
    with pytest.raises(InvalidInput, match=r"maxClusters: is 1, and the subgroups ask for 2 clusters"):
        run(found, ["a", "b"], [order("web", 1)], room())
