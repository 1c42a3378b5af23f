# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Storing and removing what users write (`apply` and the modules for one object)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import base_name
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import base_of_description
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import (
    equal,
    is_controllers_finalizer,
    is_controllers_label,
    with_defaults,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete, Put, marked
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed, ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import is_ours
from ansible_collections.multicluster.apps.plugins.module_utils._run.admission import Admitted, admit, identify
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import TextCodec

# Annotations that no user writes: where an object came from, from the user and from an earlier hub.
_OF_THE_HUB: Final = (api.ANNOTATION_SOURCE, api.ANNOTATION_CREATED, api.ANNOTATION_MIGRATED)


@dataclass(frozen=True, slots=True)
class StoreRequest:
    """What a user wants stored or removed.

    :param documents: the objects, in the order of their files.
    :param source: names where they come from, the same in every run; None where nothing of it is remembered.
    :param absent: remove them instead.
    :param prune: remove what an earlier run stored from the same source and this one has no longer.
    :param max_pruned_objects: more than this are an error, and nothing is changed.
    """

    documents: Sequence[Document]
    source: str | None = None
    absent: bool = False
    prune: bool = False
    max_pruned_objects: int = 50


def plan_store(request: StoreRequest, contents: Contents, codec: TextCodec, now: str) -> tuple[Change, ...]:
    """The changes that bring a hub to what the user wants; none where it is so already.

    To remove a Subscription by name is consent to remove what it delivered: its Bases and Descriptions are marked, and no guard
    of a later run asks again. A Subscription that only vanished from its file is no such consent.

    :param now: the time of deletion of what is marked.
    :raises InvalidInput: with all that is wrong with the documents, or for a prune that is not safe.
    """
    if request.absent:
        keys = tuple(identify(request.documents))
        return (*_consents(keys, contents, now), *_removals(keys, contents))
    admitted = admit(request.documents, codec)
    changes: list[Change] = [change for item in admitted if (change := _put(item, contents, request.source))]
    return (*changes, *(_pruned(request, admitted, contents) if request.prune else ()))


def _put(item: Admitted, contents: Contents, source: str | None) -> Put | None:
    stored = contents.objects.get(item.key)
    if stored is None:
        return Put(_wanted(item.raw, {}, source), None)
    _same_template(item, stored.raw)
    wanted = _wanted(item.raw, stored.raw, source)
    if equal(wanted, stored.raw):
        return None
    return Put(with_defaults(wanted, as_in=stored.raw), stored.version)


def _wanted(raw: Mapping[str, Any], stored: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """The user's object with what only the hub knows of it: identity, status, where it came from, what a controller needs.

    An object that is being deleted is wanted again: its time of deletion is not kept.
    """
    before: Mapping[str, Any] = stored.get("metadata") or {}
    identity = {field: before[field] for field in ("uid", "creationTimestamp") if field in before}
    metadata = {**raw["metadata"], **identity, **_of_controllers(raw["metadata"], before)}
    kept = {key: text for key, text in (before.get("annotations") or {}).items() if key in _OF_THE_HUB}
    kept |= {api.ANNOTATION_SOURCE: source} if source else {}
    if kept:
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **kept}
    status = {"status": stored["status"]} if "status" in stored else {}
    return {**raw, "metadata": metadata, **status}


def _of_controllers(metadata: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The labels and finalizers of an object, with those that a controller put there."""
    labels = {key: value for key, value in (before.get("labels") or {}).items() if is_controllers_label(key, value)}
    finalizers = list(before.get("finalizers") or ())
    if metadata.get("finalizers"):
        theirs = [each for each in finalizers if is_controllers_finalizer(each)]
        finalizers = list(dict.fromkeys([*metadata["finalizers"], *theirs]))
    found = {"labels": {**labels, **(metadata.get("labels") or {})}, "finalizers": finalizers}
    return {field: value for field, value in found.items() if value}


def _same_template(item: Admitted, stored: Mapping[str, Any]) -> None:
    """Two names that make one slug must not overwrite each other (DESIGN, "Names")."""
    if item.key.kind != "Manifest":
        return
    mine, theirs = ObjectKey.of(item.raw["template"]), ObjectKey.of(stored["template"])
    if mine != theirs:
        raise InvalidInput(f"{item.where}: {mine} would overwrite {theirs}: both are {item.key} on the hub; rename one")


def _removals(keys: Iterable[tuple[ObjectKey, str]], contents: Contents) -> tuple[Delete, ...]:
    removals = tuple(
        Delete(key, stored.version)
        for key, _where in keys
        if (stored := contents.objects.get(key)) is not None and stored.version is not None
    )
    for removal in removals:
        _may_go(removal.key, contents)
    return removals


def _consents(keys: Iterable[tuple[ObjectKey, str]], contents: Contents, now: str) -> Iterator[Put]:
    names = {base_name(key.namespace, key.name) for key, _where in keys if key.kind == "Subscription"}
    for key, stored in sorted(contents.objects.items()) if names else ():
        base = key.name if key.kind == "Base" else base_of_description(key.name) if key.kind == "Description" else ""
        if base not in names:
            continue
        if is_ours(stored.raw) and (change := marked(stored, now)) is not None:
            yield change


def _may_go(key: ObjectKey, contents: Contents) -> None:
    """A cluster that still runs something is not forgotten: its Bases say what would be left behind."""
    if key.kind != "ManagedCluster":
        return
    bases = sorted(
        other.name for other in contents.objects if other.kind == "Base" and other.namespace == key.namespace
    )
    if bases:
        raise InvalidInput(
            f"{key} still has {len(bases)} Bases ({', '.join(bases[:3])}{', …' if len(bases) > 3 else ''}): "
            "let its Subscriptions leave it first (a label, or a taint with effect NoSchedule, and multicluster.apps.distribute)"
        )


def _pruned(request: StoreRequest, admitted: Sequence[Admitted], contents: Contents) -> tuple[Delete, ...]:
    if request.source is None:
        raise InvalidInput(
            "prune needs source, a name for where the objects come from, the same in every run: only then is it known what an "
            "earlier run stored from there (in a directory hub src and template have one by themselves)"
        )
    if not admitted:
        raise InvalidInput(
            f"{request.source}: holds no object, so prune would remove all that it stored; use state=absent for that"
        )
    keep = {item.key for item in admitted}
    gone = tuple(
        (key, stored.source)
        for key, stored in sorted(contents.objects.items())
        if key not in keep and _source_of(stored.raw) == request.source
    )
    if len(gone) > request.max_pruned_objects:
        raise InvalidInput(
            f"{request.source}: prune would remove {len(gone)} objects from the hub, more than "
            f"max_pruned_objects={request.max_pruned_objects}; nothing was changed"
        )
    return _removals(gone, contents)


def _source_of(raw: Mapping[str, Any]) -> str | None:
    return (raw["metadata"].get("annotations") or {}).get(api.ANNOTATION_SOURCE)


def feeds_without_object(contents: Contents) -> tuple[str, ...]:
    """Warnings for feeds whose object the hub does not hold (yet); to distribute them is an error."""
    held = {
        ObjectKey.of(stored.raw["template"]) for key, stored in contents.objects.items() if key.kind == "Manifest"
    } | {key for key in contents.objects if key.kind == "HelmChart"}
    by_name = {(key.group, key.kind, key.name) for key in held}
    missing = []
    for key, stored in sorted(contents.objects.items()):
        if key.kind != "Subscription":
            continue
        for feed in (Feed.of(each) for each in stored.raw["spec"].get("feeds") or ()):
            wanted = feed.object_key
            if wanted not in held and (wanted.namespace or (wanted.group, wanted.kind, wanted.name) not in by_name):
                missing.append(f"{key}: feed {feed.key} has no object on the hub yet")
    return tuple(missing)
