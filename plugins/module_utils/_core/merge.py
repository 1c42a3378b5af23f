# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging: JSON merge patches and Helm values. Nothing is changed in place; results share what did not change.

The merge patch is RFC 7386 with the one deviation of the library that Clusternet uses: where a patch value takes the
place of something that is no object, nulls are dropped also from objects inside its lists. No library does this on
shared values without copying whole documents, so it is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Merge = Callable[[Any], Any]


def compile_merge_patch(patch: Any) -> Merge:
    """The function that applies a JSON merge patch to a document and returns the new document.

    :raises ValueError: at once, for a patch that is neither object nor list.
    The function raises ValueError for a document that is null.
    """
    if not isinstance(patch, (dict, list)):
        raise ValueError(f"a merge patch is an object (or a list that replaces everything), not {describe(patch)}")
    pruned = _without_nulls(patch)
    plan = _plan(patch) if isinstance(patch, dict) else None

    def apply(document: Any) -> Any:
        if document is None:
            raise ValueError("the document is null, which a merge patch cannot change")
        if plan is None or not isinstance(document, dict):
            return pruned
        return _merged(document, plan)

    return apply


def compile_values(values: Any, *, keep_nulls: bool) -> Merge:
    """The function that lays Helm values over the values so far: objects are merged, everything else is replaced.

    :param keep_nulls: a null stays and so removes the chart's default, as with several values files in Helm. Otherwise
        it removes a key that is there and stays where there is none, as Clusternet does on objects.
    :raises ValueError: at once, for values that are no object; null is no values at all.
    The function raises ValueError for a document that is no object.
    """
    if values is not None and not isinstance(values, dict):
        raise ValueError(f"Helm values are an object, not {describe(values)}")
    overlay = values or {}

    def apply(document: Any) -> Any:
        if document is None:
            return overlay
        if not isinstance(document, dict):
            raise ValueError(f"Helm values can only be laid over an object, not over {describe(document)}")
        return _laid_over(document, overlay, keep_nulls)

    return apply


def describe(value: Any) -> str:
    """What kind of JSON value it is, for messages."""
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "a number")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A merge patch, sorted by what happens to each key.

    :ivar removed: keys whose patch value is null.
    :ivar replaced: key, value over an object, value over anything else.
    :ivar merged: key, plan over an object, value over anything else.
    """

    removed: tuple[str, ...]
    replaced: tuple[tuple[str, Any, Any], ...]
    merged: tuple[tuple[str, _Plan, Any], ...]


def _plan(patch: Mapping[str, Any]) -> _Plan:
    present = [(key, value) for key, value in patch.items() if value is not None]
    return _Plan(
        removed=tuple(key for key, value in patch.items() if value is None),
        replaced=tuple((key, value, _without_nulls(value)) for key, value in present if not isinstance(value, dict)),
        merged=tuple((key, _plan(value), _without_nulls(value)) for key, value in present if isinstance(value, dict)),
    )


def _merged(document: dict[str, Any], plan: _Plan) -> dict[str, Any]:
    result = dict(document)
    for key in plan.removed:
        result.pop(key, None)
    for key, over_object, otherwise in plan.replaced:
        result[key] = over_object if isinstance(result.get(key), dict) else otherwise
    for key, below, otherwise in plan.merged:
        current = result.get(key)
        result[key] = _merged(current, below) if isinstance(current, dict) else otherwise
    return result


def _without_nulls(value: Any) -> Any:
    """The value without the keys that are null; nulls that are items of lists stay."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _laid_over(document: dict[str, Any], overlay: dict[str, Any], keep_nulls: bool) -> dict[str, Any]:
    result = dict(document)
    for key, value in overlay.items():
        current = result.get(key)
        if isinstance(value, dict) and isinstance(current, dict):
            result[key] = _laid_over(current, value, keep_nulls)
        elif value is None and not keep_nulls and key in result:
            del result[key]
        else:
            result[key] = value
    return result
