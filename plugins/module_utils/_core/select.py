# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clusters a Subscription goes to, and for every other one why not (reference, "Scheduling" 1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import shorten
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import REPLICATION, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import (
    NO_EXECUTE,
    NO_SCHEDULE,
    PREFER_NO_SCHEDULE,
    Taint,
    Toleration,
    tolerates,
)

# Clusternet's scale: a score of 0 to 100, in which taints count three times.
_FULL_SCORE: Final = 100
_TAINT_WEIGHT: Final = 3

# Clusternet's rule for large fleets: below a hundred clusters all are looked at, and at least a hundred always.
_ALWAYS_FEASIBLE: Final = 100
_LEAST_PERCENTAGE: Final = 5

# How much of the affinities a reason quotes.
_SHOWN_AFFINITIES: Final = 300


class Filter(StrEnum):
    """What turned a cluster away."""

    DELETION = "deletion"
    AFFINITY = "affinity"
    TAINT = "taint"
    SAMPLE = "sample"
    SUBGROUP = "subgroup"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one cluster.

    :ivar subscribers: the places of the subscribers that select it.
    :ivar score: None for a cluster that was turned away before it got one.
    :ivar turned_away_by: None for a chosen cluster.
    :ivar reason: the same in words.
    """

    cluster: ManagedCluster
    subscribers: tuple[int, ...]
    score: int | None
    turned_away_by: Filter | None
    reason: str

    @property
    def is_chosen(self) -> bool:
        """Whether the Subscription goes to the cluster."""
        return self.turned_away_by is None


@dataclass(frozen=True, slots=True)
class Selection:
    """Where a Subscription goes.

    :ivar selected: the chosen clusters, the best first; equals keep the order of the candidates.
    :ivar candidates: what the affinities select, in the order of the subscribers.
    :ivar feasible: the candidates whose taints are tolerated.
    :ivar verdicts: one for each cluster, in the order in which the clusters were given.
    """

    selected: tuple[ManagedCluster, ...]
    candidates: tuple[ManagedCluster, ...]
    feasible: tuple[ManagedCluster, ...]
    verdicts: tuple[Verdict, ...]


def select(subscription: Subscription, clusters: Sequence[ManagedCluster], percentage: int = 100) -> Selection:
    """Choose the clusters of a Subscription.

    :param clusters: in an order that has a meaning: it decides among equals.
    :param percentage: how much of a fleet of a hundred clusters and more is looked at, when replicas are divided; 0
        lets its size decide. It is Clusternet's setting `percentageOfClustersToScore`, 0 there; here everything is
        looked at, since a cluster that a user names must not be left out for the size of the fleet.
    :returns: possibly with nothing selected; what that means is the caller's to say.
    :raises InvalidInput: when subgroups are asked for and a subscriber does not say how large its own is.
    """
    matches = [_matching_subscribers(subscription, cluster) for cluster in clusters]
    # By the first subscriber that selects it, and among its clusters as given: the union in the subscribers' order.
    candidates = sorted(
        (place for place, cluster in enumerate(clusters) if matches[place] and not cluster.meta.is_deleting),
        key=lambda place: matches[place][0],
    )
    limit = _feasible_limit(len(candidates), subscription.scheduling_strategy, percentage)
    tolerations = subscription.cluster_tolerations
    feasible, turned_away = _filter({place: clusters[place].taints for place in candidates}, tolerations, limit)
    scores = _scores({place: clusters[place].taints for place in feasible}, tolerations)
    ranked = sorted(feasible, key=lambda place: -scores[place])
    chosen = _best_of_subgroups(subscription, ranked, matches) if subscription.scheduling_by_subgroup else ranked
    for place in set(ranked).difference(chosen):
        turned_away[place] = (Filter.SUBGROUP, "its subgroups are full with clusters that rank before it")
    wanted = shorten(" or ".join(str(each.cluster_affinity) for each in subscription.subscribers), _SHOWN_AFFINITIES)
    return Selection(
        selected=tuple(clusters[place] for place in chosen),
        candidates=tuple(clusters[place] for place in candidates),
        feasible=tuple(clusters[place] for place in feasible),
        verdicts=tuple(
            _verdict(cluster, matches[place], wanted, scores.get(place), turned_away.get(place))
            for place, cluster in enumerate(clusters)
        ),
    )


def _matching_subscribers(subscription: Subscription, cluster: ManagedCluster) -> tuple[int, ...]:
    return tuple(
        index
        for index, subscriber in enumerate(subscription.subscribers)
        if subscriber.cluster_affinity.matches(cluster.meta.labels)
    )


def _feasible_limit(candidates: int, strategy: str, percentage: int) -> int:
    """After how many feasible clusters the search ends."""
    if candidates < _ALWAYS_FEASIBLE or percentage >= 100 or strategy == REPLICATION:
        return candidates
    if percentage <= 0:
        percentage = max(50 - candidates // 125, _LEAST_PERCENTAGE)
    return max(candidates * percentage // 100, _ALWAYS_FEASIBLE)


def _filter(
    taints: Mapping[int, Sequence[Taint]], tolerations: Sequence[Toleration], limit: int
) -> tuple[list[int], dict[int, tuple[Filter, str]]]:
    """The places of the feasible clusters, and why the others are not."""
    feasible: list[int] = []
    turned_away: dict[int, tuple[Filter, str]] = {}
    for place, of_cluster in taints.items():
        if len(feasible) == limit:
            turned_away[place] = (Filter.SAMPLE, f"not looked at: {limit} feasible clusters come before it")
            continue
        taint = next(
            (
                each
                for each in of_cluster
                if each.effect in (NO_SCHEDULE, NO_EXECUTE) and not tolerates(tolerations, each)
            ),
            None,
        )
        if taint is None:
            feasible.append(place)
        else:
            turned_away[place] = (Filter.TAINT, f"its taint {taint} is not tolerated by spec.clusterTolerations")
    return feasible, turned_away


def _scores(taints: Mapping[int, Sequence[Taint]], tolerations: Sequence[Toleration]) -> dict[int, int]:
    """Fewer taints that ask to stay away score higher; the cluster with most of them has 0."""
    counts = {
        place: sum(each.effect == PREFER_NO_SCHEDULE and not tolerates(tolerations, each) for each in of_cluster)
        for place, of_cluster in taints.items()
    }
    most = max(counts.values(), default=0)
    return {
        place: _TAINT_WEIGHT * (_FULL_SCORE - (_FULL_SCORE * count // most if most else 0))
        for place, count in counts.items()
    }


def _best_of_subgroups(
    subscription: Subscription, ranked: Sequence[int], matches: Sequence[tuple[int, ...]]
) -> list[int]:
    """The best of each subscriber's clusters, in the order of the subscribers; a cluster of several is taken once."""
    groups: list[list[int]] = [[] for _subscriber in subscription.subscribers]
    for place in ranked:
        for index in matches[place]:
            groups[index].append(place)
    chosen: dict[int, None] = {}
    for index, subscriber in enumerate(subscription.subscribers):
        if subscriber.subgroup_min_clusters is None:
            raise InvalidInput(
                f"{subscription.key}: spec.subscribers[{index}].subGroupStrategy: is missing;"
                " schedulingBySubGroup needs minClusters in every subscriber"
            )
        chosen.update(dict.fromkeys(groups[index][: subscriber.subgroup_min_clusters]))
    return list(chosen)


def _verdict(
    cluster: ManagedCluster,
    subscribers: tuple[int, ...],
    wanted: str,
    score: int | None,
    turned_away: tuple[Filter, str] | None,
) -> Verdict:
    if cluster.meta.is_deleting:
        turned_away = (Filter.DELETION, "the cluster is being deleted")
    elif not subscribers:
        turned_away = (Filter.AFFINITY, f"no subscriber selects it; its labels would have to meet {wanted}")
    by, reason = turned_away or (None, "selected by " + ", ".join(f"spec.subscribers[{each}]" for each in subscribers))
    return Verdict(cluster, subscribers, score, by, reason)
