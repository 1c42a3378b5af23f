# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of one snapshot, laid over the objects that Subscriptions feed (reference, section "Overrides")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

from ansible_collections.multicluster.apps.plugins.module_utils._core.fieldpath import TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._core.inventory import is_replica_localization
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import (
    CompiledOverrides,
    Overridden,
    compile_overrides,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.policies import in_order
from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import digest, policy_name
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_SUBSCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    APPLY_NOW,
    HelmChart,
    ManagedCluster,
    Manifest,
    Policy,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot, feed_of

Source: TypeAlias = Union[Manifest, HelmChart]


class Overlay:
    """Every policy is parsed once, whatever the number of clusters.

    :param strict: a patch that misses its target is an error, not a warning.
    :ivar policies: all policies of the snapshot, by the name that a record of provenance knows them by.
    """

    def __init__(self, snapshot: Snapshot, codec: TextCodec, *, strict: bool) -> None:
        self._snapshot = snapshot
        policies: tuple[Policy, ...] = (*snapshot.globalizations, *snapshot.localizations)
        self.policies: Mapping[str, Policy] = {policy_name(policy): policy for policy in policies}
        self._codec = codec
        self._strict = strict
        self._compiled: dict[ObjectKey, CompiledOverrides] = {}
        self._digests: dict[ObjectKey, str] = {}

    def lay(self, cluster: ManagedCluster, source: Source, subscription: str) -> Overridden:
        """What a stored object becomes in a cluster.

        :returns: for a Manifest the object; for a HelmChart its values and the chart.
        :raises InvalidInput: naming the policy that cannot be applied.
        """
        chain = CompiledOverrides()
        for policy in self._applicable(cluster, source, subscription):
            chain += self._compile(policy)
        if isinstance(source, HelmChart):
            return chain.apply_to_chart(dict(source.raw), strict=self._strict)
        return chain.apply(source.template, strict=self._strict)

    def now(self, cluster: ManagedCluster, sources: Sequence[Source], subscription: str) -> dict[str, str]:
        """Digests of the `ApplyNow` policies that apply to any of these objects in a cluster."""
        return {
            policy_name(policy): self._digest(policy)
            for source in sources
            for policy in self._applicable(cluster, source, subscription)
            if policy.override_policy == APPLY_NOW
        }

    def _applicable(self, cluster: ManagedCluster, source: Source, subscription: str) -> tuple[Policy, ...]:
        feed = feed_of(source)
        globalizations = self._snapshot.globalizations_by_feed.get(feed, ())
        # What sets replicas is one Subscription's share: it says nothing of another that feeds the same object.
        localizations = [
            each
            for each in self._snapshot.localizations_by_feed.get((cluster.namespace, feed), ())
            if not is_replica_localization(each) or each.meta.annotations.get(ANNOTATION_SUBSCRIPTION) == subscription
        ]
        return in_order(cluster.meta.labels, globalizations, localizations)

    def _compile(self, policy: Policy) -> CompiledOverrides:
        found = self._compiled.get(policy.key)
        if found is None:
            found = self._compiled[policy.key] = compile_overrides(
                policy.overrides, self._codec, origin=str(policy.key)
            )
        return found

    def _digest(self, policy: Policy) -> str:
        found = self._digests.get(policy.key)
        if found is None:
            found = self._digests[policy.key] = digest(with_defaults(policy.raw).get("spec"))
        return found
