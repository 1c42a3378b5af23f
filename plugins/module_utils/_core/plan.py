# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be done in one cluster: what the hub wants there against what is there.

Data in, data out: a plan can be shown, tested and thrown away. Nothing here is carried out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.claims import Claim, Claimant, claims_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.content import prepare
from ansible_collections.multicluster.apps.plugins.module_utils._core.order import delivery_order
from ansible_collections.multicluster.apps.plugins.module_utils._core.ownership import (
    Owner,
    Owners,
    Relation,
    prunable_marks,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    Action,
    ApplySet,
    Bundle,
    DeliveryOptions,
    Live,
    Observed,
    Plan,
    Step,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.fingerprint import record_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

# What takes other people's data with it when it goes.
KEPT_KINDS: Final = frozenset(
    {
        ("", "Namespace"),
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
    }
)


def plan_delivery(bundle: Bundle, observed: Observed, options: DeliveryOptions) -> Plan:
    """Compare a bundle with a cluster.

    :returns: first what is applied, in the order of delivery; then what is pruned or kept, in reverse order.
    """
    claims = claims_of(bundle)
    claimed = {claim.key for claim in claims}
    context = _Context(bundle, observed, options, claimed)
    applied = [step for claim in claims for step in _claim_steps(claim, context)]
    stale = [
        step
        for key in sorted(observed.objects, key=delivery_order, reverse=True)
        if key not in claimed and (step := _stale_step(key, observed.objects[key], context)) is not None
    ]
    stale, errors = _limit(stale, context)
    return Plan(
        steps=(*applied, *stale),
        contents=_untouched(applied, stale, context),
        incomplete=frozenset(context.incomplete),
        errors=errors,
        warnings=observed.warnings,
    )


class _Context:
    """What every step of one plan is judged against."""

    def __init__(
        self, bundle: Bundle, observed: Observed, options: DeliveryOptions, claimed: Collection[ObjectKey]
    ) -> None:
        self.observed = observed
        self.options = options
        self.owners = Owners(bundle)
        self.all_selected = all(applyset.selected for applyset in bundle.applysets)
        self.applysets = {applyset.name: applyset for applyset in bundle.applysets}
        self.incomplete = {
            name for name, ledger in observed.ledgers.items() if any(kind in observed.blocked for kind in ledger.kinds)
        }

        self.shared = "" if observed.server else self._shared(claimed)

    def _shared(self, claimed: Collection[ObjectKey]) -> str:
        """Why nothing is written to a directory that another cluster uses too; empty where none does."""
        for key, live in sorted(self.observed.objects.items(), key=lambda item: item[0]):
            # What is wanted here as well is refused, or adopted, on its own.
            if key not in claimed and (owner := self.owners.of(live.raw)).relation is Relation.FOREIGN:
                return (
                    f"the directory holds {key} of {owner.text}, which is another cluster's; give each cluster a "
                    "multicluster_directory of its own, or remove what that one left there"
                )
        return ""

    def unchanged(self, applyset: str, live: Live, desired: Mapping[str, Any]) -> bool:
        """Whether the cluster holds what was sent last, and that is what would be sent now."""
        ledger = self.observed.ledgers.get(applyset)
        record = live.record or (ledger.records.get(ObjectKey.of(desired)) if ledger else None)
        return record is not None and record == record_of(live.raw, desired)


# ------------------------------------------------------------------------------------------------ what is wanted


@dataclass(frozen=True, slots=True)
class _Taker:
    """Who applies an object in this run.

    :param leave: it belongs to an ApplySet that this run does not deliver, and is left to that one.
    """

    claimant: Claimant
    leave: bool = False


def _claim_steps(claim: Claim, context: _Context) -> list[Step]:
    live = context.observed.objects.get(claim.key)
    owner = context.owners.of(live.raw) if live else Owner(Relation.NOBODY)
    selected = [claimant for claimant in claim.claimants if claimant.applyset.selected]
    if claim.problem:
        return [_step(Action.CONFLICT, claim, claimant, live, claim.problem) for claimant in selected]
    taker = _taker(claim, selected, owner)
    if taker is None:
        return []
    if taker.leave:
        return [_step(Action.UNCHANGED, claim, taker.claimant, live)]
    return [_apply_step(claim, taker.claimant, live, owner, context)]


def _taker(claim: Claim, selected: list[Claimant], owner: Owner) -> _Taker | None:
    """The first claimant, so that all runs agree; in a limited run its first one, unless the object has an owner."""
    claiming = {claimant.applyset.name for claimant in claim.claimants}
    if not selected:
        # One that is delivered now lets go of an object that another still wants: it passes on before anything is
        # pruned.
        given_up = owner.applyset is not None and owner.applyset.selected
        return _Taker(claim.claimants[0]) if given_up else None
    if claim.claimants[0].applyset.selected:
        return _Taker(claim.claimants[0])
    owned_by_other = owner.applyset is not None and not owner.applyset.selected and owner.applyset.name in claiming
    return _Taker(selected[0], leave=owned_by_other)


def _apply_step(claim: Claim, taker: Claimant, live: Live | None, owner: Owner, context: _Context) -> Step:
    blocked = context.shared or context.observed.blocked.get((claim.key.group, claim.key.kind))
    if blocked:
        return _step(Action.CONFLICT, claim, taker, live, blocked)
    try:
        desired = prepare(taker.desired, taker.applyset.name, server=context.observed.server)
    except InvalidInput as error:
        return _step(Action.CONFLICT, claim, taker, live, str(error))
    if live is None:
        return replace(_step(Action.CREATE, claim, taker, None), desired=desired)
    if refusal := _refusal(live, owner, context):
        return _step(Action.CONFLICT, claim, taker, live, refusal)
    unchanged = context.unchanged(taker.applyset.name, live, desired)
    step = _step(Action.UNCHANGED if unchanged else Action.UPDATE, claim, taker, live)
    return replace(step, desired=desired, adopted=owner.relation in (Relation.FOREIGN, Relation.LOST))


def _refusal(live: Live, owner: Owner, context: _Context) -> str:
    """Why an object that exists is not taken, in words; empty where it is."""
    server = context.observed.server
    since = live.raw["metadata"].get("deletionTimestamp")
    if server and since:
        return f"it is being deleted since {since} and waits for {_waits_for(live)}; deliver again when it is gone"
    if context.options.adopt or owner.relation is Relation.OURS:
        return ""
    if owner.relation is Relation.FOREIGN or (owner.relation is Relation.LOST and server):
        return f"it belongs to {owner.text}; give it up there, or take it over with `adopt: true`"
    if owner.relation is Relation.NOBODY and not server:
        return "a file of that name is there that no delivery made; move it away, or replace it with `adopt: true`"
    return ""


def _waits_for(live: Live) -> str:
    """What the end of an object waits for; a file may hold anything where finalizers belong."""
    finalizers = live.raw["metadata"].get("finalizers")
    return ", ".join(map(str, finalizers)) if isinstance(finalizers, list) and finalizers else "its grace period"


def _step(action: Action, claim: Claim, taker: Claimant, live: Live | None, reason: str = "") -> Step:
    others = (claimant.applyset.name for claimant in claim.claimants if claimant.applyset.name != taker.applyset.name)
    return Step(
        action=action,
        key=claim.key,
        applyset=taker.applyset.name,
        subscription=taker.applyset.subscription,
        description=taker.desired.description,
        live=live,
        # A conflict is told to each claimant on its own.
        shared_with=() if claim.problem else tuple(others),
        reason=reason,
    )


# ---------------------------------------------------------------------------------------------- what is not wanted


def _stale_step(key: ObjectKey, live: Live, context: _Context) -> Step | None:
    """What becomes of an object that carries our marks and that nobody wants; None where it is none of this run's."""
    owner = context.owners.of(live.raw)
    if not prunable_marks(live.raw) or not _in_this_run(owner, context):
        return None
    applyset = owner.applyset or ApplySet("", "")
    step = Step(
        action=Action.KEEP,
        key=key,
        applyset=applyset.name,
        subscription=applyset.subscription,
        description=str(live.raw["metadata"]["annotations"][ANNOTATION_OWNED_BY_DESCRIPTION]),
        live=live,
    )
    if applyset.name in context.incomplete:
        return replace(step, reason="not everything of its ApplySet could be read")
    if live.raw["metadata"].get("deletionTimestamp"):
        return replace(step, reason=f"it is being deleted already and waits for {_waits_for(live)}")
    if (key.group, key.kind) in KEPT_KINDS and key.kind not in context.options.prune_kinds:
        reason = f"a {key.kind} is removed only when asked, with `prune_kinds`"
        return replace(step, reason=reason, release=applyset.removing)
    return replace(step, action=Action.PRUNE)


def _in_this_run(owner: Owner, context: _Context) -> bool:
    if owner.applyset is not None:
        return owner.applyset.selected
    # On an API server another hub may be at work under the same names; a directory is one hub's alone.
    return owner.relation is Relation.LOST and not context.observed.server and context.all_selected


def _limit(stale: list[Step], context: _Context) -> tuple[list[Step], tuple[str, ...]]:
    """Hold back pruning that looks like a mistake. What a Subscription being removed leaves behind is meant."""

    def counted(step: Step) -> bool:
        applyset = context.applysets.get(step.applyset)
        return step.action is Action.PRUNE and not (applyset and applyset.removing)

    limit = context.options.max_pruned_objects
    number = sum(counted(step) for step in stale)
    if number <= limit:
        return stale, ()
    reason = f"{number} objects would be pruned, more than max_pruned_objects ({limit})"
    kept = [replace(step, action=Action.KEEP, reason=reason) if counted(step) else step for step in stale]
    error = f"{reason}; nothing of them was pruned. Where that is meant, deliver with a higher max_pruned_objects"
    return kept, (error,)


def _untouched(applied: list[Step], stale: list[Step], context: _Context) -> tuple[Mapping[str, Any], ...]:
    """The objects of ours that are there and that no step writes or removes.

    In a directory those of another cluster too, were it by mistake: its list must not lose them.
    """
    staying = {Relation.OURS, Relation.LOST} | (set() if context.observed.server else {Relation.FOREIGN})
    handled = {step.key for step in applied if step.desired is not None} | {step.key for step in stale}
    return tuple(
        live.raw
        for key, live in sorted(context.observed.objects.items(), key=lambda item: delivery_order(item[0]))
        if key not in handled and context.owners.of(live.raw).relation in staying
    )
