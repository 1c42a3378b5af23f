# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of objects that cannot come in."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.validate import check

APPS = "apps.clusternet.io/v1alpha1"
CLUSTERS = "clusters.clusternet.io/v1beta1"
FEED = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
SUBSCRIBER = {"clusterAffinity": {}}
CHART = {"repo": "https://charts.example.com", "chart": "web", "targetNamespace": "shop"}
CLUSTER_ID = "11111111-aaaa-bbbb-cccc-000000000001"


def an_object(kind, *, api_version=APPS, name="web", namespace="shop", **fields):
    meta = {"name": name, **({} if kind == "Globalization" else {"namespace": namespace})}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **fields}


def subscription(**spec):
    return an_object("Subscription", spec={"subscribers": [SUBSCRIBER], "feeds": [FEED], **spec})


def globalization(**spec):
    return an_object("Globalization", spec={"feed": FEED, **spec})


def dynamic(**rules):
    return subscription(dividingScheduling={"type": "Dynamic", "dynamicDividing": rules})


def override(**fields):
    return globalization(overrides=[{"type": "MergePatch", "value": "{}", **fields}])


def chart(**spec):
    return an_object("HelmChart", spec={**CHART, **spec})


def cluster(**spec):
    return an_object("ManagedCluster", api_version=CLUSTERS, spec={"clusterId": CLUSTER_ID, "syncMode": "Push", **spec})


def with_meta(raw, **meta):
    return {**raw, "metadata": {**raw["metadata"], **meta}}


def messages(raw):
    return [problem.message for problem in check(raw, "app/web.yml")]


ACCEPTED = {
    "subscription": subscription(),
    "subscription with everything": subscription(
        schedulerName="default",
        schedulingStrategy="Dividing",
        schedulingBySubGroup=True,
        dividingScheduling={
            "type": "Dynamic",
            "dynamicDividing": {
                "strategy": "Binpack",
                "minClusters": 1,
                "maxClusters": 3,
                "topologySpreadConstraints": [
                    {"maxSkew": 1, "topologyKey": "region", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
                ],
                "preferredClusters": [{"weight": 1, "preference": {"matchExpressions": []}}],
            },
        },
        priority=-5,
        preemptionPolicy="PreemptNever",
        subscribers=[
            {"clusterAffinity": {"matchLabels": {"a": "b"}}, "weight": 0, "subGroupStrategy": {"minClusters": 0}}
        ],
        clusterTolerations=[{"key": "k", "effect": "NoExecute", "tolerationSeconds": 2**40}],
    ),
    "subscription with nulls": subscription(priority=None, dividingScheduling=None, clusterTolerations=None),
    "subscription for nothing": subscription(subscribers=[], feeds=[]),
    "status is the hub's": subscription() | {"status": {"whatever": 1}},
    "no namespace yet": with_meta(subscription(), namespace=None),
    "exported": with_meta(
        subscription(), uid="u", resourceVersion="1", generation=3, creationTimestamp=None, managedFields=[{}]
    ),
    "globalization": globalization(priority=0, overridePolicy="ApplyNow", clusterAffinity={}),
    "globalization without a feed": an_object("Globalization", spec={}),
    "localization": an_object("Localization", spec={"feed": FEED, "priority": 1000}),
    "field override": override(type="FieldJSONPatch", fieldPath="/data/a", fieldFormat="YAML", value=""),
    "field override for a chart": override(type="FieldJSONPatch", overrideChart=True),
    "helm chart": chart(version="1.2.3", timeoutSeconds=5, chartPullSecret={"name": "a", "namespace": "b"}),
    "helm chart in a directory": chart(repo="://local"),
    "helm release": an_object("HelmRelease", spec={**CHART, "releaseName": "", "overrides": "e30="}),
    "manifest": an_object(
        "Manifest", template={"apiVersion": "v1", "kind": "X", "metadata": {"name": "Y:z"}, "any": 1}
    ),
    "base": an_object("Base", spec={"feeds": [FEED]}),
    "description": an_object("Description", spec={"deployer": "Generic", "raw": ["e30=", ""]}),
    "feed inventory": an_object(
        "FeedInventory",
        spec={
            "feeds": [
                {
                    **FEED,
                    "desiredReplicas": 3,
                    "replicaRequirements": {"resources": {"requests": {"cpu": "500m", "memory": 1024, "x": "1e3"}}},
                }
            ]
        },
    ),
    "managed cluster": cluster(taints=[{"key": "k", "effect": "NoExecute", "timeAdded": "2024-01-01T00:00:00Z"}]),
    "managed cluster without a spec": an_object("ManagedCluster", api_version=CLUSTERS),
}


@pytest.mark.parametrize("raw", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_a_clusternet_hub_takes_is_taken(raw):
    before = json.dumps(raw)
    assert messages(raw) == []
    assert json.dumps(raw) == before


REFUSED = [
    (["x"], "object: found a list; an object with apiVersion, kind and metadata is accepted"),
    ({"kind": "Subscription"}, f"Subscription: apiVersion: found null; accepted: {APPS}, {CLUSTERS}"),
    ({"apiVersion": APPS}, "object: kind: found null; accepted: Base, Description, "),
    (an_object("Subscripton"), "Subscripton shop/web: kind: found 'Subscripton'; accepted: Base, "),
    (an_object("Subscripton"), "did you mean 'Subscription'?"),
    (an_object("subscription"), "did you mean 'Subscription'?"),
    (an_object("ManagedCluster"), "kind: found 'ManagedCluster'; accepted: Base, Description, "),
    (an_object("Deployment", api_version="apps/v1"), f"apiVersion: found 'apps/v1'; accepted: {APPS}, {CLUSTERS}"),
    (
        an_object("Subscription", api_version="apps.clusternet.io/v1"),
        f"found 'apps.clusternet.io/v1'; accepted: {APPS}; did",
    ),
    ({**subscription(), "metadata": None}, "Subscription: metadata: is missing"),
    ({**subscription(), "metadata": "web"}, "Subscription: metadata: found a string; accepted: a mapping with name, "),
    (with_meta(subscription(), name=None), "Subscription shop: metadata.name: is missing; accepted: a string"),
    (
        with_meta(subscription(), name="../x"),
        "Subscription shop/../x: metadata.name: found '../x'; accepted: up to 253",
    ),
    (with_meta(subscription(), name="Web_1"), "metadata.name: found 'Web_1'; accepted: up to 253 lowercase letters"),
    (with_meta(subscription(), name=1), "metadata.name: found 1; accepted: a string (quote it)"),
    (with_meta(subscription(), namespace="a.b"), "metadata.namespace: found 'a.b'; accepted: up to 63 lowercase"),
    (with_meta(subscription(), labels={"a b": "c"}), "metadata.labels: found the key 'a b'; accepted: [<DNS name>/]"),
    (with_meta(subscription(), labels={"a": "b c"}), "metadata.labels[a]: found 'b c'; accepted: empty or up to 63"),
    (with_meta(subscription(), labels={"a": True}), "metadata.labels[a]: found true; accepted: a string (quote it)"),
    (with_meta(subscription(), labels={"a": None}), "metadata.labels[a]: found null; accepted: a string"),
    (with_meta(subscription(), labels=["a"]), "metadata.labels: found a list; accepted: a mapping"),
    (with_meta(subscription(), labels={1: "a"}), "metadata.labels: found the key 1; accepted: strings as keys"),
    (with_meta(subscription(), annotations={"a b": "c"}), "metadata.annotations: found the key 'a b'; accepted: [<DNS"),
    (
        with_meta(globalization(), namespace="shop"),
        "metadata.namespace: found 'shop'; accepted: none, a Globalization is",
    ),
    (an_object("Subscription"), "Subscription shop/web: spec: is missing; accepted: a mapping with schedulerName"),
    (an_object("Subscription", spec=[]), "spec: found a list; accepted: a mapping with schedulerName"),
    (subscription(feeds=None), "spec.feeds: is missing; accepted: a list"),
    (subscription(feeds={}), "spec.feeds: found a mapping; accepted: a list"),
    (
        subscription(feeds=[None]),
        "spec.feeds[0]: found null; accepted: a mapping with apiVersion, kind, name, namespace",
    ),
    (
        subscription(feeds=[{**FEED, "apiVersion": "a/b/c"}]),
        "spec.feeds[0].apiVersion: found 'a/b/c'; accepted: a version",
    ),
    (subscription(feeds=[{**FEED, "kind": ""}]), "spec.feeds[0].kind: found ''; accepted: a string that is not empty"),
    (subscription(subscribers=[{}]), "spec.subscribers[0].clusterAffinity: is missing; accepted: a label selector"),
    (
        subscription(subscribers=[{"clusterAffinity": {"matchExpressions": [{"key": "a", "operator": "is"}]}}]),
        "spec.subscribers[0].clusterAffinity.matchExpressions[0].operator: found 'is'; accepted: In, NotIn, Exists, ",
    ),
    (subscription(subscribers=[{**SUBSCRIBER, "weight": -1}]), "weight: found -1; accepted: a whole number from 0 to"),
    (subscription(subscribers=[{**SUBSCRIBER, "weight": True}]), "weight: found true; accepted: a whole number"),
    (subscription(subscribers=[{**SUBSCRIBER, "weight": "2"}]), "weight: found '2'; accepted: a whole number"),
    (subscription(subscribers=[{**SUBSCRIBER, "weight": 1.5}]), "weight: found 1.5; accepted: a whole number"),
    (
        subscription(priority=2**31),
        "spec.priority: found 2147483648; accepted: a whole number from -2147483648 to 21474836",
    ),
    (
        subscription(schedulingStrategy="dividing"),
        "found 'dividing'; accepted: Replication, Dividing; did you mean 'Divi",
    ),
    (subscription(schedulingStrategy=""), "spec.schedulingStrategy: found ''; accepted: Replication, Dividing"),
    (subscription(schedulingBySubGroup="yes"), "spec.schedulingBySubGroup: found 'yes'; accepted: true or false"),
    (subscription(clusterTolerations={}), "spec.clusterTolerations: found a mapping; accepted: a list"),
    (
        globalization(priority=1001),
        "Globalization web: spec.priority: found 1001; accepted: a whole number from 0 to 1000",
    ),
    (globalization(clusterAffinity=[]), "spec.clusterAffinity: found a list; a mapping with matchLabels"),
    (globalization(feed={"kind": "X"}), "spec.feed.apiVersion: is missing; accepted: a version or <group>/<version>"),
    (override(type="JsonPatch"), "spec.overrides[0].type: found 'JsonPatch'; accepted: Helm, JSONPatch, MergePatch, "),
    (override(fieldFormat="yaml"), "fieldFormat: found 'yaml'; accepted: YAML, JSON; did you mean 'YAML'?"),
    (override(value=None), "spec.overrides[0].value: is missing; accepted: a string of YAML or JSON"),
    (override(value={"a": 1}), "spec.overrides[0].value: found a mapping; accepted: a string of YAML or JSON"),
    (
        chart(repo="charts.example.com"),
        "repo: found 'charts.example.com'; accepted: an address that begins with http://",
    ),
    (chart(repo="https://a b"), "spec.repo: found 'https://a b'"),
    (chart(targetNamespace=None), "spec.targetNamespace: is missing"),
    (an_object("Manifest"), "Manifest shop/web: template: is missing; accepted: a mapping"),
    (an_object("Manifest", template="x"), "template: found a string; accepted: a mapping"),
    (an_object("Manifest", template={"kind": "X"}), "template: an object needs apiVersion, metadata.name"),
    (
        an_object("Description", spec={"deployer": "Generic", "raw": ["{}"]}),
        "spec.raw[0]: found a string that is no base64",
    ),
    (
        an_object("Description", spec={"deployer": "Generic", "raw": [1]}),
        "spec.raw[0]: found no string; accepted: base64",
    ),
    (
        an_object("Description", spec={"deployer": "Generic", "raw": [None]}),
        "spec.raw[0]: found null; accepted: base64",
    ),
    (
        an_object("FeedInventory", spec={"feeds": [{**FEED, "replicaRequirements": {"nodeSelector": "a=b"}}]}),
        "spec.feeds[0].replicaRequirements.nodeSelector: found a string; accepted: a mapping",
    ),
    (an_object("Description", spec={"deployer": "Helm", "charts": [{}]}), "spec.charts[0].name: is missing"),
    (
        an_object(
            "FeedInventory",
            spec={"feeds": [{**FEED, "replicaRequirements": {"resources": {"requests": {"cpu": "half"}}}}]},
        ),
        "spec.feeds[0].replicaRequirements.resources.requests[cpu]: found 'half'; accepted: a quantity such as 500m",
    ),
    (dynamic(maxClusters="2"), "maxClusters: found '2'; accepted: a whole number from 1 on"),
    (dynamic(minClusters="2"), "minClusters: found '2'; accepted: a whole number from 0 on"),
    (
        dynamic(preferredClusters=[{"weight": "x", "preference": {}}]),
        "preferredClusters[0].weight: found 'x'; accepted: a whole number from 1 to 100",
    ),
    (
        dynamic(preferredClusters=[{"weight": 1, "preference": "x"}]),
        "preferredClusters[0].preference: found a string; accepted: a mapping with matchExpressions, matchFields",
    ),
    (
        dynamic(topologySpreadConstraints=[{"maxSkew": "1", "topologyKey": "a", "whenUnsatisfiable": "x"}]),
        "topologySpreadConstraints[0].maxSkew: found '1'; accepted: a whole number from 1 on",
    ),
    (cluster(clusterId="1"), "ManagedCluster shop/web: spec.clusterId: found '1'; accepted: a UUID"),
    (cluster(syncMode="push"), "spec.syncMode: found 'push'; accepted: Push, Pull, Dual; did you mean 'Push'?"),
    (cluster(taints=[{"key": "k"}]), "spec.taints[0].effect: is missing"),
    (cluster(clusterInitBaseName="a" * 513), "spec.clusterInitBaseName: has 513 characters; accepted: at most 512"),
]


@pytest.mark.parametrize(("raw", "expected"), REFUSED)
def test_what_is_wrong_is_named_with_its_place(raw, expected):
    said = messages(raw)
    assert any(expected in message for message in said), said
    assert all(message.startswith("app/web.yml: ") for message in said)
    assert not all(problem.tolerable for problem in check(raw, "app/web.yml"))


TOLERATED = [
    (subscription(feedz=[]), "spec.feedz: unknown field; accepted: clusterTolerations, dividingScheduling, feeds, "),
    (subscription(feedz=[]), "did you mean 'feeds'?"),
    (
        subscription(subscribers=[{**SUBSCRIBER, "wait": 1}]),
        "spec.subscribers[0].wait: unknown field; accepted: clusterAff",
    ),
    (with_meta(subscription(), lables={}), "metadata.lables: unknown field"),
    (
        subscription() | {"specs": {}},
        "Subscription shop/web: specs: unknown field; accepted: apiVersion, kind, metadata, ",
    ),
    (an_object("Localization", spec={"clusterAffinity": {}}), "spec.clusterAffinity: unknown field; accepted: feed, "),
    (an_object("Base", spec={"feeds": [FEED, FEED]}), "spec.feeds[1]: is the same object as feeds[0]"),
    (
        subscription(feeds=[FEED, {**FEED, "apiVersion": "apps/v1beta1"}]),
        "spec.feeds[1]: is the same object as feeds[0]",
    ),
    (
        subscription(schedulingBySubGroup=True),
        "spec.subscribers[0].subGroupStrategy: is missing; schedulingBySubGroup needs subGroupStrategy.minClusters",
    ),
    (
        subscription(clusterTolerations=[{"key": "a"}, {"key": "b", "operator": "exists"}]),
        "spec.clusterTolerations[1].operator: found 'exists'; accepted: Equal, Exists, or none, which is Equal; did you",
    ),
    (cluster(taints=[{"key": "a b", "effect": "NoExecute"}]), "spec.taints[0].key: found 'a b'; accepted: [<DNS"),
    (
        subscription(
            dividingScheduling={
                "dynamicDividing": {"preferredClusters": [{"weight": 1, "minDomains": 2, "preference": {}}]}
            }
        ),
        "preferredClusters[0].minDomains: unknown field",
    ),
    (
        dynamic(preferredClusters=[{"weight": 1, "preference": {"matchField": []}}]),
        "preferredClusters[0].preference.matchField: unknown field; accepted: matchExpressions, matchFields; did you",
    ),
    (
        dynamic(
            preferredClusters=[{"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "in"}]}}]
        ),
        "preference.matchExpressions[0].operator: found 'in'; accepted: In, NotIn, Exists, DoesNotExist, Gt, Lt; did",
    ),
    (
        override(type="FieldJSONPatch", fieldFormat="YAML"),
        "spec.overrides[0].fieldPath: is missing; FieldJSONPatch needs",
    ),
    (
        override(type="FieldMergePatch", fieldFormat="YAML", fieldPath="a"),
        "fieldPath: found 'a'; accepted: a path that begi",
    ),
    (
        override(type="FieldMergePatch", fieldPath="/data/a"),
        "fieldFormat: is missing; FieldMergePatch needs YAML or JSON",
    ),
]


@pytest.mark.parametrize(("raw", "expected"), TOLERATED)
def test_what_an_api_server_takes_is_wrong_only_for_the_user(raw, expected):
    (problem,) = check(raw, "app/web.yml")
    assert problem.tolerable
    assert expected in problem.message


def test_the_same_name_in_another_group_is_another_object():
    assert messages(subscription(feeds=[FEED, {**FEED, "apiVersion": "example.com/v1"}])) == []


def test_all_problems_come_at_once_and_in_the_order_of_the_fields():
    raw = subscription(subscribers=[{"weight": "x"}], feeds=[{}], schedulingStrategy="x")
    fields = [message.split(": ")[2] for message in messages(raw)]
    assert fields == [
        "spec.subscribers[0].clusterAffinity",
        "spec.subscribers[0].weight",
        "spec.feeds[0].apiVersion",
        "spec.feeds[0].kind",
        "spec.feeds[0].name",
        "spec.schedulingStrategy",
    ]


def test_a_hostile_document_does_not_fill_the_terminal():
    assert len(check(subscription(feeds=[1] * 100_000), "app/web.yml")) == 50


@pytest.mark.parametrize(
    "raw",
    [
        an_object("Description", spec={"deployer": "Generic", "raw": ["top secret!"]}),
        an_object("HelmRelease", spec={**CHART, "overrides": "top secret!"}),
        override(value=["top secret!"]),
        with_meta(subscription(), annotations={"a": ["top secret!"]}),
        an_object("Manifest", template="top secret!"),
        an_object("HelmRelease", spec="top secret!"),
    ],
)
def test_no_message_shows_what_may_be_a_secret(raw):
    (message,) = messages(raw)
    assert "secret" not in message


def test_numbers_in_place_of_secret_texts_are_not_shown():
    (message,) = messages(override(value=4711))
    assert "4711" not in message
    assert message.endswith("found a number; accepted: a string of YAML or JSON (quote it)")


def test_a_number_that_python_refuses_to_print_is_one_message():
    assert len(messages(subscription(priority=16**10_000))) == 1
    assert len(messages(subscription() | {16**10_000: 1})) == 1


def test_what_would_disturb_a_terminal_is_escaped():
    raw = with_meta(subscription(), name="\x1b[2J", labels={"\x1b[2J": "\x1b[2J"}) | {"\x1b[2J": 1}
    assert all(message.isprintable() for message in messages(raw))


def test_a_date_of_yaml_is_to_be_quoted():
    (message,) = messages(with_meta(subscription(), creationTimestamp=datetime(2024, 1, 1)))
    assert message.endswith("metadata.creationTimestamp: found a date; accepted: a string (quote it)")


def test_long_values_are_shortened():
    (message,) = messages(subscription(schedulingStrategy="x" * 10_000))
    assert len(message) < 300
