# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An object on its way from one hub to another: what a hub has a say in changes, and everything else stays as it is.

A hub gives uids, creation times and, where it is an API server, defaults. The uids that labels and owners repeat become those
of the other hub. What an object was before an API server had its say goes along in annotations, so that a way back undoes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    ANNOTATION_CREATED,
    ANNOTATION_MIGRATED,
    ANNOTATION_PREFIX,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import with_uids
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = Mapping[str, Any]

# The connection annotations of ManagedClusters that hold paths: relative to the hub where that is a directory.
_PATHS: Final = tuple(ANNOTATION_PREFIX + name for name in ("directory", "kubeconfig", "ca-cert"))
_UNSET: Final = "unset"
_RELATIVE: Final = "relative"


def moved(
    raw: Raw, uids: Mapping[str, str], absolute: Callable[[str], str], relative_to_target: Callable[[str], str] | None
) -> dict[str, Any]:
    """The object as it is to be stored on the other hub.

    :param uids: of the objects of the source: the uid there to the one that it has, or will have, on the target.
    :param absolute: makes a path of the source, which may be relative to its directory, absolute.
    :param relative_to_target: makes an absolute path relative to the directory of the target; None for an API server.
    :raises InvalidInput: for a record of an earlier migration that somebody damaged.
    """
    record = _record(raw)
    metadata = {key: value for key, value in raw["metadata"].items() if key not in ("uid", "creationTimestamp")}
    annotations = dict(metadata.pop("annotations", None) or {})
    annotations.pop(ANNOTATION_MIGRATED, None)
    relative = [key for key in _PATHS if _is_relative(annotations.get(key))]
    for key in relative:
        annotations[key] = absolute(annotations[key])
    relative = sorted({*relative, *record[_RELATIVE]} & annotations.keys())
    unset = [*record[_UNSET], *_pointers(raw, with_defaults(raw))]
    body = {**raw}
    if relative_to_target is not None:
        annotations |= {key: relative_to_target(annotations[key]) for key in relative}
        body = _without(body, unset)
    elif unset or relative:
        annotations[ANNOTATION_MIGRATED] = json.dumps({_UNSET: unset, _RELATIVE: relative}, sort_keys=True)
    if created := raw["metadata"].get("creationTimestamp"):
        annotations = {ANNOTATION_CREATED: str(created), **annotations}
    return {**_renamed({**body, "metadata": metadata | ({"annotations": annotations} if annotations else {})}, uids)}


def is_same(one: Raw, one_uids: Mapping[str, str], other: Raw, other_uids: Mapping[str, str]) -> bool:
    """Whether two objects are one and the same on two hubs.

    :param one_uids: of the objects of the one hub: the uid to what stands for it on both.
    """
    return _essence(one, one_uids) == _essence(other, other_uids)


def is_begun(wanted: Raw, wanted_uids: Mapping[str, str], found: Raw, found_uids: Mapping[str, str]) -> bool:
    """Whether an object is the wanted one as far as a migration came that was interrupted: status and deletion come last."""
    last = {"status": wanted["status"]} if "status" in wanted and "status" not in found else {}
    mark = {key: wanted["metadata"][key] for key in ("deletionTimestamp",) if key in wanted["metadata"]}
    return is_same(wanted, wanted_uids, {**found, **last, "metadata": {**found["metadata"], **mark}}, found_uids)


def names_of_uids(raws: Mapping[ObjectKey, Raw]) -> dict[str, str]:
    """For each uid of a hub, the identity that it stands for."""
    return {str(raw["metadata"]["uid"]): str(key) for key, raw in raws.items() if raw["metadata"].get("uid")}


def _essence(raw: Raw, uids: Mapping[str, str]) -> dict[str, Any]:
    """What hubs have no say in."""
    metadata = {key: value for key, value in raw["metadata"].items() if key not in ("uid", "creationTimestamp")}
    if "deletionTimestamp" in metadata:
        metadata["deletionTimestamp"] = "some time"
    ours = (ANNOTATION_CREATED, ANNOTATION_MIGRATED)
    annotations = metadata.get("annotations") or {}
    metadata["annotations"] = {key: value for key, value in annotations.items() if key not in ours}
    return with_defaults(_renamed({**raw, "metadata": metadata}, uids))


def _renamed(raw: Raw, uids: Mapping[str, str]) -> Raw:
    """Clusternet also uses uids as keys of labels."""
    raw = with_uids(raw, uids)
    labels = raw["metadata"].get("labels") or {}
    if not any(key in uids for key in labels):
        return raw
    return {**raw, "metadata": {**raw["metadata"], "labels": {uids.get(key, key): labels[key] for key in labels}}}


def _record(raw: Raw) -> dict[str, list[str]]:
    text = (raw["metadata"].get("annotations") or {}).get(ANNOTATION_MIGRATED)
    try:
        found = json.loads(text) if text else {}
        return {name: [str(item) for item in found.get(name) or ()] for name in (_UNSET, _RELATIVE)}
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise InvalidInput(
            f"{ObjectKey.of(raw)}: its annotation {ANNOTATION_MIGRATED} is no record of a migration; remove it"
        ) from None


def _is_relative(path: str | None) -> bool:
    return path is not None and not path.startswith(("/", "~"))


def _pointers(raw: Any, filled: Any, where: str = "") -> Iterator[str]:
    """Where `filled` has what `raw` has not; metadata is never filled in."""
    for key in filled if isinstance(filled, Mapping) and isinstance(raw, Mapping) else ():
        if where == "" and key == "metadata":
            continue
        if key not in raw:
            yield f"{where}/{key}"
        else:
            yield from _pointers(raw[key], filled[key], f"{where}/{key}")


def _without(raw: Raw, pointers: list[str]) -> dict[str, Any]:
    """The object without the defaults at these places; what somebody changed there since stays."""
    bare: Raw = raw
    for pointer in pointers:
        bare = _removed(bare, pointer.split("/")[1:])
    filled = with_defaults(bare)
    kept = {**bare}
    for pointer in pointers:
        path = pointer.split("/")[1:]
        value = _at(raw, path)
        if value is not None and value != _at(filled, path):
            kept = _put(kept, path, value)
    return kept


def _at(raw: Any, path: list[str]) -> Any:
    for name in path:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw


def _removed(raw: Raw, path: list[str]) -> dict[str, Any]:
    name, *rest = path
    if not rest or not isinstance(raw.get(name), Mapping):
        return {key: value for key, value in raw.items() if rest or key != name}
    return {**raw, name: _removed(raw[name], rest)}


def _put(raw: Raw, path: list[str], value: Any) -> dict[str, Any]:
    name, *rest = path
    return {**raw, name: _put(raw.get(name) or {}, rest, value) if rest else value}
