# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a directory cluster keeps which object: `<namespace>/<kind>-<name>.yaml`, `_cluster/<kind>-<name>.yaml`.

Kinds of groups that are not Kubernetes' own carry their group (`<kind>.<group>-<name>.yaml`). Every part is made of a
name that Kubernetes accepts, or of a slug of it: none can climb out of the directory, nor differ from another by its
case alone.
"""

from __future__ import annotations

import os
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, label_slug, slug

# No namespace can have this name.
CLUSTER_SCOPED_FOLDER: Final = "_cluster"
EXTENSION: Final = ".yaml"
# What file systems commonly accept, in bytes.
_FILE_NAME_LIMIT: Final = 255

# In these groups a kind means one thing: no two of them have a kind of the same name.
_OWN_GROUPS: Final = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)


def relative_path(key: ObjectKey) -> str:
    """The file of an object, below the directory."""
    kind = key.kind.lower() if key.group in _OWN_GROUPS else f"{key.kind.lower()}.{key.group}"
    folder = label_slug(key.namespace) if key.namespace else CLUSTER_SCOPED_FOLDER
    return os.path.join(folder, slug(f"{kind}-{key.name}", _FILE_NAME_LIMIT - len(EXTENSION)) + EXTENSION)
