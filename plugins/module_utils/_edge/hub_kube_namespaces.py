# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The namespaces of a hub: made where a write needs one, with the labels of its managed cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import ROLE, missing_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    APPS_API_VERSION,
    CREATED_BY,
    LABEL_CLUSTER_ID,
    LABEL_CLUSTER_NAME,
    LABEL_CREATED_BY,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import FIELD_MANAGER
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError

_Answer = TypeVar("_Answer")

_NAMESPACES: Final = Resource("v1", "Namespace", "namespaces", namespaced=False)
_MERGE: Final = "application/merge-patch+json"


class Namespaces:
    """The namespaces of one hub. Threads may share it."""

    def __init__(self, http: KubeHttp) -> None:
        self._http = http
        # Many objects of one new namespace are written at once; one of them makes it.
        self._guard = threading.Lock()
        self._made: set[str] = set()
        self._rehearsed: set[str] = set()

    def ensured(self, namespace: str, write: Callable[[], _Answer]) -> _Answer:
        """Write into a namespace, and again once it is made if it was missing.

        :raises ApiError: as `write`, and where the namespace cannot be made.
        """
        try:
            return write()
        except ApiError as error:
            if not namespace or not missing_namespace(error):
                raise
        with self._guard:
            if namespace not in self._made:
                self._make(namespace, {})
                self._made.add(namespace)
        return write()

    def rehearse(self, namespace: str) -> None:
        """See that a missing namespace could be made.

        :raises ApiError: when it could not.
        """
        with self._guard:
            if namespace not in self._rehearsed:
                self._make(namespace, {}, dry_run=True)
                self._rehearsed.add(namespace)

    def dedicate(self, namespace: str, cluster: Mapping[str, Any]) -> None:
        """Have a namespace with the two labels of its managed cluster, as Clusternet has it.

        :param cluster: the ManagedCluster.
        :raises ApiError: when it cannot be made or changed.
        """
        known = cluster["metadata"].get("labels") or {}
        labels = {key: known[key] for key in (LABEL_CLUSTER_ID, LABEL_CLUSTER_NAME) if known.get(key)}
        try:
            live = self._http.send(Request("GET", _NAMESPACES.path("", namespace), f"read Namespace {namespace}"))
        except ApiError as error:
            if error.status != 404:
                raise
            self._make(namespace, labels)
            return
        metadata = live.get("metadata")
        there = (metadata.get("labels") if isinstance(metadata, Mapping) else None) or {}
        if any(there.get(key) != value for key, value in labels.items()):
            query = {"fieldManager": FIELD_MANAGER}
            path, body = _NAMESPACES.path("", namespace), {"metadata": {"labels": labels}}
            self._http.send(Request("PATCH", path, f"label Namespace {namespace}", query, body, _MERGE))

    def _make(self, namespace: str, labels: Mapping[str, str], *, dry_run: bool = False) -> None:
        body = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {LABEL_CREATED_BY: CREATED_BY, **labels}},
        }
        query = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}
        self._require_definitions()
        try:
            self._http.send(Request("POST", _NAMESPACES.path(), f"create Namespace {namespace}", query, body))
        except ApiError as error:
            if error.status != 409:  # another run made it meanwhile
                raise

    def _require_definitions(self) -> None:
        """See that this is a hub, before anything is made there: a mistyped address leads to anybody's cluster.

        :raises HubError: when it does not serve Clusternet's API.
        """
        try:
            self._http.send(Request("GET", f"/apis/{APPS_API_VERSION}", f"read which kinds {APPS_API_VERSION} has"))
        except ApiError as error:
            if error.status != 404:
                raise
            raise HubError(
                f"{self._http.cluster} does not serve {APPS_API_VERSION}: its CustomResourceDefinitions are not installed; "
                f"install them with {ROLE}, or correct the address if this is no hub"
            ) from error
