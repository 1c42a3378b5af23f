# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which stored object a feed means, and what is said where it means none."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import HelmChart, Manifest, parse
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot, feed_of
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    localization,
    manifest,
    subscription,
)

API = "apps.clusternet.io/v1alpha1"
CHART = {
    "apiVersion": API,
    "kind": "HelmChart",
    "metadata": {"name": "redis", "namespace": "default"},
    "spec": {"repo": "https://charts.example", "chart": "redis", "version": "1.0.0", "targetNamespace": "shop"},
}


def deployment(namespace: str = "shop", api_version: str = "apps/v1") -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": "Deployment", "metadata": {"name": "web", "namespace": namespace}}


def stored(template: dict[str, Any]) -> dict[str, Any]:
    raw = manifest(template)
    name = f"{raw['metadata']['name']}-{template['metadata'].get('namespace', 'none')}"
    return {**raw, "metadata": {**raw["metadata"], "name": name}}


def snapshot(*objects: dict[str, Any]) -> Snapshot:
    return Snapshot.of(parse(raw, "test") for raw in objects)


def wanted(api_version: str, kind: str, namespace: str, name: str) -> Feed:
    return Feed(api_version, kind, namespace, name)


def test_lists_are_by_namespace_and_name_whatever_the_order_of_reading() -> None:
    objects = [cluster("b"), cluster("a"), subscription("z"), subscription("y")]
    forwards, backwards = snapshot(*objects), snapshot(*reversed(objects))
    assert forwards == backwards
    assert [each.name for each in forwards.clusters] == ["a", "b"]
    assert [each.meta.name for each in forwards.subscriptions] == ["y", "z"]


@pytest.mark.parametrize("namespace", ["shop", ""])
def test_a_feed_means_the_object_of_its_name(namespace: str) -> None:
    found = snapshot(stored(deployment())).resolve(wanted("apps/v1", "Deployment", namespace, "web"))
    assert isinstance(found, Manifest)
    assert feed_of(found) == Feed("apps/v1", "Deployment", "shop", "web")


@pytest.mark.parametrize("namespace", ["default", ""])
def test_a_chart_is_fed_as_itself_and_is_in_default_unless_the_feed_says_otherwise(namespace: str) -> None:
    found = snapshot(CHART).resolve(wanted(API, "HelmChart", namespace, "redis"))
    assert isinstance(found, HelmChart)
    assert feed_of(found) == Feed(API, "HelmChart", "default", "redis")


def test_another_groups_helm_chart_is_an_object_like_any_other() -> None:
    raw = {"apiVersion": "helm.cattle.io/v1", "kind": "HelmChart", "metadata": {"name": "redis", "namespace": "shop"}}
    found = snapshot(stored(raw), CHART).resolve(wanted("helm.cattle.io/v1", "HelmChart", "shop", "redis"))
    assert isinstance(found, Manifest)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("apps/v1", "Deployment", "shop", "wbe"), "feed apps/v1/Deployment/shop/wbe: the hub holds no such object;"),
        (("apps/v1beta1", "Deployment", "shop", "web"), "no such object (but apps/v1/Deployment/other/web, apps/v1/"),
        (("apps/v1", "Deployment", "shpo", "web"), "(but apps/v1/Deployment/other/web, apps/v1/Deployment/shop/web)"),
        (("apps/v1", "Deployment", "", "web"), "names no namespace, and the hub holds it in several: other, shop;"),
        ((API, "HelmChart", "shop", "redis"), f"feed {API}/HelmChart/shop/redis: the hub holds no such HelmChart;"),
    ],
)
def test_a_feed_that_means_nothing_or_too_much_says_what_there_is(asked: tuple[str, ...], message: str) -> None:
    held = snapshot(stored(deployment()), stored(deployment("other")), CHART)
    with pytest.raises(InvalidInput) as raised:
        held.resolve(wanted(*asked))
    assert message in str(raised.value)
    assert held.feed_meant(wanted(*asked)) is None


def test_a_feed_without_a_namespace_means_a_cluster_scoped_object_too() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    assert snapshot(stored(namespace)).feed_meant(Feed("v1", "Namespace", "", "shop")) == Feed(
        "v1", "Namespace", "", "shop"
    )


def test_policies_are_found_by_the_object_that_they_mean() -> None:
    web = config_map()
    loose = {key: value for key, value in feed(web).items() if key != "namespace"}
    held = snapshot(
        manifest(web),
        globalization("exact", feed(web)),
        globalization("loose", loose),
        localization("local", "clusternet-a", loose),
        globalization("lost", feed(config_map("gone"))),
    )
    meant = Feed("v1", "ConfigMap", "shop", "web")
    assert [policy.meta.name for policy in held.globalizations_by_feed[meant]] == ["exact", "loose"]
    assert [policy.meta.name for policy in held.localizations_by_feed["clusternet-a", meant]] == ["local"]
    assert [policy.meta.name for policy in held.policies_for_nothing] == ["lost"]
