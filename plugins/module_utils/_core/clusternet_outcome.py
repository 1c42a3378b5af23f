# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Clusternet did in a cluster, in the shape in which this collection says what itself does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet import Progress
from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet_content import Content
from ansible_collections.multicluster.apps.plugins.module_utils._core.health import health
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterOutcome,
    Health,
    HealthStatus,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


@dataclass(frozen=True, slots=True)
class Watched:
    """One Subscription in one cluster, before the run and as it was seen last.

    :param before: what its Descriptions held.
    :param progress: None where nothing of it is left.
    """

    subscription: str
    before: Content
    progress: Progress | None = None
    problems: Sequence[str] = field(default_factory=tuple)

    @property
    def objects(self) -> tuple[ObjectOutcome, ...]:
        """What came of its objects, as far as Descriptions tell."""
        return tuple(_objects(self))

    @property
    def unhealthy(self) -> tuple[ObjectOutcome, ...]:
        """Objects that Clusternet's agents reported, and that are not healthy."""
        return tuple(item for item in self.objects if item.health and item.health.status is not HealthStatus.CURRENT)


def outcome(
    cluster: str, location: str, watched: Iterable[Watched], *, late: str, health_counts: bool, seconds: float
) -> ClusterOutcome:
    """What came of a cluster.

    :param location: the hub: it is all that was asked.
    :param late: how long was waited, for what has not come: `not within 300 s`.
    :param health_counts: what is not healthy is a failure.
    """
    items = tuple(watched)
    seen = tuple(item.progress for item in items if item.progress is not None)
    waited = (f"{late}: {text}" for progress in seen for text in progress.waiting)
    return ClusterOutcome(
        cluster,
        location,
        False,
        outcomes=tuple(each for item in items for each in item.objects),
        errors=(
            *(problem for item in items for problem in item.problems),
            *(failure for progress in seen for failure in progress.failures),
            *waited,
        ),
        warnings=tuple(note for progress in seen for note in progress.notes),
        unhealthy=tuple(each for item in items for each in item.unhealthy) if health_counts else (),
        seconds=seconds,
    )


def _objects(item: Watched) -> Iterator[ObjectOutcome]:
    now: Content = item.progress.content if item.progress else {}
    base = item.progress.base if item.progress else ""
    described: Mapping[ObjectKey, str] = item.progress.described if item.progress else {}
    for key in (*now, *(key for key in item.before if key not in now)):
        old, new = item.before.get(key), now.get(key)
        result = _result(key, item.before, now)
        changed = result is not Result.UNCHANGED
        yield ObjectOutcome(
            key,
            base,
            item.subscription,
            described.get(key, ""),
            result,
            before=old if changed else None,
            after=new if changed else None,
            health=_health(key, item.progress),
        )


def _result(key: ObjectKey, before: Content, now: Content) -> Result:
    if key not in before:
        return Result.CREATED
    if key not in now:
        return Result.PRUNED
    return Result.UNCHANGED if before[key] == now[key] else Result.UPDATED


def _health(key: ObjectKey, progress: Progress | None) -> Health | None:
    """None where no agent reported it: Clusternet's agents do so only where a feature of theirs is switched on."""
    if progress is None or key not in progress.observed:
        return None
    return health({**progress.content[key], "status": progress.observed[key]})
