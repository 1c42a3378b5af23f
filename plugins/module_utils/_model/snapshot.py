# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that one run knows of a hub, parsed, with the look-ups that decisions need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import RESERVED_NAMESPACE
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Base,
    ControllerRevision,
    Description,
    Globalization,
    HelmChart,
    Localization,
    ManagedCluster,
    Manifest,
    ParsedObject,
    Policy,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import is_packed


@dataclass(frozen=True)
class Snapshot:
    """The parsed objects of a hub, each list by namespace and name.

    :ivar holder: what holds them, and `remedy` how something is added to it; for messages.
    """

    clusters: tuple[ManagedCluster, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    globalizations: tuple[Globalization, ...] = ()
    localizations: tuple[Localization, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    charts: tuple[HelmChart, ...] = ()
    bases: tuple[Base, ...] = ()
    descriptions: tuple[Description, ...] = ()
    revisions: tuple[ControllerRevision, ...] = ()
    holder: str = "the hub"
    remedy: str = "store it with the module apply"

    @classmethod
    def of(cls, objects: Iterable[ParsedObject]) -> Snapshot:
        """Sort parsed objects into their lists; kinds that no decision reads are left out."""
        lists: dict[type, list[ParsedObject]] = defaultdict(list)
        for item in sorted(objects, key=lambda parsed: (parsed.meta.namespace, parsed.meta.name)):
            lists[type(item)].append(item)
        return cls(*(tuple(lists[kind]) for kind in _FIELDS))  # type: ignore[arg-type]

    @cached_property
    def _manifests_by_name(self) -> Mapping[tuple[str, str, str], tuple[Manifest, ...]]:
        found: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        for manifest in self.manifests:
            feed = manifest.feed
            found[feed.api_version, feed.kind, feed.name].append(manifest)
        return {key: tuple(manifests) for key, manifests in found.items()}

    @cached_property
    def _charts_by_key(self) -> Mapping[tuple[str, str], HelmChart]:
        return {(chart.meta.namespace, chart.meta.name): chart for chart in self.charts}

    @cached_property
    def bases_by_key(self) -> Mapping[tuple[str, str], Base]:
        """Bases by namespace and name."""
        return {(base.meta.namespace, base.meta.name): base for base in self.bases}

    @cached_property
    def bases_by_namespace(self) -> Mapping[str, tuple[Base, ...]]:
        """Bases by the namespace of their cluster."""
        found: dict[str, list[Base]] = defaultdict(list)
        for base in self.bases:
            found[base.meta.namespace].append(base)
        return {namespace: tuple(bases) for namespace, bases in found.items()}

    @cached_property
    def descriptions_by_key(self) -> Mapping[tuple[str, str], Description]:
        """Descriptions by namespace and name."""
        return {(item.meta.namespace, item.meta.name): item for item in self.descriptions}

    @cached_property
    def descriptions_by_base(self) -> Mapping[tuple[str, str], tuple[Description, ...]]:
        """The Descriptions of each Base, by its namespace and name: Generic before Helm, and the parts in their order."""
        found: dict[tuple[str, str], list[Description]] = defaultdict(list)
        for item in self.descriptions:
            found[item.meta.namespace, item.base].append(item)
        return {key: tuple(sorted(items, key=_place)) for key, items in found.items()}

    @cached_property
    def contents_by_name(self) -> Mapping[str, ControllerRevision]:
        """What our revisions list, by name."""
        ours = (item for item in self.revisions if item.is_ours and is_packed(item.raw.get("data")))
        return {item.meta.name: item for item in ours if item.meta.namespace == RESERVED_NAMESPACE}

    @cached_property
    def revisions_by_base(self) -> Mapping[tuple[str, str], tuple[ControllerRevision, ...]]:
        """Our revisions of each Base, by its namespace and name, by rising number."""
        found: dict[tuple[str, str], list[ControllerRevision]] = defaultdict(list)
        for item in self.revisions:
            if item.is_ours and item.number > 0 and not is_packed(item.raw.get("data")):
                found[item.meta.namespace, item.meta.name.removesuffix(f"-{item.number}")].append(item)
        return {key: tuple(sorted(items, key=lambda item: item.number)) for key, items in found.items()}

    @cached_property
    def clusters_by_namespace(self) -> Mapping[str, ManagedCluster]:
        """Managed clusters by the hub's namespace of each."""
        return {cluster.meta.namespace: cluster for cluster in self.clusters}

    @cached_property
    def globalizations_by_feed(self) -> Mapping[Feed, tuple[Globalization, ...]]:
        """Globalizations by the object that their feed means; the ones for nothing are in `policies_for_nothing`."""
        return self._by_feed(self.globalizations)

    @cached_property
    def localizations_by_feed(self) -> Mapping[tuple[str, Feed], tuple[Localization, ...]]:
        """Localizations by namespace and by the object that their feed means."""
        found: dict[tuple[str, Feed], list[Localization]] = defaultdict(list)
        for policy in self.localizations:
            if (feed := self.feed_meant(policy.feed)) is not None:
                found[policy.meta.namespace, feed].append(policy)
        return {key: tuple(policies) for key, policies in found.items()}

    @cached_property
    def policies_for_nothing(self) -> tuple[Policy, ...]:
        """Policies whose feed points to no object; Clusternet allows them, so they are worth a warning only."""
        policies: tuple[Policy, ...] = (*self.globalizations, *self.localizations)
        return tuple(policy for policy in policies if self.feed_meant(policy.feed) is None)

    def resolve(self, feed: Feed) -> Manifest | HelmChart:
        """The stored object that a feed points to.

        A feed without a namespace means the only object of its kind and name, as Clusternet's look-up by labels does.

        :raises InvalidInput: when there is none, or more than one.
        """
        if feed.kind == HelmChart.KIND and feed.object_key.group == HelmChart.GROUP:
            chart = self._charts_by_key.get((feed.namespace or "default", feed.name))
            if chart is None:
                raise InvalidInput(f"feed {feed.key}: {self.holder} holds no such HelmChart; {self.remedy}")
            return chart
        named = self._manifests_by_name.get((feed.api_version, feed.kind, feed.name), ())
        found = [manifest for manifest in named if feed.namespace in ("", manifest.feed.namespace)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput(f"feed {feed.key} {_several(found, self.holder)}")
        raise InvalidInput(f"feed {feed.key}: {self.holder} holds no such object{self._near_miss(feed)}; {self.remedy}")

    def _near_miss(self, feed: Feed) -> str:
        near = sorted(
            manifest.feed.key
            for manifest in self.manifests
            if manifest.feed.kind == feed.kind and manifest.feed.name == feed.name
        )
        return f" (but {', '.join(near)})" if near else ""

    def feed_meant(self, feed: Feed | None) -> Feed | None:
        """The feed that names exactly the stored object that `feed` points to; None where it points to none."""
        if feed is None:
            return None
        try:
            return feed_of(self.resolve(feed))
        except InvalidInput:
            return None

    def _by_feed(self, policies: Iterable[Globalization]) -> Mapping[Feed, tuple[Globalization, ...]]:
        found: dict[Feed, list[Globalization]] = defaultdict(list)
        for policy in policies:
            if (feed := self.feed_meant(policy.feed)) is not None:
                found[feed].append(policy)
        return {feed: tuple(items) for feed, items in found.items()}


_FIELDS = (
    ManagedCluster,
    Subscription,
    Globalization,
    Localization,
    Manifest,
    HelmChart,
    Base,
    Description,
    ControllerRevision,
)


def _place(description: Description) -> tuple[bool, int, str]:
    return description.deployer == HELM, description.part, description.meta.name


def _several(found: Sequence[Manifest], holder: str) -> str:
    """Why one of several Manifests cannot be taken, and what to do."""
    places = sorted({manifest.feed.namespace for manifest in found})
    if len(places) > 1:
        return f"names no namespace, and {holder} holds it in several: {', '.join(places)}; name one"
    names = ", ".join(sorted(f"{manifest.meta.namespace}/{manifest.meta.name}" for manifest in found))
    return f"is in several Manifests: {names}; remove all but one"


def feed_of(source: Manifest | HelmChart) -> Feed:
    """The feed that means exactly this stored object."""
    return source.feed if isinstance(source, Manifest) else Feed.to(source.raw)
