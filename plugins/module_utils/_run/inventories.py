# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub holds of how replicas were divided: statuses, FeedInventories, Localizations that set replicas.

It is written before anything is rendered or delivered: a run that is killed in between has decided, and the next one finds
nothing missing that is on its way already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.inventory import (
    feed_inventory,
    is_replica_localization,
    replica_localization,
    replica_localization_name,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Placement
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    ANNOTATION_SUBSCRIPTION,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    FeedInventory,
    Localization,
    Manifest,
    ParsedObject,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded


def dividing_changes(
    placements: Sequence[Placement], loaded: Loaded, is_gone: Callable[[str], bool]
) -> tuple[Change, ...]:
    """What brings the hub to what was divided.

    :param placements: those of the Subscriptions in scope; where there are problems, all stays as it is.
    :param is_gone: whether the Subscription `<namespace>/<name>` is no longer there, so that its objects of this kind go, too.
    """
    done = [placement for placement in placements if not placement.problems]
    wanted = {ObjectKey.of(raw): raw for placement in done for raw in _objects(placement, loaded)}
    settled = {placement.subscription.full_name for placement in done}
    return (
        *_statuses(done, loaded),
        *_puts(wanted.values(), loaded),
        *_obsolete(wanted, lambda name: name in settled or is_gone(name), loaded),
    )


def _statuses(placements: Iterable[Placement], loaded: Loaded) -> Iterator[Put]:
    """Which clusters run how many replicas: the next run divides only what is missing from that."""
    for placement in placements:
        item = placement.subscription
        status = {name: value for name, value in item.status.items() if name != "replicas"}
        if placement.divided is not None:
            status["bindingClusters"] = [cluster.binding for cluster in placement.clusters]
            status["replicas"] = {key: list(row) for key, row in placement.divided.replicas.items()}
        if status != item.status:
            yield Put({**item.raw, "status": status}, loaded.contents.objects[item.key].version)


def _objects(placement: Placement, loaded: Loaded) -> Iterator[dict[str, Any]]:
    """The FeedInventory, and a Localization for each feed with replicas in each cluster."""
    claim, divided = placement.claim, placement.divided
    if claim is None or divided is None:
        return
    item = placement.subscription
    inventory = _stored(ObjectKey(FeedInventory.GROUP, FeedInventory.KIND, item.meta.namespace, item.meta.name), loaded)
    kept = inventory if isinstance(inventory, FeedInventory) else None
    yield feed_inventory(item, claim.orders, kept, divided.shortages)
    for order in claim.orders:
        source = loaded.snapshot.resolve(order.feed)
        if order.desired_replicas is None or not isinstance(source, Manifest):
            continue
        name = replica_localization_name(item, order.feed.key)
        for cluster, replicas in zip(placement.clusters, divided.replicas[order.feed.key], strict=True):
            key = ObjectKey(Localization.GROUP, Localization.KIND, cluster.namespace, name)
            stored = _stored(key, loaded)
            known = stored if isinstance(stored, Localization) else None
            yield replica_localization(item, cluster, order, source.template, replicas, known)


def _stored(key: ObjectKey, loaded: Loaded) -> ParsedObject | None:
    return loaded.parsed[key][1] if key in loaded.parsed else None


def _puts(objects: Iterable[dict[str, Any]], loaded: Loaded) -> Iterator[Put]:
    for raw in objects:
        stored = loaded.contents.objects.get(ObjectKey.of(raw))
        if stored is None or stored.raw != raw:
            yield Put(raw, stored.version if stored else None)


def _obsolete(wanted: Collection[ObjectKey], is_settled: Callable[[str], bool], loaded: Loaded) -> Iterator[Delete]:
    """What we made once for Subscriptions that are decided about, and that nothing wants any more."""
    for key, (_raw, item, _warnings) in loaded.parsed.items():
        owner, version = _made_for(item), loaded.contents.objects[key].version
        if key not in wanted and owner is not None and version is not None and is_settled(owner):
            yield Delete(key, version)


def _made_for(item: ParsedObject) -> str | None:
    """`<namespace>/<name>` of the Subscription that we made an object for; None for everything else."""
    if isinstance(item, Localization) and is_replica_localization(item):
        return item.meta.annotations.get(ANNOTATION_SUBSCRIPTION)
    if isinstance(item, FeedInventory) and item.is_ours:
        return f"{item.meta.namespace}/{item.meta.name}"
    return None
