# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all objects of the API have: metadata, an identity, and the mapping they were read from.

The classes of this package's objects are built with `of` from mappings that `objects.parse` has checked; defaults of
the API are applied in the fields, and `raw` stays what the user wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import CREATED_BY, LABEL_CREATED_BY
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


@dataclass(frozen=True, slots=True)
class Meta:
    """`metadata`, with empty strings for what a hub has not filled yet.

    :ivar creation_timestamp: RFC 3339, as written.
    :ivar deletion_timestamp: None unless the object is being deleted.
    """

    name: str
    namespace: str
    uid: str
    creation_timestamp: str
    deletion_timestamp: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    finalizers: tuple[str, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Meta:
        """The metadata of a checked object."""
        meta = raw.get("metadata") or {}
        return cls(
            name=meta.get("name") or "",
            namespace=meta.get("namespace") or "",
            uid=meta.get("uid") or "",
            creation_timestamp=meta.get("creationTimestamp") or "",
            deletion_timestamp=meta.get("deletionTimestamp") or None,
            labels=meta.get("labels") or {},
            annotations=meta.get("annotations") or {},
            finalizers=tuple(meta.get("finalizers") or ()),
        )

    @property
    def is_deleting(self) -> bool:
        """Whether the object has been deleted and only waits for its finalizers."""
        return self.deletion_timestamp is not None


@dataclass(frozen=True, slots=True)
class ApiObject:
    """An object of one of the kinds of this API.

    :ivar raw: the object as it was read.
    """

    GROUP: ClassVar[str]
    KIND: ClassVar[str]

    meta: Meta
    raw: Mapping[str, Any]

    @property
    def key(self) -> ObjectKey:
        """The identity of the object."""
        return ObjectKey(self.GROUP, self.KIND, self.meta.namespace, self.meta.name)

    @property
    def is_ours(self) -> bool:
        """Whether this collection made it."""
        return is_ours(self.raw)

    @property
    def status(self) -> Mapping[str, Any]:
        """What the hub last wrote about the object; empty where it wrote nothing."""
        status = self.raw.get("status")
        return status if isinstance(status, Mapping) else {}


def is_ours(raw: Mapping[str, Any]) -> bool:
    """Whether this collection made an object: nothing else is ever changed or removed by a run."""
    labels = raw["metadata"].get("labels") or {}
    return bool(labels.get(LABEL_CREATED_BY) == CREATED_BY)


def spec_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """`spec`, empty where there is none."""
    return raw.get("spec") or {}
