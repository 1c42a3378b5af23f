# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes and pods on a real API server, past its own admission, defaulting and validation; removed again in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE

Raw = Mapping[str, Any]

# By this label a test finds its own again: nodes have no namespace.
OWNER: Final = "test"
ALLOCATABLE: Final[Raw] = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "10Gi"}
# What admission keeps every new node away from work with, until its kubelet reports.
_NOT_READY: Final = "node.kubernetes.io/not-ready:NoSchedule-"
_COLLECTIONS: Final = ("/api/v1/namespaces/default/pods", "/api/v1/nodes", "/apis/node.k8s.io/v1/runtimeclasses")


def node(name: str, *, labels: Raw | None = None, status: Raw | None = None, **spec: Any) -> dict[str, Any]:
    """A Node; with four processors, if it is not said what it has.

    :param spec: `taints`, `unschedulable`.
    """
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {OWNER: NAMESPACE, **(labels or {})}},
        "spec": spec,
        "status": {"allocatable": ALLOCATABLE} if status is None else status,
    }


def pod(name: str, on: str | None, spec: Raw, phase: str = "") -> dict[str, Any]:
    """A Pod.

    :param on: its node; None for one that has none yet.
    :param phase: what its kubelet says of it; the server makes every pod with `Pending`.
    """
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {OWNER: NAMESPACE}},
        "spec": {**({"nodeName": on} if on else {}), "automountServiceAccountToken": False, **spec},
        **({"status": {"phase": phase}} if phase else {}),
    }


def container(requests: Raw | None = None, **more: Any) -> dict[str, Any]:
    """A container that asks for something.

    :param more: its other fields; `limits` are among its resources.
    """
    limits = more.pop("limits", None)
    resources = {"requests": requests, "limits": limits}
    given = {field: amounts for field, amounts in resources.items() if amounts}
    return {"name": "c", "image": "i", **({"resources": given} if given else {}), **more}


@contextmanager
def placed(
    member: ClusterAccess, owner: str, items: Sequence[Raw], terminating: Sequence[str] = ()
) -> Iterator[ClusterAccess]:
    """Nodes, pods and what they need on a member, for the block.

    :param owner: what `NAMESPACE` becomes in them.
    :param terminating: pods that were told to go, and whose kubelet has not said that they went.
    """

    def send(objects: Sequence[Raw], *command: str) -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        member.kubectl(*command, "-f", "-", stdin=text.replace(NAMESPACE, owner))

    nodes = [raw for raw in items if raw["kind"] == "Node"]
    reports = [
        {field: raw[field] for field in ("apiVersion", "kind", "metadata", "status")}
        for raw in items
        if raw["kind"] == "Pod" and "status" in raw
    ]
    try:
        send(items, "create")
        if nodes:
            member.kubectl("taint", "nodes", "-l", f"{OWNER}={owner}", _NOT_READY)
        if reports:
            send(reports, "apply", "--server-side", "--subresource=status")
        if terminating:
            names = [name.replace(NAMESPACE, owner) for name in terminating]
            member.kubectl("delete", "pod", "-n", "default", "--wait=false", *names)
        yield member
    finally:
        for collection in _COLLECTIONS:
            # One request for all of a kind: one by one, hundreds of pods take minutes.
            member.kubectl("delete", "--raw", f"{collection}?labelSelector={OWNER}%3D{owner}&gracePeriodSeconds=0")
