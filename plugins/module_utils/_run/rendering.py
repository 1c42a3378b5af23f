# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The phase that decides: placements, Bases and Descriptions, and the changes that bring a hub there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.claiming import to_measure
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered, Renderer
from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import (
    content_object,
    contents_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import (
    Guards,
    Placement,
    abandoned,
    ask,
    place,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import not_divided
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    ANNOTATION_SUBSCRIPTION,
    RESERVED_NAMESPACE,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import Manifest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete, Put, marked
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ControllerRevision,
    Description,
    ManagedCluster,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import counted
from ansible_collections.multicluster.apps.plugins.module_utils._run.inventories import dividing_changes
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Measure, by_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._run.recovering import with_lost_bases


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about.

    :param subscriptions: `<namespace>/<name>` of each, or None for all.
    :param clusters: names of clusters, or None for all.
    """

    subscriptions: frozenset[str] | None = None
    clusters: frozenset[str] | None = None

    def has_subscription(self, name: str) -> bool:
        """Whether the Subscription `<namespace>/<name>` is in it."""
        return self.subscriptions is None or name in self.subscriptions

    def has_cluster(self, cluster: ManagedCluster) -> bool:
        """Whether the cluster is in it, by the name on the hub or by that of the host."""
        return self.clusters is None or not self.clusters.isdisjoint(cluster_names(cluster))


@dataclass(frozen=True, slots=True)
class Decision:
    """What the phase came to.

    :param changes: what brings the hub to it: what revisions refer to, Bases, Descriptions, then what is removed.
    :param problems: by Subscription, `<namespace>/<name>`: why it, or a part of it, stays as it was.
    """

    placements: tuple[Placement, ...]
    changes: tuple[Change, ...]
    problems: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]


def decide(
    loaded: Loaded,
    scope: Scope,
    guards: Guards,
    codec: TextCodec,
    now: str,
    *,
    strict: bool,
    revisions: bool = True,
    measure: Measure = by_hub,
    anew: bool = False,
) -> Decision:
    """Schedule and render everything in scope.

    :param loaded: the whole hub.
    :param now: the time of deletion of what leaves a cluster.
    :param strict: a patch that misses its target is a problem, not a warning.
    :param revisions: whether what is rendered is kept for later, so that clusters can go back to it.
    :param measure: tells how much room clusters have; asked once, for all that have to be known.
    :param anew: divide replicas as if nothing ran yet.
    :raises InvalidInput: when the scope names what the hub does not hold.
    """
    loaded = with_lost_bases(loaded)
    check_scope(loaded, scope)
    placements, warnings = place_all(loaded, scope, guards, measure, anew=anew)
    problems = {subscription_name(placement): list(placement.problems) for placement in placements}
    leaving = [base for placement in placements for base in placement.leaving]
    for gone in abandoned(loaded.snapshot, guards):
        name = subscription_of(gone.bases[0])
        if scope.has_subscription(name):
            problems[name] = [gone.problem] if gone.problem else []
            leaving += [base for base in gone.bases if not gone.problem or base.meta.is_deleting]
    alive = {item.full_name for item in loaded.snapshot.subscriptions if not item.meta.is_deleting}

    def is_gone(name: str) -> bool:
        return name not in alive and scope.has_subscription(name) and not problems.get(name)

    changes = list(dividing_changes(placements, loaded, is_gone))
    if changes:
        loaded = parse_contents(loaded.contents.with_changes(changes, now), loaded)
    made = _rendered(placements, loaded, scope, Overlay(loaded.snapshot, codec, strict=strict), revisions=revisions)
    changes += changes_for(made.rendered, loaded, revisions=revisions)
    for base in leaving:
        changes.extend(_marked(base, loaded, scope, now))
    for name, found in made.problems:
        problems[name].append(found)
    kept = {name: tuple(_grouped(found)) for name, found in problems.items() if found}
    warnings = [*warnings, *made.warnings, *_forsaken(leaving, loaded)]
    return Decision(placements, tuple(changes), kept, tuple(_grouped(warnings)))


def place_all(
    loaded: Loaded,
    scope: Scope,
    guards: Guards,
    measure: Measure,
    *,
    anew: bool = False,
    survey: bool = False,
    by_status: bool = False,
) -> tuple[tuple[Placement, ...], list[str]]:
    """Schedule everything in scope; with warnings of what dividing could not do or has taken from others.

    :param survey: know the room of clusters also where nothing has to find a place.
    :param by_status: see `schedule.place`.
    :raises InvalidInput: for a capacity of the user's that is malformed.
    """
    asked = ask(loaded.snapshot, scope.subscriptions, anew=anew, survey=survey)
    measured = measure(to_measure([each.claim for each in asked if each.claim is not None]))
    placements = place(asked, loaded.snapshot, guards, measured.rooms, by_status=by_status)
    warnings = [
        f"cluster {cluster.full_name}: how much room it has is not known, so that it keeps what it runs and gets nothing "
        f"new: {measured.unknown[cluster.binding]}"
        for cluster in loaded.snapshot.clusters
        if cluster.binding in measured.unknown
    ]
    names = {cluster.binding: cluster.full_name for cluster in loaded.snapshot.clusters}
    for placement in placements:
        name = subscription_name(placement)
        if not placement.problems:
            warnings += (f"{name}: {each}" for each in (*placement.shortfalls, *_not_divided(placement, loaded)))
        warnings += _given_way(placement, names)
    return placements, warnings


def _given_way(placement: Placement, names: Mapping[str, str]) -> Iterator[str]:
    """A warning for each feed of another Subscription.

    :param names: of the clusters, by binding.
    """
    victims: dict[tuple[str, str], dict[str, int]] = {}
    for each in placement.preempted:
        found = victims.setdefault((f"{each.victim.namespace}/{each.victim.name}", each.feed), {})
        found[names[each.cluster]] = found.get(names[each.cluster], 0) + each.replicas
    for (victim, feed), found in victims.items():
        total = sum(found.values())
        places = [f"{count} in {cluster}" for cluster, count in found.items()]
        more = f" and {len(places) - 5} more clusters" if len(places) > 5 else ""
        yield (
            f"{victim}: {counted(total, 'replica')} of feed {feed} {'gives' if total == 1 else 'give'} way to "
            f"{subscription_name(placement)}, which has a higher priority: {', '.join(places[:5])}{more}"
        )


def _not_divided(placement: Placement, loaded: Loaded) -> Iterator[str]:
    """A warning for each feed of which a part is whole in every cluster."""
    if placement.claim is None or len(placement.clusters) < 2:
        return
    for order in placement.claim.orders:
        source = loaded.snapshot.resolve(order.feed)
        if isinstance(source, Manifest) and (sentence := not_divided(source.template)):
            yield sentence


@dataclass(frozen=True)
class _Made:
    """What was rendered, and by Subscription what could not be."""

    rendered: list[Rendered]
    problems: list[tuple[str, str]]
    warnings: list[str]


def _rendered(
    placements: Sequence[Placement], loaded: Loaded, scope: Scope, overlay: Overlay, *, revisions: bool
) -> _Made:
    renderer = Renderer(loaded.snapshot, overlay, numbered=revisions)
    made = _Made([], [], [])
    for placement in placements:
        name = subscription_name(placement)
        pinned: defaultdict[int, list[str]] = defaultdict(list)
        for cluster in filter(scope.has_cluster, placement.clusters):
            try:
                rendered = renderer.render(placement.subscription, cluster)
            except InvalidInput as error:
                made.problems.extend((name, f"cluster {cluster.full_name}: {problem}") for problem in error.problems)
                continue
            made.rendered.append(rendered)
            made.warnings.extend(f"{name} in {cluster.full_name}: {warning}" for warning in rendered.warnings)
            pinned[rendered.pin or 0].append(cluster.full_name)
        made.warnings.extend(_pinned(name, pinned))
    return made


def changes_for(made: Sequence[Rendered], loaded: Loaded, *, revisions: bool = True) -> tuple[Change, ...]:
    """What brings Bases and Descriptions to what was rendered.

    Kind by kind, so that a kill in between leaves nothing that refers to what is not there, and so that a hub can write many
    at once.

    :param revisions: whether what the Descriptions are is kept, too.
    """
    contents = loaded.contents
    revived = frozenset(_revived((item.base for item in made), contents))
    puts = (
        *(_content_puts(made, contents) if revisions else ()),
        *_puts((item.base for item in made), contents),
        *_puts((raw for item in made for raw in item.descriptions), contents, revived),
    )
    return (*puts, *(delete for item in made for delete in _obsolete(item.base, item.descriptions, loaded)))


def _content_puts(made: Iterable[Rendered], contents: Contents) -> Iterator[Put]:
    done: set[ObjectKey] = set()
    for raw in (raw for item in made for raw in item.descriptions):
        (name,) = contents_of([Description.of(raw)])
        key = ObjectKey(ControllerRevision.GROUP, ControllerRevision.KIND, RESERVED_NAMESPACE, name)
        if key not in contents.objects and key not in done:
            done.add(key)
            yield Put(content_object(raw["spec"], name), None)


def _pinned(name: str, pinned: Mapping[int, Sequence[str]]) -> Iterator[str]:
    for number, clusters in sorted(item for item in pinned.items() if item[0]):
        where = ", ".join(clusters[:5]) + (f" and {len(clusters) - 5} more" if len(clusters) > 5 else "")
        yield f"{name} stays at revision {number} in {where} until multicluster.apps.rollback releases it (state=released)"


def subscription_name(placement: Placement) -> str:
    """`<namespace>/<name>`."""
    return placement.subscription.full_name


def subscription_of(item: Base | Description) -> str:
    """`<namespace>/<name>` of the Subscription that a Base or Description of ours was made for."""
    return item.meta.annotations.get(ANNOTATION_SUBSCRIPTION, "")


def cluster_names(cluster: ManagedCluster) -> tuple[str, ...]:
    """The names that a user may call a cluster by."""
    return tuple(dict.fromkeys((cluster.name, cluster.full_name)))


def check_scope(loaded: Loaded, scope: Scope) -> None:
    """Refuse names that mean nothing: a run for a mistyped name must not succeed by doing nothing.

    :raises InvalidInput: naming what there is.
    """
    snapshot = loaded.snapshot
    known = {each.full_name for each in snapshot.subscriptions}
    known |= {subscription_of(base) for base in snapshot.bases}
    clusters = {name for cluster in snapshot.clusters for name in cluster_names(cluster)}
    problems = []
    for what, wanted, there in (("Subscription", scope.subscriptions, known), ("cluster", scope.clusters, clusters)):
        names = ", ".join(sorted(there)[:10]) or "none"
        more = ", …" if len(there) > 10 else ""
        for name in sorted((wanted or frozenset()) - there):
            problems.append(f"the hub holds no {what} {name!r}; it holds: {names}{more}")
    if problems:
        raise InvalidInput(problems)


def _revived(bases: Iterable[dict[str, Any]], contents: Contents) -> Iterator[str]:
    """The uids of Bases that are being deleted and wanted again: on a server each is made anew, with another uid."""
    for raw in bases:
        stored = contents.objects.get(ObjectKey.of(raw))
        if stored is not None and stored.raw["metadata"].get("deletionTimestamp"):
            yield stored.raw["metadata"]["uid"]


def _forsaken(leaving: Iterable[Base], loaded: Loaded) -> Iterator[str]:
    """A warning for each Base whose cluster nobody knows any more. On a server our finalizer holds it, and only we take that off."""
    for base in leaving:
        if base.meta.namespace in loaded.snapshot.clusters_by_namespace:
            continue
        named = (base, *descriptions_of(base.meta.namespace, base.meta.name, loaded))
        yield (
            f"{base.key}: its ManagedCluster is gone from the hub, so what it delivered cannot be removed; register the "
            "cluster again, or have the hub forget it: multicluster.apps.apply with state=absent of "
            f"{', '.join(str(item.key) for item in named)} (kubectl delete would wait for their finalizer)"
        )


def _puts(
    objects: Iterable[dict[str, Any]], contents: Contents, revived: Collection[str] = frozenset()
) -> Iterator[Put]:
    """What differs from what is stored, and what names an owner that gets another uid: the server would collect it."""
    for raw in objects:
        stored = contents.objects.get(ObjectKey.of(raw))
        owners = {owner.get("uid") for owner in raw["metadata"].get("ownerReferences") or ()}
        if stored is None or stored.version is None or stored.raw != raw or not owners.isdisjoint(revived):
            yield Put(raw, stored.version if stored else None)


def _obsolete(base: dict[str, Any], descriptions: Collection[dict[str, Any]], loaded: Loaded) -> Iterator[Delete]:
    """Descriptions of a Base that feeds nothing of their deployer any more; the ApplySet of the Base remembers their objects."""
    wanted = {raw["metadata"]["name"] for raw in descriptions}
    for description in descriptions_of(base["metadata"]["namespace"], base["metadata"]["name"], loaded):
        stored = loaded.contents.objects[description.key]
        if description.meta.name not in wanted and stored.version is not None:
            yield Delete(description.key, stored.version)


def descriptions_of(namespace: str, base: str, loaded: Loaded) -> tuple[Description, ...]:
    """The Descriptions of a Base that the hub holds, in their order."""
    return loaded.snapshot.descriptions_by_base.get((namespace, base), ())


def _marked(base: Base, loaded: Loaded, scope: Scope, now: str) -> Iterator[Put]:
    """What is to leave a cluster is marked as Kubernetes does, and stays on the hub until it is gone from there."""
    cluster = loaded.snapshot.clusters_by_namespace.get(base.meta.namespace)
    if cluster is None or not scope.has_cluster(cluster):
        return
    for item in (base, *descriptions_of(base.meta.namespace, base.meta.name, loaded)):
        change = marked(loaded.contents.objects[item.key], now)
        if change is not None:
            yield change


def _grouped(messages: Iterable[str]) -> Iterator[str]:
    """Each message once, in order."""
    return iter(dict.fromkeys(messages))
