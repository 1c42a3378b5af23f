# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Of each kind an object with every field that there is."""

from __future__ import annotations

from typing import Any

UUID = "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57"
FEED = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
SELECTOR = {"matchLabels": {"site": "edge"}, "matchExpressions": [{"key": "gpu", "operator": "In", "values": ["a"]}]}
TERM = {
    "matchExpressions": [{"key": "a", "operator": "Exists"}],
    "matchFields": [{"key": "b", "operator": "In", "values": ["c"]}],
}
NEAR = {
    "topologyKey": "zone",
    "labelSelector": SELECTOR,
    "namespaceSelector": SELECTOR,
    "namespaces": ["shop"],
    "matchLabelKeys": ["app"],
    "mismatchLabelKeys": ["tenant"],
}
PODS = {
    "requiredDuringSchedulingIgnoredDuringExecution": [NEAR],
    "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": NEAR}],
}
TOLERATION = {"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute", "tolerationSeconds": 2**40}
OVERRIDE = {
    "name": "one",
    "type": "FieldJSONPatch",
    "value": "[]",
    "overrideChart": True,
    "fieldPath": "/data/a",
    "fieldFormat": "YAML",
}
POLICY = {"feed": FEED, "priority": 1000, "overridePolicy": "ApplyNow", "overrides": [OVERRIDE]}
FLAGS = [
    "plainHTTP",
    "createNamespace",
    "wait",
    "waitForJob",
    "replace",
    "atomic",
    "upgradeAtomic",
    "skipCRDs",
    "replaceCRDs",
    "disableHooks",
    "force",
]
CHART = {
    "repo": "oci://registry.example.com:5000/charts/%7Ea?b=c",
    "chart": "redis",
    "version": "1.0.0",
    "targetNamespace": "shop",
    "chartPullSecret": {"name": "pull", "namespace": "shop"},
    "timeoutSeconds": 60,
    **dict.fromkeys(FLAGS, True),
}
REPLICA_NUMBERS = [
    "active",
    "availableReplicas",
    "currentReplicas",
    "failed",
    "observedGeneration",
    "readyReplicas",
    "replicas",
    "succeeded",
    "unavailableReplicas",
    "updatedReplicas",
]
NUMBERS = dict.fromkeys(REPLICA_NUMBERS, 1)
QUANTITIES = {"cpu": "500m", "memory": "1.5Gi", "pods": 110, "example.com/gpu": "2"}

FULL: dict[str, dict[str, Any]] = {
    "Subscription": {
        "spec": {
            "schedulerName": "multicluster.apps",
            "schedulingStrategy": "Dividing",
            "schedulingBySubGroup": True,
            "dividingScheduling": {
                "type": "Dynamic",
                "dynamicDividing": {
                    "strategy": "Binpack",
                    "minClusters": 1,
                    "maxClusters": 2,
                    "preferredClusters": [{"preference": TERM, "weight": 1}],
                    "topologySpreadConstraints": [
                        {
                            "labelSelector": SELECTOR,
                            "matchLabelKeys": ["a"],
                            "maxSkew": 1,
                            "minDomains": 1,
                            "nodeAffinityPolicy": "Honor",
                            "nodeTaintsPolicy": "Ignore",
                            "topologyKey": "zone",
                            "whenUnsatisfiable": "DoNotSchedule",
                        }
                    ],
                },
            },
            "priority": -5,
            "preemptionPolicy": "PreemptNever",
            "subscribers": [{"clusterAffinity": SELECTOR, "weight": 0, "subGroupStrategy": {"minClusters": 0}}],
            "clusterTolerations": [TOLERATION],
            "feeds": [FEED],
        },
        "status": {
            "bindingClusters": ["clusternet-a/a"],
            "replicas": {"apps/v1/Deployment/shop/web": [1], "v1/Namespace/shop": []},
            "specHash": 2**62,
            "desiredReleases": 1,
            "completedReleases": 1,
            "aggregatedStatuses": [
                {
                    **FEED,
                    "feedStatusSummary": {"available": True, "replicaStatus": NUMBERS},
                    "feedStatusDetails": [
                        # Longer than 30 characters, as names of inventory hosts may be.
                        {
                            "clusterId": UUID,
                            "clusterName": "web-01.frankfurt.example.com-production",
                            "available": True,
                            "replicaStatus": NUMBERS,
                        }
                    ],
                }
            ],
        },
    },
    "Globalization": {"spec": {**POLICY, "clusterAffinity": SELECTOR}},
    "Localization": {"spec": POLICY},
    "HelmChart": {"spec": CHART, "status": {"phase": "Found", "reason": "r"}},
    "HelmRelease": {
        "spec": {**CHART, "releaseName": "redis", "overrides": "e30="},
        "status": {
            "phase": "deployed",
            "description": "d",
            "notes": "n",
            "version": 3,
            "firstDeployed": "2026-01-01",
            "lastDeployed": "2026-01-02",
        },
    },
    "Manifest": {"template": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"b": "c"}}},
    "Base": {"spec": {"feeds": [FEED]}},
    "Description": {
        "spec": {
            "deployer": "Helm",
            "raw": ["e30="],
            "charts": [{"namespace": "a", "name": "b"}],
            "chartRaw": ["e30="],
        },
        "status": {
            "phase": "Superseded",
            "reason": "r",
            "manifestStatuses": [{**FEED, "observedStatus": {"anything": {"at": "all"}}}],
        },
    },
    "FeedInventory": {
        "spec": {
            "feeds": [
                {
                    **FEED,
                    "desiredReplicas": 3,
                    "replicaJsonPath": "/spec/replicas",
                    "replicaRequirements": {
                        "nodeSelector": {"disk": "ssd"},
                        "tolerations": [TOLERATION],
                        "resources": {
                            "limits": QUANTITIES,
                            "requests": QUANTITIES,
                            "claims": [{"name": "gpu", "request": "one"}],
                        },
                        "affinity": {
                            "nodeAffinity": {
                                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]},
                                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": TERM}],
                            },
                            "podAffinity": PODS,
                            "podAntiAffinity": PODS,
                        },
                    },
                }
            ]
        }
    },
    "ManagedCluster": {
        "spec": {
            "clusterId": UUID,
            "clusterType": "edge",
            "syncMode": "Push",
            "clusterInitBaseName": "base",
            "taints": [{"key": "k", "value": "v", "effect": "NoSchedule", "timeAdded": "2026-01-01T00:00:00Z"}],
        },
        "status": {
            **dict.fromkeys(("agentVersion", "apiserverURL", "clusterCIDR", "k8sVersion", "platform"), "text"),
            **dict.fromkeys(("predictorAddress", "serviceCIDR"), "text"),
            **dict.fromkeys(("appPusher", "healthz", "livez", "readyz", "useSocket"), True),
            **dict.fromkeys(("predictorDirectAccess", "predictorEnabled"), True),
            "lastObservedTime": "2026-01-01T00:00:00Z",
            "heartbeatFrequencySeconds": 2**40,
            "kubeBurst": 1,
            "kubeQPS": 0.5,
            "allocatable": QUANTITIES,
            "capacity": QUANTITIES,
            "resourceUsage": {"cpuUsage": "1", "memoryUsage": "1Gi"},
            "nodeStatistics": {"readyNodes": 1, "notReadyNodes": 1, "unknownNodes": 1, "lostNodes": 1},
            "podStatistics": {"runningPods": 1, "totalPods": 2},
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True",
                    "reason": "ClusterReady",
                    "message": "",
                    "lastTransitionTime": "2026-01-01T00:00:00Z",
                    "observedGeneration": 1,
                }
            ],
        },
    },
    "ClusterRegistrationRequest": {
        "spec": {
            "clusterId": UUID,
            "clusterName": "a",
            "clusterNamespace": "b",
            "clusterType": "edge",
            "clusterLabels": {"a": "b"},
            "syncMode": "Dual",
        },
        "status": {
            **dict.fromkeys(("dedicatedNamespace", "errorMessage", "managedClusterName", "result"), "text"),
            "caCertificate": "e30=",
            "token": "e30=",
        },
    },
}
