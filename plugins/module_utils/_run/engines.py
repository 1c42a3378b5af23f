# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who does what on a hub: our scheduler or another one, our delivery or Clusternet's controllers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import foreign
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import SCHEDULER_NAMES
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope, subscription_of


def refuse_beside_clusternet(contents: Contents) -> None:
    """Two engines on one hub would undo each other's Bases, and each would prune what the other delivered.

    :raises InvalidInput: where Clusternet's controllers run.
    """
    if contents.clusternet:
        raise InvalidInput(
            f"{contents.clusternet}: nothing is delivered beside Clusternet's own controllers, and nothing was changed. Use "
            "multicluster.apps.distribute with engine=clusternet, which stores and waits for them, or stop them first"
        )


def left_alone(loaded: Loaded, scope: Scope) -> tuple[str, ...]:
    """A note for each Subscription in scope that names a scheduler that is not ours."""
    remains = _remains(loaded)
    return tuple(
        f"Subscription {name} was left alone: it names the scheduler {scheduler!r}, and ours serve {_OURS}{remains.get(name, '')}"
        for name, scheduler in _foreign(loaded).items()
        if scope.has_subscription(name)
    )


def served(loaded: Loaded, scope: Scope) -> Scope:
    """The scope without the Subscriptions of other schedulers: what was delivered for them once is neither touched nor removed."""
    others = _foreign(loaded)
    if not others:
        return scope
    names = {item.full_name for item in loaded.snapshot.subscriptions}
    names |= {subscription_of(base) for base in loaded.snapshot.bases}
    return replace(scope, subscriptions=frozenset(filter(scope.has_subscription, names - others.keys())))


_OURS = " and ".join(sorted(SCHEDULER_NAMES))


def _foreign(loaded: Loaded) -> Mapping[str, str]:
    return {item.full_name: item.scheduler_name for item in foreign(loaded.snapshot)}


def _remains(loaded: Loaded) -> Mapping[str, str]:
    """What is left of the time when they were ours, by Subscription; it must not be forgotten in silence."""
    return {
        name: f". What was delivered for it earlier stays in {count} clusters as it is; to have it removed, give the "
        "Subscription back to our scheduler and remove it then"
        for name, count in Counter(_ours(loaded)).items()
    }


def _ours(loaded: Loaded) -> Iterator[str]:
    return filter(None, (subscription_of(base) for base in loaded.snapshot.bases))
