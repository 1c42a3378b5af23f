# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything of one hub onto another (`migrate_hub`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.migrate import (
    is_begun,
    is_same,
    moved,
    names_of_uids,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import hub_diffs, hub_result, shown
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

# Clusters before what is in their namespaces, and what others refer to before those; all else comes last.
_ORDER: Final = (
    "ManagedCluster",
    "Secret",
    "Manifest",
    "HelmChart",
    "Globalization",
    "Localization",
    "Subscription",
    "FeedInventory",
    "Base",
    "Description",
)
_SHOWN: Final = 10


@dataclass(frozen=True)
class _Hubs:
    """What both hubs hold."""

    source: Contents
    target: Contents


def migrate(source: Tools, target: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Copy all objects; the source stays as it is. A migration that was interrupted goes on where it stopped.

    :returns: `changed`, `created`, `updated`, `removed`, `warnings`, and `diff` where it is asked for.
    :raises InvalidInput: when both are one hub, Clusternet's controllers run on one of them, or the target holds what the
        source does not; nothing was changed then.
    :raises HubError: when one of them cannot be read or written.
    """
    if source.hub.location == target.hub.location:
        raise InvalidInput(f"source and target are the same hub: {source.hub.location}")
    now = target.now()
    with ExitStack() as locks:
        for tools in (source, target) if not check else ():
            locks.enter_context(tools.hub.lock("hub"))
        hubs = _Hubs(source.hub.load(), target.hub.load())
        _refuse_clusternet(hubs, source, target)
        changes = _plan(hubs, source, target)
        if check:
            target.hub.check(changes)
        else:
            target.hub.write(changes, now)
    result = {
        "changed": bool(changes),
        **hub_result(changes, hubs.target),
        "warnings": [*hubs.source.warnings, *hubs.target.warnings],
    }
    after = hubs.target.with_changes(changes, now)
    return result | ({"diff": hub_diffs(changes, hubs.target, after)} if diff else {})


def _refuse_clusternet(hubs: _Hubs, source: Tools, target: Tools) -> None:
    """Its controllers would take part at once: on a target with what they find there, on a source with what goes on."""
    for contents, tools in ((hubs.source, source), (hubs.target, target)):
        if contents.clusternet:
            raise InvalidInput(
                f"{tools.hub.location}: {contents.clusternet}; a hub is migrated while Clusternet's controllers are stopped. "
                "Nothing was changed"
            )


def _plan(hubs: _Hubs, source: Tools, target: Tools) -> tuple[Change, ...]:
    uids = dict(_uids(hubs))
    absolute, relative = _absolute(source.hub_dir), _relative(target.hub_dir)
    wanted = {key: moved(stored.raw, uids, absolute, relative) for key, stored in hubs.source.objects.items()}
    names = names_of_uids({key: stored.raw for key, stored in hubs.target.objects.items()})
    # What is wanted already names the uids of the target, or those that new objects there will have.
    wanted_names = {**{new: str(key) for key, new in _new_uids(hubs)}, **names}
    changes: list[Change] = []
    others = [key for key in hubs.target.objects if key not in wanted]
    for key in sorted(wanted, key=lambda each: _rank(each, hubs.source.objects[each].raw)):
        stored = hubs.target.objects.get(key)
        if stored is None:
            changes.append(Put(wanted[key], None))
        elif is_same(wanted[key], wanted_names, stored.raw, names):
            continue
        elif is_begun(wanted[key], wanted_names, stored.raw, names):
            changes.append(Put(_going_on(wanted[key], stored.raw), stored.version))
        else:
            others.append(key)
    _refuse_others(others, target)
    return tuple(changes)


def _absolute(hub_dir: str | None) -> Callable[[str], str]:
    return lambda path: os.path.normpath(os.path.join(hub_dir or "/", path))


def _relative(hub_dir: str | None) -> Callable[[str], str] | None:
    return None if hub_dir is None else lambda path: os.path.relpath(path, hub_dir)


def _going_on(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a migration left half done, with the identity that it has on the target."""
    kept = {key: stored["metadata"][key] for key in ("uid", "creationTimestamp") if key in stored["metadata"]}
    return {**wanted, "metadata": {**wanted["metadata"], **kept}}


def _new_uids(hubs: _Hubs) -> Iterator[tuple[ObjectKey, str]]:
    """The uid that each object of the source has, or is predicted to get, on the target."""
    for key in hubs.source.objects:
        stored = hubs.target.objects.get(key)
        yield key, str(stored.raw["metadata"].get("uid") if stored else identity_uid(key))


def _uids(hubs: _Hubs) -> Iterator[tuple[str, str]]:
    for key, new in _new_uids(hubs):
        old = hubs.source.objects[key].raw["metadata"].get("uid")
        if old:
            yield str(old), new


def _rank(key: ObjectKey, raw: Mapping[str, Any]) -> tuple[int, str, str, ObjectKey]:
    """Kinds in their order; within one, the older first, which is what Clusternet's own order among equals comes from."""
    place = _ORDER.index(key.kind) if key.kind in _ORDER else len(_ORDER)
    return place, key.kind, str(raw["metadata"].get("creationTimestamp") or ""), key


def _refuse_others(others: list[ObjectKey], target: Tools) -> None:
    if not others:
        return
    listed = ", ".join(shown(key) for key in sorted(others)[:_SHOWN])
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    raise InvalidInput(
        f"{target.hub.location} holds {len(others)} objects that the source does not hold, or holds otherwise: {listed}{more}. A "
        "hub is migrated to an empty one, or to one where the same migration was interrupted; nothing was changed"
    )
