# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for Clusternet's controllers: looking at what they wrote until they have caught up with what is on the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet import (
    Expected,
    Progress,
    View,
    bound_namespaces,
    departing,
    not_scheduled,
    progress,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet_outcome import Watched, outcome
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# What the controllers write; each is a list request in each look.
_KINDS: Final = ("Subscription", "Base", "Description", "HelmChart")
_NOBODY_THERE: Final = "no Lease shows that Clusternet's controllers run on this hub: are they running?"

Expect: TypeAlias = Callable[[Subscription, ManagedCluster], Expected]
"""What a Subscription's Descriptions in a cluster should hold; raises InvalidInput where nobody can say."""

OnOutcome: TypeAlias = Callable[[ClusterOutcome, int], None]


@dataclass(frozen=True)
class Task:
    """What is waited for.

    :param subscriptions: their full names.
    :param clusters: those that the run is about, in order.
    :param before: what the controllers had written when the run began.
    :param calm: this run changed nothing: where all is well at first sight, no second look is needed.
    :param chosen: by Subscription, the bindings that it selects now; only those whose schedule this run may have changed.
    """

    subscriptions: Sequence[str]
    clusters: Sequence[ManagedCluster]
    before: View
    expect: Expect
    calm: bool
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Awaited:
    """What came of it.

    :param outcomes: in the order of the clusters.
    :param problems: by Subscription: why it is nowhere.
    """

    outcomes: tuple[ClusterOutcome, ...]
    problems: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()


def await_clusternet(task: Task, options: DeliveryOptions, tools: Tools, on_outcome: OnOutcome) -> Awaited:
    """Look until all is done, or `wait_timeout` is over.

    A phase that Clusternet wrote does not say which content it is about. So where something changes, two looks in a row have
    to show the same.

    :param on_outcome: called as clusters are done, with the number of clusters that are known by then.
    :raises HubError: when the hub cannot be read.
    """
    clock, start = tools.clock, tools.clock.now()
    told: set[str] = set()
    previous: _Look | None = None
    while True:
        contents = tools.hub.load(kinds=_KINDS)
        look = _Look(task, View(parse_contents(contents).snapshot), options)
        seconds = clock.now() - start
        is_over = seconds >= options.wait_timeout
        late = f"not within {options.wait_timeout:g} s"
        for cluster in task.clusters:
            done = is_over or look.is_done(cluster, previous)
            if cluster.namespace in look.watched and done and cluster.namespace not in told:
                told.add(cluster.namespace)
                on_outcome(look.outcome(cluster, tools.hub.location, late, seconds), len(look.watched))
        if is_over or look.all_done(previous):
            break
        previous = look
        clock.sleep(min(options.wait_sleep, max(0.0, options.wait_timeout - seconds)))
    hint = () if contents.clusternet else (_NOBODY_THERE,)
    return Awaited(
        tuple(
            look.outcome(cluster, tools.hub.location, late, seconds)
            for cluster in task.clusters
            if cluster.namespace in look.watched
        ),
        {
            name: tuple(f"{late}: {text}" if waits else text for waits, text in found)
            for name, found in look.problems.items()
        },
        hint,
    )


class _Look:
    """What one look at the hub shows.

    :ivar watched: by the namespace of the cluster.
    :ivar problems: by Subscription; whether it is worth waiting for, and what it is.
    """

    def __init__(self, task: Task, view: View, options: DeliveryOptions) -> None:
        self._task = task
        self._view = view
        self._options = options
        self.watched: dict[str, list[Watched]] = {}
        self.problems: dict[str, list[tuple[bool, str]]] = {}
        self._clusters = {cluster.namespace: cluster for cluster in task.clusters}
        for name in task.subscriptions:
            self._see(name)

    def is_done(self, cluster: ManagedCluster, previous: _Look | None) -> bool:
        """Whether nothing more is to be expected in a cluster."""
        items = self.watched.get(cluster.namespace, [])
        if any(map(self._waits, items)) or any(waits for found in self.problems.values() for waits, _text in found):
            return False
        if previous is None:
            return self._task.calm
        return _settled(items) == _settled(previous.watched.get(cluster.namespace, []))

    def all_done(self, previous: _Look | None) -> bool:
        """Whether nothing more is to be expected anywhere."""
        if any(waits for found in self.problems.values() for waits, _text in found):
            return False
        if self.problems and previous is None and not self._task.calm:
            return False
        return all(self.is_done(self._clusters[namespace], previous) for namespace in self.watched)

    def outcome(self, cluster: ManagedCluster, location: str, late: str, seconds: float) -> ClusterOutcome:
        """What came of a cluster, as of this look."""
        items = self.watched[cluster.namespace]
        return outcome(cluster.full_name, location, items, late=late, health_counts=self._options.wait, seconds=seconds)

    def _waits(self, item: Watched) -> bool:
        """With `wait`, a failure is no end: Clusternet tries again, and so is what is not healthy yet."""
        seen = item.progress
        if seen is None:
            return False
        return bool(seen.waiting) or (self._options.wait and bool(seen.failures or item.unhealthy))

    def _see(self, name: str) -> None:
        subscription = self._view.subscriptions.get(name)
        if subscription is None or subscription.meta.is_deleting:
            self.problems[name] = [(False, "somebody removed it while this run waited for Clusternet")]
            return
        if lacking := not_scheduled(subscription) or self._misplaced(name, subscription):
            self.problems[name] = [(True, lacking)]
            return
        if not bound_namespaces(subscription):
            self.problems[name] = [(False, "Clusternet's scheduler found no cluster for it, so it runs nowhere now")]
        for namespace, watched in self._parts(name, subscription):
            if namespace in self._clusters:
                self.watched.setdefault(namespace, []).append(watched)

    def _misplaced(self, name: str, subscription: Subscription) -> str:
        bound = frozenset(subscription.bound)
        chosen = self._task.chosen.get(name, bound)
        if chosen == bound:
            return ""
        return f"it selects {', '.join(sorted(chosen)) or 'no cluster'} now, and is bound to {', '.join(sorted(bound)) or 'none'}"

    def _parts(self, name: str, subscription: Subscription) -> Iterator[tuple[str, Watched]]:
        bound = bound_namespaces(subscription)
        for namespace in bound:
            if namespace in self._clusters:
                yield namespace, self._part(name, subscription, self._clusters[namespace])
        leaving = departing(subscription, self._view)
        for namespace in dict.fromkeys((*leaving, *self._task.before.bases(subscription))):
            if namespace not in bound:
                yield namespace, Watched(name, self._before(subscription, namespace), leaving.get(namespace))

    def _part(self, name: str, subscription: Subscription, cluster: ManagedCluster) -> Watched:
        before = self._before(subscription, cluster.namespace)
        try:
            expected = self._task.expect(subscription, cluster)
        except InvalidInput as error:
            problems = tuple(f"Subscription {name}: {problem}" for problem in error.problems)
            held = self._view.content(subscription, cluster.namespace)
            return Watched(name, before, Progress(name, "", content=held), problems)
        return Watched(
            name, before, progress(subscription, cluster.namespace, self._view, replace(expected, before=before))
        )

    def _before(self, subscription: Subscription, namespace: str) -> dict[ObjectKey, object]:
        return self._task.before.content(subscription, namespace)


def _settled(items: Sequence[Watched]) -> list[Watched]:
    """What has to be the same in two looks: all but the reports of the agents, which never end."""
    return [replace(item, progress=replace(item.progress, observed={}) if item.progress else None) for item in items]
