# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of an API server that does to chosen requests what networks and overloaded servers do."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint, open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection

# Longer than any test has patience.
_STOPPED_SECONDS = 3
# What becomes of a request, by its method and its path with query.
Fault = Callable[[str, str], str]


@dataclass
class FaultProxy:
    """Forwards requests.

    :ivar url: where it listens, without TLS.
    :ivar fault: what to do to a request: `` (nothing), ``cut`` (half of the answer), ``lost`` (carried out, no answer),
        ``stop`` (no answer), ``page`` (that of some web server), or a status.
    :ivar seen: method and path of each request.
    """

    url: str = ""
    fault: Fault = lambda _method, _path: ""
    seen: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def what_to_do(self, method: str, path: str) -> str:
        with self.guard:
            self.seen.append(f"{method} {path}")
            return self.fault(method, path)

    def once(self, what: str, method: str, part: str, *, times: int = 1) -> None:
        """Do something to the first requests of a method whose path has this part."""
        left = [times]

        def fault(asked: str, path: str) -> str:
            if asked != method or part not in path or not left[0]:
                return ""
            left[0] -= 1
            return what

        self.fault = fault


class _Server(ThreadingHTTPServer):
    """Listens on loopback, on a port of its own."""

    daemon_threads = True

    def __init__(self, proxy: FaultProxy, endpoint: Endpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy
        self.endpoint = endpoint

    def handle_error(self, *arguments: Any) -> None:
        """Say nothing of clients that hang up: some are killed, some give up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*arguments)


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = self.server.proxy.what_to_do(self.command, self.path)
        if what == "stop":
            self.close_connection = True
            threading.Event().wait(_STOPPED_SECONDS)
        elif what == "page":
            self.reply(200, b"<html>Welcome</html>")
        elif what.isdigit():
            self.reply(int(what), refusal(int(what)))
        else:
            answer = self.forward(body)
            if what == "lost":
                self.hang_up()
            else:
                self.reply(answer.status, answer.data, cut=what == "cut")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 (names of the standard library)

    def forward(self, body: bytes) -> Any:
        endpoint = self.server.endpoint
        headers = {name: self.headers[name] for name in ("Accept", "Content-Type") if name in self.headers}
        headers |= endpoint.headers()
        return endpoint.pool.request(self.command, endpoint.url + self.path, body=body, headers=headers, retries=False)

    def reply(self, status: int, data: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.wfile.flush()
            self.hang_up()

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def fault_proxy(kubeconfig: Path) -> Iterator[FaultProxy]:
    """A proxy in front of the server of a kubeconfig, with that file's credentials."""
    proxy = FaultProxy()
    endpoint = open_endpoint("behind the proxy", Connection(kubeconfig=str(kubeconfig)))
    server = _Server(proxy, endpoint)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        endpoint.pool.clear()


def refusal(status: int) -> bytes:
    reasons = {429: "TooManyRequests", 500: "InternalError"}
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reasons[status]}
    return json.dumps({**body, "message": f"{reasons[status]}, says the proxy"}).encode()
