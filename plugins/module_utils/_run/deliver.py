# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The use case of one cluster: observe, plan, carry out, wait for health, say what came of it.

Whatever goes wrong in the cluster is part of the outcome; the other clusters never learn of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.health import health
from ansible_collections.multicluster.apps.plugins.module_utils._core.plan import plan_delivery
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    Bundle,
    ClusterOutcome,
    ClusterUnreachable,
    DeliveryOptions,
    Health,
    HealthStatus,
    ObjectOutcome,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.execution import Execution
from ansible_collections.multicluster.apps.plugins.module_utils._run.member_port import Member
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock

# States that waiting does not change.
_SETTLED = (HealthStatus.CURRENT, HealthStatus.FAILED)


def deliver(member: Member, bundle: Bundle, options: DeliveryOptions, clock: Clock) -> ClusterOutcome:
    """Make one cluster match its bundle, or with `check` say what that would do.

    :returns: the outcome; no ClusterError leaves this function.
    """
    began = clock.now()
    blank = ClusterOutcome(bundle.cluster, member.location, options.check)
    try:
        wanted = [desired.raw for applyset in bundle.applysets for desired in applyset.objects]
        observed = member.observe(wanted, [applyset.name for applyset in bundle.applysets])
    except ClusterError as error:
        unreachable = isinstance(error, ClusterUnreachable)
        return replace(blank, errors=(str(error),), unreachable=unreachable, seconds=clock.now() - began)
    plan = plan_delivery(bundle, observed, options)
    execution = Execution(member, bundle, observed, plan, options)
    outcome = execution.run(blank)
    if options.wait and observed.server and not options.check and not outcome.unreachable:
        outcome = _wait(member, outcome, execution.live, options, clock, began + options.wait_timeout)
    return replace(outcome, seconds=clock.now() - began)


def _wait(
    member: Member,
    outcome: ClusterOutcome,
    live: Mapping[ObjectKey, Mapping[str, Any]],
    options: DeliveryOptions,
    clock: Clock,
    deadline: float,
) -> ClusterOutcome:
    """Look at what is not healthy yet, again and again, until it is, has failed, or the time is over."""
    states = {item.key: item.health for item in outcome.outcomes if item.health is not None}
    latest: dict[ObjectKey, Mapping[str, Any]] = {}
    errors: tuple[str, ...] = ()
    while pending := [key for key, state in states.items() if state.status not in _SETTLED]:
        left = deadline - clock.now()
        if left <= 0:
            break
        clock.sleep(min(options.wait_sleep, left))
        try:
            found = member.read([live[key] for key in pending])
        except ClusterError as error:
            errors = (f"while waiting for health: {error}",)
            break
        for key in pending:
            # The cluster may know an object under another namespace than the hub, which cannot know every kind's scope.
            now = found.get(ObjectKey.of(live[key]))
            latest[key] = now if now is not None else {}
            states[key] = health(now) if now is not None else Health(HealthStatus.NOT_FOUND, "it is gone")
    outcomes = tuple(
        replace(item, health=states[item.key], status=latest[item.key].get("status")) if item.key in latest else item
        for item in outcome.outcomes
    )
    return replace(
        outcome,
        outcomes=outcomes,
        errors=(*outcome.errors, *errors),
        unhealthy=tuple(item for item in outcomes if _unhealthy(item)),
    )


def _unhealthy(item: ObjectOutcome) -> bool:
    return item.health is not None and item.health.status is not HealthStatus.CURRENT
