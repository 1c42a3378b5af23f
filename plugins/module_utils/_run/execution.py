# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying a plan out in one cluster, step by step.

What a step depends on decides whether it is tried: a cluster that stopped answering ends all, a failed object only the
pruning of the ApplySets that want it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.content import without_server_fields
from ansible_collections.multicluster.apps.plugins.module_utils._core.health import health
from ansible_collections.multicluster.apps.plugins.module_utils._core.ledger import (
    ledgers_after,
    ledgers_before,
    removed_applysets,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.order import delivery_order
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    Action,
    Bundle,
    ClusterOutcome,
    ClusterUnreachable,
    DeliveryOptions,
    GroupKind,
    ObjectOutcome,
    Observed,
    Plan,
    Record,
    Result,
    Step,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.fingerprint import covers, record_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.scrub import scrubbed
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import masked_pair
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit
from ansible_collections.multicluster.apps.plugins.module_utils._run.member_port import Member

Raw = Mapping[str, Any]

_REMOVALS: Final = (Action.PRUNE, Action.KEEP)


class Execution:
    """One plan on its way into one cluster.

    :ivar live: the objects as the cluster answered them last, by identity.
    """

    def __init__(
        self, member: Member, bundle: Bundle, observed: Observed, plan: Plan, options: DeliveryOptions
    ) -> None:
        self._member = member
        self._bundle = bundle
        self._observed = observed
        self._plan = plan
        self._options = options
        self._ledgers = dict(observed.ledgers)
        self._records: dict[ObjectKey, Record] = {}
        self._redefined: set[GroupKind] = set()
        self._failed_sets: set[str] = set()
        self._errors: list[str] = list(plan.errors)
        self._stopped = ""
        self._unreachable = False
        self.live: dict[ObjectKey, Raw] = {}

    def run(self, blank: ClusterOutcome) -> ClusterOutcome:
        """Carry everything out.

        :param blank: what the outcome says of the cluster as such.
        """
        applies = [step for step in self._plan.steps if step.action not in _REMOVALS]
        removals = [step for step in self._plan.steps if step.action in _REMOVALS]
        self._guard(self._note_before)
        applied = [self._apply(step) for step in applies]
        rewritten = self._guard(lambda: self._index(applies, applied, removals)) or ()
        outcomes = (*applied, *(self._remove(step) for step in removals))
        removed = () if self._stopped else removed_applysets(self._bundle, self._plan, outcomes)
        self._guard(lambda: self._note_after(outcomes, removed))
        return replace(
            blank,
            outcomes=outcomes,
            errors=tuple(self._errors),
            warnings=self._plan.warnings,
            unreachable=self._unreachable,
            rewritten=rewritten,
            removed=() if self._stopped else removed,
        )

    def _guard(self, action: Callable[[], tuple[str, ...] | None]) -> tuple[str, ...] | None:
        """Do something that all later steps rely on; where it fails they are not tried."""
        if self._stopped:
            return None
        try:
            return action()
        except ClusterError as error:
            self._stop(error)
            return None

    def _stop(self, error: ClusterError) -> None:
        self._unreachable = isinstance(error, ClusterUnreachable)
        self._stopped = "the cluster stopped answering" if self._unreachable else "an earlier step failed"
        self._errors.append(str(error))

    # ---------------------------------------------------------------------------------------------- bookkeeping

    def _note_before(self) -> None:
        if not self._options.check:
            for ledger in ledgers_before(self._bundle, self._plan, self._observed):
                self._member.note(ledger)
                self._ledgers[ledger.name] = ledger

    def _note_after(self, outcomes: Sequence[ObjectOutcome], removed: Sequence[str]) -> None:
        if self._options.check:
            return
        for name in removed:
            if self._ledgers.pop(name, None) is not None:
                self._member.forget(name)
        for ledger in ledgers_after(self._bundle, self._plan, outcomes, self._ledgers, self._records):
            self._member.note(ledger)

    def _index(
        self, applies: Sequence[Step], applied: Sequence[ObjectOutcome], removals: Sequence[Step]
    ) -> tuple[str, ...]:
        """Before anything is pruned: an index that still names a file that is gone would be no use to anyone."""
        contents = list(self._plan.contents)
        for step, outcome in zip(applies, applied, strict=True):
            if step.desired is not None and outcome.result is not Result.FAILED:
                contents.append(step.desired)
            elif step.desired is not None and step.live is not None:
                contents.append(step.live.raw)
        contents += [step.live.raw for step in removals if step.live is not None and not self._goes(step)]
        contents.sort(key=lambda raw: delivery_order(ObjectKey.of(raw)))
        return self._member.index(contents, dry_run=self._options.check)

    # -------------------------------------------------------------------------------------------------- objects

    def _apply(self, step: Step) -> ObjectOutcome:
        if step.action is Action.CONFLICT:
            return self._failed(step, step.reason)
        if step.action is Action.UNCHANGED:
            return self._unchanged(step)
        if self._stopped:
            return self._failed(step, f"not tried: {self._stopped}")
        if step.desired is None:
            raise AssertionError(f"the plan says to apply {step.key} and not what")
        try:
            force = self._options.force_conflicts or step.adopted
            live = self._member.apply(step.desired, force=force, dry_run=self._options.check)
        except ClusterError as error:
            if isinstance(error, ClusterUnreachable):
                self._stop(error)
            return self._failed(step, scrubbed(str(error), step.desired))
        return self._applied(step, step.desired, live)

    def _applied(self, step: Step, desired: Raw, live: Raw) -> ObjectOutcome:
        after = without_server_fields(live)
        before = without_server_fields(step.live.raw) if step.live else None
        # A directory was told to write a file that does not say it as it should (its mode, its encryption): that is a change.
        same = before == after and self._observed.server
        result = Result.CREATED if before is None else Result.UNCHANGED if same else Result.UPDATED
        self._remember(step.key, desired, live, result)
        outcome = self._outcome(step, result)
        if self._observed.server and not self._options.check:
            outcome = replace(outcome, health=health(live), status=live.get("status"))
        if result is Result.UNCHANGED:
            return outcome
        shown_before, shown_after = masked_pair(before, after)
        return replace(outcome, before=shown_before, after=shown_after)

    def _remember(self, key: ObjectKey, desired: Raw, live: Raw, result: Result) -> None:
        self.live[key] = live
        if key.kind == "CustomResourceDefinition" and result is Result.UPDATED:
            spec = desired.get("spec") or {}
            self._redefined.add((str(spec.get("group")), str((spec.get("names") or {}).get("kind"))))
        # A server may serve the old schema for a moment after its CRD changed and drop what only the new one knows:
        # without a record the next run applies the object again.
        if (key.group, key.kind) not in self._redefined or covers(live, desired):
            self._record(key, live, desired)

    def _record(self, key: ObjectKey, live: Raw, desired: Raw) -> None:
        record = record_of(live, desired)
        if record is not None:
            self._records[key] = record

    def _unchanged(self, step: Step) -> ObjectOutcome:
        outcome = self._outcome(step, Result.UNCHANGED)
        if step.live is None:
            return outcome
        self.live[step.key] = step.live.raw
        if step.desired is not None:
            self._record(step.key, step.live.raw, step.desired)
        if not self._observed.server:
            return outcome
        return replace(outcome, health=health(step.live.raw), status=step.live.raw.get("status"))

    def _goes(self, step: Step) -> bool:
        """Whether an object is pruned: all else of its ApplySet is as it should be."""
        return step.action is Action.PRUNE and not self._stopped and step.applyset not in self._failed_sets

    def _remove(self, step: Step) -> ObjectOutcome:
        if step.live is None:
            raise AssertionError(f"the plan says to remove {step.key}, which is not there")
        if step.action is Action.PRUNE and self._stopped:
            return self._outcome(step, Result.FAILED, f"not tried: {self._stopped}")
        if step.action is Action.PRUNE and not self._goes(step):
            return self._outcome(step, Result.KEPT, f"kept until everything else of {step.subscription} succeeds")
        waits_for = ""
        try:
            if step.action is Action.PRUNE:
                waits_for = self._member.delete(step.live.raw, dry_run=self._options.check)
            elif step.release and not self._stopped:
                self._member.release(step.live.raw, dry_run=self._options.check)
        except ClusterError as error:
            if isinstance(error, ClusterUnreachable):
                self._stop(error)
            return self._outcome(step, Result.FAILED, scrubbed(str(error), step.live.raw))
        if step.action is Action.KEEP:
            return self._outcome(step, Result.KEPT, step.reason)
        before, _after = masked_pair(without_server_fields(step.live.raw), None)
        reason = f"its end waits for {fit(waits_for)}" if waits_for else ""
        return replace(self._outcome(step, Result.PRUNED, reason), before=before)

    def _failed(self, step: Step, reason: str) -> ObjectOutcome:
        self._failed_sets |= {step.applyset, *step.shared_with}
        return self._outcome(step, Result.FAILED, reason)

    def _outcome(self, step: Step, result: Result, reason: str = "") -> ObjectOutcome:
        return ObjectOutcome(
            key=step.key,
            applyset=step.applyset,
            subscription=step.subscription,
            description=step.description,
            result=result,
            shared_with=step.shared_with,
            reason=reason,
        )
