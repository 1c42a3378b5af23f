# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The definitions are those of Clusternet's API: names, columns, fields, defaults and constraints as the reference lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

APPS, CLUSTERS = "apps.clusternet.io", "clusters.clusternet.io"
VERSIONS = {APPS: "v1alpha1", CLUSTERS: "v1beta1"}
AGE = ("AGE", "date", ".metadata.creationTimestamp", 0)
CHART = (
    ("CHART", "string", ".spec.chart", 0),
    ("VERSION", "string", ".spec.version", 0),
    ("REPO", "string", ".spec.repo", 0),
    ("STATUS", "string", ".status.phase", 0),
    AGE,
)

# Kind: group, plural, scope, short names, whether the status is a subresource, columns.
NAMES: dict[str, tuple[str, str, str, list[str], bool, tuple[Any, ...]]] = {
    "Subscription": (APPS, "subscriptions", "Namespaced", ["sub", "subs"], True, (AGE,)),
    "Globalization": (APPS, "globalizations", "Cluster", ["glob", "global"], False, (AGE,)),
    "Localization": (APPS, "localizations", "Namespaced", ["loc", "local"], False, (AGE,)),
    "HelmChart": (APPS, "helmcharts", "Namespaced", ["chart", "charts"], True, CHART),
    "HelmRelease": (APPS, "helmreleases", "Namespaced", ["hr"], True, CHART),
    "Manifest": (APPS, "manifests", "Namespaced", [], False, (AGE,)),
    "Base": (APPS, "bases", "Namespaced", [], False, (AGE,)),
    "Description": (
        APPS,
        "descriptions",
        "Namespaced",
        ["desc"],
        True,
        (("DEPLOYER", "string", ".spec.deployer", 0), ("STATUS", "string", ".status.phase", 0), AGE),
    ),
    "FeedInventory": (APPS, "feedinventories", "Namespaced", ["finv"], False, ()),
    "ManagedCluster": (
        CLUSTERS,
        "managedclusters",
        "Namespaced",
        ["mcls"],
        True,
        (
            ("CLUSTER ID", "string", ".spec.clusterId", 0),
            ("CLUSTER TYPE", "string", ".spec.clusterType", 100),
            ("SYNC MODE", "string", ".spec.syncMode", 0),
            ("KUBERNETES", "string", ".status.k8sVersion", 0),
            ("STATUS", "string", ".status.conditions[?(@.type=='Ready')].status", 0),
            AGE,
            ("AGENT VERSION", "string", ".status.agentVersion", 100),
        ),
    ),
    "ClusterRegistrationRequest": (
        CLUSTERS,
        "clusterregistrationrequests",
        "Cluster",
        ["clsrr"],
        True,
        (("CLUSTER ID", "string", ".spec.clusterId", 0), ("STATUS", "string", ".status.result", 0), AGE),
    ),
}

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
DNS = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
QUANTITY = {
    "x-kubernetes-int-or-string": True,
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?$",
}
INT32, INT64, BYTES, TIME = {"format": "int32"}, {"format": "int64"}, {"format": "byte"}, {"format": "date-time"}
ANYTHING = {"x-kubernetes-preserve-unknown-fields": True}
SYNC_MODE = {"enum": ["Push", "Pull", "Dual"]}
FEED = ["apiVersion", "kind", "name"]
REPLICA_STATUS = {
    **dict.fromkeys(
        (
            "active",
            "availableReplicas",
            "currentReplicas",
            "failed",
            "readyReplicas",
            "replicas",
            "succeeded",
            "unavailableReplicas",
            "updatedReplicas",
        ),
        INT32,
    ),
    "observedGeneration": INT64,
}
POLICY = {
    "": {"required": ["spec"]},
    "spec.feed": {"required": FEED},
    "spec.priority": {**INT32, "default": 500, "minimum": 0, "maximum": 1000},
    "spec.overridePolicy": {"default": "ApplyLater", "enum": ["ApplyLater", "ApplyNow"]},
    "spec.overrides[]": {"required": ["type", "value"]},
    "spec.overrides[].type": {"enum": ["Helm", "JSONPatch", "MergePatch", "FieldJSONPatch", "FieldMergePatch"]},
    "spec.overrides[].fieldFormat": {"enum": ["YAML", "JSON"]},
}
RELEASE = {
    "": {"required": ["spec"]},
    "spec": {"required": ["chart", "repo", "targetNamespace"]},
    "spec.repo": {"pattern": "^(https?|oci)?://[!$-_a-z]+$"},
    "spec.createNamespace": {"default": True},
    "spec.timeoutSeconds": {**INT32, "default": 300},
}
NODES = "spec.feeds[].replicaRequirements.affinity.nodeAffinity"
PREFERRED, REQUIRED = (f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("preferred", "required"))


def below(path: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{path}.{name}": rule for name, rule in rules.items()}


def expressions(path: str, *fields: str) -> dict[str, Any]:
    return {f"{path}.{field}[]": {"required": ["key", "operator"]} for field in fields}


def affinities() -> dict[str, Any]:
    """What pods ask for of nodes and of each other, as Kubernetes has it."""
    node = {
        f"{NODES}.{REQUIRED}": {"required": ["nodeSelectorTerms"]},
        f"{NODES}.{PREFERRED}[]": {"required": ["preference", "weight"]},
        f"{NODES}.{PREFERRED}[].weight": INT32,
        **expressions(f"{NODES}.{REQUIRED}.nodeSelectorTerms[]", "matchExpressions", "matchFields"),
        **expressions(f"{NODES}.{PREFERRED}[].preference", "matchExpressions", "matchFields"),
    }
    pods: dict[str, Any] = {}
    for kind in ("podAffinity", "podAntiAffinity"):
        path = f"spec.feeds[].replicaRequirements.affinity.{kind}"
        pods[f"{path}.{PREFERRED}[]"] = {"required": ["podAffinityTerm", "weight"]}
        pods[f"{path}.{PREFERRED}[].weight"] = INT32
        for term in (f"{path}.{REQUIRED}[]", f"{path}.{PREFERRED}[].podAffinityTerm"):
            pods[term] = {"required": ["topologyKey"]}
            pods |= expressions(f"{term}.labelSelector", "matchExpressions")
            pods |= expressions(f"{term}.namespaceSelector", "matchExpressions")
    return node | pods


# Kind: all that is said of its fields beyond their types, by path. What is not listed here must not be constrained.
RULES: dict[str, dict[str, Any]] = {
    "Subscription": {
        "": {"required": ["spec"]},
        "spec": {"required": ["feeds", "subscribers"]},
        "spec.schedulerName": {"default": "default"},
        "spec.schedulingStrategy": {"default": "Replication", "enum": ["Replication", "Dividing"]},
        "spec.dividingScheduling": {"required": ["type"]},
        "spec.dividingScheduling.type": {"default": "Static", "enum": ["Static", "Dynamic"]},
        **below(
            "spec.dividingScheduling.dynamicDividing",
            {
                "strategy": {"default": "Spread", "enum": ["Spread", "Binpack"]},
                "minClusters": INT32,
                "maxClusters": INT32,
                "preferredClusters[]": {"required": ["preference", "weight"]},
                "preferredClusters[].weight": INT32,
                **expressions("preferredClusters[].preference", "matchExpressions", "matchFields"),
                "topologySpreadConstraints[]": {"required": ["maxSkew", "topologyKey", "whenUnsatisfiable"]},
                "topologySpreadConstraints[].maxSkew": INT32,
                "topologySpreadConstraints[].minDomains": INT32,
                **expressions("topologySpreadConstraints[].labelSelector", "matchExpressions"),
            },
        ),
        "spec.dividingScheduling.dynamicDividing": {"required": ["strategy"]},
        "spec.priority": INT32,
        "spec.preemptionPolicy": {
            "default": "PreemptLowerPriority",
            "enum": ["PreemptLowerPriority", "PreemptNever"],
        },
        "spec.subscribers[]": {"required": ["clusterAffinity"]},
        **expressions("spec.subscribers[].clusterAffinity", "matchExpressions"),
        "spec.subscribers[].weight": {**INT32, "minimum": 0},
        "spec.subscribers[].subGroupStrategy.minClusters": {**INT32, "minimum": 0},
        "spec.clusterTolerations[].tolerationSeconds": INT64,
        "spec.feeds[]": {"required": FEED},
        "status.specHash": INT64,
        "status.replicas[*][]": INT32,
        "status.aggregatedStatuses[]": {"required": FEED},
        **below("status.aggregatedStatuses[].feedStatusSummary.replicaStatus", REPLICA_STATUS),
        **below("status.aggregatedStatuses[].feedStatusDetails[].replicaStatus", REPLICA_STATUS),
    },
    "Globalization": {**POLICY, **expressions("spec.clusterAffinity", "matchExpressions")},
    "Localization": POLICY,
    "HelmChart": {**RELEASE, "status.phase": {"enum": ["Found", "NotFound"]}},
    "HelmRelease": {**RELEASE, "spec.overrides": BYTES},
    "Manifest": {"": {"required": ["template"]}, "template": ANYTHING},
    "Base": {"": {"required": ["spec"]}, "spec": {"required": ["feeds"]}, "spec.feeds[]": {"required": FEED}},
    "Description": {
        "": {"required": ["spec"]},
        "spec": {"required": ["deployer"]},
        "spec.deployer": {"enum": ["Helm", "Generic"]},
        "spec.raw[]": BYTES,
        "spec.charts[]": {"required": ["name", "namespace"]},
        "spec.chartRaw[]": BYTES,
        "status.phase": {
            "enum": [
                "Pending",
                "Success",
                "Failure",
                "Installing",
                "Upgrading",
                "Uninstalling",
                "Superseded",
                "Unknown",
            ]
        },
        "status.manifestStatuses[]": {"required": FEED},
        "status.manifestStatuses[].observedStatus": ANYTHING,
    },
    "FeedInventory": {
        "": {"required": ["spec"]},
        "spec": {"required": ["feeds"]},
        "spec.feeds[]": {"required": FEED},
        "spec.feeds[].desiredReplicas": INT32,
        **below(
            "spec.feeds[].replicaRequirements",
            {
                "tolerations[].tolerationSeconds": INT64,
                "resources.limits[*]": QUANTITY,
                "resources.requests[*]": QUANTITY,
                "resources.claims": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
                "resources.claims[]": {"required": ["name"]},
            },
        ),
        **affinities(),
    },
    "ManagedCluster": {
        "spec": {
            "required": ["clusterId", "syncMode"],
            "x-kubernetes-validations": ["!has(oldSelf.clusterInitBaseName) || has(self.clusterInitBaseName)"],
        },
        "spec.clusterId": {"pattern": UUID},
        "spec.syncMode": SYNC_MODE,
        "spec.clusterInitBaseName": {"maxLength": 512, "x-kubernetes-validations": ["self == oldSelf"]},
        "spec.taints[]": {"required": ["effect", "key"]},
        "spec.taints[].timeAdded": TIME,
        **below(
            "status",
            {
                "lastObservedTime": TIME,
                "heartbeatFrequencySeconds": INT64,
                "kubeBurst": INT32,
                "allocatable[*]": QUANTITY,
                "capacity[*]": QUANTITY,
                "resourceUsage.cpuUsage": QUANTITY,
                "resourceUsage.memoryUsage": QUANTITY,
                **below("podStatistics", dict.fromkeys(("runningPods", "totalPods"), INT32)),
                **below(
                    "nodeStatistics",
                    dict.fromkeys(("readyNodes", "notReadyNodes", "unknownNodes", "lostNodes"), INT32),
                ),
                "conditions[]": {"required": ["lastTransitionTime", "message", "reason", "status", "type"]},
                "conditions[].type": {
                    "maxLength": 316,
                    "pattern": rf"^({DNS}(\.{DNS})*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
                },
                "conditions[].status": {"enum": ["True", "False", "Unknown"]},
                "conditions[].reason": {
                    "minLength": 1,
                    "maxLength": 1024,
                    "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
                },
                "conditions[].message": {"maxLength": 32768},
                "conditions[].lastTransitionTime": TIME,
                "conditions[].observedGeneration": {**INT64, "minimum": 0},
            },
        ),
    },
    "ClusterRegistrationRequest": {
        "spec": {"required": ["clusterId"]},
        "spec.clusterId": {"pattern": UUID},
        "spec.clusterName": {"maxLength": 30, "pattern": DNS},
        "spec.clusterNamespace": {"maxLength": 63, "pattern": DNS},
        "spec.syncMode": {**SYNC_MODE, "default": "Pull"},
        "status.caCertificate": BYTES,
        "status.token": BYTES,
    },
}

# Kind: the fields of its status. Those of its spec are compared with our own schema.
STATUS_FIELDS = {
    "Subscription": "aggregatedStatuses bindingClusters completedReleases desiredReleases replicas specHash",
    "HelmChart": "phase reason",
    "HelmRelease": "description firstDeployed lastDeployed notes phase version",
    "Description": "manifestStatuses phase reason",
    "ManagedCluster": "agentVersion allocatable apiserverURL appPusher capacity clusterCIDR conditions healthz "
    "heartbeatFrequencySeconds k8sVersion kubeBurst kubeQPS lastObservedTime livez nodeStatistics platform podStatistics "
    "predictorAddress predictorDirectAccess predictorEnabled readyz resourceUsage serviceCIDR useSocket",
    "ClusterRegistrationRequest": "caCertificate dedicatedNamespace errorMessage managedClusterName result token",
}

# Structure and prose; everything else constrains.
STRUCTURE = {"type", "description", "properties", "items", "additionalProperties", "x-kubernetes-map-type"}


def schema_of(crd: Mapping[str, Any]) -> dict[str, Any]:
    (version,) = crd["spec"]["versions"]
    schema: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    return schema


def rules_of(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """What a schema says beyond types, by path; of CEL rules the rules without the messages."""
    said = {name: value for name, value in schema.items() if name not in STRUCTURE}
    if "x-kubernetes-validations" in said:
        said["x-kubernetes-validations"] = [rule["rule"] for rule in said["x-kubernetes-validations"]]
    if said:
        yield path, said
    for name, part in (schema.get("properties") or {}).items():
        yield from rules_of(part, f"{path}.{name}" if path else name)
    for part, mark in (("items", "[]"), ("additionalProperties", "[*]")):
        if part in schema:
            yield from rules_of(schema[part], path + mark)


def unordered(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Rules in which the order of names does not matter."""
    return {
        path: {name: sorted(value) if name in ("required", "enum") else value for name, value in rule.items()}
        for path, rule in rules.items()
    }


def test_there_are_these(crds: Mapping[str, Any]) -> None:
    assert set(crds) == set(NAMES) == set(RULES)


@pytest.mark.parametrize("kind", NAMES)
def test_names_and_columns(crds: Mapping[str, Any], kind: str) -> None:
    group, plural, scope, short, has_status, columns = NAMES[kind]
    crd, spec = crds[kind], crds[kind]["spec"]
    assert crd["metadata"] == {
        "name": f"{plural}.{group}",
        "labels": {"clusternet.io/created-by": "multicluster.apps"},
    }
    assert (spec["group"], spec["scope"]) == (group, scope)
    assert spec["names"] == {
        "kind": kind,
        "listKind": f"{kind}List",
        "plural": plural,
        "singular": kind.lower(),
        "categories": ["clusternet"],
        **({"shortNames": short} if short else {}),
    }
    (version,) = spec["versions"]
    assert (version["name"], version["served"], version["storage"]) == (VERSIONS[group], True, True)
    assert version.get("subresources", {}) == ({"status": {}} if has_status else {})
    found = version.get("additionalPrinterColumns", [])
    assert [(item["name"], item["type"], item["jsonPath"], item.get("priority", 0)) for item in found] == list(columns)


@pytest.mark.parametrize("kind", NAMES)
def test_defaults_and_constraints(crds: Mapping[str, Any], kind: str) -> None:
    assert unordered(dict(rules_of(schema_of(crds[kind])))) == unordered(RULES[kind])


@pytest.mark.parametrize("kind", NAMES)
def test_fields_of_the_status(crds: Mapping[str, Any], kind: str) -> None:
    status = schema_of(crds[kind])["properties"].get("status", {})
    assert sorted(status.get("properties", {})) == STATUS_FIELDS.get(kind, "").split()
