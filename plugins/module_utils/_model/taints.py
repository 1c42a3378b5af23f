# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taints of clusters and the tolerations of subscriptions, with the meaning that they have for nodes in Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

NO_SCHEDULE: Final = "NoSchedule"
PREFER_NO_SCHEDULE: Final = "PreferNoSchedule"
NO_EXECUTE: Final = "NoExecute"


@dataclass(frozen=True, slots=True)
class Taint:
    """What keeps subscriptions away from a cluster."""

    key: str
    value: str
    effect: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Taint:
        """The taint that a checked mapping `{key, value?, effect}` describes."""
        return cls(raw["key"], raw.get("value") or "", raw["effect"])

    def __str__(self) -> str:
        """As `kubectl taint` writes it: `dedicated=gpu:NoSchedule`."""
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


@dataclass(frozen=True, slots=True)
class Toleration:
    """Which taints a subscription puts up with. An empty effect means all effects, an empty key all keys."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Toleration:
        """The toleration that a checked mapping describes. `tolerationSeconds` has no meaning for clusters."""
        return cls(*(raw.get(field) or "" for field in ("key", "operator", "value", "effect")))

    def covers(self, taint: Taint) -> bool:
        """Whether this toleration alone is enough for the taint.

        `Equal`, which no operator stands for too, compares the values, also where the key is empty; `Exists` does not.
        An operator that Kubernetes does not know covers nothing.
        """
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        if self.operator == "Exists":
            return True
        return self.operator in ("", "Equal") and self.value == taint.value


def tolerates(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    """Whether any of the tolerations covers the taint."""
    return any(toleration.covers(taint) for toleration in tolerations)
