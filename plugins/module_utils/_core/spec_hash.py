# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hash of a Subscription's spec, as Clusternet writes it into `status.specHash`.

Clusternet hashes the text that Go prints for the bytes of the spec's JSON, so that JSON has to be written as Go writes
it: fields in the order of the Go structs, zero values left out where those say so, and HTML characters escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults


class _Omit(Enum):
    """When Go leaves a field out."""

    NEVER = "never"
    ABSENT = "a pointer: when it is null"
    ZERO = "a value: when it is empty, zero or false"


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    omit: _Omit = _Omit.ZERO
    # The fields of the struct, or of each struct in the list, that the field holds.
    fields: tuple[_Field, ...] = ()
    # What Go writes for a field that is always written and was not given.
    zero: Any = None


_LABEL_EXPRESSION: Final = (
    _Field("key", _Omit.NEVER, zero=""),
    _Field("operator", _Omit.NEVER, zero=""),
    _Field("values"),
)
_LABEL_SELECTOR: Final = (_Field("matchLabels"), _Field("matchExpressions", fields=_LABEL_EXPRESSION))
_SPREAD_CONSTRAINT: Final = (
    _Field("maxSkew", _Omit.NEVER, zero=0),
    _Field("topologyKey", _Omit.NEVER, zero=""),
    _Field("whenUnsatisfiable", _Omit.NEVER, zero=""),
    _Field("labelSelector", _Omit.ABSENT, _LABEL_SELECTOR),
    _Field("minDomains", _Omit.ABSENT),
    _Field("nodeAffinityPolicy", _Omit.ABSENT),
    _Field("nodeTaintsPolicy", _Omit.ABSENT),
    _Field("matchLabelKeys"),
)
_PREFERENCE: Final = (
    _Field("matchExpressions", fields=_LABEL_EXPRESSION),
    _Field("matchFields", fields=_LABEL_EXPRESSION),
)
_DYNAMIC_DIVIDING: Final = (
    _Field("strategy", _Omit.NEVER, zero=""),
    _Field("topologySpreadConstraints", fields=_SPREAD_CONSTRAINT),
    _Field(
        "preferredClusters",
        fields=(_Field("weight", _Omit.NEVER, zero=0), _Field("preference", _Omit.NEVER, _PREFERENCE, zero={})),
    ),
    _Field("minClusters", _Omit.ABSENT),
    _Field("maxClusters", _Omit.ABSENT),
)
_SPEC: Final = (
    _Field("schedulerName"),
    _Field("schedulingBySubGroup", _Omit.ABSENT),
    _Field("schedulingStrategy"),
    _Field(
        "dividingScheduling",
        _Omit.ABSENT,
        (_Field("type", _Omit.NEVER, zero=""), _Field("dynamicDividing", _Omit.ABSENT, _DYNAMIC_DIVIDING)),
    ),
    _Field("priority", _Omit.ABSENT),
    _Field("preemptionPolicy", _Omit.ABSENT),
    _Field(
        "subscribers",
        _Omit.NEVER,
        (
            _Field("clusterAffinity", _Omit.NEVER, _LABEL_SELECTOR),
            _Field("weight"),
            _Field("subGroupStrategy", _Omit.ABSENT, (_Field("minClusters"),)),
        ),
    ),
    _Field(
        "clusterTolerations",
        fields=(
            _Field("key"),
            _Field("operator"),
            _Field("value"),
            _Field("effect"),
            _Field("tolerationSeconds", _Omit.ABSENT),
        ),
    ),
    _Field(
        "feeds",
        _Omit.NEVER,
        (
            _Field("kind", _Omit.NEVER, zero=""),
            _Field("apiVersion", _Omit.NEVER, zero=""),
            _Field("namespace"),
            _Field("name", _Omit.NEVER, zero=""),
        ),
    ),
)

# Go's JSON is safe to embed in HTML and JavaScript.
_ESCAPES: Final = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})

_FNV_OFFSET: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193


def subscription_spec_hash(spec: Mapping[str, Any]) -> int:
    """The hash of a checked spec: 32 bits of FNV-1a."""
    # Lone surrogates, which no Go string holds, must not end a run.
    octets = subscription_spec_json(spec).encode("utf-8", "backslashreplace")
    text = f"([]uint8)[{' '.join(map(str, octets))}]"
    value = _FNV_OFFSET
    for octet in text.encode("ascii"):
        value = (value ^ octet) * _FNV_PRIME & 0xFFFFFFFF
    return value


def status_spec_hash(subscription: Mapping[str, Any]) -> int:
    """What a scheduler writes into `status.specHash` of a checked Subscription: on an API server, defaults are part of the spec.

    The same on every hub, so that a Subscription that moves to a server is not taken for one that has changed.
    """
    return subscription_spec_hash(with_defaults(subscription)["spec"])


def subscription_spec_json(spec: Mapping[str, Any]) -> str:
    """A checked spec as Go's JSON."""
    return json.dumps(_ordered(spec, _SPEC), ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _ordered(raw: Mapping[str, Any], fields: tuple[_Field, ...]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in fields:
        value = raw.get(field.name)
        if field.omit is _Omit.NEVER and value is None:
            value = field.zero
        elif value is None or (field.omit is _Omit.ZERO and not value):
            continue
        written[field.name] = _value(value, field.fields)
    return written


def _value(value: Any, fields: tuple[_Field, ...]) -> Any:
    if isinstance(value, Mapping):
        # Go sorts the keys of a map; a struct's fields come in the order of their declaration.
        return _ordered(value, fields) if fields else dict(sorted(value.items()))
    if isinstance(value, (list, tuple)) and fields:
        return [_ordered(item, fields) for item in value]
    return value
