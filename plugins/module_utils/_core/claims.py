# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who wants which object of a cluster: several Subscriptions may feed the same one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ansible_collections.multicluster.apps.plugins.module_utils._core.content import without_server_fields
from ansible_collections.multicluster.apps.plugins.module_utils._core.order import rank
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ApplySet, Bundle, Desired
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


@dataclass(frozen=True, slots=True)
class Claimant:
    """One ApplySet that wants an object, and how it wants it."""

    applyset: ApplySet
    desired: Desired


@dataclass(frozen=True, slots=True)
class Claim:
    """One object and all who want it.

    :param claimants: by namespace and name of the Subscription, one for each ApplySet; the first owns the object.
    :param problem: why nobody gets it: they differ about it, or it cannot be read.
    """

    key: ObjectKey
    claimants: tuple[Claimant, ...]
    problem: str = ""


def claims_of(bundle: Bundle) -> tuple[Claim, ...]:
    """Every object that the ApplySets of a bundle want, in the order of delivery.

    The order is: the place of the kind, then the owner's Subscription, then the owner's own order of objects.
    """
    wanted: dict[ObjectKey, list[Claimant]] = defaultdict(list)
    for applyset in sorted(bundle.applysets, key=lambda item: (item.rank, item.name)):
        for desired in () if applyset.removing else applyset.objects:
            wanted[desired.key].append(Claimant(applyset, desired))
    claims = [_claim(key, claimants) for key, claimants in wanted.items()]
    # Claims are collected in the order of owners and their objects, and sorting is stable.
    return tuple(sorted(claims, key=lambda claim: rank(claim.key)))


def _claim(key: ObjectKey, claimants: list[Claimant]) -> Claim:
    one_each = tuple({claimant.applyset.name: claimant for claimant in reversed(claimants)}.values())[::-1]
    try:
        contents = [without_server_fields(claimant.desired.raw) for claimant in claimants]
    except InvalidInput as error:
        return Claim(key, one_each, str(error))
    if all(content == contents[0] for content in contents):
        return Claim(key, one_each)
    names = sorted({claimant.applyset.subscription for claimant in claimants})
    if len(names) == 1:
        return Claim(key, one_each, f"the Subscription {names[0]} feeds it twice with different contents; feed it once")
    who = f"{', '.join(names[:-1])} and {names[-1]}"
    return Claim(
        key,
        one_each,
        f"the Subscriptions {who} feed it with different contents; make them equal or feed it from one. Where all feed the same "
        "object, they divide its replicas differently (divide it in one, or in clusters that the others do not select), or one "
        "Description is older than an ApplyLater policy (change its Subscription too, or make the policy ApplyNow)",
    )
