# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is fed and what is made of it: Manifest, Base, Description, FeedInventory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta, spec_of

GENERIC: Final = "Generic"
HELM: Final = "Helm"

# `<base>-generic`, `<base>-generic-2`, `<base>-helm`: the Descriptions of a Base, one or more for a deployer.
_DESCRIPTION_NAME = re.compile(r"(.+)-(?:generic|helm)(?:-([1-9][0-9]*))?")


@dataclass(frozen=True, slots=True)
class Manifest(ApiObject):
    """The hub's copy of a raw object.

    :ivar template: the object itself, opaque.
    """

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Manifest"

    template: Mapping[str, Any]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Manifest:
        """The Manifest that a checked object describes."""
        return cls(Meta.of(raw), raw, raw["template"])

    @property
    def feed(self) -> Feed:
        """The feed that points to the template: its identity decides, not the Manifest's name or labels.

        :raises InvalidInput: when the template has no identity.
        """
        return Feed.to(self.template)


@dataclass(frozen=True, slots=True)
class Base(ApiObject):
    """A Subscription as it applies to one cluster, before overrides."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Base"

    feeds: tuple[Feed, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Base:
        """The Base that a checked object describes."""
        return cls(Meta.of(raw), raw, tuple(Feed.of(each) for each in spec_of(raw).get("feeds") or ()))


@dataclass(frozen=True, slots=True)
class ChartReference:
    """A HelmChart by name."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Description(ApiObject):
    """What is delivered to one cluster.

    :ivar raw_objects: base64, as stored; with the deployer `Generic` one JSON object each, with `Helm` the values of
        each chart, by index.
    :ivar chart_raw: base64 of each HelmChart after overrides, by index.
    """

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Description"

    deployer: str
    raw_objects: tuple[str, ...]
    charts: tuple[ChartReference, ...]
    chart_raw: tuple[str, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Description:
        """The Description that a checked object describes."""
        spec = spec_of(raw)
        return cls(
            meta=Meta.of(raw),
            raw=raw,
            deployer=spec.get("deployer") or GENERIC,
            raw_objects=tuple(spec.get("raw") or ()),
            charts=tuple(ChartReference(each["namespace"], each["name"]) for each in spec.get("charts") or ()),
            chart_raw=tuple(spec.get("chartRaw") or ()),
        )

    @property
    def base(self) -> str:
        """The name of its Base."""
        return base_of_description(self.meta.name)

    @property
    def part(self) -> int:
        """Which part it is of what its Base delivers with its deployer; 1 where there is only one."""
        found = _DESCRIPTION_NAME.fullmatch(self.meta.name)
        return int(found[2] or 1) if found else 1


def base_of_description(name: str) -> str:
    """The name of the Base that a Description of this name belongs to; empty where it is no name of a Description."""
    found = _DESCRIPTION_NAME.fullmatch(name)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class FeedOrder:
    """What one feed asks of the clusters.

    :ivar desired_replicas: None for a feed without replicas.
    :ivar requirements: of one replica: `nodeSelector`, `tolerations`, `affinity`, `resources`, as Kubernetes has them.
    :ivar replica_json_path: where the number of replicas stands in the object.
    """

    feed: Feed
    desired_replicas: int | None
    requirements: Mapping[str, Any]
    replica_json_path: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> FeedOrder:
        """What a checked mapping describes."""
        return cls(
            feed=Feed.of(raw),
            desired_replicas=raw.get("desiredReplicas"),
            requirements=raw.get("replicaRequirements") or {},
            replica_json_path=raw.get("replicaJsonPath") or "",
        )


@dataclass(frozen=True, slots=True)
class FeedInventory(ApiObject):
    """The desired replicas and requirements of a Subscription's feeds."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "FeedInventory"

    feeds: tuple[FeedOrder, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> FeedInventory:
        """The FeedInventory that a checked object describes."""
        return cls(Meta.of(raw), raw, tuple(FeedOrder.of(each) for each in spec_of(raw).get("feeds") or ()))
