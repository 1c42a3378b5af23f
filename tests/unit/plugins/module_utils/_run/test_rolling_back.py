# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going back to a revision, staying there, and going on, on the fakes of both ports."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.rolling_back import RollbackRequest, rollback
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    config_map,
    feed,
    localization,
    manifest,
    merge,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.revision_helpers import WEB_NAME, Fleet
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    WEB,
    load,
    overwrite,
    tools_of,
)


def test_going_back_is_on_the_hub_until_it_is_delivered() -> None:
    fleet = Fleet("a", "b").released("red", "green")
    found = fleet.rollback()
    assert found["changed"]
    assert found["clusters"] == {name: {"revision": 1, "previous": 2, "pinned": True} for name in "ab"}
    assert fleet.colors() == {"a": "green", "b": "green"}
    fleet.deploy("a")
    assert fleet.colors() == {"a": "red", "b": "green"}
    done = fleet.run()
    assert fleet.colors() == {"a": "red", "b": "red"}
    assert any("stays at revision 1 in a, b until" in warning for warning in done.warnings)


def test_it_lasts_whatever_changes_until_it_is_released() -> None:
    fleet = Fleet("a", "b").released("red", "green")
    fleet.rollback(1, "a")
    fleet.paint("blue")
    extra = config_map("extra", color="none")
    fleet.put(manifest(extra))
    overwrite(fleet.store, subscription("web", feed(WEB), feed(extra)))
    fleet.put(localization("l", "clusternet-a", feed(WEB), merge("data: {size: small}")))
    fleet.run()
    fleet.run()
    assert [key.name for key in fleet.members["a"].objects] == ["web"]
    assert fleet.colors() == {"a": "red", "b": "blue"}
    assert (fleet.history("a")["pinned"], fleet.history("b")["pinned"]) == (1, None)
    assert fleet.rollback(release=True)["clusters"]["a"] == {"revision": 1, "previous": 1, "pinned": False}
    assert fleet.colors()["a"] == "red"
    fleet.run()
    web = next(raw for key, raw in fleet.members["a"].objects.items() if key.name == "web")
    assert web["data"] == {"color": "blue", "size": "small"}
    assert len(fleet.members["a"].objects) == 2
    assert fleet.history("a")["pinned"] is None


def test_a_second_rollback_and_a_second_release_change_nothing() -> None:
    fleet = Fleet("a").released("red", "green", "blue")
    for revision in (None, None, 2):
        before = dict(fleet.store.objects)
        found = fleet.rollback(revision)
        assert found["clusters"]["a"]["revision"] == 2
    assert (found["changed"], fleet.store.objects) == (False, before)
    fleet.run()
    assert not fleet.rollback(2)["changed"]
    assert fleet.rollback(release=True)["changed"]
    assert not fleet.rollback(release=True)["changed"]


def test_after_a_release_the_newest_comes_back_under_its_number() -> None:
    fleet = Fleet("a").released("red", "green")
    fleet.rollback()
    fleet.run()
    fleet.rollback(release=True)
    fleet.run()
    assert (fleet.colors(), fleet.history()["revision"], fleet.numbers()) == ({"a": "green"}, 2, [1, 2])


def test_check_mode_tells_the_truth_and_writes_nothing() -> None:
    fleet = Fleet("a").released("red", "green")
    before = dict(fleet.store.objects)
    expected = fleet.rollback(check=True)
    assert fleet.store.objects == before
    assert fleet.rollback() == expected
    assert [each["after_header"].split()[1] for each in expected["diff"]] == ["Base", "Description"]
    assert expected["diff"][1]["after"]["spec"]["raw"][0]["data"] == {"color": "red"}


def test_a_cluster_that_a_revision_did_not_change_goes_to_its_latest_before() -> None:
    fleet = Fleet("a", "b").released("red")
    fleet.put(localization("l", "clusternet-b", feed(WEB), merge("data: {size: small}")))
    fleet.run()
    fleet.released("green")
    found = fleet.rollback()
    assert {name: each["revision"] for name, each in found["clusters"].items()} == {"a": 1, "b": 2}


def test_a_cluster_that_the_last_revision_did_not_change_stays_where_it_is() -> None:
    fleet = Fleet("a", "b").released("red")
    fleet.put(localization("l", "clusternet-b", feed(WEB), merge("data: {size: small}")))
    fleet.run()
    found = fleet.rollback()
    assert {name: each["revision"] for name, each in found["clusters"].items()} == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("revision", "clusters", "expected"),
    [
        (7, (), "Subscription default/web has no revision 7; it has: 1, 2"),
        (1, ("late",), "cluster late has no revision of Subscription default/web up to 1; it has: 2"),
        (None, ("late",), "has no revision before 2; it has: 2"),
        (1, ("c",), "the hub holds no cluster 'c'"),
        (1, ("aside",), "cluster aside: nothing of Subscription default/web is there"),
    ],
)
def test_what_there_is_not_is_said_and_nothing_is_changed(
    revision: int | None, clusters: tuple[str, ...], expected: str
) -> None:
    fleet = Fleet("a", "late", "aside")
    fleet.run(clusters=("a",))
    fleet.paint("green")
    fleet.run(clusters=("a", "late"))
    before = dict(fleet.store.objects)
    with pytest.raises(InvalidInput, match=expected):
        fleet.rollback(revision, *clusters)
    assert fleet.store.objects == before


def test_a_subscription_that_is_gone_cannot_go_back() -> None:
    fleet = Fleet("a").released("red", "green")
    del fleet.store.objects[ObjectKey.of(subscription("web"))]
    with pytest.raises(InvalidInput, match="is gone from the hub"):
        fleet.rollback()


def test_a_subscription_leaves_a_pinned_cluster_all_the_same() -> None:
    fleet = Fleet("a", "b").released("red", "green")
    fleet.rollback()
    overwrite(fleet.store, subscription("web", feed(WEB), affinity={"matchLabels": {"site": "b"}}))
    fleet.run()
    assert not fleet.members["a"].objects
    left = [key for key in fleet.store.objects if key.namespace == "clusternet-a"]
    assert [key.kind for key in left] == ["ManagedCluster"]


def test_a_guard_holds_for_pinned_clusters() -> None:
    fleet = Fleet("a", "b", "c").released("red", "green")
    fleet.rollback()
    overwrite(fleet.store, subscription("web", feed(WEB), affinity={"matchLabels": {"site": "c"}}))
    assert "max_removed_clusters=1" in fleet.run().decision.problems[WEB_NAME][0]
    assert len(fleet.members["a"].objects) == 1


def test_killed_between_any_two_writes_the_next_one_ends_it() -> None:
    whole = Fleet("a", "b").released("red", "green")
    whole.rollback()
    whole.run()
    changes = 4
    for moment in range(changes + 1):
        fleet = Fleet("a", "b").released("red", "green")
        hub = _Mortal(fleet.store, moment)
        request = RollbackRequest(WEB_NAME)
        try:
            rollback(request, tools_of(fleet.store, fleet.members, hub), check=False, diff=False)
            assert moment >= changes
        except _Killed:
            fleet.deploy("a")
            fleet.rollback()
        fleet.run()
        assert fleet.colors() == {"a": "red", "b": "red"}
        texts = [{key: text for key, (text, _version) in each.store.objects.items()} for each in (fleet, whole)]
        assert texts[0] == texts[1]


class _Killed(Exception):
    pass


class _Mortal(MemoryHub):
    """A hub whose run ends after so many writes."""

    def __init__(self, store: Any, moment: int) -> None:
        super().__init__(store)
        self._left = moment

    def write(self, changes: Any, now: str) -> Any:
        if self._left < len(changes):
            super().write(changes[: self._left], now)
            raise _Killed
        return super().write(changes, now)


def test_a_lost_content_is_said_and_such_a_revision_is_not_offered() -> None:
    fleet = Fleet("a").released("red", "green")
    loaded = load(fleet.store)
    (first,) = [each for each in loaded.snapshot.revisions if each.number == 1]
    del fleet.store.objects[loaded.snapshot.contents_by_name[first.contents[0]].key]
    assert fleet.numbers() == [2]
    with pytest.raises(InvalidInput, match="has no revision 1; it has: 2"):
        fleet.rollback(1)


def test_a_content_that_somebody_changed_is_refused() -> None:
    fleet = Fleet("a").released("red", "green")
    snapshot = load(fleet.store).snapshot
    first, second = (each for each in snapshot.revisions if each.number)
    old, new = (snapshot.contents_by_name[each.contents[0]].raw for each in (first, second))
    overwrite(fleet.store, {**old, "data": new["data"]})
    with pytest.raises(InvalidInput, match="cannot be used: somebody changed it; choose another revision"):
        fleet.rollback(1)


def test_a_pinned_cluster_does_without_its_content_as_long_as_its_descriptions_are_whole() -> None:
    fleet = Fleet("a").released("red", "green")
    fleet.rollback()
    fleet.run()
    key = next(each.key for each in load(fleet.store).snapshot.contents_by_name.values())
    for key in [each.key for each in load(fleet.store).snapshot.contents_by_name.values()]:
        del fleet.store.objects[key]
    assert not fleet.run().decision.problems
    assert fleet.numbers() == [1], "it is kept again"
    assert fleet.colors() == {"a": "red"}


def test_a_pin_to_a_revision_that_is_lost_is_a_problem_and_what_runs_stays() -> None:
    fleet = Fleet("a").released("red", "green")
    fleet.rollback()
    fleet.run()
    (revision,) = [each for each in load(fleet.store).snapshot.revisions if each.number == 1]
    MemoryHub(fleet.store).write([Delete(revision.key, fleet.store.objects[revision.key][1])], NOW)
    (problem,) = fleet.run().decision.problems[WEB_NAME]
    assert problem.startswith("cluster a: it is pinned to revision 1, which the hub no longer has")
    assert fleet.colors() == {"a": "red"}


def test_a_pin_that_is_no_number_is_a_problem() -> None:
    fleet = Fleet("a").released("red")
    (base,) = load(fleet.store).snapshot.bases
    annotations = {**base.raw["metadata"]["annotations"], "multicluster.apps/pinned-revision": "one"}
    overwrite(fleet.store, {**base.raw, "metadata": {**base.raw["metadata"], "annotations": annotations}})
    assert "is 'one'; the number of a revision is accepted" in fleet.run().decision.problems[WEB_NAME][0]
