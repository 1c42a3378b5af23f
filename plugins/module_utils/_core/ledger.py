# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parent object of an ApplySet has to say before a delivery and after it.

Before the first write it names all kinds and namespaces that will be in use, so that a run that is killed leaves
nothing that the next one would not look for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ansible_collections.multicluster.apps.plugins.module_utils._core.ownership import Owners
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PARENTS_NAMESPACE
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    Action,
    ApplySet,
    Bundle,
    Ledger,
    ObjectOutcome,
    Observed,
    Plan,
    Record,
    Result,
    Step,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

_DONE = (Result.CREATED, Result.UPDATED, Result.UNCHANGED)


def ledgers_before(bundle: Bundle, plan: Plan, observed: Observed) -> tuple[Ledger, ...]:
    """The ledgers that must be stored before the plan is carried out; those that say enough already are left out."""
    changed = []
    for applyset in bundle.applysets:
        coming = [step.key for step in plan.steps if step.applyset == applyset.name and step.desired is not None]
        stored = observed.ledgers.get(applyset.name)
        known = stored or Ledger(applyset.name, applyset.subscription)
        ledger = replace(known, kinds=known.kinds | _kinds(coming), namespaces=known.namespaces | _namespaces(coming))
        if coming and ledger != stored:
            changed.append(ledger)
    return tuple(changed)


def ledgers_after(
    bundle: Bundle,
    plan: Plan,
    outcomes: Sequence[ObjectOutcome],
    noted: Mapping[str, Ledger],
    records: Mapping[ObjectKey, Record],
) -> tuple[Ledger, ...]:
    """The ledgers that say what is in the cluster now; those that do already are left out.

    :param outcomes: one for each step, in the same order.
    :param noted: as they are stored, after `ledgers_before`.
    :param records: of the objects that were applied or found unchanged.
    """
    pairs = list(zip(plan.steps, outcomes, strict=True))
    not_taken = _not_taken(bundle, pairs)
    changed = []
    for applyset in bundle.applysets:
        ledger = noted.get(applyset.name)
        if ledger is None:
            continue
        mine = [pair for pair in pairs if pair[0].applyset == applyset.name]
        after = _ledger_after(ledger, applyset, mine, not_taken.get(applyset.name, []), plan, records)
        if after != ledger:
            changed.append(after)
    return tuple(changed)


def _ledger_after(
    ledger: Ledger,
    applyset: ApplySet,
    mine: list[tuple[Step, ObjectOutcome]],
    not_taken: list[ObjectKey],
    plan: Plan,
    records: Mapping[ObjectKey, Record],
) -> Ledger:
    there = [*not_taken, *(step.key for step, outcome in mine if _may_be_there(step, outcome))]
    done = {
        step.key: records[step.key]
        for step, outcome in mine
        if step.desired is not None and outcome.result in _DONE and step.key in records
    }
    if not applyset.selected:
        # This run saw only what it had to pass on; the rest of that ApplySet is as it was.
        return replace(
            ledger,
            kinds=ledger.kinds | _kinds(there),
            namespaces=ledger.namespaces | _namespaces(there),
            records={**ledger.records, **done},
        )
    certain = ledger.name not in plan.incomplete and all(outcome.result is not Result.FAILED for _step, outcome in mine)
    return replace(
        ledger,
        kinds=_kinds(there) if certain else ledger.kinds | _kinds(there),
        namespaces=_namespaces(there) if certain else ledger.namespaces | _namespaces(there),
        records=done,
    )


def _not_taken(bundle: Bundle, pairs: Iterable[tuple[Step, ObjectOutcome]]) -> dict[str, list[ObjectKey]]:
    """What is still another ApplySet's, by the name of that one, as taking it over failed."""
    owners = Owners(bundle)
    found: dict[str, list[ObjectKey]] = defaultdict(list)
    for step, outcome in pairs:
        owner = owners.of(step.live.raw).applyset if step.live is not None else None
        if outcome.result is Result.FAILED and owner is not None and owner.name != step.applyset:
            found[owner.name].append(step.key)
    return found


def _may_be_there(step: Step, outcome: ObjectOutcome) -> bool:
    """Whether an object of this ApplySet may be in the cluster after a step."""
    if outcome.result is Result.PRUNED:
        return _ends_later(outcome)
    if step.release:
        return False
    return step.desired is not None or step.action in (Action.PRUNE, Action.KEEP)


def _ends_later(outcome: ObjectOutcome) -> bool:
    return outcome.result is Result.PRUNED and bool(outcome.reason)


def removed_applysets(bundle: Bundle, plan: Plan, outcomes: Sequence[ObjectOutcome]) -> tuple[str, ...]:
    """The ApplySets being removed of which nothing of ours is left: their objects are gone, let go or another's.

    :param outcomes: one for each step, in the same order.
    """
    pairs = list(zip(plan.steps, outcomes, strict=True))
    left = {*plan.incomplete, *_not_taken(bundle, pairs)}
    for step, outcome in pairs:
        kept = outcome.result is Result.KEPT and not step.release
        if kept or outcome.result is Result.FAILED or _ends_later(outcome):
            left.add(step.applyset)
    return tuple(
        applyset.name
        for applyset in bundle.applysets
        if applyset.removing and applyset.selected and applyset.name not in left
    )


def _kinds(keys: Iterable[ObjectKey]) -> frozenset[tuple[str, str]]:
    return frozenset((key.group, key.kind) for key in keys)


def _namespaces(keys: Iterable[ObjectKey]) -> frozenset[str]:
    # By the convention the parent's own namespace is never named.
    return frozenset(key.namespace for key in keys if key.namespace not in ("", PARENTS_NAMESPACE))
