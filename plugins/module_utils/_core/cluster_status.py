# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`status` of a ManagedCluster: from what its API server says, as Clusternet's API has it.

`lastObservedTime` is not written: a run that finds nothing new writes nothing, so it could not be true. The time of the
condition `Ready` says since when the cluster is (or is not) ready.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_label_key
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Quantity, total

Raw = Mapping[str, Any]

READY: Final = "Ready"
# Reasons of the condition. The first two are Clusternet's own.
IS_READY: Final = "ManagedClusterReady"
IS_NOT_READY: Final = "ManagedClusterNotReady"
UNREACHABLE: Final = "ManagedClusterUnreachable"
NO_SERVER: Final = "DirectoryCluster"

# By the status of a node's condition `Ready`; a node without one is lost.
_STATISTICS: Final = {"True": "readyNodes", "False": "notReadyNodes", "Unknown": "unknownNodes"}
_LOST: Final = "lostNodes"
_SUMMED: Final = ("allocatable", "capacity")
_MESSAGE_LIMIT: Final = 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What an API server said.

    :param nodes: the Node objects; None where they may not be read.
    """

    location: str
    version: str
    livez: bool
    readyz: bool
    nodes: Sequence[Raw] | None


def seen_status(before: Raw, seen: Seen, now: str) -> dict[str, Any]:
    """The status of a cluster that answered; what others keep there stays.

    :param before: the status so far.
    :param now: the time of the condition, where it turns.
    """
    status = {
        **before,
        "k8sVersion": seen.version,
        "apiserverURL": seen.location,
        "livez": seen.livez,
        "readyz": seen.readyz,
    }
    if seen.nodes is not None:
        sums = {field: resources(seen.nodes, field) for field in _SUMMED}
        status = {name: value for name, value in status.items() if name not in _SUMMED}
        status["nodeStatistics"] = node_statistics(seen.nodes)
        status.update((field, found) for field, found in sums.items() if found)
    failing = [path for path, good in (("livez", seen.livez), ("readyz", seen.readyz)) if not good]
    if failing:
        return _with_ready(status, "False", IS_NOT_READY, f"the API server fails {' and '.join(failing)}", now)
    return _with_ready(status, "True", IS_READY, "the API server is live and ready", now)


def unreachable_status(before: Raw, reason: str, now: str) -> dict[str, Any]:
    """The status of a cluster that did not answer: what was seen of it last, but nothing is live or ready any more."""
    return _with_ready({**before, "livez": False, "readyz": False}, "Unknown", UNREACHABLE, reason, now)


def directory_status(before: Raw, location: str, now: str) -> dict[str, Any]:
    """The status of a directory cluster: nothing runs there that could be ready, and nothing is said of versions and nodes."""
    message = f"the cluster is the directory {location}; whoever applies its files knows"
    return _with_ready(before, "Unknown", NO_SERVER, message, now)


def ready_condition(status: Raw) -> Raw:
    """The condition `Ready`; empty where there is none."""
    return next((item for item in _conditions(status) if item.get("type") == READY), {})


def _conditions(status: Raw) -> list[Raw]:
    """What are conditions, of what is there: a cluster may answer anything."""
    found = status.get("conditions")
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _with_ready(status: Raw, value: str, reason: str, message: str, now: str) -> dict[str, Any]:
    """The status with that condition; its time is that of the last turn, as everywhere in Kubernetes."""
    before = ready_condition(status)
    turned = now if before.get("status") != value else before.get("lastTransitionTime", now)
    condition = {
        "type": READY,
        "status": value,
        "lastTransitionTime": turned,
        "reason": reason,
        "message": message[:_MESSAGE_LIMIT],
    }
    others = [item for item in _conditions(status) if item.get("type") != READY]
    return {**status, "conditions": [condition, *others]}


def node_statistics(nodes: Iterable[Raw]) -> dict[str, int]:
    """How many nodes are in which state."""
    found = dict.fromkeys([*_STATISTICS.values(), _LOST], 0)
    for node in nodes:
        ready = ready_condition(_mapping(node.get("status")))
        found[_STATISTICS.get(str(ready.get("status")), _LOST)] += 1
    return found


def resources(nodes: Iterable[Raw], field: str) -> dict[str, str]:
    """The sum of the resources of all nodes, by name.

    :param field: `allocatable` or `capacity`.
    """
    found: defaultdict[str, list[Quantity]] = defaultdict(list)
    for node in nodes:
        for name, value in _mapping(_mapping(node.get("status")).get(field)).items():
            amount = _amount(value)
            if amount is not None and is_label_key(name):  # as the names of all resources are
                found[name].append(amount)
    return {name: str(total(found[name])) for name in sorted(found)}


def _amount(value: Any) -> Quantity | None:
    """A quantity; None for what is none: servers accept no such thing, and whatever answered so, the rest counts."""
    try:
        return Quantity.parse(value)
    except InvalidInput:
        return None


def _mapping(value: Any) -> Raw:
    return value if isinstance(value, Mapping) else {}
