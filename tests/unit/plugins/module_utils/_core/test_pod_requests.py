# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pod asks for in all."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.pod_requests import pod_limits, pod_requests
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput


def asking(cpu: str | None = None, limit: str | None = None, **fields: Any) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu}} if cpu else {}
    return {"resources": {**resources, **({"limits": {"cpu": limit}} if limit else {})}, **fields}


def sidecar(cpu: str) -> dict[str, Any]:
    return asking(cpu, restartPolicy="Always")


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [asking("1"), asking("500m"), asking()]}, "1500m"),
        # A limit stands for a missing request.
        ({"containers": [asking(limit="2"), asking("1", limit="9")]}, "3"),
        # Init containers run one after the other before the others.
        ({"containers": [asking("1")], "initContainers": [asking("3"), asking("2")]}, "3"),
        ({"containers": [asking("2"), asking("2")], "initContainers": [asking("3")]}, "4"),
        # A sidecar runs beside the containers, and beside what starts after it.
        ({"containers": [asking("2")], "initContainers": [sidecar("1")]}, "3"),
        ({"containers": [asking("1")], "initContainers": [sidecar("1"), asking("3")]}, "4"),
        ({"containers": [asking("1")], "initContainers": [asking("3"), sidecar("1")]}, "3"),
        ({"containers": [asking("1")], "initContainers": [sidecar("1"), asking("2"), sidecar("2"), asking("4")]}, "7"),
        # Overhead comes on top, of the larger of the two.
        ({"containers": [asking("1")], "initContainers": [asking("3")], "overhead": {"cpu": "250m"}}, "3250m"),
        # What the pod as a whole asks for replaces the sum.
        ({"containers": [asking("1")], "resources": {"requests": {"cpu": "5"}}, "overhead": {"cpu": "1"}}, "6"),
        ({"containers": [asking("1")], "resources": {"limits": {"cpu": "5"}}}, "5"),
    ],
)
def test_requests(spec: dict[str, Any], cpu: str) -> None:
    assert {name: str(amount) for name, amount in pod_requests(spec, "spec").items()} == {"cpu": cpu}


def test_nothing_asked_for() -> None:
    assert pod_requests({"containers": [{}]}, "spec") == {}
    assert pod_limits({}, "spec") == {}


def test_limits() -> None:
    spec = {
        "containers": [asking("1", limit="2"), asking("4")],
        "initContainers": [asking(limit="5")],
        "overhead": {"cpu": "1", "memory": "1Gi"},
    }
    assert {name: str(amount) for name, amount in pod_limits(spec, "spec").items()} == {"cpu": "6"}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"containers": {}}, "spec.containers: found a mapping; a list"),
        ({"containers": ["x"]}, r"spec.containers\[0\]: found a string"),
        ({"containers": [asking("1"), asking("x")]}, r"spec.containers\[1\].resources.requests\[cpu\]: found 'x'"),
        ({"initContainers": [asking(limit="x")]}, r"spec.initContainers\[0\].resources.limits\[cpu\]: found 'x'"),
        ({"overhead": {"cpu": []}}, r"spec.overhead\[cpu\]: found a list"),
        ({"containers": [{"resources": {"requests": {1: 1}}}]}, "requests: found a number as a key"),
        ({"resources": "x"}, "spec.resources: found a string"),
    ],
)
def test_what_is_malformed(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        pod_requests(spec, "spec")
