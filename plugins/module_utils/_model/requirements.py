# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one replica asks of a node: resources, and where it may run (reference, "Scheduling" 8).

The form of the API (`FeedInventory.spec.feeds[].replicaRequirements`) is parsed here, once, into a value that can be
compared with nodes many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe, describe_type
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_label_key
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Quantity
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Toleration
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import SelectorTerm

CPU: Final = "cpu"
MEMORY: Final = "memory"
EPHEMERAL_STORAGE: Final = "ephemeral-storage"
PODS: Final = "pods"

_NATIVE: Final = frozenset({CPU, MEMORY, EPHEMERAL_STORAGE})
_AFFINITY: Final = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True, slots=True)
class ReplicaRequirements:
    """What one replica asks of a node.

    :ivar requests: amounts by resource, without the ones that are zero or less; processors in thousandths.
    :ivar node_selector: labels that the node must have.
    :ivar affinity: terms of which one must hold; None where there is no such condition.
    :ivar tolerations: for the node's taints.
    """

    requests: tuple[tuple[str, int], ...] = ()
    node_selector: tuple[tuple[str, str], ...] = ()
    affinity: tuple[SelectorTerm, ...] | None = None
    tolerations: tuple[Toleration, ...] = ()
    # Values of this class are keys of large tables, and their hash takes longer than a look-up.
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        """Hash once."""
        known = hash((self.requests, self.node_selector, self.affinity, self.tolerations))
        object.__setattr__(self, "_hash", known)

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def of(cls, raw: Mapping[str, Any], where: str = "replicaRequirements") -> ReplicaRequirements:
        """What a mapping in the form of the API describes.

        Requests of resources that no node can offer (`requests.…` names, names without a group) do not count, nor
        do those below zero, as with Clusternet.

        :param where: where the mapping stands, for messages.
        :raises InvalidInput: naming the field that is malformed.
        """
        resources = mapping_at(raw, "resources", where)
        amounts = resource_amounts(resources.get("requests"), f"{where}.resources.requests")
        selector = mapping_at(raw, "nodeSelector", where)
        for key, value in selector.items():
            if not isinstance(key, str) or not isinstance(value, str):
                raise InvalidInput(f"{where}.nodeSelector: found {describe(value)}; strings are accepted (quote them)")
        return cls(
            requests=tuple(sorted((name, amount) for name, amount in amounts.items() if amount > 0 and name != PODS)),
            node_selector=tuple(sorted(selector.items())),
            affinity=_affinity(raw, where),
            tolerations=_tolerations(raw, f"{where}.tolerations"),
        )


def resource_amounts(raw: Any, where: str) -> dict[str, int]:
    """The amounts of a resource list, without the resources that nodes never offer; processors in thousandths.

    :raises InvalidInput: naming the quantity that is malformed.
    """
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise InvalidInput(f"{where}: found {describe_type(raw)}; a mapping of resources to quantities is accepted")
    return {
        name: amount_of(name, Quantity.parse(value, f"{where}[{name}]"))
        for name, value in raw.items()
        if is_node_resource(name)
    }


def amount_of(resource: str, quantity: Quantity) -> int:
    """A quantity as a whole number: thousandths of processors, bytes, devices."""
    return quantity.millis if resource == CPU else quantity.units


def is_node_resource(name: Any) -> bool:
    """Whether a node can offer a resource of this name.

    The four that every node has, huge pages, and what has a group: extended resources and attachable volumes. Names
    that begin with `requests.` are those of quotas.
    """
    if not isinstance(name, str):
        return False
    if name in _NATIVE or name == PODS or name.startswith(("hugepages-", "attachable-volumes-")):
        return True
    return "/" in name and not name.startswith("requests.") and is_label_key(name)


def mapping_at(raw: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    """The mapping at a key; an empty one where there is none.

    :raises InvalidInput: for what is no mapping.
    """
    found = raw.get(key)
    if found is not None and not isinstance(found, Mapping):
        raise InvalidInput(f"{where}.{key}: found {describe_type(found)}; a mapping is accepted")
    return found or {}


def mappings_in(raw: Any, where: str) -> tuple[Mapping[str, Any], ...]:
    """The mappings of a list; none where there is no list.

    :raises InvalidInput: for what is no list of mappings.
    """
    if raw is not None and not isinstance(raw, (list, tuple)):
        raise InvalidInput(f"{where}: found {describe_type(raw)}; a list of mappings is accepted")
    for index, each in enumerate(raw or ()):
        if not isinstance(each, Mapping):
            raise InvalidInput(f"{where}[{index}]: found {describe_type(each)}; a mapping is accepted")
    return tuple(raw or ())


def _tolerations(raw: Mapping[str, Any], where: str) -> tuple[Toleration, ...]:
    found = mappings_in(raw.get("tolerations"), where)
    for index, each in enumerate(found):
        for key in ("key", "operator", "value", "effect"):
            if each.get(key) is not None and not isinstance(each[key], str):
                raise InvalidInput(f"{where}[{index}].{key}: found {describe(each[key])}; a string is accepted")
        seconds = each.get("tolerationSeconds")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int)):
            raise InvalidInput(
                f"{where}[{index}].tolerationSeconds: found {describe(seconds)}; a whole number is accepted"
            )
    return tuple(map(Toleration.of, found))


def _affinity(raw: Mapping[str, Any], where: str) -> tuple[SelectorTerm, ...] | None:
    """What is required of nodes; what is only preferred turns none away."""
    found: Mapping[str, Any] | None = raw
    for key in _AFFINITY.split("."):
        found = mapping_at(found or {}, key, where) if key in (found or {}) else None
    if found is None:
        return None
    terms = mappings_in(found.get("nodeSelectorTerms"), f"{where}.{_AFFINITY}.nodeSelectorTerms")
    return tuple(
        SelectorTerm.parse(each, f"{where}.{_AFFINITY}.nodeSelectorTerms[{index}]") for index, each in enumerate(terms)
    )
