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
from functools import lru_cache
from itertools import repeat
from operator import sub
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS, apportion
from ansible_collections.multicluster.apps.plugins.module_utils._core.nodes import (
    Node,
    PodGroup,
    pod_groups,
    used_by_pods,
)
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
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

# What a capacity that a user gives need not name: whoever says how many pods fit need not count processors, too.
_UNLIMITED: Final = (CPU, MEMORY, EPHEMERAL_STORAGE, PODS)
# More of a resource than any number of replicas can ask for.
_ENDLESS: Final = 2**63 * MOST_REPLICAS
# What `min` of one column alone would be asked with: no node holds more.
_NO_LIMIT: Final = repeat(MOST_REPLICAS)
_NO_PODS: Final[Mapping[str, int]] = MappingProxyType({})


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


@lru_cache(maxsize=2**16)
def label_key(namespace: str, key: str, value: str) -> str:
    """A namespace and a label as one text: the same one, hashed once, for the thousands of clusters that have it."""
    return f"{namespace} {key} {value}"


class ClusterRoom:
    """What the nodes of one cluster have left.

    A value: nothing changes what it answers. It remembers its answers, since the feeds of a fleet ask for few different
    things. What is left stands in a column for each resource, not node by node: each of the thousands of feeds that are
    placed goes over all nodes, and needs few of the resources.
    """

    __slots__ = ("_answers", "_free", "_is_freed", "_pods", "_slots", "_usable", "labelled", "nodes")

    def __init__(self, nodes: Sequence[Node], pods: Counter[PodGroup] | None = None) -> None:
        self.nodes: tuple[Node, ...] = tuple(nodes)
        self._pods = pods
        # The same by `label_key`: every feed of a fleet asks for its own pods.
        labelled: Counter[str] = Counter()
        for (namespace, labels), count in (pods or {}).items():
            for key, value in labels:
                labelled[label_key(namespace, key, value)] += count
        self.labelled: Mapping[str, int] = labelled
        self._slots: Sequence[int] = [node.slots for node in self.nodes]
        resources = {resource for node in self.nodes for resource in node.free}
        self._free: dict[str, list[int]] = {
            resource: [node.free.get(resource, 0) for node in self.nodes] for resource in resources
        }
        self._is_freed = False
        # By the id of the requirements, which are kept beside it: hashing them takes longer than the rest of a look-up.
        # How many replicas each node still holds, and the nodes that have what a replica asks for other than room.
        self._answers: dict[int, tuple[ReplicaRequirements, Sequence[int]]] = {}
        self._usable: dict[int, tuple[ReplicaRequirements, tuple[int, ...]]] = {}

    @classmethod
    def of(cls, nodes: Iterable[Mapping[str, Any]], pods: Iterable[Mapping[str, Any]], where: str = "") -> ClusterRoom:
        """The room of a cluster whose Nodes and Pods were listed.

        Pods on nodes that are not there do not count, nor do those that have no node yet.

        :param where: the cluster, for messages.
        :raises InvalidInput: naming the object and field that is malformed.
        """
        pods = list(pods)
        used = used_by_pods(pods, where)
        found = [Node.of(raw, used, where) for raw in nodes]
        return cls(found, pod_groups(pods, {node.name for node in found}))

    @classmethod
    def given(cls, raw: Any, where: str) -> ClusterRoom:
        """The room of a cluster for which a user says what there is: `{cpu: 16, memory: 64Gi, pods: 100}`.

        It counts as one node that any replica may run on. Processors, memory, ephemeral storage and pods that are not
        named are no limit; of other resources there are none but those that are named.

        :param where: the variable, for messages.
        :raises InvalidInput: naming what is malformed.
        """
        if not isinstance(raw, Mapping) or not raw:
            found = "is empty" if raw == {} else f"found {describe(raw)}"
            raise InvalidInput(
                f"{where}: {found}; a mapping of resources to quantities is accepted, such as"
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

    @property
    def is_counted(self) -> bool:
        """Whether its pods were counted; not where a user says what there is."""
        return self._pods is not None

    def pods(self, namespace: str, labels: LabelSelector) -> int:
        """How many pods with such labels are on its nodes, and have not ended."""
        return sum(
            count
            for (place, found), count in (self._pods or {}).items()
            if place == namespace and labels.matches(dict(found))
        )

    def replicas(self, needs: ReplicaRequirements) -> int:
        """How many replicas it can still take."""
        most = sum(self._holds(needs))
        if self._is_freed:
            # Where pods may go that were freed is not known: a slot of any node will do.
            slots = [(self._slots[place], self.nodes[place]) for place in self._places(needs)]
            most = min(most, sum([slot if node.freed_by else max(0, slot) for slot, node in slots]))
        return max(0, min(most, MOST_REPLICAS))

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

    def fullness(self, needs: ReplicaRequirements) -> str:
        """Why there is room for none, for a cluster of which nothing is left; in one line."""
        if self.replicas(needs):
            return "room for 0, all of it is taken"
        head, _separator, why = str(self.report(needs)).partition("; ")
        return fit(f"{head} ({why})" if why else head)

    def taking(self, needs: ReplicaRequirements, replicas: int) -> ClusterRoom:
        """The room that is left when so many more replicas run here.

        They are spread over the nodes in proportion to what those can hold, as the scheduler of Kubernetes does unless
        told otherwise. What there is no room for is owed by the first node that they may run on.
        """
        holds = self._holds(needs)
        shares = apportion(replicas, holds)
        owed = replicas - sum(shares)
        if owed and (places := self._places(needs)):
            shares[places[0]] += owed
        free = self._free.copy()
        for resource, amount in needs.requests:
            if resource in free:
                free[resource] = [left - amount * share for left, share in zip(free[resource], shares, strict=True)]
        left = self._with(self.nodes, list(map(sub, self._slots, shares)), free, self._is_freed)
        left._usable = self._usable  # the same nodes, with less room
        if not owed:  # whole replicas are gone, so whole replicas less are what each node still holds
            left._answers = {id(needs): (needs, list(map(sub, holds, shares)))}
        return left

    def releasing(self, *leaving: tuple[ReplicaRequirements, int]) -> ClusterRoom:
        """The room that there is when so many replicas of each of these kinds stop running here.

        Which nodes they leave is not known, so what each kind frees counts as a node of its own. On it
        may run what may run wherever they may: what asks for no other nodes and tolerates no less.
        """
        leaving = tuple(each for each in leaving if each[1])
        if not leaving:
            return self
        freed = [{resource: amount * replicas for resource, amount in needs.requests} for needs, replicas in leaving]
        nodes = [
            Node(name="", free=found, slots=replicas, freed_by=needs)
            for (needs, replicas), found in zip(leaving, freed, strict=True)
        ]
        free = {
            resource: [
                *self._free.get(resource, [0] * len(self.nodes)),
                *(found.get(resource, 0) for found in freed),
            ]
            for resource in {*self._free, *(resource for found in freed for resource in found)}
        }
        slots = [*self._slots, *(replicas for _needs, replicas in leaving)]
        return self._with((*self.nodes, *nodes), slots, free, True)

    @classmethod
    def _with(
        cls, nodes: tuple[Node, ...], slots: Sequence[int], free: dict[str, list[int]], is_freed: bool
    ) -> ClusterRoom:
        room = cls.__new__(cls)
        room.nodes, room._slots, room._free, room._is_freed = nodes, slots, free, is_freed
        room._answers, room._usable, room._pods = {}, {}, None
        room.labelled = _NO_PODS
        return room

    def _holds(self, needs: ReplicaRequirements) -> Sequence[int]:
        """How many replicas each node still holds."""
        known = self._answers.get(id(needs))
        if known is not None:
            return known[1]
        found = [count if count > 0 else 0 for count in map(min, *self._columns(needs).values(), _NO_LIMIT)]
        places = self._places(needs)
        if len(places) < len(found):
            usable = set(places)
            found = [count if place in usable else 0 for place, count in enumerate(found)]
        self._answers[id(needs)] = (needs, found)
        return found

    def _columns(self, needs: ReplicaRequirements) -> dict[str, Sequence[int]]:
        """By resource, for how many replicas each node has enough of it."""
        found: dict[str, Sequence[int]] = {PODS: self._slots}
        if self._is_freed:  # of such room only the amounts are limits: the slots of all nodes are counted together
            found[PODS] = [
                MOST_REPLICAS if node.freed_by else slot for node, slot in zip(self.nodes, self._slots, strict=True)
            ]
        for resource, amount in needs.requests:
            free = self._free.get(resource)
            found[resource] = [0] * len(self.nodes) if free is None else [left // amount for left in free]
        return found

    def _places(self, needs: ReplicaRequirements) -> tuple[int, ...]:
        """The nodes on which such a replica may run."""
        known = self._usable.get(id(needs))
        if known is None:
            found = tuple(place for place, node in enumerate(self.nodes) if not node.turns_away(needs))
            known = self._usable[id(needs)] = (needs, found)
        return known[1]
