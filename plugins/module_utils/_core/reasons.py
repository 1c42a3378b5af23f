# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why every cluster was chosen or not, and why it has the replicas that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.divide_static import StaticDivision
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import Divided
from ansible_collections.multicluster.apps.plugins.module_utils._core.division_steps import DynamicShare
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Placement
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Verdict
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements

_EMPTY: Final = "selected, but strategy Binpack puts no replica there"
_TOO_MANY: Final = (
    "selected, but maxClusters leaves it out for others that run replicas, are preferred or have more room"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """What became of one cluster.

    :ivar is_chosen: whether the Subscription goes there, or would if nothing kept it from being placed.
    :ivar weight: of the cluster, for static dividing.
    :ivar replicas: by feed key.
    :ivar before: by feed key, the replicas of the plan that this one goes on from, for dynamic dividing.
    :ivar capacity: by feed key, how many more replicas it had room for, where a replica had to find a place; None where
        that is not known.
    :ivar shares: by feed key, how the number came about, in one line.
    """

    verdict: Verdict
    is_chosen: bool
    text: str
    weight: int | None = None
    replicas: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    capacity: Mapping[str, int | None] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> ManagedCluster:
        """The cluster."""
        return self.verdict.cluster


def reasons(placement: Placement) -> tuple[Reason, ...]:
    """A reason for each cluster of the hub, in its order; none where the Subscription could not be judged."""
    if placement.selection is None:
        return ()
    divided = placement.divided
    if divided is None:
        return tuple(Reason(each, each.is_chosen, each.reason) for each in placement.selection.verdicts)
    bound = {cluster.binding for cluster in divided.clusters}
    numbers = _numbers(divided, _Fullness(placement))
    return tuple(
        Reason(each, each.is_chosen, each.reason)
        if not each.is_chosen
        else _divided(each, each.cluster.binding in bound, numbers.get(each.cluster.binding))
        for each in placement.selection.verdicts
    )


def _divided(verdict: Verdict, is_bound: bool, numbers: _Numbers | None) -> Reason:
    if numbers is None:
        return Reason(verdict, False, _TOO_MANY)
    text = verdict.reason if is_bound else _EMPTY
    return Reason(
        verdict,
        is_bound,
        text,
        weight=numbers.weight,
        replicas=numbers.replicas,
        before=numbers.before,
        capacity=numbers.capacity,
        shares=numbers.shares,
    )


@dataclass(slots=True)
class _Numbers:
    """Of one cluster."""

    weight: int | None = None
    replicas: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    capacity: dict[str, int | None] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)


class _Fullness:
    """Why clusters have no room for replicas of a Subscription's feeds: one that turns them away is not a full one."""

    def __init__(self, placement: Placement) -> None:
        self._rooms = placement.rooms
        self._needs = {
            order.feed.key: ReplicaRequirements.of(order.requirements, f"feed {order.feed.key}: replicaRequirements")
            for order in (placement.claim.orders if placement.claim else ())
        }

    def words(self, cluster: ManagedCluster, key: str) -> str:
        """Of a cluster that has no room for a feed; empty where nobody looked."""
        room = self._rooms.get(cluster.binding)
        return "" if room is None else room.fullness(self._needs[key])


def _numbers(divided: Divided, fullness: _Fullness) -> Mapping[str, _Numbers]:
    """By binding, for the clusters that the divisions are about."""
    found = [(cluster, _Numbers()) for cluster in divided.considered]
    for key, division in divided.divisions.items():
        if isinstance(division, StaticDivision):
            _static(key, division, [numbers for _cluster, numbers in found])
        elif divided.divider is not None:
            _dynamic(key, divided.divider.shares(division), found, fullness)
    return {cluster.binding: numbers for cluster, numbers in found}


def _static(key: str, division: StaticDivision, found: list[_Numbers]) -> None:
    for place, numbers in enumerate(found):
        share = division.share(place)
        numbers.weight, numbers.replicas[key], numbers.shares[key] = share.weight, share.replicas, str(share)


def _dynamic(
    key: str, shares: Sequence[DynamicShare], found: Sequence[tuple[ManagedCluster, _Numbers]], fullness: _Fullness
) -> None:
    for share, (cluster, numbers) in zip(shares, found, strict=True):
        told = share if share.capacity != 0 else replace(share, fullness=fullness.words(cluster, key))
        numbers.replicas[key], numbers.before[key], numbers.shares[key] = share.replicas, share.running, str(told)
        if share.was_asked:
            numbers.capacity[key] = share.capacity
