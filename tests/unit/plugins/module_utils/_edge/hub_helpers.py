# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the directory hub share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put, StoredObject

NOW = "2026-03-01T12:00:00Z"
LATER = "2026-03-02T12:00:00Z"
VAULT = VaultCodec([("default", b"password")])

BY_HAND = """\
# The shop, for all clusters.
kind: Subscription
apiVersion: apps.clusternet.io/v1alpha1
metadata: {namespace: default, name: web}   # short
spec:
    feeds: []
    priority: 1.0
"""
SECOND = """\
---
# Another one.
apiVersion: apps.clusternet.io/v1alpha1
kind: Subscription
metadata: {name: second, namespace: default}
spec: {feeds: []}
"""


def subscription(name: str = "web", namespace: str = "default", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"feeds": [], **spec},
    }


def secret(token: str = "aHVudGVyMg==") -> dict[str, Any]:
    metadata = {"name": "child-cluster-deployer", "namespace": "clusternet-a"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"token": token}}


def open_hub(fleet: Path, *, secrets: Any = "plain", vault: VaultCodec | None = None) -> DirectoryHub:
    return DirectoryHub(str(fleet), secrets=secrets, vault=vault, lock_timeout=0, holder="a test")


def place(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def only(hub: DirectoryHub) -> StoredObject:
    (stored,) = hub.load().objects.values()
    return stored


def files_of(folder: Path) -> dict[str, bytes]:
    """All files but those of locks, temporary ones included."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".locks" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def changed(stored: StoredObject, **spec: Any) -> Put:
    return Put({**stored.raw, "spec": {**stored.raw["spec"], **spec}}, stored.version)


def only_key() -> Any:
    return Put(subscription(), None).key


def only_named(hub: DirectoryHub, name: str) -> StoredObject:
    (stored,) = (stored for key, stored in hub.load().objects.items() if key.name == name)
    return stored
