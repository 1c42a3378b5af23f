# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which changes are carried out side by side, which wait, and what is still done when one fails."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_lanes import carry_out, stages
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


def change(text: str) -> Change:
    """`<kind> <namespace>/<name>`."""
    kind, _blank, place = text.partition(" ")
    namespace, _slash, name = place.partition("/")
    return Delete(ObjectKey("apps.clusternet.io", kind, namespace, name), "1")


def changes(*texts: str) -> list[Change]:
    return [change(text) for text in texts]


def test_what_one_clusters_namespace_holds_keeps_its_order() -> None:
    mixed = changes("Base a/web", "Description a/web", "Base b/web", "Description b/web", "Base a/db")
    assert [[[place for place, _change in lane] for lane in stage] for stage in stages(mixed)] == [[[0, 1, 4], [2, 3]]]


def test_what_is_made_for_clusters_comes_after_what_it_is_made_from() -> None:
    mixed = changes("ManagedCluster a/a", "Manifest r/x", "Subscription d/web", "Base a/web", "Base b/web")
    found = [[[place for place, _change in lane] for lane in stage] for stage in stages(mixed)]
    assert found == [[[0]], [[1], [2]], [[3], [4]]]


def test_two_changes_of_one_object_keep_their_order() -> None:
    twice = changes("Subscription d/web", "Subscription d/db", "Subscription d/web")
    assert [[place for place, _change in lane] for lane in stages(twice)[0]] == [[0, 2], [1]]


def test_of_globalizations_the_first_is_the_oldest() -> None:
    mixed = changes("Globalization /b", "Subscription d/web", "Globalization /a", "Base a/web")
    found = [[[place for place, _change in lane] for lane in stage] for stage in stages(mixed)]
    assert found == [[[0, 2], [1]], [[3]]]


def test_revisions_of_all_clusters_do_not_wait_for_one_another() -> None:
    both = changes("ControllerRevision clusternet-reserved/a", "ControllerRevision clusternet-reserved/b")
    assert [len(lane) for lane in stages(both)[0]] == [1, 1]


def test_lanes_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=5)
    carry_out(changes("Base a/web", "Base b/web"), lambda _place, _change: together.wait() and None)


@pytest.mark.parametrize("failing", [0, 3, 9])
def test_what_comes_before_a_failure_is_done_and_later_stages_are_not(failing: int) -> None:
    done: list[int] = []

    def do(place: int, _change: Change) -> None:
        if place == failing:
            raise HubConflict(f"number {place}")
        time.sleep(0.001 * (10 - place) if place < failing else 0.02)
        done.append(place)

    with pytest.raises(HubConflict, match=f"number {failing}"):
        carry_out(changes(*(f"Subscription d/{n}" for n in range(10)), "Base a/web"), do)

    assert set(range(failing)) <= set(done)
    assert 10 not in done


def test_of_several_failures_the_first_is_raised_and_its_lane_ends() -> None:
    done: list[int] = []

    def do(place: int, _change: Change) -> None:
        if place in (1, 2):
            time.sleep(0.02 if place == 1 else 0)
            raise HubConflict(f"number {place}")
        done.append(place)

    with pytest.raises(HubConflict, match="number 1"):
        carry_out(changes("Base a/web", "Base b/web", "Base c/web", "Description b/web"), do)
    assert done == [0]
