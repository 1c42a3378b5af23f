# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real member, and a log of what is sent to it."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    KubeHttp,
    Pacing,
    Patience,
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_kubernetes import KubernetesMember
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import (
    PARENTS_NAMESPACE,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.unit.contracts.member_contract import (
    World,
)

PACING = Pacing(time.sleep, random.random, time.monotonic)


class CountingHttp(KubeHttp):
    """Notes every request that is no read and no dry run."""

    def __init__(self, cluster: str, kubeconfig: Path, log: list[Request]) -> None:
        endpoint = open_endpoint(cluster, Connection(kubeconfig=str(kubeconfig)))
        super().__init__(cluster, endpoint, Patience(connect=2, read=5), PACING)
        self._log = log

    def send(self, request: Request) -> dict[str, Any]:
        self._log.append(request)
        return super().send(request)


def is_write(request: Request) -> bool:
    return request.method != "GET" and "dryRun" not in {**(request.query or {}), **(request.body or {})}


@pytest.fixture
def access(control_plane: ControlPlane) -> ClusterAccess:
    return control_plane.members[0]


@pytest.fixture
def log() -> list[Request]:
    return []


@pytest.fixture
def world(access: ClusterAccess, log: list[Request]) -> Iterator[World]:
    namespace = f"shop-{uuid.uuid4().hex[:8]}"

    def put(raw: Any) -> None:
        access.kubectl("create", "-f", "-", stdin=json.dumps(raw))

    def get(raw: Any) -> Any:
        place = ["--namespace", raw["metadata"]["namespace"]] if "namespace" in raw["metadata"] else []
        answer = access.kubectl("get", raw["kind"], raw["metadata"]["name"], "-o", "json", "--ignore-not-found", *place)
        return json.loads(answer.stdout) if answer.stdout.strip() else None

    yield World(
        open=lambda: KubernetesMember(CountingHttp(access.name, access.kubeconfig, log)),
        namespace=namespace,
        put=put,
        get=get,
        writes=lambda: sum(map(is_write, log)),
        server=True,
    )
    access.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
    parents = [f"{prefix}web-{namespace}" for prefix in ("", "z")] + [f"other-{namespace}"]
    access.kubectl("delete", "configmap", *parents, "-n", PARENTS_NAMESPACE, "--ignore-not-found")
