# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscription: which feeds go to which clusters, and how replicas are divided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta, spec_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Toleration, toleration_findings

REPLICATION: Final = "Replication"
DIVIDING: Final = "Dividing"
STATIC: Final = "Static"
SPREAD: Final = "Spread"

_CLUSTER_AFFINITY: Final = "spec.subscribers[{}].clusterAffinity"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One group of clusters.

    :ivar subgroup_min_clusters: how many of them `schedulingBySubGroup` takes; None where nothing says it.
    """

    cluster_affinity: LabelSelector
    weight: int = 0
    subgroup_min_clusters: int | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any], index: int) -> Subscriber:
        """The subscriber that a checked mapping describes.

        :param index: its place in the Subscription, for messages.
        :raises InvalidInput: when the selector is missing or malformed.
        """
        return cls(
            cluster_affinity=LabelSelector.parse(raw.get("clusterAffinity"), _CLUSTER_AFFINITY.format(index)),
            weight=raw.get("weight") or 0,
            subgroup_min_clusters=(raw.get("subGroupStrategy") or {}).get("minClusters"),
        )


@dataclass(frozen=True, slots=True)
class DynamicDividing:
    """Dividing by what the clusters can still take. Terms and constraints are those of Kubernetes, as written."""

    strategy: str = SPREAD
    topology_spread_constraints: tuple[Mapping[str, Any], ...] = ()
    preferred_clusters: tuple[Mapping[str, Any], ...] = ()
    min_clusters: int | None = None
    max_clusters: int | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> DynamicDividing:
        """What a checked mapping describes."""
        return cls(
            strategy=raw.get("strategy") or SPREAD,
            topology_spread_constraints=tuple(raw.get("topologySpreadConstraints") or ()),
            preferred_clusters=tuple(raw.get("preferredClusters") or ()),
            min_clusters=raw.get("minClusters"),
            max_clusters=raw.get("maxClusters"),
        )


@dataclass(frozen=True, slots=True)
class DividingScheduling:
    """How `Dividing` shares the replicas out.

    :ivar type: `Static`, by the weights of the subscribers, or `Dynamic`.
    """

    type: str = STATIC
    dynamic: DynamicDividing | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> DividingScheduling:
        """What a checked mapping describes."""
        dynamic = raw.get("dynamicDividing")
        return cls(raw.get("type") or STATIC, None if dynamic is None else DynamicDividing.of(dynamic))


@dataclass(frozen=True, slots=True)
class Subscription(ApiObject):
    """A Subscription with the defaults of the API."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Subscription"

    scheduler_name: str
    scheduling_strategy: str
    scheduling_by_subgroup: bool
    dividing: DividingScheduling | None
    priority: int
    preemption_policy: str
    subscribers: tuple[Subscriber, ...]
    cluster_tolerations: tuple[Toleration, ...]
    feeds: tuple[Feed, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Subscription:
        """The Subscription that a checked object describes.

        :raises InvalidInput: when a selector is malformed.
        """
        spec = spec_of(raw)
        dividing = spec.get("dividingScheduling")
        return cls(
            meta=Meta.of(raw),
            raw=raw,
            scheduler_name=spec.get("schedulerName") or "default",
            scheduling_strategy=spec.get("schedulingStrategy") or REPLICATION,
            scheduling_by_subgroup=bool(spec.get("schedulingBySubGroup")),
            dividing=None if dividing is None else DividingScheduling.of(dividing),
            priority=spec.get("priority") or 0,
            preemption_policy=spec.get("preemptionPolicy") or "PreemptLowerPriority",
            subscribers=tuple(Subscriber.of(each, index) for index, each in enumerate(spec.get("subscribers") or ())),
            cluster_tolerations=tuple(Toleration.of(each) for each in spec.get("clusterTolerations") or ()),
            feeds=tuple(Feed.of(each) for each in spec.get("feeds") or ()),
        )

    @property
    def toleration_problems(self) -> tuple[str, ...]:
        """What is wrong with its tolerations, one sentence each: what they were meant to cover cannot be known."""
        return tuple(
            str(finding.below(f"spec.clusterTolerations[{index}]"))
            for index, each in enumerate(spec_of(self.raw).get("clusterTolerations") or ())
            for finding in toleration_findings(each)
        )

    @property
    def bound(self) -> tuple[str, ...]:
        """The clusters that its status binds it to, `<namespace>/<name>`, in their order; none where it says nothing usable."""
        found = self.status.get("bindingClusters")
        is_usable = isinstance(found, (list, tuple)) and all(isinstance(each, str) for each in found)
        return tuple(found or ()) if is_usable else ()

    @property
    def full_name(self) -> str:
        """`<namespace>/<name>`: what options, results and messages call it."""
        return f"{self.meta.namespace}/{self.meta.name}"
