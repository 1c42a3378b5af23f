# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going back to an earlier revision, and ending that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Renderer
from ansible_collections.multicluster.apps.plugins.module_utils._core.revisions import is_whole, number_of, pin_of
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ManagedCluster,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    changes_for,
    check_scope,
    cluster_names,
    descriptions_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import change_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """What a user asked for.

    :param subscription: `<namespace>/<name>`.
    :param revision: its number; None for the one before the current one.
    :param clusters: names of clusters, or None for all that have the Subscription.
    :param release: end it instead: the next `distribute` renders what is wanted now.
    """

    subscription: str
    revision: int | None = None
    clusters: frozenset[str] | None = None
    release: bool = False


@dataclass(frozen=True, slots=True)
class _Target:
    """One cluster that has the Subscription.

    :param current: the number of what the hub holds for it now.
    :param pin: the number that it is pinned to.
    :param history: the numbers that it can go back to, rising.
    """

    cluster: ManagedCluster
    base: Base
    current: int | None
    pin: int | None
    history: tuple[int, ...]

    def at(self, number: int) -> int | None:
        """What this cluster had when the Subscription was at a revision: its latest up to that number."""
        return max((each for each in self.history if each <= number), default=None)


def rollback(request: RollbackRequest, tools: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Put Descriptions back, or release them; delivery is for `distribute` or `deploy`.

    :returns: as of `tasks.store`, and `clusters`: by name the `revision` that each is at now, `previous` and `pinned`.
    :raises InvalidInput: for a revision or a cluster that there is not; nothing was changed then.
    :raises HubError: when the hub cannot be read or written.
    """
    said: dict[str, Any] = {}

    def plan(contents: Contents, now: str) -> tuple[Sequence[Change], tuple[str, ...]]:
        changes, said["clusters"] = plan_rollback(request, parse_contents(contents), tools.codec, now)
        return changes, ()

    return change_hub(tools, plan, check=check, diff=diff) | said


def plan_rollback(
    request: RollbackRequest, loaded: Loaded, codec: TextCodec, now: str
) -> tuple[tuple[Change, ...], dict[str, dict[str, Any]]]:
    """The changes, and for each cluster where it is now; none where it is so already.

    :param loaded: the whole hub.
    :raises InvalidInput: as `rollback`.
    """
    subscription = _subscription(request, loaded)
    every = _targets(request.subscription, loaded)
    targets = [target for target in every if Scope(clusters=request.clusters).has_cluster(target.cluster)]
    _check_clusters(request, targets)
    chosen = {} if request.release else _chosen(request, targets, every)
    pins = tuple(put for target in targets if (put := _pin(target, chosen.get(target.cluster.namespace), loaded)))
    clusters = {
        target.cluster.full_name: {
            "revision": chosen.get(target.cluster.namespace, target.current),
            "previous": target.current,
            "pinned": not request.release,
        }
        for target in targets
    }
    if request.release:
        return pins, clusters
    pinned = parse_contents(loaded.contents.with_changes(pins, now), loaded)
    renderer = Renderer(pinned.snapshot, Overlay(pinned.snapshot, codec, strict=False))
    made = []
    for target in targets:
        try:
            made.append(renderer.render(subscription, target.cluster))
        except InvalidInput as error:
            raise InvalidInput(
                f"cluster {target.cluster.full_name}: {problem}" for problem in error.problems
            ) from error
    return (*pins, *changes_for(made, pinned)), clusters


def _subscription(request: RollbackRequest, loaded: Loaded) -> Subscription:
    check_scope(loaded, Scope(frozenset([request.subscription]), request.clusters))
    for item in loaded.snapshot.subscriptions:
        if item.full_name == request.subscription:
            return item
    raise InvalidInput(
        f"Subscription {request.subscription} is gone from the hub, and what it delivered is about to follow; store it again "
        "before its clusters go back to a revision"
    )


def _targets(subscription: str, loaded: Loaded) -> list[_Target]:
    namespace, _slash, name = subscription.partition("/")
    snapshot, name = loaded.snapshot, base_name(namespace, name)
    targets = []
    for cluster in snapshot.clusters:
        base = snapshot.bases_by_key.get((cluster.namespace, name))
        if base is None or base.meta.is_deleting or base.meta.labels.get(api.LABEL_CREATED_BY) != api.CREATED_BY:
            continue
        revisions = snapshot.revisions_by_base.get((cluster.namespace, name), ())
        history = tuple(item.number for item in revisions if is_whole(item, snapshot))
        current = number_of(descriptions_of(cluster.namespace, name, loaded))
        targets.append(_Target(cluster, base, current, pin_of(base), history))
    return targets


def _check_clusters(request: RollbackRequest, targets: Sequence[_Target]) -> None:
    found = {name for target in targets for name in cluster_names(target.cluster)}
    problems = [
        f"cluster {name}: nothing of Subscription {request.subscription} is there"
        for name in sorted((request.clusters or frozenset()) - found)
    ]
    if not targets and not problems:
        problems = [
            f"Subscription {request.subscription} is in no cluster; multicluster.apps.distribute brings it there"
        ]
    if problems:
        raise InvalidInput(problems)


def _chosen(request: RollbackRequest, targets: Sequence[_Target], every: Sequence[_Target]) -> Mapping[str, int]:
    """The revision for each cluster, by its namespace on the hub.

    :raises InvalidInput: naming what there is.
    """
    kept = {} if request.revision else {each.cluster.namespace: each.pin for each in targets if each.pin}
    going = [target for target in targets if target.cluster.namespace not in kept]
    chosen = dict(kept)
    if not going:
        return chosen
    number = request.revision or _before(request.subscription, going)
    if number not in {each for target in every for each in target.history}:
        raise InvalidInput(f"Subscription {request.subscription} has no revision {number}; it has: {_shown(every)}")
    problems = []
    for target in going:
        found = target.at(number)
        if found is None:
            problems.append(
                f"cluster {target.cluster.full_name} has no revision of Subscription {request.subscription} up to {number}; "
                f"it has: {_shown([target])}. Name the clusters that have one"
            )
        else:
            chosen[target.cluster.namespace] = found
    if problems:
        raise InvalidInput(problems)
    return chosen


def _before(subscription: str, targets: Sequence[_Target]) -> int:
    """The revision before the current one: the latest that a cluster had before the last that any of them has."""
    current = max((target.current or 0 for target in targets), default=0)
    earlier = [number for target in targets for number in target.history if number < current]
    if not earlier:
        raise InvalidInput(
            f"Subscription {subscription} has no revision before {current or 'the current one'}; it has: {_shown(targets)}"
        )
    return max(earlier)


def _shown(targets: Sequence[_Target]) -> str:
    numbers = sorted({number for target in targets for number in target.history})
    return ", ".join(map(str, numbers)) or "none, as nothing was delivered whole yet"


def _pin(target: _Target, number: int | None, loaded: Loaded) -> Put | None:
    """The Base with the pin, or without one; None where it is so already."""
    if target.pin == number:
        return None
    stored = loaded.contents.objects[target.base.key]
    metadata = stored.raw["metadata"]
    annotations = {key: text for key, text in metadata["annotations"].items() if key != api.ANNOTATION_PINNED}
    if number is not None:
        annotations[api.ANNOTATION_PINNED] = str(number)
    return Put({**stored.raw, "metadata": {**metadata, "annotations": annotations}}, stored.version)
