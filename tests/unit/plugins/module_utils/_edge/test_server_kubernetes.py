# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server port over HTTP: what only shows in the requests and in strange answers. The rest is in the contract suite."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import server_kubernetes
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._edge.server_kubernetes import KubernetesServer
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


class Pool:
    """Answers by path; notes what was sent."""

    def __init__(self, answers: dict[str, tuple[int, str]], **settings: Any) -> None:
        self.answers = answers
        self.connection_pool_kw = settings
        self.sent: list[tuple[str, str, Any]] = []

    def request(self, method: str, url: str, **more: Any) -> Any:
        path = url.removeprefix("https://one")
        self.sent.append((method, path, json.loads(more["body"]) if more["body"] else None))
        status, text = self.answers[path.partition("?")[0]]
        return SimpleNamespace(status=status, data=text.encode(), headers={}, reason="")

    def clear(self) -> None:
        self.sent.append(("closed", "", None))


def connect(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> KubernetesServer:
    endpoint = Endpoint("https://one", pool, dict)
    monkeypatch.setattr(server_kubernetes, "open_endpoint", lambda *_arguments, **_more: endpoint)
    pacing = Pacing(lambda _seconds: None, lambda: 0.5, lambda: 0.0)
    return KubernetesServer.connect("one", Connection(host="https://one"), patience=Patience(), pacing=pacing)


def test_a_server_that_is_not_ready_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool({"/readyz": (500, "[-]etcd failed"), "/livez": (200, "ok")})
    server = connect(monkeypatch, pool)
    assert not server.probe("readyz")
    assert server.probe("livez")
    assert [path for _method, path, _body in pool.sent] == ["/readyz", "/livez"]


@pytest.mark.parametrize(("status", "words"), [(403, "HTTP 403"), (404, "HTTP 404"), (401, "HTTP 401")])
def test_a_probe_that_is_refused_says_nothing_of_health(
    monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    with pytest.raises(ClusterError, match=words):
        connect(monkeypatch, Pool({"/readyz": (status, "no")})).probe("readyz")


def test_the_life_of_a_token_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v1/namespaces/multicluster-apps/serviceaccounts/robot/token"
    pool = Pool({path: (201, '{"status": {"token": "t", "expirationTimestamp": "2026-01-01T00:00:00Z"}}')})
    assert connect(monkeypatch, pool).token("multicluster-apps", "robot", 3600) == ("t", "2026-01-01T00:00:00Z")
    (sent,) = pool.sent
    assert sent[2]["spec"] == {"expirationSeconds": 3600}


@pytest.mark.parametrize(
    "answer", ["{}", '{"status": {}}', '{"status": "no"}', '{"status": {"token": "secret-token"}}']
)
def test_an_answer_without_a_token_is_none(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    path = "/api/v1/namespaces/a/serviceaccounts/robot/token"
    with pytest.raises(ClusterUnreachable, match="answered without a token") as caught:
        connect(monkeypatch, Pool({path: (201, answer)})).token("a", "robot", 3600)
    assert "secret-token" not in str(caught.value)


def test_certificates_come_from_where_the_pool_has_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("from a file")
    assert connect(monkeypatch, Pool({}, ca_certs=str(file))).authority == "from a file"
    assert connect(monkeypatch, Pool({}, ca_certs=str(file), ca_cert_data="given")).authority == "given"
    assert connect(monkeypatch, Pool({}, ca_cert_data=b"bytes")).authority == "bytes"
    assert connect(monkeypatch, Pool({}, ca_certs=None)).authority == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_certificates_that_cannot_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ClusterError, match="cannot be read"):
        assert not connect(monkeypatch, Pool({}, ca_certs=str(file))).authority


def test_closing_closes_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool({})
    connect(monkeypatch, pool).close()
    assert ("closed", "", None) in pool.sent


GROUPS = {"groups": [{"name": "batch", "versions": []}, {"name": "metrics.k8s.io", "versions": []}]}
VERBS = ["delete", "get", "list"]
DISCOVERED = {
    "/apis": GROUPS,
    "/apis/batch": {"preferredVersion": {"groupVersion": "batch/v1"}, "versions": [
        {"groupVersion": "batch/v1beta1"}, {"groupVersion": "batch/v1"},
    ]},
    "/apis/metrics.k8s.io": {"versions": [{"groupVersion": "metrics.k8s.io/v1"}]},
    "/api/v1": {"resources": [
        {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": VERBS},
        {"name": "pods/log", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
        {"name": "bindings", "kind": "Binding", "namespaced": True, "verbs": ["create"]},
        {"name": "nodes", "kind": "Node", "namespaced": False, "verbs": VERBS},
    ]},
    "/apis/batch/v1": {"resources": [{"name": "jobs", "kind": "Job", "namespaced": True, "verbs": VERBS}]},
    "/apis/batch/v1beta1": {"resources": [
        {"name": "jobs", "kind": "Job", "namespaced": True, "verbs": VERBS},
        {"name": "old", "kind": "Old", "namespaced": True, "verbs": VERBS},
    ]},
    "/apis/metrics.k8s.io/v1": {"resources": [
        {"name": "pods", "kind": "PodMetrics", "namespaced": True, "verbs": ["get", "list"]},
    ]},
    "/api/v1/namespaces/a/pods": {"items": [{"metadata": {"name": "web", "namespace": "a"}}]},
    "/apis/batch/v1/namespaces/a/jobs": {"items": []},
    "/apis/batch/v1beta1/namespaces/a/old": {"items": [{"metadata": {"name": "one", "namespace": "a"}}]},
}  # fmt: skip


def test_every_removable_kind_of_a_namespace_is_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool({path: (200, json.dumps(answer)) for path, answer in DISCOVERED.items()})
    found = connect(monkeypatch, pool).inhabitants("a")
    assert found == [ObjectKey("", "Pod", "a", "web"), ObjectKey("batch", "Old", "a", "one")]
    assert len([path for _method, path, _body in pool.sent if "/namespaces/a/" in path]) == 3


@pytest.mark.parametrize("path", ["/apis/metrics.k8s.io/v1", "/api/v1/namespaces/a/pods"])
def test_what_a_server_does_not_say_is_not_taken_for_nothing(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    answers = {path: (200, json.dumps(answer)) for path, answer in DISCOVERED.items()}
    with pytest.raises(ClusterError, match="HTTP 403"):
        connect(monkeypatch, Pool({**answers, path: (403, "{}")})).inhabitants("a")


def test_a_binding_is_refused_for_another_reason_than_its_new_role(monkeypatch: pytest.MonkeyPatch) -> None:
    rbac = "rbac.authorization.k8s.io"
    kinds = [{"name": f"{kind.lower()}s", "kind": kind} for kind in ("ClusterRole", "ClusterRoleBinding")]
    role = {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": "r"}}
    reference = {"apiGroup": rbac, "kind": "ClusterRole", "name": "r"}
    binding = {**role, "kind": "ClusterRoleBinding", "metadata": {"name": "b"}, "roleRef": reference}
    answers = {
        f"/apis/{rbac}/v1": (200, json.dumps({"resources": kinds})),
        f"/apis/{rbac}/v1/clusterroles/r": (200, json.dumps(role)),
        f"/apis/{rbac}/v1/clusterrolebindings/b": (404, "{}"),
    }
    pool = Pool(answers)
    server = connect(monkeypatch, pool)
    with pytest.raises(ClusterError, match="HTTP 404"):
        server.apply(binding, dry_run=True)
    server.apply(role, dry_run=True)
    assert server.apply(binding, dry_run=True) == binding
    with pytest.raises(ClusterError, match="HTTP 404"):
        server.apply(binding)
    pool.answers[f"/apis/{rbac}/v1/clusterrolebindings/b"] = (403, "{}")
    with pytest.raises(ClusterError, match="HTTP 403"):
        server.apply(binding, dry_run=True)
