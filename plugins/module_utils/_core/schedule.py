# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Subscription goes to which clusters, and which clusters it leaves (reference, section "Scheduling")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Final, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.claiming import claim_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.compete import (
    Claim,
    Preemption,
    Served,
    serve,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import Divided
from ansible_collections.multicluster.apps.plugins.module_utils._core.fleet import Fleet
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.reserving import unreserved
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Rows
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Selection, select
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    SCHEDULER_NAMES,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Base, ManagedCluster, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import ReplicaRequirements
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DIVIDING

# By binding.
Rooms: TypeAlias = Mapping[str, ClusterRoom]
_SHOWN_CLUSTERS: Final = 3
NO_ROOMS: Final[Rooms] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Guards:
    """What one run may take away without being told so.

    :param max_removed_clusters: from how many clusters a Subscription may be taken.
    :param fail_on_shortage: a Subscription stays as it is where not all of its replicas have room, or where a rule of its
        dividing cannot be followed.
    """

    max_removed_clusters: int = 1
    fail_on_shortage: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What one Subscription asks for, before anything is decided.

    :param selection: a verdict for each cluster; None where the Subscription could not be judged.
    :param claim: what is to be divided; None where nothing is.
    """

    subscription: Subscription
    selection: Selection | None = None
    claim: Claim | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one Subscription goes.

    :param selection: a verdict for each cluster; None where the Subscription could not be judged.
    :param clusters: the chosen clusters in scheduling order; empty where there are problems.
    :param leaving: our Bases in clusters that are chosen no longer; empty where there are problems.
    :param problems: why nothing was decided. What runs then stays as it is.
    :param claim: what was to be divided; None where nothing was.
    :param divided: how its replicas are divided; with problems, how they would have been, as far as that is known.
    :param preempted: what gives way to it.
    :param rooms: by binding, what clusters had before anything was placed, as far as it had to be known.
    """

    subscription: Subscription
    selection: Selection | None = None
    clusters: tuple[ManagedCluster, ...] = ()
    leaving: tuple[Base, ...] = ()
    problems: tuple[str, ...] = ()
    claim: Claim | None = None
    divided: Divided | None = None
    preempted: tuple[Preemption, ...] = ()
    rooms: Rooms = field(default_factory=dict)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """What dividing could not do, one sentence each."""
        return self.divided.shortfalls if self.divided else ()


@dataclass(frozen=True, slots=True)
class _Move:
    """What a choice of clusters takes away.

    :param there: in how many clusters it is.
    :param going: the clusters that it would newly be taken from.
    """

    there: int
    going: tuple[str, ...]
    leaving: tuple[Base, ...] = ()


_MoveTo: TypeAlias = Callable[[Subscription, Sequence[ManagedCluster]], _Move]


def ask(
    snapshot: Snapshot, only: Collection[str] | None = None, *, anew: bool = False, survey: bool = False
) -> tuple[Asked, ...]:
    """What every Subscription that our scheduler serves asks for; the order is that of the snapshot.

    :param only: `<namespace>/<name>` of the Subscriptions that are placed at all; None for all. What the others run has its
        place, as everything else in the clusters.
    :param anew: divide as if nothing ran yet.
    :param survey: know the room of clusters also where nothing has to find a place.
    """
    fleet = Fleet(snapshot.clusters)
    claim = partial(claim_of, snapshot=snapshot, anew=anew, survey=survey)
    return tuple(
        _ask(each, fleet, claim)
        for each in snapshot.subscriptions
        if not each.meta.is_deleting and each.scheduler_name in SCHEDULER_NAMES
        if only is None or each.full_name in only
    )


def _select(subscription: Subscription, fleet: Fleet) -> Selection:
    """As `select`, for tolerations that Kubernetes would take: it is not guessed what the others were meant to cover.

    :raises InvalidInput: naming the field of a toleration, and for what `select` raises it.
    """
    if problems := subscription.toleration_problems:
        raise InvalidInput(f"{subscription.key}: {problem}" for problem in problems)
    return select(subscription, fleet)


def _ask(
    subscription: Subscription,
    fleet: Fleet,
    claim: Callable[[Subscription, tuple[ManagedCluster, ...]], Claim],
) -> Asked:
    selection = None
    try:
        selection = _select(subscription, fleet)
        if subscription.scheduling_strategy == DIVIDING and selection.selected:
            return Asked(subscription, selection, claim(subscription, selection.selected))
    except InvalidInput as error:
        return Asked(subscription, selection, problems=error.problems)
    return Asked(subscription, selection)


def schedule(
    snapshot: Snapshot, guards: Guards, rooms: Rooms = NO_ROOMS, only: Collection[str] | None = None
) -> tuple[Placement, ...]:
    """Place every Subscription that our scheduler serves; the order is that of the snapshot.

    Subscriptions that are being deleted, or that name another scheduler, have no placement.

    :param rooms: what clusters have, as they were measured or given, where anything has to find a place
        (`claiming.to_measure`).
    """
    return place(ask(snapshot, only), snapshot, guards, rooms)


def place(
    asked: Sequence[Asked], snapshot: Snapshot, guards: Guards, rooms: Rooms, *, by_status: bool = False
) -> tuple[Placement, ...]:
    """Decide, in the order in which they ask.

    What a guard refuses stays as it is, so that it takes nothing and nobody gives way to it.

    :param rooms: what clusters have, as they were measured or given; what is spoken for is taken off here.
    :param by_status: what a Subscription runs on is what its status says, not where our Bases are.
    """
    move_to: _MoveTo
    if by_status:
        move_to = partial(_unbinding, snapshot.clusters)
    else:
        move_to = partial(_leaving, bases_by_name(snapshot), snapshot.clusters)
    placed = {index: _place(each, None, move_to, guards) for index, each in enumerate(asked) if each.claim is None}
    rest = [index for index, each in enumerate(asked) if each.claim is not None]
    claims = [each.claim for each in asked if each.claim is not None]
    left = unreserved(rooms, snapshot, claims)
    firm: set[int] = set()
    while True:

        def accepts(number: int, served: Served) -> bool:
            index = rest[number]
            placed[index] = _place(asked[index], served, move_to, guards, rooms)
            return not placed[index].problems

        serve(claims, left, accepts, firm)
        # Who gave way and may not: it keeps what it has, and the others have to look for room once more.
        victims = {each.victim for index in rest for each in placed[index].preempted}
        stubborn = {
            number
            for number, index in enumerate(rest)
            if placed[index].problems and asked[index].subscription.key in victims
        }
        if not stubborn:
            return tuple(placed[index] for index in range(len(asked)))
        firm |= stubborn


def _place(asked: Asked, served: Served | None, move_to: _MoveTo, guards: Guards, rooms: Rooms = NO_ROOMS) -> Placement:
    problems = asked.problems or (served.problems if served else ())
    if problems or asked.selection is None:
        return Placement(asked.subscription, asked.selection, problems=problems, claim=asked.claim)
    divided = served.divided if served else None
    clusters = divided.clusters if divided else asked.selection.selected
    move = move_to(asked.subscription, clusters)
    placement = Placement(asked.subscription, asked.selection, claim=asked.claim, divided=divided, rooms=rooms)
    going = (*move.going, *_emptied(placement))
    refusals = _refusals(asked.selection, move.there, going, guards) or _unserved(placement, guards)
    if refusals:
        return replace(placement, problems=refusals)
    preempted = served.preempted if served else ()
    return replace(placement, clusters=clusters, leaving=move.leaving, preempted=preempted)


def _emptied(placement: Placement) -> tuple[str, ...]:
    """Clusters that would lose all replicas, though no fewer are asked for: a mistyped weight is not to do that unasked.

    Only where weights alone decide: everything else moves replicas for a reason that is a cluster's.
    """
    divided, claim = placement.divided, placement.claim
    if divided is None or claim is None or divided.divider is not None:
        return ()
    rows = Rows(claim.running, claim.bindings)
    found = [(rows.of(key), each.replicas) for key, each in divided.divisions.items()]
    pairs = [(old, new) for old, new in found if sum(old) <= sum(new)]
    if all(old == new for old, new in pairs):
        return ()
    before, after = (list(map(any, zip(*side, strict=True))) for side in zip(*pairs, strict=True))
    return tuple(
        cluster.full_name for cluster, had, has in zip(claim.clusters, before, after, strict=True) if had and not has
    )


def _unserved(placement: Placement, guards: Guards) -> tuple[str, ...]:
    """Why a division is not carried out: what is delivered without a single replica is as good as removed."""
    if placement.divided is None or placement.claim is None:
        return ()
    found = placement.divided.homeless(placement.claim.running, partial(_why_full, placement))
    return tuple(dict.fromkeys((*found, *placement.shortfalls))) if guards.fail_on_shortage else found


def _why_full(placement: Placement, key: str) -> str:
    """Why none of the clusters has room for a feed, of the first few."""
    claim = placement.claim
    order = next((each for each in claim.orders if each.feed.key == key), None) if claim else None
    if claim is None or order is None:
        return "no cluster is asked"
    needs = ReplicaRequirements.of(order.requirements, f"feed {key}: replicaRequirements")
    rooms = ((cluster, placement.rooms.get(cluster.binding)) for cluster in claim.clusters[:_SHOWN_CLUSTERS])
    found = [
        f"{cluster.full_name}: {room.fullness(needs) if room else 'its room is not known'}" for cluster, room in rooms
    ]
    more = len(claim.clusters) - _SHOWN_CLUSTERS
    return "; ".join([*found, f"and {more} more" if more > 0 else ""]).removesuffix("; ")


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What is left of a Subscription that is gone from the hub.

    :param bases: its Bases, to be taken from their clusters.
    :param problem: why nothing is taken; empty where it may be. A file that got lost must not empty a fleet.
    """

    bases: tuple[Base, ...]
    problem: str = ""


def abandoned(snapshot: Snapshot, guards: Guards) -> tuple[Abandoned, ...]:
    """Our Bases whose Subscription is gone, by Subscription. The ones that `state: absent` marked are consented to."""
    alive = {_base_of(item) for item in snapshot.subscriptions if not item.meta.is_deleting}
    found = (bases for name, bases in bases_by_name(snapshot).items() if name not in alive)
    return tuple(Abandoned(bases, _vanished(_going(bases, snapshot.clusters), guards)) for bases in found)


def _vanished(going: tuple[Base, ...], guards: Guards) -> str:
    if len(going) <= guards.max_removed_clusters:
        return ""
    return (
        f"it is gone from the hub, and would be taken from {len(going)} clusters, more than max_removed_clusters="
        f"{guards.max_removed_clusters}; nothing was removed. Put it back, remove it with state=absent, or raise "
        "max_removed_clusters if that is meant"
    )


def bases_by_name(snapshot: Snapshot) -> Mapping[str, tuple[Base, ...]]:
    """Our Bases; all Bases of one Subscription share their name, each in the namespace of its cluster."""
    found: dict[str, list[Base]] = defaultdict(list)
    for base in snapshot.bases:
        if base.is_ours:
            found[base.meta.name].append(base)
    return {name: tuple(bases) for name, bases in found.items()}


def _base_of(subscription: Subscription) -> str:
    return base_name(subscription.meta.namespace, subscription.meta.name)


def foreign(snapshot: Snapshot) -> tuple[Subscription, ...]:
    """Subscriptions that belong to the scheduler that they name, which is not ours: they are left alone."""
    return tuple(
        subscription
        for subscription in snapshot.subscriptions
        if not subscription.meta.is_deleting and subscription.scheduler_name not in SCHEDULER_NAMES
    )


def bind(subscription: Subscription, clusters: tuple[ManagedCluster, ...], guards: Guards) -> Placement:
    """Choose clusters where Clusternet's controllers deploy: what it runs on is what its status says that it is bound to.

    :returns: without Bases that leave, as Clusternet's controllers see to their own, and with nothing divided.
    """
    try:
        selection = _select(subscription, Fleet(clusters))
    except InvalidInput as error:
        return Placement(subscription, problems=error.problems)
    return _place(Asked(subscription, selection), None, partial(_unbinding, clusters), guards)


def _unbinding(
    known: tuple[ManagedCluster, ...], subscription: Subscription, clusters: Sequence[ManagedCluster]
) -> _Move:
    names = {cluster.binding: cluster.full_name for cluster in known}
    bound = subscription.bound
    chosen = {cluster.binding for cluster in clusters}
    return _Move(len(bound), tuple(names[each] for each in bound if each in names and each not in chosen))


def _leaving(
    bases: Mapping[str, tuple[Base, ...]],
    known: tuple[ManagedCluster, ...],
    subscription: Subscription,
    clusters: Sequence[ManagedCluster],
) -> _Move:
    mine = bases.get(_base_of(subscription), ())
    if not mine:
        return _Move(0, ())
    namespaces = {cluster.meta.namespace for cluster in clusters}
    leaving = tuple(base for base in mine if base.meta.namespace not in namespaces)
    going = _going(leaving, known)
    gone = {base.meta.namespace for base in going}
    names = {cluster.namespace: cluster.full_name for cluster in known if cluster.namespace in gone}
    return _Move(len(mine), tuple(names[base.meta.namespace] for base in going), leaving)


def _going(leaving: tuple[Base, ...], clusters: tuple[ManagedCluster, ...]) -> tuple[Base, ...]:
    """What this run would newly take away: not what an earlier one let go of, nor what no cluster is there for any more."""
    known = {cluster.namespace for cluster in clusters}
    return tuple(base for base in leaving if base.meta.namespace in known and not base.meta.is_deleting)


def _refusals(selection: Selection, there: int, going: Sequence[str], guards: Guards) -> tuple[str, ...]:
    """Reference, "Scheduling" 10: one mistyped label must not empty the fleet.

    :param there: in how many clusters it is.
    :param going: the clusters that it would be taken from.
    """
    if not selection.selected:
        stays = f"; it stays in the {there} where it runs" if there else ""
        return (
            f"none of the {len(selection.fleet.clusters)} clusters is both selected and tolerated{stays}. "
            "Compare spec.subscribers[].clusterAffinity and spec.clusterTolerations with the labels and taints of the "
            "clusters (the reasons, which multicluster.apps.info has, tell why each was turned away)",
        )
    if len(going) > guards.max_removed_clusters:
        places = ", ".join(going[:5]) + (", …" if len(going) > 5 else "")
        return (
            f"this run would take it from {len(going)} clusters ({places}), more than "
            f"max_removed_clusters={guards.max_removed_clusters}; nothing was changed. Raise max_removed_clusters if that is meant",
        )
    return ()
