# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one API server: plain JSON, timeouts, retries of what is transient, errors that a person can act on."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.permission import missing_rule
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

try:
    import urllib3
except ImportError:  # it comes with the package kubernetes, whose absence `kube_config` reports before anything is sent
    urllib3 = None  # type: ignore[assignment]

Json = Mapping[str, Any]

# urllib3 puts these in front of its own messages; they say nothing to a person.
_POOL_OR_CONNECTION: Final = re.compile(r"^(<[^>]*>|\w+\([^)]*\)): ")
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try.

    :param connect: seconds to wait for a connection.
    :param read: seconds to wait for an answer. Not tried again: a frozen server would take that long each time.
    :param attempts: how often a request is sent at most.
    :param backoff: seconds before the second attempt; doubled for each further one, and varied by up to a half.
    :param longest: seconds that one pause takes at most, also where the server asks for more.
    """

    connect: float = 5.0
    read: float = 30.0
    attempts: int = 5
    backoff: float = 0.2
    longest: float = 10.0


@dataclass(frozen=True, slots=True)
class Pacing:
    """What retries need from outside.

    :param sleep: waits so many seconds.
    :param jitter: a number from 0 to 1, another one each time, so that many clients do not come back at once.
    :param now: seconds that never go back.
    """

    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    now: Callable[[], float]


class ApiError(ClusterError):
    """An API server refused a request.

    :ivar status: the HTTP status.
    :ivar body: the `Status` object; empty where the answer was none.
    :ivar attempts: how often the request was sent: after the first, a refusal may be about what an earlier one did.
    """

    def __init__(self, message: str, status: int, body: Json, attempts: int = 1) -> None:
        # A 500 whose Status gives no reason is about the object (a number where text belongs); it stays what it is.
        for_good = status == 500 and body.get("kind") == "Status" and not body.get("reason")
        super().__init__(message, transient=status in _TRANSIENT and not for_good)
        self.status = status
        self.body = body
        self.attempts = attempts

    @property
    def causes(self) -> list[Json]:
        """The entries of `details.causes`: field conflicts, invalid fields."""
        details = self.body.get("details")
        causes = details.get("causes") if isinstance(details, Mapping) else None
        return [cause for cause in causes or () if isinstance(cause, Mapping)]

    @property
    def field_conflict(self) -> bool:
        """Whether other field managers own what was to be changed."""
        return self.status == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. All that are sent here may be sent twice without harm; see `ApiError.attempts`.

    :param doing: completes the sentence "cannot <doing>": `apply Deployment.apps shop/web`.
    :param retry_conflict: whether a conflict may be over a moment later; not where the request names the version that it
        replaces.
    """

    method: str
    path: str
    doing: str
    query: Mapping[str, str] | None = None
    body: Json | None = None
    content_type: str = "application/json"
    accept: str = "application/json"
    retry_conflict: bool = True


class KubeHttp:
    """Speaks to one API server over one pool of connections. Threads may share it."""

    def __init__(
        self, cluster: str, endpoint: Endpoint, patience: Patience, pacing: Pacing, *, options: str = "multicluster_"
    ) -> None:
        """Send nothing yet.

        :param cluster: what messages begin with.
        :param options: what the names of the connection's options begin with, for messages.
        """
        self.cluster = cluster
        self._options = options
        # One credential plugin at a time, and what it answers is for all.
        self._authenticating = threading.Lock()
        self.url = endpoint.url
        self._endpoint = endpoint
        self._patience = patience
        self._pacing = pacing

    @property
    def pacing(self) -> Pacing:
        """Time and chance, for whoever has to wait for something in this cluster."""
        return self._pacing

    def send(self, request: Request) -> dict[str, Any]:
        """Send a request, again where that may help, and answer the JSON that comes back.

        :raises ApiError: when the server refuses it.
        :raises ClusterUnreachable: when the server cannot be reached, or does not let us in.
        """
        return self._parsed(request, self._answered(request))

    def send_for_text(self, request: Request) -> str:
        """As `send`, for the few paths that answer plain text, such as `readyz`."""
        return bytes(self._answered(request).data).decode(errors="replace")

    def _answered(self, request: Request) -> Any:
        """What the server answers once it does not refuse."""
        attempt = 1
        while True:
            last = attempt >= self._patience.attempts
            try:
                response = self._once(request)
            except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ProtocolError) as error:
                if last:
                    raise self._unreachable(request, error) from error
                wait = None
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise self._unreachable(request, error) from error
            except ValueError as error:  # what it says may hold the header, with the token in it
                raise ClusterUnreachable(
                    f"{self.cluster}: cannot {request.doing}: the address or the token of {self.url} holds what no request "
                    f"can carry, perhaps a line break; see {self._options}host, {self._options}api_key and the kubeconfig"
                ) from error
            else:
                if response.status < 400:
                    return response
                refusal = self._refusal(request, response, attempt)
                if last or not _worth_another(request, refusal):
                    raise refusal
                wait = response.headers.get("Retry-After")
            self._pacing.sleep(self._pause(attempt, wait))
            attempt += 1

    def entries(self, request: Request, answer: Json, field: str) -> list[Json]:
        """The list in a field of an answer.

        :raises ClusterUnreachable: where there is something else: whatever answered is no API server.
        """
        found = answer.get(field) or []
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self._no_api(request)
        return found

    def as_object(self, request: Request, answer: Json) -> Json:
        """An answer, or an entry of one, that is an object: it has an identity, and marks where marks belong.

        :raises ClusterUnreachable: where it is something else: whatever answered is no API server.
        """
        try:
            ObjectKey.of(answer)
        except InvalidInput as error:
            raise self._no_api(request) from error
        metadata = answer["metadata"]
        marks = [metadata.get(field) for field in ("labels", "annotations")]
        if not all(isinstance(mark, Mapping | None) for mark in marks):
            raise self._no_api(request)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.pool.clear()

    def _once(self, request: Request) -> Any:
        url = self.url + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        body = None if request.body is None else json.dumps(request.body).encode()
        with self._authenticating:
            credentials = self._endpoint.headers()
        headers = urllib3.HTTPHeaderDict({"Accept": request.accept, "User-Agent": "multicluster.apps", **credentials})
        for group in self._endpoint.groups:  # a header for each, as the API wants it
            headers.add("Impersonate-Group", group)
        if body is not None:
            headers["Content-Type"] = request.content_type
        return self._endpoint.pool.request(
            request.method,
            url,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=self._patience.connect, read=self._patience.read),
            retries=False,
            redirect=False,
        )

    def _pause(self, attempt: int, asked: str | None) -> float:
        """Seconds until the next attempt; what the server asks for counts, within the limit."""
        if asked is not None and asked.isdigit():
            return min(float(asked), self._patience.longest)
        exact = self._patience.backoff * 2.0 ** (attempt - 1)
        return min(exact * (0.75 + self._pacing.jitter() / 2), self._patience.longest)

    def _parsed(self, request: Request, response: Any) -> dict[str, Any]:
        try:
            answer = json.loads(response.data)
        except (ValueError, RecursionError) as error:
            raise self._no_api(request) from error
        if not isinstance(answer, dict):
            raise self._no_api(request)
        return answer

    def _no_api(self, request: Request) -> ClusterUnreachable:
        return ClusterUnreachable(
            f"{self.cluster}: cannot {request.doing}: {self.url} did not answer as one "
            "does; is that the address of an API server?"
        )

    def _refusal(self, request: Request, response: Any, attempts: int) -> ClusterError:
        try:
            body = json.loads(response.data)
        except (ValueError, RecursionError):
            body = {}
        body = body if isinstance(body, dict) else {}
        what = fit(body.get("message") or response.reason or "no reason given")
        message = f"{self.cluster}: cannot {request.doing}: HTTP {response.status}: {what}{missing_rule(what)}"
        if response.status == 401:
            return ClusterUnreachable(f"{message}; these credentials are not (or no longer) accepted")
        return ApiError(message, response.status, body, attempts)

    def _unreachable(self, request: Request, error: Exception) -> ClusterUnreachable:
        said = fit(_POOL_OR_CONNECTION.sub("", str(error)) or type(error).__name__)
        if isinstance(error, urllib3.exceptions.SSLError):
            said += f"; see {self._options}ca_cert and {self._options}validate_certs"
        place = "it" if self.url in self.cluster else self.url
        return ClusterUnreachable(
            f"{self.cluster}: {place} is not reachable, cannot {request.doing}: {said}", transient=True
        )


def _worth_another(request: Request, error: ClusterError) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(error, ApiError) and error.status == 409:
        return request.retry_conflict and error.body.get("reason") == "Conflict" and not error.field_conflict
    return error.transient
