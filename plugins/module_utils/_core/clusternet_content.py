# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Description holds, whoever made it, in a form that can be compared with what it should hold.

Clusternet's controllers and this collection write the same content with other trimmings: Clusternet's Manifests have passed an
API server, its charts carry what the hub's server wrote on them, and no values at all are a single blank.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Description,
    HelmChart,
    ManagedCluster,
    Manifest,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

# What servers write; none of it reaches a cluster (reference, section "Delivery").
_OF_SERVERS: Final = frozenset(
    {"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink", "ownerReferences"}
)

Content = Mapping[ObjectKey, Any]
"""What is fed, by identity: an object as it is to be in the cluster, or a chart's spec with its values."""


def content_of(description: Description) -> dict[ObjectKey, Any]:
    """What a Description holds. What cannot be read in it is left out, and so is missed by whoever compares."""
    return dict(_charts(description) if description.deployer == HELM else _objects(description))


def wanted_content(
    subscription: Subscription, cluster: ManagedCluster, snapshot: Snapshot, overlay: Overlay
) -> dict[ObjectKey, Any]:
    """What a Subscription's Descriptions in a cluster should hold, with every policy in it.

    :param overlay: the policies of `snapshot`.
    :raises InvalidInput: for a feed without its object, or a policy that cannot be applied.
    """
    wanted: dict[ObjectKey, Any] = {}
    for feed in subscription.feeds:
        source = snapshot.resolve(feed)
        laid = overlay.lay(cluster, source, subscription.full_name)
        if isinstance(source, HelmChart):
            wanted[source.key] = _chart(laid.chart, laid.generic)
        else:
            wanted[ObjectKey.of(laid.generic)] = _stripped(laid.generic)
    return wanted


def key_fed(source: Manifest | HelmChart) -> ObjectKey:
    """The identity under which a source is found in `Content`."""
    return source.key if isinstance(source, HelmChart) else ObjectKey.of(source.template)


def _objects(description: Description) -> Iterator[tuple[ObjectKey, Any]]:
    for text in description.raw_objects:
        raw = _decoded(text)
        if not isinstance(raw, dict):
            continue
        try:
            yield ObjectKey.of(raw), _stripped(raw)
        except InvalidInput:
            continue


def _charts(description: Description) -> Iterator[tuple[ObjectKey, Any]]:
    for index, reference in enumerate(description.charts):
        chart = _decoded(description.chart_raw[index]) if index < len(description.chart_raw) else None
        values = _decoded(description.raw_objects[index]) if index < len(description.raw_objects) else None
        yield ObjectKey(HelmChart.GROUP, HelmChart.KIND, reference.namespace, reference.name), _chart(chart, values)


def _chart(chart: Any, values: Any) -> dict[str, Any]:
    """Of a chart only the spec counts: the rest is what the hub's server says of its own copy."""
    return {"spec": chart.get("spec") if isinstance(chart, Mapping) else None, "values": values or None}


def _decoded(text: str) -> Any:
    """The value of a byte field; None for a blank one, and for one that holds no JSON."""
    try:
        octets = base64.b64decode(text, validate=True).strip()
        return json.loads(octets) if octets else None
    except (binascii.Error, ValueError, RecursionError):
        return None


def _stripped(raw: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {
        field: value
        for field, value in (raw.get("metadata") or {}).items()
        if field not in _OF_SERVERS and value not in ({}, None)
    }
    return {**{field: value for field, value in raw.items() if field != "status"}, "metadata": metadata}
