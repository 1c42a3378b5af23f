# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of reasons: what is in it, and what is left out since it says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.reasons import Reason
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Filter, Verdict
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.tabulating import table

WEB = "apps/v1/Deployment/shop/web"


def reason(name: str = "a", **given: Any) -> Reason:
    cluster = ManagedCluster.of({"metadata": {"namespace": f"ns-{name}", "name": name}})
    return Reason(Verdict(cluster, (0,), 300, None, ""), **{"is_chosen": True, "text": "selected", **given})


def feeds(**rows: tuple[int, int, int | None, str]) -> dict[str, Any]:
    """By name of a Deployment: its replicas, those before, the room and the share."""
    keys = {name: f"apps/v1/Deployment/shop/{name}" for name in rows}
    return {
        "replicas": {keys[name]: row[0] for name, row in rows.items()},
        "before": {keys[name]: row[1] for name, row in rows.items()},
        "capacity": {keys[name]: row[2] for name, row in rows.items()},
        "shares": {keys[name]: row[3] for name, row in rows.items()},
    }


def test_a_column_without_content_is_not_there() -> None:
    assert table([reason(), reason("long-name", is_chosen=False, text="turned away")]) == [
        "CLUSTER    CHOSEN  SCORE  REASON",
        "a          yes     300    selected",
        "long-name  no      300    turned away",
    ]
    weighed = reason(weight=2, replicas={WEB: 1}, capacity={WEB: 5}, shares={WEB: "1: x"})
    assert table([weighed], standing={"a": {"phase": "Failure", "pinned": 3}}) == [
        "CLUSTER  CHOSEN  SCORE  WEIGHT  REPLICAS  ROOM  PHASE    PINNED  REASON",
        "a        yes     300    2       1         5     Failure  3       Deployment shop/web 1: x",
    ]


@pytest.mark.parametrize(("capacity", "cell"), [({}, None), ({WEB: None}, "?"), ({WEB: 0}, "0"), ({WEB: 7}, "7")])
def test_room_that_nobody_asked_for_is_not_room_that_nobody_knows(capacity: Any, cell: str | None) -> None:
    header, line = table([reason(replicas={WEB: 1}, shares={WEB: "1: x"}, capacity=capacity)])
    assert ("ROOM" in header) is (cell is not None)
    assert cell is None or line[header.index("ROOM") :].split()[0] == cell


def test_what_is_not_scheduled_says_so_first() -> None:
    lines = table([reason(), reason("b", is_chosen=False)], ["no room", "no right"])
    assert lines[:2] == [
        "not scheduled, so that all stays as it is: no room",
        "not scheduled, so that all stays as it is: no right",
    ]
    assert [line.split()[1] for line in lines[3:]] == ["would", "no"]


def test_feeds_with_the_same_numbers_are_one_line() -> None:
    same = (1, 0, 4, "1: had 0, room for 4")
    (_header, line) = table([reason(**feeds(web=same, api=same))])
    assert line.endswith("1         4     Deployment shop/web, Deployment shop/api 1: had 0, room for 4")
    rows = {f"f{number}": (1, 0, 20 - number, f"1: had 0, room for {20 - number}") for number in range(20)}
    (_header, line) = table([reason(**feeds(**rows))])
    assert line.split()[3:5] == ["1", "1-20"]
    assert line.endswith("Deployment shop/f0, Deployment shop/f1 and 18 more 1 each, had 0; for how, see shares")


def test_what_came_or_went_is_not_folded_with_what_stays_empty() -> None:
    none = (0, 0, 1, "0: had 0")
    lines = table([reason(**feeds(a=none, b=(0, 4, 1, "0: had 4; -4"), c=none, d=(2, 2, 1, "2: had 2")))])
    assert [line.partition("  1     ")[2] for line in lines[1:]] == [
        "Deployment shop/a, Deployment shop/c 0: had 0",
        "Deployment shop/b 0: had 4; -4",
        "Deployment shop/d 2: had 2",
    ]
    assert [line.split()[:2] for line in lines[1:]] == [["a", "yes"], ["0", "1"], ["2", "1"]]


def test_a_cluster_that_is_left_out_has_one_line() -> None:
    left_out = reason(is_chosen=False, text="packed elsewhere", **feeds(a=(0, 0, 1, "x"), b=(0, 0, 2, "y")))
    assert len(table([left_out])) == 2


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("apps/v1/Deployment/shop/web", "Deployment shop/web"),
        ("v1/ReplicationController/shop/web", "ReplicationController shop/web"),
        ("example.org/v1beta1/Site/web", "Site web"),
    ],
)
def test_feeds_have_short_names(key: str, name: str) -> None:
    assert f" {name} 1: x" in table([reason(replicas={key: 1}, shares={key: "1: x"})])[1]


def test_what_was_turned_away_early_has_no_score() -> None:
    verdict = Verdict(ManagedCluster.of({"metadata": {"name": "a"}}), (), None, Filter.TAINT, "its taint")
    assert table([Reason(verdict, False, "its taint")])[1].split() == ["a", "no", "its", "taint"]
