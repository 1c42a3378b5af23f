# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of deliveries, which numbers it has, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterUnreachable,
    DeliveryOptions,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    feed,
    localization,
    manifest,
    merge,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.revision_helpers import Fleet
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    SECRET_TEXT,
    WEB,
    load,
    overwrite,
    secret,
    tools_of,
)


def test_what_is_delivered_becomes_a_revision_and_a_second_run_writes_nothing() -> None:
    fleet = Fleet("a", "b")
    fleet.run()
    assert fleet.history()["revisions"] == [{"number": 1, "time": NOW, "objects": 1, "current": True, "pinned": False}]
    assert fleet.contents() == 1, "stored once for both clusters"
    writes = fleet.store.writes
    fleet.run()
    fleet.deploy("a")
    assert fleet.store.writes == writes


def test_clusters_that_one_run_changes_share_a_number_whatever_is_overridden() -> None:
    fleet = Fleet("a", "b").released("red")
    fleet.put(localization("l", "clusternet-b", feed(WEB), merge("data: {size: small}")))
    fleet.run()
    assert (fleet.numbers("a"), fleet.numbers("b")) == ([1], [1, 2])
    fleet.released("green")
    assert (fleet.numbers("a"), fleet.numbers("b")) == ([1, 3], [1, 2, 3])


def test_a_canary_and_the_clusters_after_it_come_to_one_number() -> None:
    fleet = Fleet("a", "b").released("red")
    fleet.paint("green")
    fleet.run(clusters=("a",))
    fleet.run()
    assert (fleet.numbers("a"), fleet.numbers("b")) == ([1, 2], [1, 2])


def test_a_content_that_comes_back_has_its_number_again() -> None:
    fleet = Fleet("a").released("red", "green", "red")
    assert fleet.numbers() == [1, 2]
    assert fleet.history()["revision"] == 1


def test_what_failed_is_no_revision_and_its_number_is_not_given_again() -> None:
    fleet = Fleet("a").released("red")
    fleet.members["a"].down = ClusterUnreachable("it is away")
    fleet.released("green")
    assert (fleet.numbers(), fleet.history()["revision"]) == ([1], 2)
    fleet.members["a"].down = None
    fleet.released("blue")
    assert (fleet.numbers(), fleet.history()["revision"]) == ([1, 3], 3)
    assert fleet.contents() == 2, "what was never delivered is not kept"


@pytest.mark.parametrize(("limit", "numbers"), [(10, [1, 2, 3, 4]), (2, [3, 4]), (1, [4])])
def test_the_oldest_go_beyond_the_limit(limit: int, numbers: list[int]) -> None:
    fleet = Fleet("a").released("red", "green", "blue")
    fleet.paint("white")
    fleet.run(revision_history_limit=limit)
    assert fleet.numbers() == numbers
    assert fleet.contents() == len(numbers), "contents go in the same run"
    writes = fleet.store.writes
    fleet.run(revision_history_limit=limit)
    assert fleet.store.writes == writes


def test_a_limit_of_none_keeps_none() -> None:
    fleet = Fleet("a").released("red")
    fleet.run(revision_history_limit=0)
    assert (fleet.numbers(), fleet.contents(), fleet.history()["revision"]) == ([], 0, None)
    fleet.run(revision_history_limit=0)
    fleet.deploy("a")
    assert fleet.numbers() == [], "deploy does not keep what distribute did not"


def test_the_pinned_and_the_current_one_stay_beyond_the_limit() -> None:
    fleet = Fleet("a").released("red", "green", "blue")
    fleet.rollback(1)
    fleet.run(revision_history_limit=1)
    assert fleet.numbers() == [1]
    assert fleet.colors() == {"a": "red"}


def test_nothing_is_left_of_a_subscription_that_left_everything() -> None:
    fleet = Fleet("a").released("red", "green")
    for item in (*load(fleet.store).snapshot.bases, *load(fleet.store).snapshot.descriptions):
        overwrite(fleet.store, {**item.raw, "metadata": {**item.raw["metadata"], "deletionTimestamp": NOW}})
    del fleet.store.objects[ObjectKey.of(subscription("web"))]
    fleet.run()
    assert sorted(key.kind for key in fleet.store.objects) == ["ManagedCluster", "Manifest"]


def test_a_server_collects_no_history_with_a_base_that_is_made_anew() -> None:
    store = Fleet("a").released("blue", "green").store
    owned = [item for item in load(store).snapshot.revisions if item.raw["metadata"].get("ownerReferences")]
    assert owned == []


def test_what_was_edited_by_hand_is_no_revision() -> None:
    fleet = Fleet("a")
    fleet.run(deliver=False)
    (description,) = load(fleet.store).snapshot.descriptions
    overwrite(fleet.store, {**description.raw, "spec": {"deployer": "Generic", "raw": []}})
    fleet.deploy("a")
    assert fleet.numbers() == []


def test_what_another_run_rendered_meanwhile_is_neither_reported_nor_a_revision() -> None:
    fleet = Fleet("a")
    fleet.run(deliver=False)

    class Meanwhile(MemoryHub):
        """Another run renders while this one delivers."""

        done = False

        def write(self, changes: Any, now: str) -> Any:
            if not self.done:
                self.done = True
                fleet.paint("green")
                fleet.run(deliver=False)
            return super().write(changes, now)

    tools = tools_of(fleet.store, fleet.members, Meanwhile(fleet.store))
    deploy(
        "a",
        "clusternet-a",
        Scope(),
        DeliveryOptions(),
        tools,
        lambda _cluster: Connection(host="https://fake"),
    )
    (description,) = load(fleet.store).snapshot.descriptions
    assert (fleet.colors(), description.status) == ({"a": "blue"}, {})
    assert [each.number for each in load(fleet.store).snapshot.revisions if each.number] == [1]
    fleet.run()
    assert (fleet.colors(), fleet.history()["revision"]) == ({"a": "green"}, 2)


def test_a_comparison_shows_fields_and_groups_clusters_with_the_same_change() -> None:
    fleet = Fleet("a", "b", "c")
    fleet.put(localization("l", "clusternet-b", feed(WEB), merge("data: {size: small}")))
    fleet.put(localization("l", "clusternet-c", feed(WEB), merge("data: {color: black}")))
    fleet.released("red", "green")
    found = fleet.compare(1, 2)
    change = {"object": "ConfigMap shop/web", "fields": [{"field": "/data/color", "old": "red", "new": "green"}]}
    assert found == {
        "revisions": [1, 2],
        "groups": [
            {"clusters": ["a", "b"], "added": [], "removed": [], "changed": [change]},
            {"clusters": ["c"], "added": [], "removed": [], "changed": []},
        ],
        "without": [],
    }


def test_a_comparison_shows_no_secret() -> None:
    fleet = Fleet("a")
    fleet.put(manifest(secret()))
    overwrite(fleet.store, subscription("web", feed(WEB), feed(secret())))
    fleet.run()
    overwrite(fleet.store, manifest(secret("b3RoZXI=")))
    fleet.run()
    (group,) = fleet.compare(1, 2)["groups"]
    assert group["changed"][0]["fields"] == [
        {"field": "/data/token", "old": "******** (before)", "new": "******** (after)"}
    ]
    assert SECRET_TEXT not in str(fleet.rollback(1))


def test_a_comparison_of_what_there_is_not_says_what_there_is() -> None:
    fleet = Fleet("a").released("red", "green")
    with pytest.raises(InvalidInput, match="compare: Subscription default/web has no revision 3; it has: 1, 2"):
        fleet.compare(1, 3)
    with pytest.raises(InvalidInput, match="exactly one Subscription"):
        inform(load(fleet.store), Scope(), (), Guards(), (1, 2))
