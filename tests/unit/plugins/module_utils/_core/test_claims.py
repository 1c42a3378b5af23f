# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several Subscriptions may feed one object: who owns it, and when nobody gets it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.claims import Claim, claims_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ApplySet, Bundle, Desired
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}


def applyset(subscription: str, *raws: dict[str, Any], **more: Any) -> ApplySet:
    name = subscription.replace("/", "-")
    return ApplySet(
        name, subscription, tuple(Desired(ObjectKey.of(raw), raw, f"hub.{name}-generic") for raw in raws), **more
    )


def claims(*applysets: ApplySet) -> tuple[Claim, ...]:
    return claims_of(Bundle("one", "hub", applysets))


def owners(found: tuple[Claim, ...]) -> dict[str, list[str]]:
    return {claim.key.kind: [each.applyset.subscription for each in claim.claimants] for claim in found}


def test_equal_objects_are_shared_and_the_first_subscription_owns_them() -> None:
    sets = [applyset("b/web", NAMESPACE), applyset("a/web", config_map(), NAMESPACE)]
    assert claims(*sets) == claims(*reversed(sets))
    found = claims(*sets)
    assert owners(found) == {"Namespace": ["a/web", "b/web"], "ConfigMap": ["a/web"]}
    assert [claim.key.kind for claim in found] == ["Namespace", "ConfigMap"]
    assert not any(claim.problem for claim in found)


def test_what_a_server_alone_writes_makes_no_difference() -> None:
    exported = {**NAMESPACE, "metadata": {"name": "shop", "resourceVersion": "7", "uid": "u"}, "status": {}}
    (claim,) = claims(applyset("a/web", NAMESPACE), applyset("b/web", exported))
    assert claim.problem == ""


def test_the_owner_is_told_by_its_subscription_and_not_by_the_name_of_its_base() -> None:
    desired = (Desired(ObjectKey.of(NAMESPACE), NAMESPACE, "hub.x"),)
    sets = (ApplySet("a-base", "b/web", desired), ApplySet("b-base", "a/web", desired))
    assert owners(claims(*sets)) == {"Namespace": ["a/web", "b/web"]}


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (
            [applyset("b/web", config_map(color="red")), applyset("a/web", config_map(color="blue"))],
            "the Subscriptions a/web and b/web feed it with different contents; make them equal or feed it from one",
        ),
        (
            [applyset(f"{name}/web", config_map(color=name)) for name in "abc"],
            "the Subscriptions a/web, b/web and c/web feed it with different contents",
        ),
        (
            [applyset("a/web", config_map(color="red"), config_map(color="blue"))],
            "the Subscription a/web feeds it twice with different contents; feed it once",
        ),
    ],
)
def test_different_contents_are_a_problem_that_names_who_feeds_them(sets: list[ApplySet], message: str) -> None:
    (claim,) = claims(*sets)
    assert message in claim.problem
    assert len(claim.claimants) == len(sets), "each ApplySet is told once"


def test_what_is_being_removed_claims_nothing() -> None:
    assert owners(claims(applyset("a/web", NAMESPACE, removing=True), applyset("b/web", NAMESPACE))) == {
        "Namespace": ["b/web"]
    }


def test_an_owners_own_order_of_objects_is_kept_among_equals() -> None:
    found = claims(applyset("a/web", config_map("z"), config_map("a"), NAMESPACE))
    assert [claim.key.name for claim in found] == ["shop", "z", "a"]
