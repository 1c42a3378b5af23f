# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many replicas a cluster can still take, from its nodes and pods (reference, "Scheduling" 8).

The nodes of a cluster are read once; every feed of every Subscription then asks the same `ClusterRoom`. What is decided
in a run takes room from those who ask later (`taking`), and what is preempted gives room (`releasing`). Everything here
is an estimate, as any look from outside is: the cluster's own scheduler has the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS, apportion
from ansible_collections.multicluster.apps.plugins.module_utils._core.nodes import Node, used_by_pods
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe, suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.quantity import Quantity
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import (
    CPU,
    EPHEMERAL_STORAGE,
    MEMORY,
    PODS,
    ReplicaRequirements,
    amount_of,
    is_node_resource,
)

# What a capacity that a user gives need not name: whoever says how many pods fit need not count processors, too.
_UNLIMITED: Final = (CPU, MEMORY, EPHEMERAL_STORAGE, PODS)
# More of a resource than any number of replicas can ask for.
_ENDLESS: Final = 2**63 * MOST_REPLICAS


@dataclass(frozen=True, slots=True)
class CapacityReport:
    """Why a cluster can take so many replicas and no more.

    :ivar replicas: how many it can take.
    :ivar nodes: of how many nodes in all.
    :ivar usable: on how many of them a replica may run at all.
    :ivar turned_away: what keeps replicas off the others, and how many nodes each.
    :ivar limits: what runs out first, and on how many of the usable nodes.
    :ivar overcommitted: nodes whose pods ask for more than there is, with the resources.
    """

    replicas: int
    nodes: int
    usable: int
    turned_away: tuple[tuple[str, int], ...]
    limits: tuple[tuple[str, int], ...]
    overcommitted: tuple[str, ...]

    def __str__(self) -> str:
        """In one line: `room for 12 on 3 of 5 nodes; cpu runs out on 2; 2 turned away: taint gpu:NoSchedule`."""
        parts = [f"room for {self.replicas} on {self.usable} of {self.nodes} nodes"]
        parts += [f"{resource} runs out on {count}" for resource, count in self.limits]
        parts += [f"{count} turned away: {reason}" for reason, count in self.turned_away]
        parts += [f"overcommitted: {', '.join(self.overcommitted)}"] if self.overcommitted else []
        return "; ".join(parts)


class ClusterRoom:
    """What the nodes of one cluster have left.

    A value: nothing changes what it answers. It remembers its answers, since the feeds of a fleet ask for few different
    things. What is left stands in a column for each resource, not node by node: each of the thousands of feeds that are
    placed goes over all nodes, and needs few of the resources.
    """

    __slots__ = ("_answers", "_free", "_slots", "_usable", "nodes")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes: tuple[Node, ...] = tuple(nodes)
        self._slots: Sequence[int] = [node.slots for node in self.nodes]
        resources = {resource for node in self.nodes for resource in node.free}
        self._free: dict[str, list[int]] = {
            resource: [node.free.get(resource, 0) for node in self.nodes] for resource in resources
        }
        # How many replicas each node still holds.
        self._answers: dict[ReplicaRequirements, Sequence[int]] = {}
        # By what a replica asks of nodes other than room: the nodes that have it.
        self._usable: dict[tuple[Any, ...], tuple[int, ...]] = {}

    @classmethod
    def of(cls, nodes: Iterable[Mapping[str, Any]], pods: Iterable[Mapping[str, Any]], where: str = "") -> ClusterRoom:
        """The room of a cluster whose Nodes and Pods were listed.

        Pods on nodes that are not there do not count, nor do those that have no node yet.

        :param where: the cluster, for messages.
        :raises InvalidInput: naming the object and field that is malformed.
        """
        used = used_by_pods(pods, where)
        return cls([Node.of(raw, used, where) for raw in nodes])

    @classmethod
    def given(cls, raw: Any, where: str) -> ClusterRoom:
        """The room of a cluster for which a user says what is free: `{cpu: 16, memory: 64Gi, pods: 100}`.

        It counts as one node that any replica may run on. Processors, memory, ephemeral storage and pods that are not
        named are no limit; of other resources there are none but those that are named.

        :param where: the variable, for messages.
        :raises InvalidInput: naming what is malformed.
        """
        if not isinstance(raw, Mapping) or not raw:
            raise InvalidInput(
                f"{where}: found {describe(raw)}; a mapping of resources to quantities is accepted, such as"
                " {cpu: 16, memory: 64Gi, pods: 100}"
            )
        free = dict.fromkeys(_UNLIMITED, _ENDLESS)
        for name, value in raw.items():
            if not is_node_resource(name):
                raise InvalidInput(
                    f"{where}: found the key {describe(name)}; accepted: {', '.join(_UNLIMITED)}, hugepages-<size> and"
                    f" extended resources such as nvidia.com/gpu{suggest(name, _UNLIMITED)}"
                )
            amount = amount_of(name, Quantity.parse(value, f"{where}[{name}]"))
            if amount < 0:
                raise InvalidInput(f"{where}[{name}]: found {describe(value)}; quantities from 0 on are accepted")
            free[name] = amount
        slots = min(free.pop(PODS), MOST_REPLICAS)
        return cls([Node(name="", free=free, slots=slots, is_anything=True)])

    def replicas(self, needs: ReplicaRequirements) -> int:
        """How many replicas it can still take."""
        return min(sum(self._holds(needs)), MOST_REPLICAS)

    def report(self, needs: ReplicaRequirements) -> CapacityReport:
        """How many replicas it can still take, and why."""
        turned_away = Counter(reason for node in self.nodes if (reason := node.turns_away(needs)))
        places = self._places(needs)
        columns = sorted(self._columns(needs).items())
        limits = Counter(min((column[place], name) for name, column in columns)[1] for place in places)
        return CapacityReport(
            replicas=self.replicas(needs),
            nodes=len(self.nodes),
            usable=len(places),
            turned_away=tuple(sorted(turned_away.items())),
            limits=tuple(sorted(limits.items())),
            overcommitted=tuple(
                f"{node.name} ({', '.join(node.overcommitted)})" for node in self.nodes if node.overcommitted
            ),
        )

    def taking(self, needs: ReplicaRequirements, replicas: int) -> ClusterRoom:
        """The room that is left when so many more replicas run here.

        They are spread over the nodes in proportion to what those can hold, as the scheduler of Kubernetes does unless
        told otherwise. More than there is room for leaves none on the nodes that they may run on.
        """
        holds = self._holds(needs)
        shares = apportion(replicas, holds)
        free = self._free.copy()
        for resource, amount in needs.requests:
            if resource in free:
                free[resource] = [left - amount * share for left, share in zip(free[resource], shares, strict=True)]
        left = self._with(self.nodes, list(map(sub, self._slots, shares)), free)
        left._usable = self._usable  # the same nodes, with less room
        # Whole replicas are gone, so whole replicas less are what each node still holds.
        left._answers = {needs: list(map(sub, holds, shares))}
        return left

    def releasing(self, needs: ReplicaRequirements, replicas: int) -> ClusterRoom:
        """The room that there is when so many replicas of this kind stop running here.

        Which nodes they leave is not known, so what they free counts as a node of its own. On it may run what may run
        wherever they may: what asks for no other nodes and tolerates no less.
        """
        if not replicas:
            return self
        freed = {resource: amount * replicas for resource, amount in needs.requests}
        free = {
            resource: [*self._free.get(resource, [0] * len(self.nodes)), freed.get(resource, 0)]
            for resource in {*self._free, *freed}
        }
        node = Node(name="", free=freed, slots=replicas, freed_by=needs)
        return self._with((*self.nodes, node), [*self._slots, replicas], free)

    @classmethod
    def _with(cls, nodes: tuple[Node, ...], slots: Sequence[int], free: dict[str, list[int]]) -> ClusterRoom:
        room = cls.__new__(cls)
        room.nodes, room._slots, room._free = nodes, slots, free
        room._answers, room._usable = {}, {}
        return room

    def _holds(self, needs: ReplicaRequirements) -> Sequence[int]:
        """How many replicas each node still holds."""
        known = self._answers.get(needs)
        if known is None:
            known = [count if count > 0 else 0 for count in map(min, zip(*self._columns(needs).values(), strict=True))]
            places = self._places(needs)
            if len(places) < len(known):
                usable = set(places)
                known = [count if place in usable else 0 for place, count in enumerate(known)]
            self._answers[needs] = known
        return known

    def _columns(self, needs: ReplicaRequirements) -> dict[str, Sequence[int]]:
        """By resource, for how many replicas each node has enough of it."""
        found: dict[str, Sequence[int]] = {PODS: self._slots}
        for resource, amount in needs.requests:
            free = self._free.get(resource)
            found[resource] = [0] * len(self.nodes) if free is None else [left // amount for left in free]
        return found

    def _places(self, needs: ReplicaRequirements) -> tuple[int, ...]:
        """The nodes on which such a replica may run."""
        where = (needs.node_selector, needs.affinity, needs.tolerations)
        known = self._usable.get(where)
        if known is None:
            known = tuple(place for place, node in enumerate(self.nodes) if not node.turns_away(needs))
            self._usable[where] = known
        return known
