# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as values: fields, defaults of the API, and the two doors."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed, ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    KINDS,
    ChartReference,
    DividingScheduling,
    DynamicDividing,
    Globalization,
    HelmChart,
    ManagedCluster,
    Subscription,
    parse,
    parse_stored,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import OverrideConfig
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema import SCHEMAS
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Taint, Toleration

APPS = "apps.clusternet.io/v1alpha1"
FEED = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
CHART = {"repo": "https://charts.example.com", "chart": "web", "targetNamespace": "shop"}


def an_object(kind, **fields):
    api_version = "clusters.clusternet.io/v1beta1" if kind == "ManagedCluster" else APPS
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, **fields}


def globalization(**spec):
    return {**an_object("Globalization", spec={"feed": FEED, **spec}), "metadata": {"name": "web"}}


def read(raw):
    return parse(raw, "app/web.yml")


def test_every_kind_has_a_class_and_a_schema():
    assert set(KINDS) == set(SCHEMAS)
    assert all(key == (cls.GROUP, cls.KIND) for key, cls in KINDS.items())


def test_a_subscription_with_the_defaults_of_the_api():
    raw = an_object("Subscription", spec={"subscribers": [{"clusterAffinity": {}}], "feeds": [FEED]})
    parsed = read(raw)
    assert isinstance(parsed, Subscription)
    assert parsed.raw is raw
    assert parsed.key == ObjectKey("apps.clusternet.io", "Subscription", "shop", "web")
    assert parsed.scheduler_name == "default"
    assert parsed.scheduling_strategy == "Replication"
    assert parsed.preemption_policy == "PreemptLowerPriority"
    assert (parsed.priority, parsed.scheduling_by_subgroup, parsed.dividing) == (0, False, None)
    assert parsed.cluster_tolerations == ()
    assert parsed.feeds == (Feed("apps/v1", "Deployment", "shop", "web"),)
    (subscriber,) = parsed.subscribers
    assert subscriber.cluster_affinity == LabelSelector()
    assert (subscriber.weight, subscriber.subgroup_min_clusters) == (0, None)


def test_a_subscription_with_all_its_fields():
    parsed = read(
        an_object(
            "Subscription",
            spec={
                "schedulerName": "other",
                "schedulingStrategy": "Dividing",
                "schedulingBySubGroup": True,
                "dividingScheduling": {"type": "Dynamic", "dynamicDividing": {"strategy": "Binpack", "minClusters": 2}},
                "priority": 7,
                "preemptionPolicy": "PreemptNever",
                "subscribers": [
                    {
                        "clusterAffinity": {"matchLabels": {"a": "b"}},
                        "weight": 3,
                        "subGroupStrategy": {"minClusters": 0},
                    }
                ],
                "clusterTolerations": [{"key": "k", "operator": "Exists"}],
                "feeds": [],
            },
        )
    )
    assert isinstance(parsed, Subscription)
    assert (parsed.scheduler_name, parsed.scheduling_strategy, parsed.preemption_policy) == (
        "other",
        "Dividing",
        "PreemptNever",
    )
    assert (parsed.priority, parsed.scheduling_by_subgroup) == (7, True)
    assert parsed.dividing == DividingScheduling("Dynamic", DynamicDividing("Binpack", min_clusters=2))
    assert parsed.cluster_tolerations == (Toleration("k", "Exists"),)
    (subscriber,) = parsed.subscribers
    assert subscriber.cluster_affinity.matches({"a": "b"})
    assert (subscriber.weight, subscriber.subgroup_min_clusters) == (3, 0)


@pytest.mark.parametrize(
    ("spec", "dividing"),
    [
        ({}, DividingScheduling("Static")),
        ({"dynamicDividing": {}}, DividingScheduling("Static", DynamicDividing("Spread"))),
    ],
)
def test_the_defaults_of_dividing(spec, dividing):
    raw = an_object("Subscription", spec={"subscribers": [], "feeds": [], "dividingScheduling": spec})
    parsed = read(raw)
    assert isinstance(parsed, Subscription)
    assert parsed.dividing == dividing


def test_policies_with_the_defaults_of_the_api():
    for raw in (globalization(), an_object("Localization", spec={"feed": FEED})):
        parsed = read(raw)
        assert (parsed.priority, parsed.override_policy, parsed.overrides) == (500, "ApplyLater", ())
        assert parsed.feed == Feed.of(FEED)


def test_a_policy_of_priority_zero_keeps_it():
    assert read(globalization(priority=0)).priority == 0


def test_a_policy_may_be_for_nothing():
    assert read(an_object("Localization", spec={})).feed is None


def test_a_globalization_for_all_clusters_is_not_one_with_an_empty_affinity():
    assert read(globalization()).cluster_affinity is None
    assert read(globalization(clusterAffinity={})).cluster_affinity == LabelSelector()


def test_overrides_are_read_in_their_order():
    overrides = [
        {"name": "a", "type": "Helm", "value": "a: 1", "overrideChart": True},
        {"type": "FieldJSONPatch", "value": "[]", "fieldPath": "/data/a", "fieldFormat": "JSON"},
    ]
    parsed = read(globalization(overrides=overrides))
    assert isinstance(parsed, Globalization)
    assert parsed.overrides == (
        OverrideConfig("a", "Helm", "a: 1", override_chart=True),
        OverrideConfig("", "FieldJSONPatch", "[]", field_path="/data/a", field_format="JSON"),
    )


def test_a_chart_with_the_defaults_of_the_api():
    parsed = read(an_object("HelmChart", spec=CHART))
    assert isinstance(parsed, HelmChart)
    assert (parsed.repo, parsed.chart, parsed.version, parsed.target_namespace) == (
        "https://charts.example.com",
        "web",
        "",
        "shop",
    )
    assert (parsed.options.create_namespace, parsed.options.timeout_seconds) == (True, 300)
    assert not any((parsed.options.wait, parsed.options.skip_crds, parsed.options.plain_http, parsed.options.force))


@pytest.mark.parametrize(
    ("field", "attribute", "value"),
    [
        ("createNamespace", "create_namespace", False),
        ("timeoutSeconds", "timeout_seconds", 0),
        ("wait", "wait", True),
        ("waitForJob", "wait_for_job", True),
        ("replace", "replace", True),
        ("atomic", "atomic", True),
        ("upgradeAtomic", "upgrade_atomic", True),
        ("skipCRDs", "skip_crds", True),
        ("replaceCRDs", "replace_crds", True),
        ("disableHooks", "disable_hooks", True),
        ("force", "force", True),
        ("plainHTTP", "plain_http", True),
    ],
)
def test_options_of_helm(field, attribute, value):
    options = read(an_object("HelmRelease", spec={**CHART, field: value})).options
    assert getattr(options, attribute) == value


def test_the_pull_secret_of_a_chart():
    options = read(an_object("HelmChart", spec={**CHART, "chartPullSecret": {"name": "a", "namespace": "b"}})).options
    assert (options.pull_secret_namespace, options.pull_secret_name) == ("b", "a")


def test_a_manifest_knows_the_feed_of_its_template():
    template = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "other"}}
    parsed = read(an_object("Manifest", template=template))
    assert parsed.template is template
    assert parsed.feed == Feed("v1", "ConfigMap", "other", "settings")


def test_a_description_of_each_deployer():
    generic = read(an_object("Description", spec={"deployer": "Generic", "raw": ["e30="]}))
    assert (generic.deployer, generic.raw_objects, generic.charts) == ("Generic", ("e30=",), ())
    charts = [{"namespace": "a", "name": "b"}]
    helm = read(an_object("Description", spec={"deployer": "Helm", "charts": charts, "chartRaw": ["e30="]}))
    assert (helm.deployer, helm.charts, helm.chart_raw) == ("Helm", (ChartReference("a", "b"),), ("e30=",))


def test_a_base_and_a_feed_inventory():
    assert read(an_object("Base", spec={"feeds": [FEED]})).feeds == (Feed.of(FEED),)
    (order,) = read(
        an_object(
            "FeedInventory", spec={"feeds": [{**FEED, "desiredReplicas": 0, "replicaJsonPath": "/spec/replicas"}]}
        )
    ).feeds
    assert (order.feed, order.desired_replicas, order.replica_json_path) == (Feed.of(FEED), 0, "/spec/replicas")
    assert order.requirements == {}


def test_a_managed_cluster():
    spec = {
        "clusterId": "11111111-aaaa-bbbb-cccc-000000000001",
        "clusterType": "Edge",
        "syncMode": "Dual",
        "taints": [{"key": "k", "effect": "NoSchedule"}],
    }
    parsed = read(an_object("ManagedCluster", spec=spec, status={"readyz": True}))
    assert isinstance(parsed, ManagedCluster)
    assert (parsed.cluster_id, parsed.cluster_type, parsed.sync_mode) == (spec["clusterId"], "Edge", "Dual")
    assert parsed.taints == (Taint("k", "", "NoSchedule"),)
    assert (parsed.namespace, parsed.name, parsed.binding) == ("shop", "web", "shop/web")
    assert parsed.status == {"readyz": True}


def test_metadata_that_a_hub_wrote():
    raw = an_object("Base", spec={"feeds": []})
    raw["metadata"] |= {
        "uid": "u",
        "creationTimestamp": "2024-01-01T00:00:00Z",
        "deletionTimestamp": "2024-01-02T00:00:00Z",
        "labels": {"a": "b"},
        "annotations": {"c": "d"},
        "finalizers": ["f"],
    }
    meta = read(raw).meta
    assert (meta.uid, meta.creation_timestamp, meta.deletion_timestamp) == (
        "u",
        "2024-01-01T00:00:00Z",
        "2024-01-02T00:00:00Z",
    )
    assert (meta.labels, meta.annotations, meta.finalizers) == ({"a": "b"}, {"c": "d"}, ("f",))
    assert meta.is_deleting


def test_metadata_that_nobody_wrote():
    meta = read(an_object("Base", spec={"feeds": []})).meta
    assert (meta.uid, meta.creation_timestamp, meta.deletion_timestamp) == ("", "", None)
    assert (meta.labels, meta.annotations, meta.finalizers) == ({}, {}, ())
    assert not meta.is_deleting


def test_an_unknown_field_is_an_error_for_a_user_and_a_warning_on_a_hub():
    raw = an_object("Base", spec={"feeds": [], "feedz": []})
    with pytest.raises(InvalidInput, match=r"app/web\.yml: Base shop/web: spec\.feedz: unknown field"):
        read(raw)
    parsed, warnings = parse_stored(raw, "hub/base.yml")
    assert parsed.meta.name == "web"
    assert len(warnings) == 1
    assert warnings[0].startswith("hub/base.yml: Base shop/web: spec.feedz: unknown field")


@pytest.mark.parametrize("strategy", [None, {}, {"minClusters": None}])
def test_a_subgroup_of_no_size_is_not_one_of_size_zero(strategy):
    raw = an_object(
        "Subscription",
        spec={
            "schedulingBySubGroup": True,
            "subscribers": [{"clusterAffinity": {}, "subGroupStrategy": strategy}],
            "feeds": [],
        },
    )
    with pytest.raises(InvalidInput, match=r"subGroupStrategy.*: is missing; schedulingBySubGroup needs"):
        read(raw)
    parsed, (warning,) = parse_stored(raw, "hub/web.yml")
    assert "subGroupStrategy" in warning
    assert isinstance(parsed, Subscription)
    assert parsed.subscribers[0].subgroup_min_clusters is None


def test_a_subscription_knows_what_is_wrong_with_its_tolerations_where_a_hub_took_them():
    tolerations = [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "exists"}]
    raw = an_object("Subscription", spec={"subscribers": [], "feeds": [], "clusterTolerations": tolerations})
    parsed, (warning,) = parse_stored(raw, "hub/web.yml")
    assert isinstance(parsed, Subscription)
    (problem,) = parsed.toleration_problems
    assert problem.startswith("spec.clusterTolerations[1].operator: found 'exists'; accepted: Equal, Exists")
    assert warning.endswith(problem)


def test_a_wrong_value_is_an_error_on_a_hub_too():
    raw = an_object("Base", spec={"feeds": [{}], "feedz": []})
    with pytest.raises(InvalidInput) as caught:
        parse_stored(raw, "hub/base.yml")
    assert len(caught.value.problems) == 3
    assert not any("feedz" in problem for problem in caught.value.problems)
