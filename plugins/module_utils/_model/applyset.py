# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The convention of KEP-3659 (ApplySet): how the members of a set and its parent object are marked.

The parent is a ConfigMap named after the Base, in one namespace of the managed cluster.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

PART_OF: Final = "applyset.kubernetes.io/part-of"
PARENT_ID: Final = "applyset.kubernetes.io/id"
TOOLING: Final = "applyset.kubernetes.io/tooling"
CONTAINS_GROUP_KINDS: Final = "applyset.kubernetes.io/contains-group-kinds"
ADDITIONAL_NAMESPACES: Final = "applyset.kubernetes.io/additional-namespaces"

TOOLING_VALUE: Final = "multicluster.apps/v1"
PARENTS_NAMESPACE: Final = "multicluster-apps"
FIELD_MANAGER: Final = "multicluster.apps"


def applyset_id(name: str) -> str:
    """The ID of the ApplySet whose parent is the ConfigMap `name`: the value of the label `part-of` of its members.

    The KEP takes it from name, namespace, kind and group of the parent; the core group is the empty string.
    """
    digest = hashlib.sha256(f"{name}.{PARENTS_NAMESPACE}.ConfigMap.".encode()).digest()
    return f"applyset-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}-v1"
