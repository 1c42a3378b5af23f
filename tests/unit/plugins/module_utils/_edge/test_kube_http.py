# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to an API server: what is tried again, what is an error, and in which words."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import urllib3
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    ApiError,
    KubeHttp,
    Pacing,
    Patience,
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable

URL = "https://one.example:6443"
PACING = Pacing(lambda _time: None, lambda: 0.5, lambda: 0.0)


@dataclass
class Answer:
    status: int = 200
    data: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass
class Pool:
    """Answers what it was given, in this order; exceptions are raised."""

    answers: list[Any]
    sent: list[dict[str, Any]] = field(default_factory=list)

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.sent.append({"method": method, "url": url, **more})
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def clear(self) -> None:
        self.sent.append({"method": "closed"})


def refused() -> Exception:
    return urllib3.exceptions.NewConnectionError(
        urllib3.connection.HTTPSConnection("one.example"), "Connection refused"
    )


def status(code: int, reason: str = "", message: str = "no", causes: Any = (), **headers: str) -> Answer:
    body = {"kind": "Status", "reason": reason, "message": message, "details": {"causes": list(causes)}}
    return Answer(code, json.dumps(body).encode(), headers)


def speak(*answers: Any, patience: Patience | None = None) -> tuple[KubeHttp, Pool, list[float]]:
    pool, slept = Pool(list(answers)), []
    endpoint = Endpoint(URL, pool, lambda: {"authorization": "Bearer t"})
    pacing = Pacing(slept.append, lambda: 0.5, lambda: 0.0)
    return KubeHttp("one", endpoint, patience or Patience(), pacing), pool, slept


GET = Request("GET", "/api/v1/nodes", "list the nodes", {"limit": "5"})


def test_a_request_goes_out_as_json_with_timeouts_and_credentials() -> None:
    http, pool, _slept = speak(Answer(data=b'{"a": 1}'), patience=Patience(connect=3, read=7))
    patch = Request("PATCH", "/x", "apply it", {"force": "true"}, {"b": 2}, "application/apply-patch+yaml")
    assert http.send(patch) == {"a": 1}
    (sent,) = pool.sent
    assert (sent["method"], sent["url"], sent["body"]) == ("PATCH", f"{URL}/x?force=true", b'{"b": 2}')
    assert sent["headers"]["authorization"] == "Bearer t"
    assert sent["headers"]["Content-Type"] == "application/apply-patch+yaml"
    assert (sent["timeout"].connect_timeout, sent["timeout"].read_timeout) == (3, 7)
    assert (sent["retries"], sent["redirect"]) == (False, False)
    http.close()
    assert pool.sent[-1] == {"method": "closed"}


@pytest.mark.parametrize(
    "hiccup",
    [
        refused(),
        urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer")),
        status(429),
        status(500, "InternalError"),
        status(502),
        status(503),
        status(504),
        status(409, "Conflict"),
    ],
    ids=["refused", "reset", "429", "500", "502", "503", "504", "conflict"],
)
def test_what_is_transient_is_tried_again(hiccup: Any) -> None:
    http, pool, slept = speak(hiccup, hiccup, Answer(data=b'{"ok": true}'))
    assert http.send(GET) == {"ok": True}
    assert len(pool.sent) == 3
    assert slept == [0.2, 0.4]


@pytest.mark.parametrize(
    ("asked", "pause"), [("3", 3.0), ("3600", 10.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.2)], ids=str
)
def test_the_server_says_when_to_come_back(asked: str, pause: float) -> None:
    http, _pool, slept = speak(status(429, **{"Retry-After": asked}), Answer())
    http.send(GET)
    assert slept == [pause]


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 0.15), (1.0, 0.25)])
def test_pauses_vary(chance: float, pause: float) -> None:
    slept: list[float] = []
    endpoint = Endpoint(URL, Pool([status(503), Answer()]), dict)
    KubeHttp("one", endpoint, Patience(), Pacing(slept.append, lambda: chance, lambda: 0.0)).send(GET)
    assert slept == [pytest.approx(pause)]


def test_attempts_have_a_limit() -> None:
    http, pool, slept = speak(*[status(503, message="too busy")] * 3, patience=Patience(attempts=3))
    with pytest.raises(ApiError, match="one: cannot list the nodes: HTTP 503: too busy") as raised:
        http.send(GET)
    assert raised.value.transient
    assert (len(pool.sent), len(slept)) == (3, 2)
    http, pool, _slept = speak(*[refused()] * 3, patience=Patience(attempts=3))
    with pytest.raises(ClusterUnreachable) as lost:
        http.send(GET)
    assert str(lost.value) == f"one: {URL} is not reachable, cannot list the nodes: Connection refused"
    assert len(pool.sent) == 3


CONFLICT = {"reason": "FieldManagerConflict", "message": 'conflict with "hpa"', "field": ".spec.replicas"}


@pytest.mark.parametrize(
    "answer",
    [
        status(400),
        status(403, "Forbidden"),
        status(404, "NotFound"),
        status(409, "AlreadyExists"),
        status(409, "Conflict", causes=[CONFLICT]),
        status(422, "Invalid"),
        status(500, message="failed to create typed patch object"),
    ],
    ids=["400", "403", "404", "exists", "field conflict", "422", "500 about the object"],
)
def test_a_refusal_that_stays_one_is_not_tried_again(answer: Answer) -> None:
    http, pool, _slept = speak(answer)
    with pytest.raises(ApiError) as raised:
        http.send(GET)
    assert raised.value.status == answer.status
    assert not raised.value.transient
    assert raised.value.field_conflict is (b"FieldManagerConflict" in answer.data)
    assert len(pool.sent) == 1


@pytest.mark.parametrize(
    "failure",
    [
        urllib3.exceptions.ReadTimeoutError(None, "/", "Read timed out. (read timeout=30)"),  # type: ignore[arg-type]
        urllib3.exceptions.ConnectTimeoutError("Connection timed out"),
        urllib3.exceptions.SSLError("certificate verify failed"),
        FileNotFoundError(2, "No such file or directory", "client.crt"),
        status(401, "Unauthorized"),
        Answer(data=b"<html>hello</html>"),
        Answer(data=b"[]"),
    ],
    ids=["frozen", "slow to connect", "certificate", "missing file", "401", "html", "a list"],
)
def test_a_cluster_that_cannot_be_used_is_given_up_at_once(failure: Any) -> None:
    http, pool, _slept = speak(failure)
    with pytest.raises(ClusterUnreachable, match="one: "):
        http.send(GET)
    assert len(pool.sent) == 1


@pytest.mark.parametrize("found", ["three", {"a": 1}, [1]])
def test_an_answer_that_no_api_server_gives_is_an_error(found: Any) -> None:
    http, _pool, _slept = speak()
    assert http.entries(GET, {"items": [{"a": 1}]}, "items") == [{"a": 1}]
    assert http.entries(GET, {"items": None}, "items") == []
    with pytest.raises(ClusterUnreachable, match="is that the address of an API server"):
        http.entries(GET, {"items": found}, "items")


def test_messages_of_a_cluster_are_short_and_tame() -> None:
    http, _pool, _slept = speak(status(400, message="\x1b[2Jbad\n" + "y" * 5000))
    with pytest.raises(ApiError) as raised:
        http.send(GET)
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 600


def test_an_error_page_of_a_proxy_is_an_error_too() -> None:
    http, _pool, _slept = speak(Answer(403, b"<html>", reason="Forbidden"))
    with pytest.raises(ApiError, match="HTTP 403: Forbidden"):
        http.send(GET)


def test_a_token_that_no_request_can_carry_is_not_shown() -> None:
    http, _pool, _slept = speak(ValueError("Invalid header value b'Bearer s3cret\\n'"))
    with pytest.raises(ClusterUnreachable, match=r"one: cannot list the nodes: .*multicluster_api_key") as caught:
        http.send(GET)
    assert "s3cret" not in str(caught.value)


def test_a_conflict_over_a_version_is_not_tried_again() -> None:
    http, pool, _slept = speak(status(409, "Conflict"), Answer())
    with pytest.raises(ApiError) as raised:
        http.send(replace(GET, retry_conflict=False))
    assert (len(pool.sent), raised.value.status, raised.value.attempts) == (1, 409, 1)


def test_a_refusal_knows_how_often_the_request_was_sent() -> None:
    lost = urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
    http, _pool, _slept = speak(lost, status(503), status(409, "AlreadyExists"))
    with pytest.raises(ApiError) as raised:
        http.send(GET)
    assert raised.value.attempts == 3


def test_options_have_the_names_that_the_user_knows() -> None:
    endpoint = Endpoint(URL, Pool([ValueError("bad"), urllib3.exceptions.SSLError("unknown authority")]), dict)
    http = KubeHttp(f"hub {URL}", endpoint, Patience(), PACING, options="")
    with pytest.raises(ClusterUnreachable, match="see host, api_key and the kubeconfig"):
        http.send(GET)
    with pytest.raises(ClusterUnreachable, match=f"^hub {URL}: it is not reachable, .*see ca_cert and validate_certs$"):
        http.send(GET)


def test_credentials_are_asked_for_by_one_at_a_time() -> None:
    asking: list[int] = []

    def headers() -> dict[str, str]:
        asking.append(1)
        assert len(asking) == 1, "two at once"
        time.sleep(0.01)
        asking.pop()
        return {}

    http = KubeHttp("one", Endpoint(URL, Pool([Answer() for _number in range(4)]), headers), Patience(), PACING)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(http.send, [GET] * 4)) == [{}] * 4
