# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes as capacity sees them, and the door for Node and Pod objects (reference, "Scheduling" 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS
from ansible_collections.multicluster.apps.plugins.module_utils._core.pod_requests import pod_requests
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe, describe_type
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import (
    PODS,
    ReplicaRequirements,
    amount_of,
    is_node_resource,
    mapping_at,
    mappings_in,
    resource_amounts,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import (
    NO_EXECUTE,
    NO_SCHEDULE,
    Taint,
    tolerates,
)

# What `kubectl cordon` sets stands for this taint, also in the moment before the taint itself is there.
_UNSCHEDULABLE: Final = Taint("node.kubernetes.io/unschedulable", "", NO_SCHEDULE)
# The namespace and the labels of pods.
PodGroup: TypeAlias = tuple[str, frozenset[tuple[str, str]]]
_FINISHED: Final = frozenset({"Succeeded", "Failed"})


@dataclass(frozen=True, slots=True)
class Node:
    """One node, or what counts as one.

    :ivar free: what is left of each resource; processors in thousandths.
    :ivar slots: how many more pods it takes, up to what a number of replicas can be.
    :ivar taints: only those that keep pods away.
    :ivar overcommitted: the resources of which its pods ask for more than there is.
    :ivar is_anything: whether it has whatever a replica asks of a node but resources.
    :ivar freed_by: what ran in this room, where nothing else is known of it.
    """

    name: str
    free: Mapping[str, int]
    slots: int
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    overcommitted: tuple[str, ...] = ()
    is_anything: bool = False
    freed_by: ReplicaRequirements | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any], used: Mapping[str, Mapping[str, int]], where: str) -> Node:
        """The node that a Node object describes.

        :param used: by node, what its pods use (`used_by_pods`).
        :param where: the cluster, for messages.
        :raises InvalidInput: naming the field that is malformed.
        """
        name = _name(raw, "Node", where)
        here = f"{where}{': ' if where else ''}Node {name}"
        spec, status = mapping_at(raw, "spec", here), mapping_at(raw, "status", here)
        labels = mapping_at(mapping_at(raw, "metadata", here), "labels", f"{here}: metadata")
        if not all(isinstance(text, str) for pair in labels.items() for text in pair):
            raise InvalidInput(f"{here}: metadata.labels: a label has a key and a value, both strings")
        free = resource_amounts(status.get("allocatable"), f"{here}: status.allocatable")
        free.setdefault(PODS, 0)
        for resource, amount in used.get(name, {}).items():
            free[resource] = free.get(resource, 0) - amount
        return cls(
            name=name,
            labels=labels,
            taints=tuple(_taints(spec, here)),
            overcommitted=tuple(sorted(resource for resource, amount in free.items() if amount < 0)),
            slots=min(free.pop(PODS), MOST_REPLICAS),
            free=free,
        )

    def turns_away(self, needs: ReplicaRequirements) -> str:
        """Why such a replica may not run here, whatever room there is; empty where it may."""
        if self.is_anything:
            return ""
        if self.freed_by is not None:
            return "" if _is_at_home(needs, self.freed_by) else "room freed on nodes that it may not run on"
        if any(self.labels.get(key) != value for key, value in needs.node_selector):
            return "nodeSelector"
        if needs.affinity is not None and not any(term.matches(self.name, self.labels) for term in needs.affinity):
            return "nodeAffinity"
        taint = next((each for each in self.taints if not tolerates(needs.tolerations, each)), None)
        return "" if taint is None else f"taint {taint}"


def used_by_pods(pods: Iterable[Mapping[str, Any]], where: str) -> dict[str, dict[str, int]]:
    """By node, what the pods on it ask for, with their number as `pods`; those that have ended do not count.

    :param where: the cluster, for messages.
    :raises InvalidInput: naming the pod and the field that is malformed.
    """
    used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pod in pods:
        name = _name(pod, "Pod", where)
        here = f"{where}{': ' if where else ''}Pod {name}"
        spec, status = mapping_at(pod, "spec", here), mapping_at(pod, "status", here)
        node = spec.get("nodeName")
        if not node or _has_ended(status):
            continue
        if not isinstance(node, str):
            raise InvalidInput(f"{here}: spec.nodeName: found {describe(node)}; the name of a node is accepted")
        on_node = used[node]
        on_node[PODS] += 1
        for resource, quantity in pod_requests(spec, f"{here}: spec").items():
            if resource != PODS and is_node_resource(resource):
                on_node[resource] += amount_of(resource, quantity)
    return used


def pod_groups(pods: Iterable[Mapping[str, Any]], nodes: Collection[str]) -> Counter[PodGroup]:
    """How many pods with the same labels are on these nodes, and have not ended.

    :param pods: checked by `used_by_pods`.
    """
    found: Counter[PodGroup] = Counter()
    for pod in pods:
        meta = pod["metadata"]
        if not _has_ended(pod.get("status") or {}) and (pod.get("spec") or {}).get("nodeName") in nodes:
            labels = meta.get("labels")
            pairs = labels.items() if isinstance(labels, Mapping) else ()
            found[str(meta.get("namespace") or ""), frozenset((str(key), str(value)) for key, value in pairs)] += 1
    return found


def _has_ended(status: Mapping[str, Any]) -> bool:
    return str(status.get("phase")) in _FINISHED


def _is_at_home(needs: ReplicaRequirements, freed: ReplicaRequirements) -> bool:
    """Whether a replica may run wherever one of those that left may."""
    return (
        set(needs.node_selector) <= set(freed.node_selector)
        and needs.affinity in (None, freed.affinity)
        and set(freed.tolerations) <= set(needs.tolerations)
    )


def _taints(spec: Mapping[str, Any], where: str) -> Iterable[Taint]:
    if spec.get("unschedulable") is True:
        yield _UNSCHEDULABLE
    for index, raw in enumerate(mappings_in(spec.get("taints"), f"{where}: spec.taints")):
        if not isinstance(raw.get("key"), str) or not isinstance(raw.get("effect"), str):
            raise InvalidInput(f"{where}: spec.taints[{index}]: a taint has a key and an effect, both strings")
        if raw["effect"] in (NO_SCHEDULE, NO_EXECUTE):
            yield Taint.of(raw)


def _name(raw: Any, kind: str, where: str) -> str:
    meta = raw.get("metadata") if isinstance(raw, Mapping) else None
    name = meta.get("name") if isinstance(meta, Mapping) else None
    if isinstance(meta, Mapping) and isinstance(name, str):
        namespace = meta.get("namespace")
        return f"{namespace}/{name}" if isinstance(namespace, str) and kind == "Pod" else name
    raise InvalidInput(
        f"{where}{': ' if where else ''}found {describe_type(raw)} in the list of {kind}s without a name"
    )
