# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taints of clusters and the tolerations of subscriptions, with the meaning that they have for nodes in Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import Finding, describe, suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_label_key, is_label_value

NO_SCHEDULE: Final = "NoSchedule"
PREFER_NO_SCHEDULE: Final = "PreferNoSchedule"
NO_EXECUTE: Final = "NoExecute"
EFFECTS: Final = (NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE)

_EQUAL: Final = "Equal"
_EXISTS: Final = "Exists"
_OPERATORS: Final = (_EQUAL, _EXISTS)
_KEY_RULE: Final = "[<DNS name>/]<up to 63 letters, digits, -_.>"
_VALUE_RULE: Final = "empty or up to 63 letters, digits, -_., with a letter or digit at both ends"


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
        if self.operator == _EXISTS:
            return True
        return self.operator in ("", _EQUAL) and self.value == taint.value


def tolerates(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    """Whether any of the tolerations covers the taint."""
    return any(toleration.covers(taint) for toleration in tolerations)


def taint_findings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """What Kubernetes would say of a taint of a node; the schema of a ManagedCluster says none of it.

    :param raw: a taint; what is missing or no text in it is the schema's to report.
    """
    given = _texts(raw)
    if given.get("key") is not None and not is_label_key(given["key"]):
        yield Finding("key", f"found {describe(given['key'])}; accepted: {_KEY_RULE}", tolerable=True)
    yield from _value_findings(given)
    if given.get("effect") is not None:
        yield from _word_findings("effect", given["effect"], EFFECTS)


def toleration_findings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """What Kubernetes would say of a toleration of a pod; the schema of a Subscription says none of it.

    :param raw: a toleration; what is of another type than the API's is the schema's to report.
    """
    given = _texts(raw)
    key, operator, value, effect = (given.get(field) or "" for field in ("key", "operator", "value", "effect"))
    if key and not is_label_key(key):
        yield Finding("key", f"found {describe(key)}; accepted: {_KEY_RULE}", tolerable=True)
    if operator and operator not in _OPERATORS:
        yield from _word_findings("operator", operator, _OPERATORS, ", or none, which is Equal")
    elif operator == _EXISTS and value:
        text = f"found {describe(value)}; accepted with the operator {_EXISTS}: none, it looks at no value"
        yield Finding("value", text, tolerable=True)
    elif operator != _EXISTS:
        yield from _value_findings(given)
        if not key:
            text = (
                f"is missing; accepted: the key of a taint, or with the operator {_EXISTS} none, which means all taints"
            )
            yield Finding("key", text, tolerable=True)
    if effect:
        yield from _word_findings("effect", effect, EFFECTS, ", or none, which means all of them")
    if raw.get("tolerationSeconds") is not None and effect != NO_EXECUTE:
        yield Finding("tolerationSeconds", f"accepted: with the effect {NO_EXECUTE} only", tolerable=True)


def _texts(raw: Mapping[str, Any]) -> dict[str, str]:
    return {field: text for field, text in raw.items() if isinstance(text, str)}


def _value_findings(given: Mapping[str, str]) -> Iterator[Finding]:
    value = given.get("value", "")
    if not is_label_value(value):
        yield Finding("value", f"found {describe(value)}; accepted: {_VALUE_RULE}", tolerable=True)


def _word_findings(field: str, found: str, accepted: tuple[str, ...], beside: str = "") -> Iterator[Finding]:
    if found not in accepted:
        words = f"{', '.join(accepted)}{beside}{suggest(found, accepted)}"
        yield Finding(field, f"found {describe(found)}; accepted: {words}", tolerable=True)
