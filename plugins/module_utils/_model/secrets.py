# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects carry secret data, and how they are shown without it.

One walk knows where secret data can be; telling whether there is any and hiding it are two uses of that walk.

Secret data is: `data`, `stringData` and kubectl's last-applied annotation of a `v1` Secret, wherever the Secret is
(itself, an item of a List, the template of a Manifest, a base64 entry of a Description, also of one that is kept
compressed as a content of revisions), and a policy's override of these fields of a Secret. Helm values are not
searched: nothing in them says which of them is secret.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import is_packed, unpacked

HIDDEN: Final = "********"

_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_DATA_FIELDS: Final = ("data", "stringData")
_NAMES_DATA = re.compile(r"\b(data|stringData)\b")

Raw = Mapping[str, Any]


def carries_secret(raw: Raw) -> bool:
    """Whether an object holds secret data anywhere; see the top of this file for what counts."""
    return _hide(raw, raw, HIDDEN) is not raw


def in_the_clear(raws: Iterable[Raw]) -> tuple[str, ...]:
    """What a hub that refuses secrets says: one sentence for each object that carries secret data."""
    return tuple(
        f"{_known_as(raw)} carries secret data, which this hub refuses to store in the clear; give `secrets: vault` "
        "to encrypt its file with Ansible Vault, or `secrets: plain` to keep it readable in a file of mode 0600"
        for raw in raws
        if carries_secret(raw)
    )


def _known_as(raw: Raw) -> ObjectKey:
    """What its author calls it: not the Manifest that it is kept in."""
    template = raw.get("template")
    return ObjectKey.of(template if raw.get("kind") == "Manifest" and isinstance(template, Mapping) else raw)


def masked(raw: Raw) -> Raw:
    """The object with a placeholder for every secret value; the object itself where it has none.

    The placeholder says nothing about the value: a hash of a short password is as good as the password.
    """
    return _hide(raw, raw, HIDDEN)


def masked_pair(before: Raw | None, after: Raw | None) -> tuple[Raw | None, Raw | None]:
    """Two states of one object for a diff: hidden values that differ get different placeholders.

    :returns: both, each masked as `masked` does; a value that changed reads `******** (before)` and `******** (after)`.
    """
    return (
        None if before is None else _hide(before, after, f"{HIDDEN} (before)"),
        None if after is None else _hide(after, before, f"{HIDDEN} (after)"),
    )


def _hide(raw: Raw, other: Any, changed: str) -> Raw:
    """Hide what is secret.

    :param other: what the object is compared with: values that are in both show the plain placeholder.
    :param changed: the placeholder of a value that `other` has differently.
    :returns: `raw` itself when it holds no secret data.
    """
    kind, api_version = raw.get("kind"), raw.get("apiVersion")
    other = _mapping(other)
    if kind == "Secret" and api_version == "v1":
        return _hide_secret(raw, other, changed)
    if kind == "List" and api_version == "v1":
        return _with(raw, "items", _hide_items(raw.get("items"), other.get("items"), changed))
    if kind == "ControllerRevision" and is_packed(raw.get("data")):
        return _hide_content(raw, _mapping(other.get("data")).get("content"), changed)
    if not isinstance(api_version, str) or not api_version.startswith(f"{APPS_GROUP}/"):
        return raw
    if kind == "Manifest" and isinstance(raw.get("template"), Mapping):
        return _with(raw, "template", _hide(raw["template"], other.get("template"), changed))
    spec, other_spec = _mapping(raw.get("spec")), _mapping(other.get("spec"))
    if kind == "Description" and spec.get("deployer") != "Helm":
        entries = _hide_entries(spec.get("raw"), other_spec.get("raw"), changed)
        return _with(raw, "spec", _with(spec, "raw", entries))
    if kind in ("Globalization", "Localization") and _feeds_secret(spec):
        overrides = _hide_overrides(spec.get("overrides"), other_spec.get("overrides"), changed)
        return _with(raw, "spec", _with(spec, "overrides", overrides))
    return raw


def _hide_secret(secret: Raw, other: Raw, changed: str) -> Raw:
    for field in _DATA_FIELDS:
        values, before = secret.get(field), other.get(field)
        if isinstance(values, Mapping):
            before = _mapping(before)
            hidden: Any = {key: _placeholder(value, before.get(key), changed) for key, value in values.items()}
            secret = _with(secret, field, hidden or values)
        elif values:  # malformed, and as secret as it would be well formed
            secret = _with(secret, field, _placeholder(values, before, changed))
    metadata = _mapping(secret.get("metadata"))
    annotations = _mapping(metadata.get("annotations"))
    if _LAST_APPLIED in annotations:
        before = _mapping(_mapping(other.get("metadata")).get("annotations")).get(_LAST_APPLIED)
        annotations = _with(annotations, _LAST_APPLIED, _placeholder(annotations[_LAST_APPLIED], before, changed))
        secret = _with(secret, "metadata", _with(metadata, "annotations", annotations))
    return secret


def _hide_content(raw: Raw, other: Any, changed: str) -> Raw:
    """A content of revisions is hidden whole, if any of it is secret or nobody can tell."""
    data = raw["data"]
    try:
        spec = unpacked(data)
        entries = spec.get("raw")
        if spec.get("deployer") == "Helm" or _hide_entries(entries, None, changed) is entries:
            return raw
    except InvalidInput:
        pass  # hidden below
    return _with(raw, "data", _with(data, "content", _placeholder(data.get("content"), other, changed)))


def _hide_items(items: Any, others: Any, changed: str) -> Any:
    """The items of a List; each is compared with the one of the same identity."""
    if not isinstance(items, list):
        return items
    counterparts = {_identity(item): item for item in others} if isinstance(others, list) else {}
    hidden = [
        _hide(item, counterparts.get(_identity(item)), changed) if isinstance(item, Mapping) else item for item in items
    ]
    return items if all(new is old for new, old in zip(hidden, items, strict=True)) else hidden


def _hide_entries(entries: Any, others: Any, changed: str) -> Any:
    """The base64 entries of a Description; each is compared with the one of the same identity."""
    if not isinstance(entries, list):
        return entries
    decoded = [_decode(entry) for entry in entries]
    hidden = _hide_items(decoded, [_decode(entry) for entry in others] if isinstance(others, list) else None, changed)
    if hidden is decoded:
        return entries
    triples = zip(entries, decoded, hidden, strict=True)
    return [entry if new is old else _encode(new) for entry, old, new in triples]


def _hide_overrides(overrides: Any, others: Any, changed: str) -> Any:
    """The overrides of a policy for a Secret; each is compared with the one at the same place."""
    if not isinstance(overrides, list):
        return overrides
    others = others if isinstance(others, list) else []
    hidden = list(overrides)
    for index, override in enumerate(overrides):
        override = _mapping(override)
        text = f"{override.get('fieldPath', '')}\n{override.get('value', '')}"
        if _NAMES_DATA.search(text):
            before = _mapping(others[index]) if index < len(others) else {}
            hidden[index] = {**override, "value": _placeholder(override.get("value"), before.get("value"), changed)}
    return hidden if any(new is not old for new, old in zip(hidden, overrides, strict=True)) else overrides


def _feeds_secret(spec: Raw) -> bool:
    feed = _mapping(spec.get("feed"))
    return feed.get("kind") == "Secret" and feed.get("apiVersion") == "v1"


def _placeholder(value: Any, other: Any, changed: str) -> str:
    return HIDDEN if other is None or other == value else changed


def _with(mapping: Raw, key: str, value: Any) -> Raw:
    """The mapping with one value replaced; the mapping itself when that is the value it has."""
    return mapping if value is mapping.get(key) else {**mapping, key: value}


def _identity(raw: Any) -> tuple[Any, ...]:
    """What tells the entries of one list apart; made of whatever is there, as entries may be malformed."""
    raw = _mapping(raw)
    metadata = _mapping(raw.get("metadata"))
    parts = (raw.get("apiVersion"), raw.get("kind"), metadata.get("namespace"), metadata.get("name"))
    return tuple(str(part) for part in parts)


def _decode(entry: Any) -> Any:
    """The object in a base64 entry; None for what is none, or can be no Secret (most entries: these are not parsed)."""
    try:
        text = base64.b64decode(entry, validate=True)
        return json.loads(text) if b'"Secret"' in text else None
    except (TypeError, ValueError, RecursionError):
        return None


def _encode(raw: Raw) -> str:
    return base64.b64encode(json.dumps(raw, separators=(",", ":")).encode()).decode()


def _mapping(value: Any) -> Raw:
    return value if isinstance(value, Mapping) else {}
