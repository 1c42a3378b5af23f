# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a member over an API server makes of answers that no API server gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import KubeHttp, Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_kubernetes import KubernetesMember
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError

V1 = {"resources": [{"kind": "ConfigMap", "name": "configmaps", "namespaced": True}]}
LIVE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "shop", "uid": "u"}}


class Answer:
    status = 200

    def __init__(self, content: Any) -> None:
        self.data = json.dumps(content).encode()


class Pool:
    """Says which kinds there are, and to every other request the same."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.sent: list[str] = []

    def request(self, method: str, url: str, **_more: Any) -> Answer:
        if url.endswith("/api/v1"):
            return Answer(V1)
        self.sent.append(method)
        return Answer(self.answer)


def member(answer: Any) -> tuple[KubernetesMember, Pool]:
    pool = Pool(answer)
    pacing = Pacing(lambda _seconds: None, lambda: 0.5, lambda: 0.0)
    return KubernetesMember(KubeHttp("one", Endpoint("https://one.example", pool, dict), Patience(), pacing)), pool


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("method", ["delete", "release"])
def test_what_has_no_uid_is_left_alone(method: str, dry_run: bool) -> None:
    port, pool = member({})
    live = {**LIVE, "metadata": {"name": "a", "namespace": "shop"}}
    with pytest.raises(ClusterError, match="one: ConfigMap shop/a was read without a uid"):
        getattr(port, method)(live, dry_run=dry_run)
    assert pool.sent == []


def test_an_apply_that_is_not_answered_with_the_object() -> None:
    port, _pool = member({"metadata": {}})
    with pytest.raises(ClusterUnreachable, match="one: cannot apply ConfigMap shop/a"):
        port.apply(LIVE, force=False, dry_run=False)


@pytest.mark.parametrize(
    ("metadata", "waits_for"),
    [
        (5, ""),
        ({"uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": 5}, "its grace period"),
        ({"uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": [5, "x/hold"]}, "5, x/hold"),
    ],
)
def test_an_end_that_is_told_oddly(metadata: Any, waits_for: str) -> None:
    port, _pool = member({"metadata": metadata})
    assert port.delete(LIVE, dry_run=False) == waits_for


def test_a_parent_that_somebody_broke_says_what_is_left() -> None:
    annotations = {
        "applyset.kubernetes.io/tooling": "multicluster.apps/v1",
        "applyset.kubernetes.io/contains-group-kinds": 5,
    }
    port, _pool = member({"items": [{"metadata": {"name": "web", "annotations": annotations}, "data": 5}]})
    (ledger,) = port.observe([], ["web"]).ledgers.values()
    assert (ledger.kinds, dict(ledger.records)) == ({("", "5")}, {})
