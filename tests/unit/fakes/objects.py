# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small objects for tests, raw as a user or a hub would have them."""

from __future__ import annotations

from typing import Any

API = "apps.clusternet.io/v1alpha1"
CREATED = "2026-01-01T00:00:00Z"


def cluster(name: str, **labels: str) -> dict[str, Any]:
    """A ManagedCluster in its usual namespace."""
    return {
        "apiVersion": "clusters.clusternet.io/v1beta1",
        "kind": "ManagedCluster",
        "metadata": {**_meta(name, f"clusternet-{name}"), "labels": labels},
        "spec": {"clusterId": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57", "syncMode": "Push"},
    }


def config_map(name: str = "web", **data: str) -> dict[str, Any]:
    """A ConfigMap in the namespace `shop`."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, "data": data}


def manifest(template: dict[str, Any]) -> dict[str, Any]:
    """The Manifest of an object."""
    name = f"{template['kind'].lower()}--{template['metadata']['name']}"
    return {
        "apiVersion": API,
        "kind": "Manifest",
        "metadata": _meta(name, "clusternet-reserved"),
        "template": template,
    }


def feed(template: dict[str, Any]) -> dict[str, str]:
    """The feed that points to an object."""
    meta = template["metadata"]
    found = {"apiVersion": template["apiVersion"], "kind": template["kind"], "name": meta["name"]}
    return found | ({"namespace": meta["namespace"]} if "namespace" in meta else {})


def subscription(
    name: str, *feeds: dict[str, str], affinity: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    """A Subscription in `default`, for all clusters unless it says otherwise."""
    return {
        "apiVersion": API,
        "kind": "Subscription",
        "metadata": _meta(name, "default"),
        "spec": {"subscribers": [{"clusterAffinity": affinity or {}}], "feeds": list(feeds), **spec},
    }


def merge(value: str, name: str = "o") -> dict[str, Any]:
    """An override of type MergePatch."""
    return {"name": name, "type": "MergePatch", "value": value}


def globalization(name: str, target: dict[str, str], *overrides: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A Globalization; ApplyNow unless it says otherwise."""
    return {
        "apiVersion": API,
        "kind": "Globalization",
        "metadata": _meta(name, ""),
        "spec": {"feed": target, "overridePolicy": "ApplyNow", "overrides": list(overrides), **spec},
    }


def localization(
    name: str, namespace: str, target: dict[str, str], *overrides: dict[str, Any], **spec: Any
) -> dict[str, Any]:
    """A Localization; ApplyNow unless it says otherwise."""
    made = globalization(name, target, *overrides, **spec)
    return {**made, "kind": "Localization", "metadata": _meta(name, namespace)}


def _meta(name: str, namespace: str) -> dict[str, Any]:
    meta: dict[str, Any] = {"name": name, "uid": f"uid-{namespace}-{name}", "creationTimestamp": CREATED}
    return meta | ({"namespace": namespace} if namespace else {})
