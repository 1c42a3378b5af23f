# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusternet's controllers on a real API server: the stand-in of the unit tests, in a thread of its own, with their Lease."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ansible_collections.multicluster.apps.tests.unit.fakes.clusternet import Controllers, Raw
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

_PLURALS: Final = {
    "Subscription": "subscriptions",
    "Manifest": "manifests",
    "Base": "bases",
    "Description": "descriptions",
    "ManagedCluster": "managedclusters",
}
_SYSTEM: Final = "clusternet-system"
_LEASE: Final = "clusternet-controller-manager"
_SECONDS: Final = 0.2


class ServerApi:
    """A real API server, as the controllers use it."""

    def __init__(self, kubeconfig: Path) -> None:
        connection = config.new_client_from_config(str(kubeconfig))
        self._objects = client.CustomObjectsApi(connection)
        self._leases = client.CoordinationV1Api(connection)
        self._core = client.CoreV1Api(connection)

    def list(self, kind: str) -> list[Raw]:
        found: dict[str, Any] = self._objects.list_cluster_custom_object(*_group(kind), _PLURALS[kind])
        api_version = "/".join(_group(kind))
        return [{"apiVersion": api_version, "kind": kind, **raw} for raw in found["items"]]

    def create(self, raw: Raw) -> Raw:
        group, version = _group(raw["kind"])
        return dict(
            self._objects.create_namespaced_custom_object(
                group, version, raw["metadata"]["namespace"], _PLURALS[raw["kind"]], raw
            )
        )

    def update(self, raw: Raw) -> Raw:
        return dict(self._objects.replace_namespaced_custom_object(*_place(raw), raw))

    def update_status(self, raw: Raw) -> Raw:
        return dict(self._objects.replace_namespaced_custom_object_status(*_place(raw), raw))

    def delete(self, raw: Raw) -> None:
        self._objects.delete_namespaced_custom_object(*_place(raw))

    def lead(self) -> None:
        """Hold the Lease of the controllers' leader."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": "stand-in", "leaseDurationSeconds": 15, "renewTime": now}
        body = {"metadata": {"name": _LEASE, "namespace": _SYSTEM}, "spec": spec}
        try:
            self._leases.patch_namespaced_lease(_LEASE, _SYSTEM, body)
        except ApiException as error:
            if error.status != 404:
                raise
            self._ensure_namespace()
            self._leases.create_namespaced_lease(_SYSTEM, body)

    def abdicate(self) -> None:
        """Let go of it, as a leader that ends does."""
        self._leases.delete_namespaced_lease(_LEASE, _SYSTEM)

    def _ensure_namespace(self) -> None:
        try:
            self._core.create_namespace({"metadata": {"name": _SYSTEM}})
        except ApiException as error:
            if error.status != 409:
                raise


@contextmanager
def clusternet(kubeconfig: Path) -> Iterator[Controllers]:
    """Clusternet's controllers, as long as the block lasts.

    What they trip over (a conflict, an object that is gone) they try again, as real ones do.
    """
    api = ServerApi(kubeconfig)
    controllers = Controllers(api)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                api.lead()
                controllers.step()
            except ApiException as error:
                if error.status not in (404, 409):
                    raise
            stop.wait(_SECONDS)

    api.lead()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield controllers
    finally:
        stop.set()
        thread.join()
        api.abdicate()


def _group(kind: str) -> tuple[str, str]:
    return ("clusters.clusternet.io", "v1beta1") if kind == "ManagedCluster" else ("apps.clusternet.io", "v1alpha1")


def _place(raw: Raw) -> tuple[str, str, str, str, str]:
    return (*_group(raw["kind"]), raw["metadata"]["namespace"], _PLURALS[raw["kind"]], raw["metadata"]["name"])
