# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any API server, for work that is no delivery: single objects, lists, tokens, health."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import Endpoint, open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Discovery, Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    ApiError,
    KubeHttp,
    Pacing,
    Patience,
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_reader import (
    NAMES_ONLY,
    Reader,
    home_namespace,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import FIELD_MANAGER
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

Raw = Mapping[str, Any]

_APPLY: Final = "application/apply-patch+yaml"
_SERVICE_ACCOUNTS: Final = Resource("v1", "ServiceAccount", "serviceaccounts", namespaced=True)


class KubernetesServer:
    """The port to an API server."""

    def __init__(self, http: KubeHttp, probing: KubeHttp, authority: Callable[[], str]) -> None:
        """Work over connections that are there.

        :param probing: the same server, asked once only: an answer 500 of `readyz` is an answer.
        :param authority: reads what the property of that name answers.
        """
        self._authority = authority
        self._http = http
        self._probing = probing
        self._discovery = Discovery(http)
        self._reader = Reader(http, self._discovery)
        self._promised: set[ObjectKey] = set()

    @classmethod
    def connect(cls, name: str, connection: Connection, *, patience: Patience, pacing: Pacing) -> KubernetesServer:
        """Open the port that a connection describes; nothing is sent yet.

        :param name: what messages call the server.
        :raises ClusterError: when the connection does not say where it is, or its kubeconfig cannot be used.
        """
        endpoint = open_endpoint(name, connection)
        http = KubeHttp(name, endpoint, patience, pacing, options=connection.prefix)
        probing = KubeHttp(name, endpoint, replace(patience, attempts=1), pacing, options=connection.prefix)
        return cls(http, probing, lambda: _authority(name, endpoint))

    @property
    def location(self) -> str:
        """The address of the API server."""
        return self._http.url

    @property
    def authority(self) -> str:
        """The certificates that the server's own is checked with."""
        return self._authority()

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Raw | None:
        """Read one object."""
        resource = self._resource(api_version, kind)
        return None if resource is None else self._reader.get(resource, namespace, name)

    def list(self, api_version: str, kind: str, *, namespace: str = "", label: str = "") -> list[Raw]:
        """Read all objects of a kind, page by page."""
        resource = self._resource(api_version, kind)
        return [] if resource is None else self._reader.list_all(resource, namespace, label=label)

    def serves(self, api_version: str, kind: str) -> bool:
        """Ask for the kinds of the version again."""
        self._discovery.forget(api_version)
        return self._discovery.resource(api_version, kind) is not None

    def inhabitants(self, namespace: str) -> Sequence[ObjectKey]:
        """List every kind; names will do."""
        return [
            ObjectKey.of(raw)
            for resource in self._discovery.tenants()
            for raw in self._reader.list_all(resource, namespace, accept=NAMES_ONLY)
        ]

    def apply(self, raw: Raw, *, dry_run: bool = False) -> Raw:
        """Apply on the server."""
        key = ObjectKey.of(raw)
        resource = self._resource(raw["apiVersion"], key.kind)
        if resource is None:
            raise ClusterError(
                f"{self._http.cluster}: cannot apply {key}: {self._http.url} has no kind {key.kind} in {raw['apiVersion']}; "
                "install its CustomResourceDefinition first"
            )
        namespace = home_namespace(resource, key)
        query = {"fieldManager": FIELD_MANAGER, "force": "true", **({"dryRun": "All"} if dry_run else {})}
        request = Request("PATCH", resource.path(namespace, key.name), f"apply {key}", query, raw, _APPLY)
        try:
            live = self._http.as_object(request, self._http.send(request))
        except ApiError as error:
            if dry_run and error.status == 404 and not self._promised.isdisjoint(_needed(raw, namespace)):
                return raw
            raise
        if dry_run:
            self._promised.add(ObjectKey(key.group, key.kind, namespace, key.name))
        return live

    def delete(self, api_version: str, kind: str, namespace: str, name: str, *, dry_run: bool = False) -> bool:
        """Remove one object."""
        resource = self._resource(api_version, kind)
        if resource is None:
            return False
        body = {"propagationPolicy": "Background", **({"dryRun": ["All"]} if dry_run else {})}
        what = f"remove {kind} {namespace}/{name}" if namespace else f"remove {kind} {name}"
        try:
            self._http.send(Request("DELETE", resource.path(namespace, name), what, body=body))
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def token(self, namespace: str, service_account: str, seconds: int) -> tuple[str, str]:
        """Ask for a token by a TokenRequest."""
        path = f"{_SERVICE_ACCOUNTS.path(namespace, service_account)}/token"
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": seconds},
        }
        doing = f"make a token for ServiceAccount {namespace}/{service_account}"
        status = self._http.send(Request("POST", path, doing, body=body)).get("status")
        status = status if isinstance(status, Mapping) else {}
        token, ends = status.get("token"), status.get("expirationTimestamp")
        if not isinstance(token, str) or not isinstance(ends, str) or not token:
            raise ClusterUnreachable(
                f"{self._http.cluster}: cannot {doing}: {self._http.url} answered without a token; is that the address of "
                "an API server?"
            )
        return token, ends

    def version(self) -> str:
        """Ask for the version."""
        answer = self._http.send(Request("GET", "/version", "read the version"))
        return str(answer.get("gitVersion", ""))

    def probe(self, path: str) -> bool:
        """Ask a health endpoint; its words do not matter, but its status does."""
        try:
            self._probing.send_for_text(Request("GET", f"/{path}", f"read {path}", accept="*/*"))
        except ApiError as error:
            if error.status < 500:
                raise
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _resource(self, api_version: str, kind: str) -> Resource | None:
        """The kind as the server has it. That it has none is not remembered: its definition may be on its way."""
        found = self._discovery.resource(api_version, kind)
        if found is None:
            self._discovery.forget(api_version)
        return found


def _needed(raw: Raw, namespace: str) -> Iterator[ObjectKey]:
    """What has to be there before an object: its namespace, and the role that it binds."""
    if namespace:
        yield ObjectKey("", "Namespace", "", namespace)
    role = raw.get("roleRef")
    if isinstance(role, Mapping):
        home = namespace if role["kind"] == "Role" else ""
        yield ObjectKey(role["apiGroup"], role["kind"], home, role["name"])


def _authority(name: str, endpoint: Endpoint) -> str:
    """What the pool was given: a kubeconfig's inline data is in a file of the `kubernetes` package's by now."""
    settings = endpoint.pool.connection_pool_kw
    given = settings.get("ca_cert_data")
    if given:
        return given.decode() if isinstance(given, bytes) else str(given)
    path = settings.get("ca_certs")
    if not path:
        return ""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ClusterError(
            f"{name}: the certificates in {path} cannot be read: {fit(error)}; see multicluster_ca_cert"
        ) from error
