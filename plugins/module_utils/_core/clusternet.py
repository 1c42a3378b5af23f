# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far Clusternet's own controllers are with a Subscription (`engine: clusternet`).

What they write, in their order (Clusternet 0.17): the scheduler `status.bindingClusters` and `status.specHash` of the
Subscription; the deployer, for whatever scheduler bound it, a Base in the namespace of each bound cluster, its Descriptions,
and when it has applied one `status.phase`. Names end at random; what belongs together says so by uid, in labels. A phase does
not say which content it is about, and is not reset when that changes: whoever waits looks at the content, and twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet_content import Content, content_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import status_spec_hash
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed, ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Base, Description, Subscription
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

_SUCCESS: Final = "Success"
_FAILURE: Final = "Failure"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the Descriptions of a Subscription in a cluster should hold.

    :param content: with every policy in it.
    :param remade: what this run changed in such a way that Clusternet makes it anew in each Description.
    :param later: what an `ApplyLater` policy is for, or was until now: it may hold the policy or not.
    :param before: what they held before this run.
    """

    content: Content
    remade: frozenset[ObjectKey] = frozenset()
    later: frozenset[ObjectKey] = frozenset()
    before: Content = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far Clusternet is with one Subscription in one cluster.

    :param waiting: what is still to come, one sentence each; empty where it has caught up.
    :param failures: Descriptions that Clusternet could not apply, one sentence each.
    :param notes: what is as Clusternet left it and other than we would have made it, one sentence each.
    :param content: what the Descriptions hold.
    :param described: the Description of each object, as `<namespace>.<name>`.
    :param observed: the status of the objects that Clusternet's agents reported.
    """

    subscription: str
    base: str
    waiting: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    content: Content = field(default_factory=dict)
    described: Mapping[ObjectKey, str] = field(default_factory=dict)
    observed: Mapping[ObjectKey, Mapping[str, Any]] = field(default_factory=dict)


class View:
    """What Clusternet's controllers have written, as of one look at the hub."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.subscriptions: Mapping[str, Subscription] = {item.full_name: item for item in snapshot.subscriptions}
        self._charts = {chart.key: chart for chart in snapshot.charts}
        self._bases: dict[str, dict[str, Base]] = defaultdict(dict)
        self._descriptions: dict[str, list[Description]] = defaultdict(list)
        # The newest one is the one that Clusternet itself goes on with, should there be several.
        for base in sorted(snapshot.bases, key=lambda item: item.meta.creation_timestamp):
            self._bases[base.meta.labels.get(api.LABEL_SUBSCRIPTION_UID, "")][base.meta.namespace] = base
        for description in snapshot.descriptions:
            self._descriptions[description.meta.labels.get(api.LABEL_CONFIG_UID, "")].append(description)

    def bases(self, subscription: Subscription) -> Mapping[str, Base]:
        """The Bases of a Subscription, by the namespace of their cluster."""
        return self._bases.get(subscription.meta.uid, {})

    def descriptions(self, base: Base) -> tuple[Description, ...]:
        """The Descriptions of a Base, by name."""
        found = self._descriptions.get(base.meta.uid, ())
        return tuple(item for item in found if item.meta.namespace == base.meta.namespace)

    def content(self, subscription: Subscription, namespace: str) -> dict[ObjectKey, Any]:
        """What the Descriptions of a Subscription in a cluster hold."""
        base = self.bases(subscription).get(namespace)
        return _united(self.descriptions(base)) if base else {}

    def missing_charts(self, subscription: Subscription) -> Iterator[str]:
        """Charts that Clusternet did not find in their repository: it makes no Description until it does."""
        for feed in subscription.feeds:
            chart = self._charts.get(feed.object_key)
            if chart is not None and chart.status.get("phase") == "NotFound":
                yield f"Clusternet does not find the chart of {chart.key}: {chart.status.get('reason') or 'no reason given'}"


def bound_namespaces(subscription: Subscription) -> tuple[str, ...]:
    """The namespaces of the clusters that a Subscription is bound to, in the order of its status."""
    return tuple(binding.partition("/")[0] for binding in subscription.bound)


def not_scheduled(subscription: Subscription) -> str:
    """What the schedule still lacks; empty where it is about the present spec."""
    status = subscription.status
    if "specHash" not in status and not subscription.bound:
        return "no scheduler has bound it to clusters yet (its status is empty)"
    wanted = status_spec_hash(subscription.raw)
    if status.get("specHash") != wanted:
        return f"its status is still about an earlier spec (specHash is {status.get('specHash')}, that of the spec is {wanted})"
    return ""


def progress(subscription: Subscription, namespace: str, view: View, expected: Expected) -> Progress:
    """How far Clusternet is in a cluster that the Subscription is bound to."""
    name = subscription.full_name
    base = view.bases(subscription).get(namespace)
    if base is None:
        return Progress(name, "", waiting=(f"Subscription {name} has no Base yet",))
    where = f"Base {base.meta.name}"
    if base.meta.is_deleting:
        return Progress(name, base.meta.name, waiting=(f"{where} is being deleted, and has to be made again",))
    if set(base.feeds) != set(subscription.feeds):
        return Progress(name, base.meta.name, waiting=(f"{where} does not have the Subscription's feeds yet",))
    descriptions = view.descriptions(base)
    if not descriptions:
        found = tuple(view.missing_charts(subscription))
        return Progress(name, base.meta.name, waiting=found or (f"{where} has no Description yet",))
    held = _united(descriptions)
    compared = tuple(_compared(held, expected))
    return Progress(
        name,
        base.meta.name,
        waiting=(*(text for waits, text in compared if waits), *_unfinished(descriptions)),
        failures=tuple(_failures(descriptions)),
        notes=tuple(text for waits, text in compared if not waits),
        content=held,
        described={key: f"{item.meta.namespace}.{item.meta.name}" for item in descriptions for key in content_of(item)},
        observed=_observed(descriptions, held),
    )


def departing(subscription: Subscription, view: View) -> dict[str, Progress]:
    """Bases in clusters that the Subscription is not bound to any more, by namespace: they are still to go."""
    bound = frozenset(bound_namespaces(subscription))
    name = subscription.full_name
    return {
        namespace: Progress(
            name,
            base.meta.name,
            waiting=(f"Base {base.meta.name} is still there, though Subscription {name} has left the cluster",),
            failures=tuple(_failures(view.descriptions(base))),
            content=_united(view.descriptions(base)),
        )
        for namespace, base in sorted(view.bases(subscription).items())
        if namespace not in bound
    }


def _united(descriptions: Iterable[Description]) -> dict[ObjectKey, Any]:
    return {key: value for item in descriptions for key, value in content_of(item).items()}


def _compared(held: Content, expected: Expected) -> Iterator[tuple[bool, str]]:
    """What differs, and whether that is worth waiting for."""
    for key in expected.content.keys() - held.keys():
        yield True, f"{key} is not in its Description yet"
    for key in held.keys() - expected.content.keys():
        yield True, f"{key} is still in a Description, though nothing feeds it any more"
    for key, wanted in expected.content.items():
        if key not in held or held[key] == wanted:
            continue
        if key in expected.remade:
            # Clusternet makes it with all policies; where it is made and still not what we would make, that is its last word.
            waits = key in expected.before and held[key] == expected.before[key]
        elif key in expected.later:
            continue
        else:
            waits = True
        yield (True, f"{key} is not in its Description as it is on the hub now") if waits else (False, _otherwise(key))


def _otherwise(key: ObjectKey) -> str:
    return f"{key}: Clusternet made it anew, but otherwise than this collection would; compare the Description with the policies"


def _unfinished(descriptions: Iterable[Description]) -> Iterator[str]:
    for item in descriptions:
        phase = item.status.get("phase")
        if item.meta.is_deleting:
            yield f"Description {item.meta.name} is being deleted"
        elif phase not in (_SUCCESS, _FAILURE):
            yield f"Description {item.meta.name} is {phase or 'not applied yet'}"


def _failures(descriptions: Iterable[Description]) -> Iterator[str]:
    for item in descriptions:
        if item.status.get("phase") == _FAILURE:
            yield f"Description {item.meta.name}: {item.status.get('reason') or 'Clusternet gives no reason'}"


def _observed(descriptions: Iterable[Description], held: Content) -> dict[ObjectKey, Mapping[str, Any]]:
    found: dict[ObjectKey, Mapping[str, Any]] = {}
    for item in descriptions:
        for entry in item.status.get("manifestStatuses") or ():
            status, key = entry.get("observedStatus"), Feed.of(entry).object_key
            if key in held and isinstance(status, Mapping):
                found[key] = status
    return found
