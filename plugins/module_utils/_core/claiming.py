# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Subscription that divides replicas asks of its clusters, and of which clusters the room has to be known for that.

What runs is not moved, so where nothing is missing nobody has to be asked: a run that has nothing to do reads no nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.multicluster.apps.plugins.module_utils._core.compete import PREEMPT_LOWER_PRIORITY, Claim
from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import needs_room, rules_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.running import Rows, running_replicas
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import feed_order
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder, Manifest
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription


def claim_of(
    subscription: Subscription,
    clusters: tuple[ManagedCluster, ...],
    snapshot: Snapshot,
    *,
    anew: bool = False,
    survey: bool = False,
) -> Claim:
    """What a Subscription with `schedulingStrategy: Dividing` asks for.

    :param clusters: those that are selected, in scheduling order.
    :param anew: divide as if nothing ran yet.
    :param survey: know the room also where nothing has to find a place.
    :raises InvalidInput: with all that is wrong with its rules, and its feeds that have no object or a malformed one.
    """
    problems: list[str] = []
    orders: list[FeedOrder] = []
    try:
        rules_of(subscription, clusters)
    except InvalidInput as error:
        problems += error.problems
    for feed in subscription.feeds:
        try:
            source = snapshot.resolve(feed)
            if isinstance(source, Manifest):
                orders.append(feed_order(feed, source.template))
            else:
                orders.append(FeedOrder(feed, None, {}, ""))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    return Claim(subscription, clusters, tuple(orders), running_replicas(subscription), anew, survey)


def to_measure(claims: Sequence[Claim]) -> tuple[ManagedCluster, ...]:
    """The clusters whose room decides about these claims, each once, in the order of the claims.

    Those of claims that grow, or that want to know it, and those of the claims that may have to give way to them, since
    what gives way looks for another place.
    """
    dynamic = [
        (claim, rules) for claim in claims if (rules := rules_of(claim.subscription, claim.clusters)) is not None
    ]
    growing = [
        claim
        for claim, rules in dynamic
        if claim.survey or needs_room(rules, claim.orders, Rows(claim.running, claim.bindings), anew=claim.anew)
    ]
    taking = [each.subscription for each in growing if each.subscription.preemption_policy == PREEMPT_LOWER_PRIORITY]
    highest = max((each.priority for each in taking), default=None)
    yielding = [claim for claim, _rules in dynamic if highest is not None and claim.subscription.priority < highest]
    wanted = {cluster.binding: cluster for claim in (*growing, *yielding) for cluster in claim.clusters}
    return tuple(wanted.values())
