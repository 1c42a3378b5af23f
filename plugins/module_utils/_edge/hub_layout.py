# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a directory hub keeps which object: `<namespace>/<plural>/<name>.yaml`, `_cluster/<plural>/<name>.yaml`.

The namespace comes first, so that one cluster's objects are read without the others'. Each part is a name that
Kubernetes accepts: none of these can climb out of the hub.
"""

from __future__ import annotations

import os
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import KINDS, kind_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    ObjectKey,
    is_dns_label,
    slug,
)

# No namespace can have this name.
CLUSTER_SCOPED_FOLDER: Final = "_cluster"
EXTENSION: Final = ".yaml"
# What a person may write as well.
EXTENSIONS: Final = (EXTENSION, ".yml")
# What file systems commonly accept, in bytes.
_FILE_NAME_LIMIT: Final = 255


_KEPT_IN: Final = {kind.plural: f"{kind.kind} of {kind.api_version}" for kind in KINDS.values()}


def in_layout(relative: str) -> bool:
    """Whether the layout puts objects there: at a path of a file, or in a folder on the way to one.

    :param relative: the path, below the hub.
    """
    match relative.split(os.sep):
        case [folder]:
            return _holds_objects(folder)
        case [folder, plural]:
            return _holds_objects(folder) and plural in _KEPT_IN
        case [folder, plural, name]:
            return _holds_objects(folder) and plural in _KEPT_IN and name.endswith(EXTENSIONS)
    return False


def kept_beside(relative: str) -> str:
    """What the layout keeps in the folder of a file, for messages: `Subscription of apps.clusternet.io/v1alpha1`.

    :param relative: the path of a file for which `in_layout` holds.
    """
    return _KEPT_IN[relative.split(os.sep)[1]]


def _holds_objects(folder: str) -> bool:
    return folder == CLUSTER_SCOPED_FOLDER or is_dns_label(folder)


def relative_path(key: ObjectKey) -> str:
    """The file of an object, below the hub.

    A name that leaves no room for the extension is shortened with a hash; the object in the file has it in full.

    :raises InvalidInput: when the hub does not hold such objects, or a name is none that Kubernetes accepts.
    """
    kind = kind_of(key)
    folder = key.namespace if kind.namespaced else CLUSTER_SCOPED_FOLDER
    return os.path.join(folder, kind.plural, slug(key.name, _FILE_NAME_LIMIT - len(EXTENSION)) + EXTENSION)
