# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ManagedCluster: a target, as the hub knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_FULL_NAME, CLUSTERS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta, spec_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import Taint


@dataclass(frozen=True, slots=True)
class ManagedCluster(ApiObject):
    """A managed cluster. Its labels, which affinities select by, are those of `meta`."""

    GROUP: ClassVar[str] = CLUSTERS_GROUP
    KIND: ClassVar[str] = "ManagedCluster"

    cluster_id: str
    cluster_type: str
    sync_mode: str
    taints: tuple[Taint, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ManagedCluster:
        """The ManagedCluster that a checked object describes."""
        spec = spec_of(raw)
        return cls(
            meta=Meta.of(raw),
            raw=raw,
            cluster_id=spec.get("clusterId") or "",
            cluster_type=spec.get("clusterType") or "",
            sync_mode=spec.get("syncMode") or "",
            taints=tuple(Taint.of(each) for each in spec.get("taints") or ()),
        )

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.meta.name

    @property
    def full_name(self) -> str:
        """The name that people know it by: that of its inventory host, which may be no valid name on a hub."""
        return self.meta.annotations.get(ANNOTATION_FULL_NAME, self.meta.name)

    @property
    def namespace(self) -> str:
        """The cluster's own namespace on the hub: where its Bases, Descriptions and Localizations live."""
        return self.meta.namespace

    @property
    def binding(self) -> str:
        """`<namespace>/<name>`, as `status.bindingClusters` has it."""
        return f"{self.meta.namespace}/{self.meta.name}"
