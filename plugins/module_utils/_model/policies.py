# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Globalization and Localization: overrides for one feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta, spec_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import OverrideConfig
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector

APPLY_NOW: Final = "ApplyNow"
APPLY_LATER: Final = "ApplyLater"
_DEFAULT_PRIORITY: Final = 500


@dataclass(frozen=True, slots=True)
class Policy(ApiObject):
    """What Globalization and Localization share.

    :ivar feed: None where the object names none: such a policy is for nothing.
    :ivar override_policy: `ApplyNow` or `ApplyLater`.
    """

    feed: Feed | None
    priority: int
    override_policy: str
    overrides: tuple[OverrideConfig, ...]


@dataclass(frozen=True, slots=True)
class Globalization(Policy):
    """Overrides for a feed in all clusters, or in those that `cluster_affinity` selects."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Globalization"

    cluster_affinity: LabelSelector | None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Globalization:
        """The Globalization that a checked object describes.

        :raises InvalidInput: when the selector is malformed.
        """
        affinity = spec_of(raw).get("clusterAffinity")
        return cls(
            **_policy_fields(raw),
            cluster_affinity=None if affinity is None else LabelSelector.parse(affinity, "spec.clusterAffinity"),
        )


@dataclass(frozen=True, slots=True)
class Localization(Policy):
    """Overrides for a feed in the one cluster whose namespace on the hub it lives in."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "Localization"

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Localization:
        """The Localization that a checked object describes."""
        return cls(**_policy_fields(raw))


def _policy_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    spec = spec_of(raw)
    feed, priority = spec.get("feed"), spec.get("priority")
    return {
        "meta": Meta.of(raw),
        "raw": raw,
        "feed": None if feed is None else Feed.of(feed),
        "priority": _DEFAULT_PRIORITY if priority is None else priority,
        "override_policy": spec.get("overridePolicy") or APPLY_LATER,
        "overrides": tuple(_override(each) for each in spec.get("overrides") or ()),
    }


def _override(raw: Mapping[str, Any]) -> OverrideConfig:
    return OverrideConfig(
        name=raw.get("name") or "",
        type=raw["type"],
        value=raw["value"],
        override_chart=bool(raw.get("overrideChart")),
        field_path=raw.get("fieldPath") or "",
        field_format=raw.get("fieldFormat") or "",
    )
