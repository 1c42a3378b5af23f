# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as tables: what is wanted, what is there, what is to be done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.content import prepare
from ansible_collections.multicluster.apps.plugins.module_utils._core.plan import plan_delivery
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    DeliveryOptions,
    Desired,
    Ledger,
    Live,
    Observed,
    Plan,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.fingerprint import record_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = dict[str, Any]


def config_map(name: str = "settings", **data: str) -> Raw:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"colour": "green"}}


def cluster_wide(kind: str, name: str, api_version: str = "v1") -> Raw:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}


def desired(raw: Raw, base: str = "web") -> Desired:
    return Desired(ObjectKey.of(raw), raw, f"hub.{base}-generic")


def applyset(name: str, *raws: Raw, **more: Any) -> ApplySet:
    return ApplySet(name, f"default/{name}", tuple(desired(raw, name) for raw in raws), **more)


def live(raw: Raw, base: str = "web", *, server: bool = True, known: bool = True) -> tuple[ObjectKey, Live]:
    """The object as the Base `base` delivered it.

    :param known: whether there is a record of it.
    """
    sent = prepare(desired(raw, base), base, server=server)
    return ObjectKey.of(raw), Live(sent, record_of(sent, sent) if known else None)


def foreign(raw: Raw, **metadata: Any) -> tuple[ObjectKey, Live]:
    """The object as somebody else made it."""
    return ObjectKey.of(raw), Live({**raw, "metadata": {**raw["metadata"], **metadata}})


def plan(
    applysets: list[ApplySet], there: list[tuple[ObjectKey, Live]], *, server: bool = True, **options: Any
) -> Plan:
    return plan_delivery(
        Bundle("one", "hub", tuple(applysets)), Observed(dict(there), server), DeliveryOptions(**options)
    )


def steps(result: Plan) -> list[tuple[str, str, str]]:
    return [(step.action.value, f"{step.key.kind}/{step.key.name}", step.applyset) for step in result.steps]


def only_step(result: Plan) -> Any:
    (step,) = result.steps
    return step


# ------------------------------------------------------------------------------------------------ what is wanted


@pytest.mark.parametrize("server", [True, False])
@pytest.mark.parametrize(
    ("there", "action"),
    [
        ([], "create"),
        ([(config_map(), True)], "unchanged"),
        ([(config_map(), False)], "update"),
        ([(config_map(colour="red"), True)], "update"),
        ([(config_map(colour="green", size="big"), True)], "update"),
    ],
    ids=["absent", "as sent", "as sent, not recorded", "another value", "one field too many"],
)
def test_one_object(there: list[tuple[Raw, bool]], action: str, server: bool) -> None:
    observed = [live(raw, server=server, known=known) for raw, known in there]
    result = plan([applyset("web", config_map())], observed, server=server)
    assert steps(result) == [(action, "ConfigMap/settings", "web")]
    assert only_step(result).desired["data"] == {"colour": "green"}


def test_a_record_in_the_ledger_counts() -> None:
    key, state = live(config_map())
    ledger = Ledger("web", "default/web", frozenset({("", "ConfigMap")}), frozenset({"shop"}), {key: state.record})
    observed = Observed({key: Live(state.raw)}, server=True, ledgers={"web": ledger})
    bundle = Bundle("one", "hub", (applyset("web", config_map()),))
    assert only_step(plan_delivery(bundle, observed, DeliveryOptions())).action == "unchanged"
    by_another = replace(observed, ledgers={"db": replace(ledger, name="db")})
    assert only_step(plan_delivery(bundle, by_another, DeliveryOptions())).action == "update"


def test_the_order_is_by_kind_and_back_for_pruning() -> None:
    wanted = [
        cluster_wide("Menu", "lunch", "shop.example/v1"),
        cluster_wide("Deployment", "web", "apps/v1"),
        cluster_wide("Service", "web"),
        cluster_wide("Secret", "login"),
        cluster_wide("ClusterRole", "web", "rbac.authorization.k8s.io/v1"),
        cluster_wide("CustomResourceDefinition", "menus", "apiextensions.k8s.io/v1"),
        cluster_wide("Namespace", "shop"),
    ]
    expected = [f"{raw['kind']}/{raw['metadata']['name']}" for raw in reversed(wanted)]
    applied = plan([applyset("web", *wanted)], [])
    assert [name for _action, name, _set in steps(applied)] == expected
    pruned = plan([applyset("web")], [live(raw) for raw in wanted])
    assert [name for _action, name, _set in steps(pruned)] == expected[::-1]


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        (
            {"annotations": {"apps.clusternet.io/owned-by-description": "hub-2.web-generic"}},
            "the Description hub-2.web-generic",
        ),
        ({"labels": {"applyset.kubernetes.io/part-of": "applyset-x-v1"}}, "the ApplySet applyset-x-v1"),
        (
            {"annotations": {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"}},
            "the Helm release shop/web",
        ),
        (
            {"annotations": {"apps.clusternet.io/owned-by-description": "hub.gone-generic"}},
            "the Description hub.gone-generic, which the hub no longer has",
        ),
    ],
    ids=["description", "applyset", "helm", "lost"],
)
def test_what_belongs_to_another_is_refused_by_name(metadata: Raw, owner: str) -> None:
    there = [foreign(config_map(), **metadata)]
    refused = only_step(plan([applyset("web", config_map())], there))
    assert refused.action == "conflict"
    assert refused.reason == f"it belongs to {owner}; give it up there, or take it over with `adopt: true`"
    adopted = only_step(plan([applyset("web", config_map())], there, adopt=True))
    assert (adopted.action, adopted.adopted) == ("update", True)


@pytest.mark.parametrize(("server", "action"), [(True, "update"), (False, "conflict")])
def test_what_nobody_marked_is_merged_into_on_a_server_and_left_in_a_directory(server: bool, action: str) -> None:
    step = only_step(plan([applyset("web", config_map())], [foreign(config_map(size="big"))], server=server))
    assert step.action == action
    assert ("adopt" in step.reason) is not server


def test_a_base_whose_name_begins_like_anothers_owns_its_own() -> None:
    there = [live(config_map("x"), "web", server=False), live(config_map("y"), "web-blue", server=False)]
    sets = [applyset("web"), applyset("web-blue")]
    expected = [("prune", "ConfigMap/y", "web-blue"), ("prune", "ConfigMap/x", "web")]
    assert steps(plan(sets, there, server=False)) == steps(plan(sets[::-1], there, server=False)) == expected


def test_a_lost_object_in_a_directory_is_taken_or_removed() -> None:
    there = [live(config_map(), "gone", server=False)]
    assert steps(plan([applyset("web", config_map())], there, server=False)) == [
        ("update", "ConfigMap/settings", "web")
    ]
    assert steps(plan([applyset("web")], there, server=False)) == [("prune", "ConfigMap/settings", "")]
    limited = [applyset("web"), applyset("db", selected=False)]
    assert steps(plan(limited, there, server=False)) == []
    # On a server another hub may be at work.
    assert steps(plan([applyset("web")], [live(config_map(), "gone")])) == []


def test_an_object_that_is_being_deleted_is_not_applied_to() -> None:
    key, state = live(config_map())
    metadata = {**state.raw["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["x/hold"]}
    step = only_step(plan([applyset("web", config_map())], [(key, Live({**state.raw, "metadata": metadata}))]))
    assert step.action == "conflict"
    assert "2026-01-01T00:00:00Z" in step.reason
    assert "x/hold" in step.reason


def test_labels_that_are_no_mapping_fail_that_object_alone() -> None:
    broken = config_map("broken")
    broken["metadata"]["labels"] = "red"
    result = plan([applyset("web", broken, config_map())], [])
    assert [step.action for step in result.steps] == ["conflict", "create"]
    assert "metadata.labels" in result.steps[0].reason


# ------------------------------------------------------------------------------------------------------- sharing


def test_what_several_feed_alike_belongs_to_the_first_by_namespace_and_name() -> None:
    sets = [
        replace(applyset("b", config_map()), subscription="default/b"),
        replace(applyset("a", config_map()), subscription="other/a"),
    ]
    step = only_step(plan(sets, []))
    assert (step.applyset, step.shared_with) == ("b", ("a",))
    assert step.desired["metadata"]["annotations"]["apps.clusternet.io/owned-by-description"] == "hub.b-generic"


def test_what_several_feed_differently_fails_for_each_and_for_nothing_else() -> None:
    sets = [applyset("a", config_map(), config_map("own")), applyset("b", config_map(colour="red"))]
    result = plan(sets, [live(config_map(), "a")])
    assert steps(result) == [
        ("conflict", "ConfigMap/settings", "a"),
        ("conflict", "ConfigMap/settings", "b"),
        ("create", "ConfigMap/own", "a"),
    ]
    (reason,) = {step.reason for step in result.steps[:2]}
    assert reason.startswith(
        "the Subscriptions default/a and default/b feed it with different contents; make them equal"
    )
    assert "older than an ApplyLater policy" in reason


def test_what_one_feeds_twice_differently_is_said_so() -> None:
    assert "feeds it twice" in only_step(plan([applyset("a", config_map(), config_map(colour="red"))], [])).reason


def test_a_server_and_last_applied_fields_make_no_difference_between_two() -> None:
    other = config_map()
    other["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    other["metadata"]["uid"] = "1"
    assert only_step(plan([applyset("a", config_map()), applyset("b", other)], [])).action == "create"


@pytest.mark.parametrize(
    "leaving",
    [applyset("a"), applyset("a", removing=True), applyset("a", config_map(), removing=True)],
    ids=["no longer feeds it", "is being removed", "is being removed and still has its objects"],
)
@pytest.mark.parametrize("selected", [True, False], ids=["all run", "limited run"])
def test_a_shared_object_passes_on_to_who_still_wants_it(leaving: ApplySet, selected: bool) -> None:
    staying = applyset("b", config_map(), selected=selected)
    result = plan([leaving, staying], [live(config_map(), "a")])
    assert steps(result) == [("update", "ConfigMap/settings", "b")]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], [("create", "ConfigMap/settings", "b")]),
        ([live(config_map(), "a")], [("unchanged", "ConfigMap/settings", "b")]),
        ([live(config_map(), "b")], [("unchanged", "ConfigMap/settings", "b")]),
    ],
    ids=["not there yet", "the owner's", "its own"],
)
def test_a_limited_run_leaves_to_the_owner_what_it_has(
    there: list[tuple[ObjectKey, Live]], expected: list[tuple[str, str, str]]
) -> None:
    assert steps(plan([applyset("a", config_map(), selected=False), applyset("b", config_map())], there)) == expected


def test_a_limited_run_touches_nothing_of_others() -> None:
    there = [live(config_map("theirs"), "a"), live(config_map("stale"), "a")]
    result = plan([applyset("a", config_map("theirs", colour="red"), selected=False), applyset("b")], there)
    assert steps(result) == []
    assert [raw["metadata"]["name"] for raw in result.contents] == ["stale", "theirs"]


# ------------------------------------------------------------------------------------------------------- pruning


@pytest.mark.parametrize(
    ("kind", "api_version"),
    [
        ("Namespace", "v1"),
        ("PersistentVolume", "v1"),
        ("PersistentVolumeClaim", "v1"),
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
    ],
)
def test_kinds_that_hold_the_data_of_others_are_kept(kind: str, api_version: str) -> None:
    there = [live(cluster_wide(kind, "x", api_version))]
    kept = only_step(plan([applyset("web")], there))
    assert (kept.action, kept.release) == ("keep", False)
    assert only_step(plan([applyset("web", removing=True)], there)).release
    assert only_step(plan([applyset("web")], there, prune_kinds=frozenset({kind}))).action == "prune"


def test_a_kind_of_the_same_name_in_another_group_is_not_kept() -> None:
    assert (
        only_step(plan([applyset("web")], [live(cluster_wide("Namespace", "x", "shop.example/v1"))])).action == "prune"
    )


def test_what_a_controller_made_with_a_copy_of_our_marks_is_not_pruned() -> None:
    key, state = live(config_map())
    owners = [{"kind": "Service", "name": "web", "controller": True}]
    copied = {**state.raw, "metadata": {**state.raw["metadata"], "ownerReferences": owners}}
    only_label = {**state.raw, "metadata": {**state.raw["metadata"], "annotations": {}}}
    assert steps(plan([applyset("web")], [(key, Live(copied))])) == []
    assert steps(plan([applyset("web")], [(key, Live(only_label))])) == []


@pytest.mark.parametrize(("limit", "action"), [(2, "prune"), (1, "keep")])
def test_more_than_the_limit_is_held_back(limit: int, action: str) -> None:
    there = [live(config_map("a")), live(config_map("b"))]
    result = plan([applyset("web")], there, max_pruned_objects=limit)
    assert [step.action for step in result.steps] == [action, action]
    assert bool(result.errors) is (action == "keep")


def test_removing_a_subscription_is_consent_to_all_of_its_own_only() -> None:
    there = [live(config_map("a"), "gone"), live(config_map("b"), "gone"), live(config_map("c")), live(config_map("d"))]
    result = plan([applyset("web"), applyset("gone", removing=True)], there, max_pruned_objects=1)
    assert {(step.key.name, step.action.value) for step in result.steps} == {
        ("a", "prune"),
        ("b", "prune"),
        ("c", "keep"),
        ("d", "keep"),
    }


def test_what_cannot_be_read_is_neither_applied_nor_a_reason_to_prune() -> None:
    ledger = Ledger("web", "default/web", frozenset({("", "ConfigMap"), ("", "Secret")}))
    key, state = live(config_map("stale"))
    observed = Observed({key: state}, True, {"web": ledger}, {("", "Secret"): "HTTP 403"})
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login", "namespace": "shop"}}
    result = plan_delivery(Bundle("one", "hub", (applyset("web", secret),)), observed, DeliveryOptions())
    assert [(step.action.value, step.reason) for step in result.steps] == [
        ("conflict", "HTTP 403"),
        ("keep", "not everything of its ApplySet could be read"),
    ]
    assert result.incomplete == {"web"}


def test_the_same_input_gives_the_same_plan_in_any_order() -> None:
    there = [live(config_map("x")), live(config_map("y"), "db"), live(cluster_wide("Service", "z"))]
    sets = [applyset("web", config_map("a"), config_map("b")), applyset("db", config_map("a"))]
    assert plan(sets, there) == plan(sets[::-1], there[::-1])


def test_what_another_hub_delivered_under_the_same_base_is_refused_and_never_pruned() -> None:
    key, state = live(config_map())
    annotations = {"apps.clusternet.io/owned-by-description": "hub-2.web-generic"}
    theirs = (key, Live({**state.raw, "metadata": {**state.raw["metadata"], "annotations": annotations}}))
    assert steps(plan([applyset("web")], [theirs])) == []
    assert steps(plan([applyset("web", removing=True)], [theirs])) == []
    refused = only_step(plan([applyset("web", config_map())], [theirs]))
    assert (refused.action, "hub-2.web-generic" in refused.reason) == ("conflict", True)
    assert only_step(plan([applyset("web", config_map())], [theirs], adopt=True)).action == "update"


@pytest.mark.parametrize("finalizers", [5, [5], "x", {"a": 1}])
def test_finalizers_that_are_no_list_of_names_stop_nothing(finalizers: Any) -> None:
    key, state = live(config_map(), server=False)
    metadata = {**state.raw["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": finalizers}
    kept = only_step(plan([applyset("web")], [(key, Live({**state.raw, "metadata": metadata}))], server=False))
    assert kept.action == "keep"
    assert kept.reason.startswith("it is being deleted already and waits for ")
