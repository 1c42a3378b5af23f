# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says while it is on its way: a line for a cluster that ended, without cursor control."""

from __future__ import annotations

import time
from collections.abc import Callable

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import reasons

# So many lines are read; of a larger fleet a line a second is enough to see that it goes on.
_ALL_OF_THE_FIRST = 20
_SECONDS_BETWEEN = 1.0


class Progress:
    """Says how far a run is; failures at once, successes of a large fleet now and then.

    :param say: prints a line.
    :param clock: seconds, monotonic.
    """

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._ended = 0
        self._said_at = clock()

    def __call__(self, outcome: ClusterOutcome, total: int) -> None:
        """One more of `total` clusters ended."""
        self._ended += 1
        now = self._clock()
        is_last = self._ended == total
        if outcome.ok and not is_last and self._ended > _ALL_OF_THE_FIRST and now - self._said_at < _SECONDS_BETWEEN:
            return
        self._said_at = now
        self._say(f"[{self._ended}/{total}] {outcome.cluster}: {summary(outcome)} ({outcome.seconds:.1f} s)")


def summary(outcome: ClusterOutcome) -> str:
    """What was done in a cluster, in a few words; the first reason where it failed."""
    counts = {
        "created": outcome.created,
        "updated": outcome.updated,
        "pruned": outcome.pruned,
        "kept": outcome.kept,
        "unchanged": outcome.unchanged,
        "failed": outcome.failed,
    }
    words = ", ".join(f"{len(objects)} {what}" for what, objects in counts.items() if objects)
    if outcome.ok:
        return words or "nothing to do"
    first, *others = reasons(outcome)
    more = f" (and {len(others)} more)" if others else ""
    return f"FAILED: {first}{more}" + (f"; {words}" if words else "")
