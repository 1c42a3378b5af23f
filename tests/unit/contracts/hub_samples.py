# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects for tests of hubs. They name all defaults, as servers fill them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub

# Opens one more view of the same store, as another run would.
Opener = Callable[..., Hub]

NOW = "2026-03-01T12:00:00Z"
LATER = "2026-03-02T12:00:00Z"

APPS = "apps.clusternet.io/v1alpha1"
OURS = {"clusternet.io/created-by": "multicluster.apps"}


def subscription(name: str = "web", namespace: str = "default", **spec: Any) -> dict[str, Any]:
    defaults = {
        "schedulerName": "default",
        "schedulingStrategy": "Replication",
        "preemptionPolicy": "PreemptLowerPriority",
    }
    return {
        "apiVersion": APPS,
        "kind": "Subscription",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"feeds": [], "subscribers": [], **defaults, **spec},
    }


def globalization(name: str = "all") -> dict[str, Any]:
    feed = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
    return {
        "apiVersion": APPS,
        "kind": "Globalization",
        "metadata": {"name": name},
        "spec": {"priority": 500, "overridePolicy": "ApplyLater", "overrides": [], "feed": feed},
    }


def manifest(data: Any) -> dict[str, Any]:
    """An object that holds whatever it is given."""
    template = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data}
    metadata = {"name": "settings", "namespace": "clusternet-reserved"}
    return {"apiVersion": APPS, "kind": "Manifest", "metadata": metadata, "template": template}


def base(namespace: str = "clusternet-a") -> dict[str, Any]:
    metadata = {"name": "web", "namespace": namespace, "labels": OURS}
    return {"apiVersion": APPS, "kind": "Base", "metadata": metadata, "spec": {"feeds": []}}


def description(owner_uid: str, namespace: str = "clusternet-a") -> dict[str, Any]:
    owner = {"apiVersion": APPS, "kind": "Base", "name": "web", "uid": owner_uid}
    owner |= {"controller": True, "blockOwnerDeletion": True}
    return {
        "apiVersion": APPS,
        "kind": "Description",
        "metadata": {
            "name": "web-generic",
            "namespace": namespace,
            "labels": {**OURS, "apps.clusternet.io/config.uid": owner_uid},
            "ownerReferences": [owner],
        },
        "spec": {"deployer": "Generic", "raw": ["e30="]},
        "status": {"phase": "Success"},
    }


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-a"},
    "type": "Opaque",
    "data": {"token": "aHVudGVyMg=="},
}


def with_mark(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {**raw, "metadata": {**raw["metadata"], "deletionTimestamp": LATER}}


def without_mark(raw: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {field: value for field, value in raw["metadata"].items() if field != "deletionTimestamp"}
    return {**raw, "metadata": metadata}


def said(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What an object says, but for what hubs set: uid and times."""
    metadata = {field: value for field, value in raw["metadata"].items() if field not in ("uid", "creationTimestamp")}
    if "deletionTimestamp" in metadata:
        metadata["deletionTimestamp"] = "some time"
    return {**raw, "metadata": metadata}


def all_said(contents: Contents) -> dict[ObjectKey, dict[str, Any]]:
    return {key: said(stored.raw) for key, stored in contents.objects.items()}


def all_said_of(items: Any) -> dict[ObjectKey, dict[str, Any]]:
    return {item.key: said(item.raw) for item in items}


BAD_NAMES = ["../web", "/etc/passwd", "..", ".", "a/b", "Web", "web_1", "we\0b", "x" * 254, "-web", "web ", "web\n"]
