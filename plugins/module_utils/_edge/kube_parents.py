# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parent object of an ApplySet: a ConfigMap that other tools can read, and the ledger in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import (
    ADDITIONAL_NAMESPACES,
    CONTAINS_GROUP_KINDS,
    PARENT_ID,
    PARENTS_NAMESPACE,
    TOOLING,
    TOOLING_VALUE,
    applyset_id,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import GroupKind, Ledger, Record
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

# An object may have 1 MiB; records that do not fit are left out, and their objects are applied each time.
_RECORDS_LIMIT: Final = 900_000


def parent_of(ledger: Ledger) -> dict[str, Any]:
    """The ConfigMap that says what a ledger says."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": ledger.name,
            "namespace": PARENTS_NAMESPACE,
            "labels": {PARENT_ID: applyset_id(ledger.name)},
            "annotations": {
                TOOLING: TOOLING_VALUE,
                CONTAINS_GROUP_KINDS: ",".join(sorted(_group_kind_text(kind) for kind in ledger.kinds)),
                ADDITIONAL_NAMESPACES: ",".join(sorted(ledger.namespaces)),
            },
        },
        "data": {"subscription": ledger.subscription, "records": _records_text(ledger.records)},
    }


def ledger_of(parent: Mapping[str, Any]) -> Ledger | None:
    """What a parent says; None where another tool's ApplySet has it."""
    metadata = parent["metadata"]
    annotations = metadata.get("annotations") or {}  # a mapping: the reader answers nothing else
    if annotations.get(TOOLING) != TOOLING_VALUE:
        return None
    data = parent.get("data")
    data = data if isinstance(data, Mapping) else {}
    return Ledger(
        name=metadata["name"],
        subscription=str(data.get("subscription", "")),
        kinds=frozenset(map(_group_kind, _items(annotations.get(CONTAINS_GROUP_KINDS)))),
        namespaces=frozenset(_items(annotations.get(ADDITIONAL_NAMESPACES))),
        records=dict(_records(data.get("records"))),
    )


def _group_kind_text(group_kind: GroupKind) -> str:
    group, kind = group_kind
    return f"{kind}.{group}" if group else kind


def _group_kind(text: str) -> GroupKind:
    kind, _dot, group = text.partition(".")
    return group, kind


def _items(text: Any) -> list[str]:
    return [item for item in str(text or "").split(",") if item]


def _records_text(records: Mapping[ObjectKey, Record]) -> str:
    lines = []
    left = _RECORDS_LIMIT
    for key in sorted(records):
        record = records[key]
        name = f"{_group_kind_text((key.group, key.kind))}/{key.namespace}/{key.name}"
        line = f"{name}: {record.desired} {record.live}\n"
        left -= len(line.encode())
        if left < 0:
            break
        lines.append(line)
    return "".join(lines)


def _records(text: Any) -> Iterable[tuple[ObjectKey, Record]]:
    """What can be read of the records; what somebody changed by hand counts as not recorded."""
    for line in str(text or "").splitlines():
        name, _colon, prints = line.rpartition(": ")
        parts, both = name.split("/", 2), prints.split()
        if len(parts) == 3 and len(both) == 2:
            group, kind = _group_kind(parts[0])
            yield ObjectKey(group, kind, parts[1], parts[2]), Record(*both)
