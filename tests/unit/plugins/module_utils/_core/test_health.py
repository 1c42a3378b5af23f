# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health as a table."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.health import health

Raw = dict[str, Any]


def condition(name: str, status: str = "True", reason: str = "", message: str = "") -> Raw:
    return {"type": name, "status": status, "reason": reason, "message": message}


COUNTS = {"replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3}
AVAILABLE = condition("Available")
DONE = condition("Progressing", "True", "NewReplicaSetAvailable")


def deployment(*conditions: Raw, **status: Any) -> tuple[str, Raw, Raw]:
    return "apps/v1/Deployment", {"replicas": 3}, {**COUNTS, "conditions": list(conditions), **status}


def stateful_set(spec: Raw | None = None, **status: Any) -> tuple[str, Raw, Raw]:
    counts = {**COUNTS, "currentReplicas": 3, "currentRevision": "a", "updateRevision": "a"}
    return "apps/v1/StatefulSet", {"replicas": 3, **(spec or {})}, {**counts, **status}


def daemon_set(spec: Raw | None = None, **status: Any) -> tuple[str, Raw, Raw]:
    names = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    counts = dict.fromkeys((*names, "numberReady"), 2)
    return "apps/v1/DaemonSet", spec or {}, {"observedGeneration": 1, **counts, **status}


def replica_set(*conditions: Raw, **status: Any) -> tuple[str, Raw, Raw]:
    counts = {"replicas": 3, "fullyLabeledReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
    return "apps/v1/ReplicaSet", {"replicas": 3}, {**counts, "conditions": list(conditions), **status}


def pod(phase: str, *conditions: Raw, waiting: str = "", **status: Any) -> tuple[str, Raw, Raw]:
    states = [{"state": {"waiting": {"reason": waiting, "message": "no"}}}] if waiting else []
    return "v1/Pod", {}, {"phase": phase, "conditions": list(conditions), "containerStatuses": states, **status}


def plain(kind: str, spec: Raw | None = None, *conditions: Raw, **status: Any) -> tuple[str, Raw, Raw]:
    return kind, spec or {}, {"conditions": list(conditions), **status}


CRD = "apiextensions.k8s.io/v1/CustomResourceDefinition"


@pytest.mark.parametrize(
    ("case", "status", "message"),
    [
        (deployment(AVAILABLE, DONE), "Current", ""),
        (deployment(AVAILABLE), "Current", ""),
        (deployment(AVAILABLE, DONE, replicas=2), "InProgress", "replicas: 2/3"),
        (deployment(AVAILABLE, DONE, updatedReplicas=1), "InProgress", "updatedReplicas: 1/3"),
        (deployment(AVAILABLE, DONE, replicas=5), "InProgress", "2 old replicas end"),
        (deployment(AVAILABLE, DONE, availableReplicas=0), "InProgress", "availableReplicas: 0/3"),
        (deployment(AVAILABLE, DONE, readyReplicas=2), "InProgress", "readyReplicas: 2/3"),
        (deployment(DONE), "InProgress", "it is not available yet"),
        (
            deployment(AVAILABLE, condition("Progressing", "True", "ReplicaSetUpdated")),
            "InProgress",
            "ReplicaSetUpdated",
        ),
        (
            deployment(condition("Progressing", "False", "ProgressDeadlineExceeded", "slow")),
            "Failed",
            "ProgressDeadlineExceeded: slow",
        ),
        (("apps/v1/Deployment", {}, {}), "InProgress", "replicas: 0/1"),
        (stateful_set(), "Current", ""),
        (stateful_set(readyReplicas=1), "InProgress", "readyReplicas: 1/3"),
        (stateful_set(replicas=4), "InProgress", "1 replicas end"),
        (stateful_set(currentReplicas=2), "InProgress", "currentReplicas: 2/3"),
        (stateful_set(updateRevision="b"), "InProgress", "it rolls out revision b"),
        (stateful_set({"updateStrategy": {"type": "OnDelete"}}, readyReplicas=0), "Current", "its pods are replaced"),
        (stateful_set({"updateStrategy": {"rollingUpdate": {"partition": 2}}}, updatedReplicas=1), "Current", ""),
        (
            stateful_set({"updateStrategy": {"rollingUpdate": {"partition": 1}}}, updatedReplicas=1),
            "InProgress",
            "updatedReplicas: 1/2",
        ),
        (daemon_set(), "Current", ""),
        (daemon_set(numberReady=1), "InProgress", "numberReady: 1/2"),
        (daemon_set({"updateStrategy": {"type": "OnDelete"}}, numberReady=1), "Current", "its pods are replaced"),
        (("apps/v1/DaemonSet", {}, {}), "InProgress", "its controller has not seen it yet"),
        (replica_set(), "Current", ""),
        (replica_set(readyReplicas=0), "InProgress", "readyReplicas: 0/3"),
        (replica_set(replicas=4), "InProgress", "1 replicas end"),
        (replica_set(condition("ReplicaFailure", "True", "Quota", "full")), "InProgress", "Quota: full"),
        (pod("Running", condition("Ready")), "Current", ""),
        (pod("Running", condition("Ready", "False", "NotYet")), "InProgress", "NotYet"),
        (pod("Running", waiting="CrashLoopBackOff"), "Failed", "CrashLoopBackOff: no"),
        (pod("Pending", waiting="ImagePullBackOff"), "InProgress", "ImagePullBackOff: no"),
        (pod("Pending", condition("PodScheduled", "False", "Unschedulable", "x")), "InProgress", "Unschedulable: x"),
        (pod("Succeeded"), "Current", "it has completed"),
        (pod("Failed", message="evicted"), "Failed", "evicted"),
        (pod("Unknown"), "Unknown", "its phase is Unknown"),
        (("v1/Pod", {}, {}), "InProgress", "no node has taken it yet"),
        (plain("batch/v1/Job"), "InProgress", "it has not started yet"),
        (plain("batch/v1/Job", startTime="x"), "Current", "it runs"),
        (plain("batch/v1/Job", None, condition("Complete")), "Current", ""),
        (plain("batch/v1/Job", None, condition("Failed", "True", "Deadline"), startTime="x"), "Failed", "Deadline"),
        (plain("v1/Service", {"type": "LoadBalancer"}), "InProgress", "it has no address"),
        (plain("v1/Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}), "Current", ""),
        (plain("v1/Service", {"type": "ClusterIP"}), "Current", ""),
        (plain("v1/PersistentVolumeClaim", phase="Bound"), "Current", ""),
        (plain("v1/PersistentVolumeClaim", phase="Pending"), "InProgress", "it is Pending"),
        (plain("policy/v1/PodDisruptionBudget", None, condition("Ready", "False")), "Current", ""),
        (plain("autoscaling/v2/HorizontalPodAutoscaler", None, condition("ScalingActive", "False")), "Current", ""),
        (plain(CRD), "InProgress", "it is not served yet"),
        (plain(CRD, None, condition("Established")), "Current", ""),
        (plain(CRD, None, condition("Established", "False", "Installing")), "InProgress", "it is not served yet"),
        (plain(CRD, None, condition("NamesAccepted", "False", "Taken"), condition("Established")), "Failed", "Taken"),
        (plain("v1/ConfigMap"), "Current", ""),
        (plain("shop.example/v1/Menu"), "Current", ""),
        (plain("shop.example/v1/Menu", None, condition("Ready")), "Current", ""),
        (plain("shop.example/v1/Menu", None, condition("Ready", "False", "Cooking")), "InProgress", "Cooking"),
        (plain("shop.example/v1/Menu", None, condition("Ready", "Unknown", "Who")), "InProgress", "Who"),
        (plain("shop.example/v1/Menu", None, condition("Reconciling", "True", "Busy")), "InProgress", "Busy"),
        (
            plain("shop.example/v1/Menu", None, condition("Ready"), condition("Stalled", "True", "Dead")),
            "Failed",
            "Dead",
        ),
        (plain("shop.example/v1/Menu", observedGeneration=2), "InProgress", "generation 2 of 4"),
        (plain("shop.example/v1/Menu", observedGeneration=4), "Current", ""),
        (("shop.example/v1/Menu", {}, {"conditions": "none"}), "Current", ""),
    ],
)
def test_health(case: tuple[str, Raw, Raw], status: str, message: str) -> None:
    path, spec, raw_status = case
    api_version, _slash, kind = path.rpartition("/")
    metadata = {"name": "x"}
    if kind == "Menu":
        metadata["generation"] = 4  # type: ignore[assignment]
    answer = health({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": raw_status})
    assert answer.status == status
    assert message in answer.message
    assert bool(message) or not answer.message


def test_what_is_being_deleted_is_terminating() -> None:
    raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
    assert health(raw).status == "Terminating"


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("apps/v1", "Deployment", {"observedGeneration": 1, "replicas": 2, "unavailableReplicas": 1}),
        ("apps/v1", "StatefulSet", {"observedGeneration": 1, "replicas": 2, "unavailableReplicas": 1}),
        ("batch/v1", "Job", {"active": 1, "failed": 2}),
        ("shop.example/v1", "Deployment", {}),
        ("v1", "ConfigMap", {}),
    ],
)
def test_replica_status_has_clusternets_fields(api_version: str, kind: str, expected: Raw) -> None:
    counts = {"observedGeneration": 1, "replicas": 2, "unavailableReplicas": 1, "readyReplicas": 0, "collisionCount": 4}
    status = {**counts, "active": 1, "failed": 2}
    answer = health({"apiVersion": api_version, "kind": kind, "metadata": {"generation": 1}, "status": status})
    assert answer.replica_status == expected


def test_what_a_cluster_says_is_one_short_line() -> None:
    ready = condition("Ready", "False", "Bad", "a\x1b[31m\nb" + "x" * 1000)
    raw = {"apiVersion": "shop.example/v1", "kind": "Menu", "metadata": {}, "status": {"conditions": [ready]}}
    message = health(raw).message
    assert message.startswith("Bad: a [31m b")
    assert len(message) == 500
