# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clusters a Subscription goes to, and for every other one why not (reference, "Scheduling" 1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain, islice
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.fleet import Fleet
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


@dataclass(frozen=True)
class Selection:
    """Where a Subscription goes.

    :ivar fleet: all clusters of the hub.
    :ivar selected: the chosen clusters, the best first; equals keep the order of the candidates.
    :ivar places: of what the affinities select, in the order of the subscribers.
    :ivar scores: by place, those of the feasible clusters, in that order.
    :ivar turned_away: by place, what turned a candidate away and why.
    """

    subscription: Subscription
    fleet: Fleet
    selected: tuple[ManagedCluster, ...]
    places: Sequence[int]
    scores: Mapping[int, int]
    turned_away: Mapping[int, tuple[Filter, str]]

    @property
    def candidates(self) -> tuple[ManagedCluster, ...]:
        """What the affinities select, in the order of the subscribers."""
        return tuple(self.fleet.clusters[place] for place in self.places)

    @property
    def feasible(self) -> tuple[ManagedCluster, ...]:
        """The candidates whose taints are tolerated."""
        return tuple(self.fleet.clusters[place] for place in self.scores)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each cluster, in the order of the fleet: for whoever asks why; deciding needs none."""
        subscribers = self.subscription.subscribers
        affinities = shorten(" or ".join(str(each.cluster_affinity) for each in subscribers), _SHOWN_AFFINITIES)
        wanted = (
            f"its labels would have to meet {affinities}"
            if subscribers
            else "spec.subscribers is empty; a subscriber with a clusterAffinity is what selects clusters"
        )
        selecting: dict[int, tuple[int, ...]] = {}
        for index, each in enumerate(subscribers):
            for place in self.fleet.matching(each.cluster_affinity):
                selecting[place] = (*selecting.get(place, ()), index)
        return tuple(
            _verdict(cluster, selecting.get(place, ()), wanted, self.scores.get(place), self.turned_away.get(place))
            for place, cluster in enumerate(self.fleet.clusters)
        )


def select(subscription: Subscription, fleet: Fleet, percentage: int = 100) -> Selection:
    """Choose the clusters of a Subscription.

    :param percentage: how much of a fleet of a hundred clusters and more is looked at, when replicas are divided; 0
        lets its size decide. It is Clusternet's setting `percentageOfClustersToScore`, 0 there; here everything is
        looked at, since a cluster that a user names must not be left out for the size of the fleet.
    :returns: possibly with nothing selected; what that means is the caller's to say.
    :raises InvalidInput: when subgroups are asked for and a subscriber does not say how large its own is.
    """
    groups = [fleet.matching(each.cluster_affinity) for each in subscription.subscribers]
    # By the first subscriber that selects it, and among its clusters as given: the union in the subscribers' order.
    candidates = [place for place in dict.fromkeys(chain.from_iterable(groups)) if place not in fleet.leaving]
    limit = _feasible_limit(len(candidates), subscription.scheduling_strategy, percentage)
    tolerations = subscription.cluster_tolerations
    feasible, turned_away = _filter(candidates, fleet.taints, tolerations, limit)
    scores = _scores(feasible, fleet.taints, tolerations)
    ranked = sorted(feasible, key=lambda place: -scores[place])
    chosen = _best_of_subgroups(subscription, ranked, groups) if subscription.scheduling_by_subgroup else ranked
    for place in set(ranked).difference(chosen):
        turned_away[place] = (Filter.SUBGROUP, "its subgroups are full with clusters that rank before it")
    return Selection(
        subscription=subscription,
        fleet=fleet,
        selected=tuple(fleet.clusters[place] for place in chosen),
        places=candidates,
        scores=scores,
        turned_away=turned_away,
    )


def _feasible_limit(candidates: int, strategy: str, percentage: int) -> int:
    """After how many feasible clusters the search ends."""
    if candidates < _ALWAYS_FEASIBLE or percentage >= 100 or strategy == REPLICATION:
        return candidates
    if percentage <= 0:
        percentage = max(50 - candidates // 125, _LEAST_PERCENTAGE)
    return max(candidates * percentage // 100, _ALWAYS_FEASIBLE)


def _filter(
    candidates: Sequence[int], taints: Mapping[int, Sequence[Taint]], tolerations: Sequence[Toleration], limit: int
) -> tuple[list[int], dict[int, tuple[Filter, str]]]:
    """The places of the feasible clusters, and why the others are not."""
    feasible: list[int] = []
    turned_away = {
        place: (Filter.TAINT, f"its taint {taint} is not tolerated by spec.clusterTolerations")
        for place, found in taints.items()
        if (taint := _untolerated(found, tolerations)) is not None
    }
    if not turned_away and limit >= len(candidates):
        return list(candidates), {}
    for place in candidates:
        if len(feasible) == limit:
            turned_away[place] = (Filter.SAMPLE, f"not looked at: {limit} feasible clusters come before it")
        elif place not in turned_away:
            feasible.append(place)
    return feasible, turned_away


def _untolerated(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> Taint | None:
    """The first taint that keeps a Subscription away."""
    keeping = (each for each in taints if each.effect in (NO_SCHEDULE, NO_EXECUTE))
    return next((each for each in keeping if not tolerates(tolerations, each)), None)


def _scores(
    feasible: Sequence[int], taints: Mapping[int, Sequence[Taint]], tolerations: Sequence[Toleration]
) -> dict[int, int]:
    """Fewer taints that ask to stay away score higher; the cluster with most of them has 0."""
    counts = {
        place: sum(each.effect == PREFER_NO_SCHEDULE and not tolerates(tolerations, each) for each in taints[place])
        for place in feasible
        if place in taints
    }
    most = max(counts.values(), default=0)
    scores = dict.fromkeys(feasible, _TAINT_WEIGHT * _FULL_SCORE)
    for place, count in counts.items():
        if count:
            scores[place] = _TAINT_WEIGHT * (_FULL_SCORE - _FULL_SCORE * count // most)
    return scores


def _best_of_subgroups(subscription: Subscription, ranked: Sequence[int], groups: Sequence[Sequence[int]]) -> list[int]:
    """The best of each subscriber's clusters, in the order of the subscribers; a cluster of several is taken once."""
    chosen: dict[int, None] = {}
    for index, subscriber in enumerate(subscription.subscribers):
        if subscriber.subgroup_min_clusters is None:
            raise InvalidInput(
                f"{subscription.key}: spec.subscribers[{index}].subGroupStrategy.minClusters: is missing;"
                " schedulingBySubGroup needs it in every subscriber"
            )
        mine = set(groups[index])
        best = islice((place for place in ranked if place in mine), subscriber.subgroup_min_clusters)
        chosen.update(dict.fromkeys(best))
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
        turned_away = (Filter.AFFINITY, f"no subscriber selects it; {wanted}")
    by, reason = turned_away or (None, "selected by " + ", ".join(f"spec.subscribers[{each}]" for each in subscribers))
    return Verdict(cluster, subscribers, score, by, reason)
