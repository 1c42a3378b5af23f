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
