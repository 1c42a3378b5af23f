# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a hub holds to what decisions read: every object parsed once, at the door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.inventory import is_replica_localization
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    KINDS,
    ControllerRevision,
    Description,
    ManagedCluster,
    ParsedObject,
    Policy,
    parse_stored,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

# What is parsed, and so all that answers and previews need of a hub: who only looks may not read the clusters' Secrets.
PARSED_KINDS: Final = frozenset(kind for _group, kind in KINDS)
# All but what is made for clusters and is most of a hub: what it takes to store objects, and to warn about them.
STORED_KINDS: Final = (PARSED_KINDS | {"ClusterRegistrationRequest", "Secret"}) - {
    ControllerRevision.KIND,
    Description.KIND,
}


@dataclass(frozen=True)
class Loaded:
    """A hub as one run sees it.

    :param warnings: one sentence each: unknown fields, files left aside.
    :param parsed: each object as it was read, beside what it was parsed to and the warnings about it.
    """

    contents: Contents
    snapshot: Snapshot
    warnings: tuple[str, ...]
    parsed: Mapping[ObjectKey, _Parsed]

    @cached_property
    def by_namespace(self) -> Mapping[str, Mapping[ObjectKey, StoredObject]]:
        """The objects of each namespace: whoever goes from cluster to cluster does not look through the whole hub each time."""
        found: defaultdict[str, dict[ObjectKey, StoredObject]] = defaultdict(dict)
        for key, item in self.contents.objects.items():
            found[key.namespace][key] = item
        return dict(found)


_Parsed = tuple[Mapping[str, Any], ParsedObject, tuple[str, ...]]


def parse_contents(contents: Contents, earlier: Loaded | None = None) -> Loaded:
    """Parse everything that a hub holds.

    :param earlier: the same hub a moment ago; what is the very same object since is not parsed again.
    :raises InvalidInput: with all that cannot be read. A run never goes on without an object that it could not read: a
        Globalization left out would be taken back from every cluster.
    """
    known = earlier.parsed if earlier else {}
    parsed: dict[ObjectKey, _Parsed] = {}
    problems: list[str] = []
    for key, stored in contents.objects.items():
        if (key.group, key.kind) not in KINDS:
            continue
        if key in known and known[key][0] is stored.raw:
            parsed[key] = known[key]
            continue
        try:
            parsed[key] = (stored.raw, *parse_stored(stored.raw, stored.source))
        except InvalidInput as error:
            problems.extend(error.problems)
    problems.extend(_clusters_in_one_namespace(parsed))
    if problems:
        raise InvalidInput(problems)
    snapshot = Snapshot.of(item for _raw, item, _warnings in parsed.values())
    unknown = (warning for _raw, _item, warnings in parsed.values() for warning in warnings)
    return Loaded(contents, snapshot, (*contents.warnings, *unknown), parsed)


def _clusters_in_one_namespace(parsed: Mapping[ObjectKey, _Parsed]) -> Iterator[str]:
    """A cluster's namespace on the hub is its own: what is in it could not be told apart otherwise."""
    first: dict[str, ObjectKey] = {}
    for key in parsed:
        if key.kind == ManagedCluster.KIND and first.setdefault(key.namespace, key) != key:
            yield f"{first[key.namespace]} and {key} are in one namespace of the hub; remove one of them"


def policies_for_nothing(loaded: Loaded) -> tuple[str, ...]:
    """A warning for each policy of a user's without an object to change; `loaded` has to be a whole hub."""
    theirs = (policy for policy in loaded.snapshot.policies_for_nothing if not is_replica_localization(policy))
    return tuple(map(_for_nothing, theirs))


def _for_nothing(policy: Policy) -> str:
    what = f"its feed {policy.feed.key} points to no object on the hub" if policy.feed else "it names no feed"
    return f"{policy.key}: {what}; the policy has no effect"
