# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pod asks for in all, from its spec (reference, "Scheduling" 8).

A limit stands for a missing request. Init containers run one after the other before the others, so only the largest
counts; one with `restartPolicy: Always` (a sidecar, KEP-753) stays, so it counts beside everything that starts after it.
Requests of the pod as a whole (KEP-2837) replace the sum for the resources that they name, and overhead comes on top.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe_type
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Quantity
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import mapping_at, mappings_in

Amounts: TypeAlias = dict[str, Quantity]
_AmountsOf: TypeAlias = Callable[[Mapping[str, Any], str], Amounts]

_NOTHING = Quantity(0)


def pod_requests(spec: Mapping[str, Any], where: str) -> Amounts:
    """What a pod of this spec asks for, by resource.

    :param where: the spec, for messages.
    :raises InvalidInput: naming the field that is malformed.
    """
    own = _quantities(_resources(spec, where), "requests", f"{where}.resources")
    own = {**_quantities(_resources(spec, where), "limits", f"{where}.resources"), **own}
    total = {**_of_containers(spec, where, _requests_of), **own}
    return _sum(total, _quantities(spec, "overhead", where))


def pod_limits(spec: Mapping[str, Any], where: str) -> Amounts:
    """The limits of a pod of this spec, by resource; overhead comes on top of those that there are.

    :raises InvalidInput: naming the field that is malformed.
    """
    total = {
        **_of_containers(spec, where, _limits_of),
        **_quantities(_resources(spec, where), "limits", f"{where}.resources"),
    }
    overhead = _quantities(spec, "overhead", where)
    return _sum(total, {name: amount for name, amount in overhead.items() if name in total})


def _of_containers(spec: Mapping[str, Any], where: str, amounts_of: _AmountsOf) -> Amounts:
    running: Amounts = {}
    for index, container in enumerate(mappings_in(spec.get("containers"), f"{where}.containers")):
        running = _sum(running, amounts_of(container, f"{where}.containers[{index}]"))
    sidecars: Amounts = {}
    starting: Amounts = {}
    for index, container in enumerate(mappings_in(spec.get("initContainers"), f"{where}.initContainers")):
        amounts = amounts_of(container, f"{where}.initContainers[{index}]")
        if container.get("restartPolicy") == "Always":
            sidecars = _sum(sidecars, amounts)
        else:
            starting = _larger(starting, _sum(amounts, sidecars))
    return _larger(_sum(running, sidecars), starting)


def _requests_of(container: Mapping[str, Any], where: str) -> Amounts:
    resources = _resources(container, where)
    requests = _quantities(resources, "requests", f"{where}.resources")
    return {**_quantities(resources, "limits", f"{where}.resources"), **requests}


def _limits_of(container: Mapping[str, Any], where: str) -> Amounts:
    return _quantities(_resources(container, where), "limits", f"{where}.resources")


def _resources(raw: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    return mapping_at(raw, "resources", where)


def _quantities(raw: Mapping[str, Any], key: str, where: str) -> Amounts:
    found = mapping_at(raw, key, where)
    for name in found:
        if not isinstance(name, str):
            raise InvalidInput(f"{where}.{key}: found {describe_type(name)} as a key; names of resources are accepted")
    return {name: Quantity.parse(value, f"{where}.{key}[{name}]") for name, value in found.items()}


def _sum(left: Amounts, right: Amounts) -> Amounts:
    if not right:
        return left
    return {**left, **{name: left.get(name, _NOTHING) + amount for name, amount in right.items()}}


def _larger(left: Amounts, right: Amounts) -> Amounts:
    if not right:
        return left
    return {**left, **{name: amount for name, amount in right.items() if name not in left or amount > left[name]}}
