# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two states of what a cluster gets: objects, and fields of objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.render import decode
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import HELM
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import masked_pair

Content = Mapping[ObjectKey, Mapping[str, Any]]
"""Objects by identity; of a HelmChart the chart, with its values as `values`."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field.

    :param field: its path, as in a JSON patch.
    :param values: `old` where it was there before, `new` where it is there after.
    """

    field: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, by identity; secret values are masked.

    :param changed: only fields that differ; what is in both is in none of these.
    """

    added: tuple[ObjectKey, ...]
    removed: tuple[ObjectKey, ...]
    changed: tuple[tuple[ObjectKey, tuple[FieldChange, ...]], ...]


def content_in(specs: Iterable[Mapping[str, Any]]) -> Content:
    """What the specs of Descriptions hold.

    :raises InvalidInput: for an entry that is no object.
    """
    found: dict[ObjectKey, Mapping[str, Any]] = {}
    for spec in specs:
        objects = _charts(spec) if spec["deployer"] == HELM else map(decode, spec["raw"])
        for raw in objects:
            if not isinstance(raw, Mapping):
                raise InvalidInput("what is kept of a revision holds something that is no object")
            found[ObjectKey.of(raw)] = raw
    return found


def compare(before: Content, after: Content) -> Difference:
    """What one has to change in `before` to have `after`; all in the order of identities."""
    changed = []
    for key in sorted(before.keys() & after.keys()):
        if before[key] != after[key]:
            old, new = masked_pair(before[key], after[key])
            changed.append((key, tuple(_field_changes(old, new, ""))))
    return Difference(
        tuple(sorted(after.keys() - before.keys())), tuple(sorted(before.keys() - after.keys())), tuple(changed)
    )


def _charts(spec: Mapping[str, Any]) -> Iterator[Any]:
    for chart, values in zip(spec["chartRaw"], spec["raw"], strict=True):
        raw = decode(chart)
        yield {**raw, "values": decode(values)} if isinstance(raw, Mapping) else raw


def _field_changes(old: Any, new: Any, path: str) -> Iterator[FieldChange]:
    """The smallest fields that differ. Lists of one length are compared item by item; others count whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            below = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key in old and key in new:
                yield from _field_changes(old[key], new[key], below)
            else:
                yield FieldChange(below, {"old": old[key]} if key in old else {"new": new[key]})
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and _same_length(old, new):
        for index, (mine, theirs) in enumerate(zip(old, new, strict=True)):
            yield from _field_changes(mine, theirs, f"{path}/{index}")
    elif old != new:
        yield FieldChange(path, {"old": old, "new": new})


def _same_length(old: Sequence[Any], new: Sequence[Any]) -> bool:
    return not isinstance(old, str) and not isinstance(new, str) and len(old) == len(new)
