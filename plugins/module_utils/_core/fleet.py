# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clusters of a hub, with the answers that many Subscriptions ask for alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Taint


class Fleet:
    """Clusters in an order that has a meaning: it decides among equals. A place is an index of that order.

    A value: it remembers its answers, since a fleet has many Subscriptions and few affinities.
    """

    def __init__(self, clusters: Sequence[ManagedCluster]) -> None:
        self.clusters: tuple[ManagedCluster, ...] = tuple(clusters)
        self._matching: dict[LabelSelector, tuple[int, ...]] = {}

    @cached_property
    def leaving(self) -> frozenset[int]:
        """The places of the clusters that are being deleted."""
        return frozenset(place for place, cluster in enumerate(self.clusters) if cluster.meta.is_deleting)

    @cached_property
    def taints(self) -> Mapping[int, tuple[Taint, ...]]:
        """By place, for those that have any."""
        return {place: cluster.taints for place, cluster in enumerate(self.clusters) if cluster.taints}

    def matching(self, selector: LabelSelector) -> tuple[int, ...]:
        """The places of the clusters whose labels the selector selects, rising."""
        known = self._matching.get(selector)
        if known is None:
            known = tuple(place for place, cluster in enumerate(self.clusters) if selector.matches(cluster.meta.labels))
            self._matching[selector] = known
        return known
