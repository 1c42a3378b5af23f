# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects on their way into a cluster and out of it: what is taken off, what is put on."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF, applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Desired
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
# What one API server wrote about its own copy; another one refuses or misreads it.
_SERVER_METADATA: Final = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)


def without_server_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The object without `status`, without the metadata that an API server writes and without kubectl's own annotation.

    :raises InvalidInput: where labels or annotations are no mapping.
    """
    metadata = {field: value for field, value in raw["metadata"].items() if field not in _SERVER_METADATA}
    if LAST_APPLIED in _mapping(raw, "annotations"):
        rest = {name: value for name, value in metadata["annotations"].items() if name != LAST_APPLIED}
        metadata = {**metadata, "annotations": rest} if rest else _without(metadata, "annotations")
    return {**{field: value for field, value in raw.items() if field != "status"}, "metadata": metadata}


def prepare(desired: Desired, applyset: str, *, server: bool) -> dict[str, Any]:
    """The object exactly as it goes into the cluster, with our marks.

    :param applyset: the name of the ApplySet that owns it there.
    :param server: whether it goes to an API server: only there ApplySet labels mean something, and `stringData` does
        harm.
    :raises InvalidInput: where labels or annotations are no mapping.
    """
    raw = without_server_fields(desired.raw)
    metadata = dict(raw["metadata"])
    metadata["annotations"] = {**_mapping(raw, "annotations"), ANNOTATION_OWNED_BY_DESCRIPTION: desired.description}
    if server:
        metadata["labels"] = {**_mapping(raw, "labels"), PART_OF: applyset_id(applyset)}
        raw = _with_encoded_string_data(raw)
    return {**raw, "metadata": metadata}


def _mapping(raw: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = raw["metadata"].get(field)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{ObjectKey.of(raw)}: metadata.{field} is no mapping; a mapping of strings is accepted")
    return value


def _without(mapping: Mapping[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != field}


def _with_encoded_string_data(raw: dict[str, Any]) -> dict[str, Any]:
    # `stringData` is write-only: a key that is taken out of it would stay in `data` for ever, and what is in the
    # cluster could not be compared with it.
    strings = raw.get("stringData")
    if (raw["apiVersion"], raw["kind"]) != ("v1", "Secret") or not isinstance(strings, Mapping):
        return raw
    if not all(isinstance(value, str) for value in strings.values()):
        return raw
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in strings.items()}
    return {**_without(raw, "stringData"), "data": {**(raw.get("data") or {}), **encoded}}
