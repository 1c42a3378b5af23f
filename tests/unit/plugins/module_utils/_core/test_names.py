# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names and labels of what is made."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import (
    base_name,
    cluster_namespace,
    derived_name,
    description_name,
    feed_labels,
    manifest_labels,
    manifest_name,
    release_names,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import ChartReference
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    Feed,
    is_dns_label,
    is_dns_subdomain,
    is_label_value,
)
from hypothesis import given
from hypothesis import strategies as st

DNS_NAME = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?(\.[a-z0-9]{1,4})?", fullmatch=True)
ANY_TEXT = st.text(min_size=1, max_size=280)


def template(kind="Deployment", api_version="apps/v1", name="web", namespace="shop"):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}


def test_a_base_is_named_after_its_subscription_alike_on_every_machine():
    assert base_name("default", "web") == "web-82b3ade9d0"


def test_bases_of_subscriptions_of_one_name_are_told_apart():
    pairs = [("default", "web"), ("other", "web"), ("default", "web-2"), ("default-web", "2")]
    assert len({base_name(*pair) for pair in pairs}) == len(pairs)


@given(DNS_NAME | st.just("a" * 253), DNS_NAME | st.just("b" * 253))
def test_a_base_leaves_room_for_its_descriptions_and_their_files(namespace, name):
    base = base_name(namespace, name)
    for deployer in ("Generic", "Helm"):
        assert is_dns_subdomain(description_name(base, deployer))
        assert len(f"{description_name(base, deployer)}.yaml") <= 255


def test_descriptions_are_named_after_their_base():
    assert description_name("web-82b3ade9d0", "Generic") == "web-82b3ade9d0-generic"
    assert description_name("web-82b3ade9d0", "Helm") == "web-82b3ade9d0-helm"


@pytest.mark.parametrize(
    ("cluster", "namespace"),
    [
        ("shanghai", "clusternet-shanghai"),
        ("web_01.example.com", "clusternet-web-01-example-com-91ae4277ee"),
        ("frankfurt.example", "clusternet-frankfurt-example-d9143f2bb5"),
    ],
)
def test_the_namespace_of_a_cluster(cluster, namespace):
    assert cluster_namespace(cluster) == namespace


@given(ANY_TEXT)
def test_the_namespace_of_any_host_is_a_namespace(cluster):
    assert is_dns_label(cluster_namespace(cluster))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (template(), "deployment.apps--shop--web"),
        (template("ConfigMap", "v1"), "configmap--shop--web"),
        (template("Namespace", "v1", "shop", None), "namespace--shop"),
        (
            template("ClusterRole", "rbac.authorization.k8s.io/v1", "cert-manager-webhook:reviews", None),
            "clusterrole.rbac.authorization.k8s.io-cert-manager-webhook-reviews-9f1630f22a",
        ),
    ],
)
def test_the_name_of_a_manifest(raw, name):
    assert manifest_name(raw) == name


def test_manifests_of_different_objects_have_different_names():
    raws = [
        template("ConfigMap", "v1", "web", "shop"),
        template("ConfigMap", "v1", "shop--web", None),
        template("ConfigMap", "v1", "c", "a--b"),
        template("ConfigMap", "v1", "b--c", "a"),
        template("ConfigMap", "v1", "Web", "shop"),
        template("ConfigMap", "v1", "a:b", "shop"),
        template("ConfigMap", "v1", "a_b", "shop"),
        template("ConfigMap", "v1", "a-b", "shop"),
    ]
    assert len({manifest_name(raw) for raw in raws}) == len(raws)


def test_versions_of_one_object_share_their_manifest():
    assert manifest_name(template(api_version="apps/v1")) == manifest_name(template(api_version="apps/v1beta1"))


@given(ANY_TEXT, ANY_TEXT, st.none() | ANY_TEXT)
def test_any_object_has_a_valid_manifest(kind, name, namespace):
    raw = template(kind, "example.com/v1", name, namespace)
    assert is_dns_subdomain(manifest_name(raw))
    assert len(manifest_name(raw)) <= 248
    assert all(is_label_value(value) for value in manifest_labels(raw).values())


def test_an_object_without_a_name_has_no_manifest():
    with pytest.raises(InvalidInput, match=r"needs metadata\.name"):
        manifest_name({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}})


def test_the_labels_of_a_manifest_have_a_stated_order_and_all_five_keys():
    assert list(manifest_labels(template("Namespace", "v1", "shop", None)).items()) == [
        ("apps.clusternet.io/config.group", ""),
        ("apps.clusternet.io/config.kind", "Namespace"),
        ("apps.clusternet.io/config.name", "shop"),
        ("apps.clusternet.io/config.namespace", ""),
        ("apps.clusternet.io/config.version", "v1"),
    ]


@given(DNS_NAME, DNS_NAME)
def test_a_manifest_carries_what_its_feed_asks_for(name, namespace):
    raw = template(name=name, namespace=namespace)
    assert feed_labels(Feed.to(raw)).items() <= manifest_labels(raw).items()


def test_a_feed_without_a_namespace_does_not_ask_for_one():
    assert "apps.clusternet.io/config.namespace" not in feed_labels(Feed("v1", "Namespace", "", "shop"))


def test_releases_are_named_in_the_order_of_the_charts():
    charts = [ChartReference("default", "nginx"), ChartReference("shop", "web"), ChartReference("default", "nginx")]
    assert release_names("web-1-helm", charts) == (
        "web-1-helm-default-nginx",
        "web-1-helm-shop-web",
        "web-1-helm-default-nginx",
    )


def test_charts_that_come_to_one_release_are_named():
    with pytest.raises(
        InvalidInput, match="HelmCharts a-b/c and a/b-c both come to the HelmRelease d-a-b-c; rename one"
    ):
        release_names("d", [ChartReference("a-b", "c"), ChartReference("a", "b-c")])


def test_derived_names():
    assert derived_name("default", "web") == "derived-default-9df5ftnb5t"
