# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A preview is what `distribute` would render, and leaves no trace."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import decode
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._run.previewing import matching_clusters, preview
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    feed,
    globalization,
    manifest,
    merge,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    WEB,
    chart,
    decided,
    fleet_of,
    load,
    overwrite,
    rendered,
    store_of,
)

RED = globalization("g", feed(WEB), merge('{"data":{"color":"red"}}'))


def previewed(store: MemoryStore, scope: Scope | None = None) -> dict[ObjectKey, object]:
    found = preview(load(store), scope or Scope(), GoYaml())
    return {ObjectKey.of(raw): raw for _cluster, each in found for raw in (each.base, *each.descriptions)}


def test_it_is_what_distribute_writes_and_nothing_is_written() -> None:
    web = subscription("web", feed(WEB), feed(chart()))
    store = store_of(cluster("a"), cluster("b"), manifest(WEB), chart(), RED, web)
    writes = store.writes
    changes = [change for change in decided(store).changes if change.key.kind != "ControllerRevision"]
    expected = {change.key: change.raw for change in changes}  # type: ignore[union-attr]
    assert previewed(store) == expected
    assert len(expected) == 6
    assert store.writes == writes


def test_after_distribute_it_is_what_the_hub_holds() -> None:
    store = fleet_of("a", "b")
    loaded = rendered(store)
    held = {item.key: item.raw for item in (*loaded.snapshot.bases, *loaded.snapshot.descriptions)}
    assert previewed(store) == held


def test_it_is_by_subscription_and_cluster_and_no_wider_than_its_scope() -> None:
    store = store_of(cluster("b"), cluster("a"), manifest(WEB), *(subscription(name, feed(WEB)) for name in ("y", "x")))

    def seen(scope: Scope) -> list[tuple[str, str]]:
        found = preview(load(store), scope, GoYaml())
        return [(each.base["metadata"]["name"][0], of.name) for of, each in found]

    assert seen(Scope()) == [("x", "a"), ("x", "b"), ("y", "a"), ("y", "b")]
    assert seen(Scope(frozenset({"default/y"}), frozenset({"b"}))) == [("y", "b")]


def test_guards_are_for_what_is_done_and_not_for_a_preview() -> None:
    store = fleet_of("a", "b", "c")
    rendered(store)
    overwrite(store, subscription("web", feed(WEB), affinity={"matchLabels": {"site": "a"}}))
    assert decided(store).problems
    assert {key.namespace for key in previewed(store)} == {"clusternet-a"}


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(), "feed v1/ConfigMap/shop/web: the hub holds no such object"),
        (Scope(subscriptions=frozenset({"default/nowhere"})), "none of the 1 clusters is both selected and tolerated"),
        (Scope(subscriptions=frozenset({"default/wbe"})), "the hub holds no Subscription 'default/wbe'"),
    ],
)
def test_it_shows_all_or_nothing(scope: Scope, message: str) -> None:
    nowhere = subscription("nowhere", affinity={"matchLabels": {"site": "x"}})
    store = store_of(cluster("a"), subscription("broken", feed(WEB)), nowhere)
    with pytest.raises(InvalidInput, match=message):
        previewed(store, scope)


def test_clusters_that_a_selector_matches() -> None:
    loaded = load(store_of(cluster("b", region="cn"), cluster("a", region="cn"), cluster("c", region="eu")))

    def names(**labels: str) -> list[str]:
        selector = LabelSelector.parse({"matchLabels": labels}, "selector")
        return [each.name for each in matching_clusters(loaded, selector)]

    assert names(region="cn") == ["a", "b"]
    assert names() == ["a", "b", "c"]
    assert names(region="us") == []


def test_divided_replicas_are_in_what_it_shows() -> None:
    subscribers = [
        {"clusterAffinity": {"matchLabels": {"site": name}}, "weight": n} for name, n in (("a", 2), ("b", 1))
    ]
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"replicas": 3, "template": {"spec": {"containers": []}}},
    }
    spec = {"schedulingStrategy": "Dividing", "dividingScheduling": {"type": "Static"}, "subscribers": subscribers}
    store = store_of(
        cluster("a", site="a"),
        cluster("b", site="b"),
        manifest(deployment),
        subscription("web", feed(deployment), **spec),
    )
    found = preview(load(store), Scope(), GoYaml())
    raw = [decode(rendered.descriptions[0]["spec"]["raw"][0]) for _cluster, rendered in found]
    assert [each["spec"]["replicas"] for each in raw] == [2, 1]
