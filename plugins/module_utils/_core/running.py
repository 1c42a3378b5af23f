# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many replicas run where, as the status of a Subscription keeps it, and as it is divided from.

A fleet has millions of these numbers, and nearly all of them stay as they are from run to run: rows are kept and compared
whole, and nothing looks at a single number that need not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription

# By feed key and by binding: how many replicas run.
Running: TypeAlias = Mapping[str, Mapping[str, int]]
Counts: TypeAlias = tuple[int, ...]


def bindings_of(clusters: Iterable[ManagedCluster]) -> tuple[str, ...]:
    """`<namespace>/<name>` of each."""
    return tuple([cluster.binding for cluster in clusters])


class Row(Mapping[str, int]):
    """The replicas of one feed, by binding; a value.

    :ivar names: the bindings; all rows of a Subscription share them.
    :ivar counts: in the order of the names.
    """

    __slots__ = ("_found", "counts", "names")

    def __init__(self, names: tuple[str, ...], counts: Counts) -> None:
        self.names = names
        self.counts = counts
        self._found: dict[str, int] | None = None

    @property
    def _by_name(self) -> dict[str, int]:
        if self._found is None:
            self._found = dict(zip(self.names, self.counts, strict=True))
        return self._found

    def __getitem__(self, name: str) -> int:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"Row({self._by_name})"


class Rows:
    """What runs, by the same clusters in the same order, feed after feed.

    :param names: the bindings of the clusters.
    """

    def __init__(self, running: Running, names: tuple[str, ...]) -> None:
        self.names = names
        self._running = running
        self._known: dict[str, Counts] = {}
        # What the rows of a Subscription share, and where in them the clusters stand; None where they are the same.
        self._theirs: tuple[str, ...] = names
        self._places: Sequence[tuple[int, int]] | None = None

    def of(self, key: str) -> Counts:
        """How many replicas of a feed each of the clusters runs."""
        if key not in self._known:
            self._known[key] = self._row(self._running.get(key))
        return self._known[key]

    def _row(self, known: Mapping[str, int] | None) -> Counts:
        if not isinstance(known, Row):
            return tuple([known.get(name, 0) for name in self.names]) if known else (0,) * len(self.names)
        if known.names is not self._theirs:
            self._theirs, self._places = known.names, self._places_in(known.names)
        if self._places is None:
            return known.counts
        found, counts = [0] * len(self.names), known.counts
        for ours, theirs in self._places:
            found[ours] = counts[theirs]
        return tuple(found)

    def _places_in(self, theirs: tuple[str, ...]) -> Sequence[tuple[int, int]] | None:
        if theirs == self.names:
            return None
        places = {name: place for place, name in enumerate(self.names)}
        return [(places[name], place) for place, name in enumerate(theirs) if name in places]


def running_replicas(subscription: Subscription) -> dict[str, Row]:
    """What an earlier run has decided, out of the status: by feed key and binding.

    A list that has not one whole number for each bound cluster says nothing, and counts as none.
    """
    names, replicas = subscription.bound, subscription.status.get("replicas")
    if not isinstance(replicas, Mapping):
        return {}
    return {
        key: Row(names, tuple(counts))
        for key, counts in replicas.items()
        if isinstance(counts, (list, tuple)) and counts and len(counts) == len(names) and _are_counts(counts)
    }


def _are_counts(values: Sequence[Any]) -> bool:
    return set(map(type, values)) == {int} and min(values) >= 0
