# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rendered Bases and Descriptions, computed and not written (the lookups)."""

from __future__ import annotations

from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered, Renderer
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._run.inventories import dividing_changes
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Measure, by_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import (
    Scope,
    check_scope,
    place_all,
    subscription_name,
)

# Nothing that is rendered depends on when the Localizations that set replicas were made.
_SOME_TIME: Final = "1970-01-01T00:00:00Z"


def preview(
    loaded: Loaded, scope: Scope, codec: TextCodec, measure: Measure = by_hub
) -> tuple[tuple[ManagedCluster, Rendered], ...]:
    """What `distribute` would render now, by Subscription and then in scheduling order.

    :param measure: tells how much room clusters have.
    :raises InvalidInput: when a Subscription in scope cannot be placed or rendered; a preview shows all or nothing.
    """
    check_scope(loaded, scope)
    unlimited = Guards(max_removed_clusters=len(loaded.snapshot.clusters))
    placements, _warnings = place_all(loaded, scope, unlimited, measure)
    changes = dividing_changes(placements, loaded, lambda _name: False)
    loaded = parse_contents(loaded.contents.with_changes(changes, _SOME_TIME), loaded)
    renderer = Renderer(loaded.snapshot, Overlay(loaded.snapshot, codec, strict=False))
    rendered = []
    for placement in placements:
        if placement.problems:
            name = subscription_name(placement)
            raise InvalidInput(f"Subscription {name}: {problem}" for problem in placement.problems)
        for cluster in filter(scope.has_cluster, placement.clusters):
            rendered.append((cluster, renderer.render(placement.subscription, cluster)))
    return tuple(rendered)


def matching_clusters(loaded: Loaded, selector: LabelSelector) -> tuple[ManagedCluster, ...]:
    """The clusters that a selector matches, by namespace and name."""
    return tuple(cluster for cluster in loaded.snapshot.clusters if selector.matches(cluster.meta.labels))
