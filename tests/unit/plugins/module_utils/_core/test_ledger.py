# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parent of an ApplySet says before and after a delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.ledger import (
    ledgers_after,
    ledgers_before,
    removed_applysets,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF, applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    Action,
    ApplySet,
    Bundle,
    Ledger,
    Live,
    ObjectOutcome,
    Observed,
    Plan,
    Record,
    Result,
    Step,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

MAP = ObjectKey("", "ConfigMap", "shop", "settings")
WEB = ObjectKey("apps", "Deployment", "shop", "web")
OLD = ObjectKey("", "Secret", "bar", "old")
RECORD = Record("a", "b")
KINDS = frozenset({("", "ConfigMap"), ("apps", "Deployment"), ("", "Secret")})
STORED = Ledger("web", "default/web", KINDS, frozenset({"shop", "bar"}), {OLD: RECORD})


def step(action: Action, key: ObjectKey, **more: Any) -> Step:
    desired = {"apiVersion": "v1"} if action in (Action.CREATE, Action.UPDATE, Action.UNCHANGED) else None
    return Step(action, key, "web", "default/web", "hub.web-generic", **{"desired": desired, **more})


def outcome(key: ObjectKey, result: Result, reason: str = "") -> ObjectOutcome:
    return ObjectOutcome(key, "web", "default/web", "hub.web-generic", result, reason=reason)


def bundle(**more: Any) -> Bundle:
    return Bundle("one", "hub", (ApplySet("web", "default/web", **more),))


def after(plan: Plan, *outcomes: ObjectOutcome, **more: Any) -> Ledger | None:
    found = ledgers_after(bundle(**more), plan, outcomes, {"web": STORED}, {MAP: RECORD, WEB: RECORD})
    return found[0] if found else None


def test_before_names_what_comes_beside_what_is_there() -> None:
    plan = Plan((step(Action.CREATE, MAP), step(Action.CONFLICT, WEB), step(Action.PRUNE, OLD)))
    (fresh,) = ledgers_before(bundle(), plan, Observed({}, server=True))
    assert fresh == Ledger("web", "default/web", frozenset({("", "ConfigMap")}), frozenset({"shop"}))
    assert ledgers_before(bundle(), plan, Observed({}, True, {"web": STORED})) == ()
    narrow = Ledger("web", "default/web", frozenset({("", "Secret")}), frozenset({"bar"}), {OLD: RECORD})
    (wider,) = ledgers_before(bundle(), plan, Observed({}, True, {"web": narrow}))
    assert wider.kinds == {("", "ConfigMap"), ("", "Secret")}
    assert wider.namespaces == {"shop", "bar"}
    assert wider.records == {OLD: RECORD}


def test_before_says_nothing_where_nothing_comes() -> None:
    assert ledgers_before(bundle(), Plan((step(Action.PRUNE, OLD),)), Observed({}, server=True)) == ()


def test_the_parents_own_namespace_is_never_named() -> None:
    inside = ObjectKey("", "ConfigMap", "multicluster-apps", "x")
    (ledger,) = ledgers_before(bundle(), Plan((step(Action.CREATE, inside),)), Observed({}, server=True))
    assert ledger.namespaces == frozenset()


def test_after_success_only_what_is_there_is_named() -> None:
    plan = Plan((step(Action.UPDATE, MAP), step(Action.PRUNE, OLD)))
    ledger = after(plan, outcome(MAP, Result.UPDATED), outcome(OLD, Result.PRUNED))
    assert ledger == Ledger("web", "default/web", frozenset({("", "ConfigMap")}), frozenset({"shop"}), {MAP: RECORD})


def test_after_a_failure_nothing_is_left_out() -> None:
    plan = Plan((step(Action.UPDATE, MAP), step(Action.CREATE, WEB)))
    ledger = after(plan, outcome(MAP, Result.UPDATED), outcome(WEB, Result.FAILED))
    assert ledger == Ledger("web", "default/web", STORED.kinds, STORED.namespaces, {MAP: RECORD})


def test_what_could_not_be_read_stays_named() -> None:
    ledger = after(Plan((step(Action.UPDATE, MAP),), incomplete=frozenset({"web"})), outcome(MAP, Result.UPDATED))
    assert ledger is not None
    assert ledger.kinds == STORED.kinds


def test_what_ends_later_stays_named() -> None:
    plan = Plan((step(Action.PRUNE, OLD),))
    ledger = after(plan, outcome(OLD, Result.PRUNED, "its end waits for x/hold"))
    assert ledger is not None
    assert ledger.kinds == {("", "Secret")}


def test_a_limited_run_adds_to_what_it_did_not_look_through() -> None:
    ledger = after(Plan((step(Action.UPDATE, MAP),)), outcome(MAP, Result.UPDATED), selected=False)
    assert ledger == Ledger("web", "default/web", STORED.kinds, STORED.namespaces, {OLD: RECORD, MAP: RECORD})


def test_what_is_left_to_another_applyset_is_not_named() -> None:
    plan = Plan((step(Action.UNCHANGED, MAP, desired=None),))
    ledger = after(plan, outcome(MAP, Result.UNCHANGED))
    assert ledger == Ledger("web", "default/web")


def test_an_applyset_is_removed_when_nothing_of_it_is_left() -> None:
    pruned, kept = step(Action.PRUNE, OLD), step(Action.KEEP, MAP)
    released = step(Action.KEEP, MAP, release=True)
    table = [
        ([pruned], [outcome(OLD, Result.PRUNED)], ("web",)),
        ([pruned], [outcome(OLD, Result.PRUNED, "its end waits for x/hold")], ()),
        ([pruned], [outcome(OLD, Result.FAILED)], ()),
        ([kept], [outcome(MAP, Result.KEPT)], ()),
        ([released], [outcome(MAP, Result.KEPT)], ("web",)),
        ([], [], ("web",)),
    ]
    for steps, outcomes, expected in table:
        assert removed_applysets(bundle(removing=True), Plan(tuple(steps)), outcomes) == expected
    assert removed_applysets(bundle(removing=True), Plan((), incomplete=frozenset({"web"})), []) == ()
    assert removed_applysets(bundle(removing=True, selected=False), Plan(()), []) == ()
    assert removed_applysets(bundle(), Plan(()), []) == ()


@pytest.mark.parametrize(("result", "taken"), [(Result.FAILED, False), (Result.UPDATED, True)])
@pytest.mark.parametrize("removing", [True, False], ids=["removed", "no longer feeds it"])
def test_what_could_not_be_taken_over_stays_with_its_owner(result: Result, taken: bool, removing: bool) -> None:
    there = {"metadata": {"name": "settings", "labels": {PART_OF: applyset_id("old")}}}
    both = Bundle("one", "hub", (ApplySet("old", "default/old", removing=removing), ApplySet("web", "default/web")))
    stored = Ledger("old", "default/old", frozenset({("", "ConfigMap")}), frozenset({"shop"}), {MAP: RECORD})
    moving = Plan((step(Action.UPDATE, MAP, live=Live(there)),))
    outcomes = [outcome(MAP, result)]
    assert removed_applysets(both, moving, outcomes) == (("old",) if taken and removing else ())
    (left,) = ledgers_after(both, moving, outcomes, {"old": stored}, {})
    assert left == (Ledger("old", "default/old") if taken else replace(stored, records={}))
