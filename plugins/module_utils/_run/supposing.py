# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be: a schedule of what a hub holds, with clusters other than they are. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe, suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import taint_findings
from ansible_collections.multicluster.apps.plugins.module_utils._run.explaining import explained
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Measure, Measured
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import label_text
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    check_scope,
    cluster_names,
    place_all,
    subscription_name,
)

# When a cluster was lost makes no difference.
_SOME_TIME: Final = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Supposition:
    """What would be other than it is; each by the names of clusters.

    :param labels: merged over those of the cluster; None takes one away.
    :param taints: in place of those of the cluster.
    :param without: clusters that are lost.
    :param capacities: what clusters have, whatever they say themselves.
    """

    labels: Mapping[str, Any] = field(default_factory=dict)
    taints: Mapping[str, Any] = field(default_factory=dict)
    without: Sequence[str] = ()
    capacities: Mapping[str, Any] = field(default_factory=dict)


def schedules(
    loaded: Loaded, names: Sequence[str], what: Supposition, measure: Measure
) -> tuple[list[dict[str, Any]], list[str]]:
    """Where Subscriptions would go, and why.

    :param names: `<namespace>/<name>` of each; they compete with one another, and with no other one.
    :param measure: tells how much room clusters have of which nothing is supposed.
    :returns: an answer for each name, as `explaining.explained` has it, and warnings.
    :raises InvalidInput: for what the hub does not hold, and for a supposition that no cluster could be like.
    """
    scope = Scope(frozenset(names))
    check_scope(loaded, scope)
    clusters = _named(loaded, what)
    changed = _changed(loaded, clusters, what)
    measure = _supposing(measure, {clusters[name].binding: (name, each) for name, each in what.capacities.items()})
    unlimited = Guards(max_removed_clusters=len(loaded.snapshot.clusters))
    placements, warnings = place_all(changed, scope, unlimited, measure, survey=bool(what.capacities))
    found = {subscription_name(each): explained(each) for each in placements}
    left_alone = [name for name in names if name not in found]
    if left_alone:
        why = "it is being deleted, or it names another scheduler"
        raise InvalidInput(f"Subscription {name} is not scheduled here: {why}" for name in left_alone)
    return [found[name] for name in names], warnings


def _named(loaded: Loaded, what: Supposition) -> dict[str, ManagedCluster]:
    """The clusters that are spoken of, by the names that are used.

    :raises InvalidInput: with all names that mean nothing.
    """
    known = {name: cluster for cluster in loaded.snapshot.clusters for name in cluster_names(cluster)}
    options = {"labels": what.labels, "taints": what.taints, "without": what.without, "capacities": what.capacities}
    there = ", ".join(sorted(known)[:10]) + (", …" if len(known) > 10 else "")
    problems = [
        f"{option}: the hub holds no cluster {name!r}; it holds: {there or 'none'}{suggest(name, known)}"
        for option, names in options.items()
        for name in names
        if name not in known
    ]
    if problems:
        raise InvalidInput(problems)
    return {name: known[name] for names in options.values() for name in names}


def _changed(loaded: Loaded, clusters: Mapping[str, ManagedCluster], what: Supposition) -> Loaded:
    """The hub with the clusters as they are supposed to be."""
    problems = [*_label_problems(what.labels), *_taint_problems(what.taints)]
    if problems:
        raise InvalidInput(problems)
    objects = dict(loaded.contents.objects)

    def change(name: str, part: str, fields: Mapping[str, Any]) -> None:
        stored = objects[clusters[name].key]
        raw = {**stored.raw, part: {**(stored.raw.get(part) or {}), **fields}}
        objects[stored.key] = StoredObject(raw, stored.version, f"cluster {name} with what is supposed")

    for name, labels in what.labels.items():
        merged = {**clusters[name].meta.labels, **labels}
        change(
            name, "metadata", {"labels": {key: label_text(value) for key, value in merged.items() if value is not None}}
        )
    for name, taints in what.taints.items():
        change(name, "spec", {"taints": taints})
    for name in what.without:
        change(name, "metadata", {"deletionTimestamp": _SOME_TIME})
    return parse_contents(replace(loaded.contents, objects=objects), loaded)


def _label_problems(labels: Mapping[str, Any]) -> Iterator[str]:
    for name, each in labels.items():
        if not isinstance(each, Mapping):
            yield f"labels[{name}]: found {describe(each)}; a mapping of labels to values is accepted, null for none"


def _taint_problems(taints: Mapping[str, Any]) -> Iterator[str]:
    for name, each in taints.items():
        if not isinstance(each, list) or not all(isinstance(taint, Mapping) for taint in each):
            yield f"taints[{name}]: found {describe(each)}; a list of taints is accepted, each with key and effect"
            continue
        for place, taint in enumerate(each):
            where = f"taints[{name}][{place}]"
            yield from (str(finding.below(where)) for finding in taint_findings(taint))


def _supposing(measure: Measure, capacities: Mapping[str, tuple[str, Any]]) -> Measure:
    """Measures what nothing is supposed of.

    :param capacities: by binding, the name that was used and what the cluster is supposed to have.
    """
    given = {binding: ClusterRoom.given(free, f"capacities[{name}]") for binding, (name, free) in capacities.items()}

    def measured(clusters: Sequence[ManagedCluster]) -> Measured:
        rest = measure([cluster for cluster in clusters if cluster.binding not in given])
        told = {cluster.binding: given[cluster.binding] for cluster in clusters if cluster.binding in given}
        return Measured({**rest.rooms, **told}, rest.unknown)

    return measured
