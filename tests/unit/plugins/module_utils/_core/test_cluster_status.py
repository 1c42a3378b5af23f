# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a cluster's status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.cluster_status import (
    Seen,
    directory_status,
    node_statistics,
    ready_condition,
    resources,
    seen_status,
    unreachable_status,
)

EARLIER, NOW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def node(ready: str | None = "True", **sizes: Any) -> dict[str, Any]:
    conditions = [{"type": "DiskPressure", "status": "False"}, *([{"type": "Ready", "status": ready}] if ready else [])]
    return {"status": {"conditions": conditions, "capacity": sizes, "allocatable": sizes}}


SEEN = Seen("https://one", "v1.33.0", livez=True, readyz=True, nodes=(node(cpu="4"), node(cpu="500m")))


def test_a_cluster_that_is_well() -> None:
    assert seen_status({}, SEEN, NOW) == {
        "k8sVersion": "v1.33.0",
        "apiserverURL": "https://one",
        "livez": True,
        "readyz": True,
        "nodeStatistics": {"readyNodes": 2, "notReadyNodes": 0, "unknownNodes": 0, "lostNodes": 0},
        "allocatable": {"cpu": "4500m"},
        "capacity": {"cpu": "4500m"},
        "conditions": [
            {
                "type": "Ready",
                "status": "True",
                "reason": "ManagedClusterReady",
                "message": "the API server is live and ready",
                "lastTransitionTime": NOW,
            }
        ],
    }


@pytest.mark.parametrize(
    ("livez", "readyz", "message"),
    [
        (True, False, "the API server fails readyz"),
        (False, True, "the API server fails livez"),
        (False, False, "the API server fails livez and readyz"),
    ],
)
def test_a_cluster_that_is_not(*, livez: bool, readyz: bool, message: str) -> None:
    ready = ready_condition(seen_status({}, replace(SEEN, livez=livez, readyz=readyz), NOW))
    assert (ready["status"], ready["reason"], ready["message"]) == ("False", "ManagedClusterNotReady", message)


def test_the_same_again_is_the_same_to_the_byte() -> None:
    for first, again in (
        (seen_status({}, SEEN, EARLIER), lambda status: seen_status(status, SEEN, NOW)),
        (unreachable_status({}, "no route", EARLIER), lambda status: unreachable_status(status, "no route", NOW)),
        (directory_status({}, "out", EARLIER), lambda status: directory_status(status, "out", NOW)),
    ):
        assert again(first) == first


def test_the_time_is_that_of_the_last_turn() -> None:
    well = seen_status({}, SEEN, EARLIER)
    away = unreachable_status(well, "connection refused", NOW)
    assert ready_condition(away)["lastTransitionTime"] == NOW
    # Another reason is no turn.
    assert ready_condition(unreachable_status(away, "timed out", "2026-03-01T00:00:00Z"))["lastTransitionTime"] == NOW
    assert ready_condition(unreachable_status(away, "timed out", "2026-03-01T00:00:00Z"))["message"] == "timed out"


def test_of_a_cluster_that_is_away_the_last_is_kept() -> None:
    well = seen_status({}, SEEN, EARLIER)
    away = unreachable_status(well, "connection refused", NOW)
    ready = ready_condition(away)
    assert (ready["status"], ready["reason"]) == ("Unknown", "ManagedClusterUnreachable")
    changed = {name for name in {*well, *away} if well.get(name) != away.get(name)}
    assert changed == {"livez", "readyz", "conditions"}
    assert (away["livez"], away["readyz"]) == (False, False)


def test_what_others_keep_in_a_status_stays() -> None:
    other = {"type": "Approved", "status": "True"}
    before = {"agentVersion": "v0.18", "conditions": [other]}
    status = seen_status(before, SEEN, NOW)
    assert status["agentVersion"] == "v0.18"
    assert [item["type"] for item in status["conditions"]] == ["Ready", "Approved"]


def test_nodes_that_may_not_be_read_stay_as_they_were() -> None:
    before = seen_status({}, SEEN, EARLIER)
    assert seen_status(before, replace(SEEN, nodes=None), NOW) == before
    assert "nodeStatistics" not in seen_status({}, replace(SEEN, nodes=None), NOW)


def test_nodes_that_are_gone_count_no_longer() -> None:
    status = seen_status(seen_status({}, SEEN, EARLIER), replace(SEEN, nodes=()), NOW)
    assert sum(status["nodeStatistics"].values()) == 0
    assert "capacity" not in status
    assert "allocatable" not in status


def test_nodes_are_counted_by_their_condition() -> None:
    nodes = [node("True"), node("True"), node("False"), node("Unknown"), node(None), {}, node("Perhaps")]
    expected = {"readyNodes": 2, "notReadyNodes": 1, "unknownNodes": 1, "lostNodes": 3}
    assert node_statistics(nodes) == expected


def test_resources_are_summed_exactly_by_name() -> None:
    nodes = [
        node(cpu="3920m", memory="7911364Ki", pods="110", **{"nvidia.com/gpu": "2"}),
        node(cpu="0.08", memory="1Gi", pods=110),
        node(),
    ]
    found = resources(nodes, "capacity")
    assert found == {"cpu": "4", "memory": "8959940Ki", "nvidia.com/gpu": "2", "pods": "220"}
    assert list(found) == sorted(found)


def test_a_cluster_may_answer_anything() -> None:
    strange = [
        {"status": None},
        {"status": {"conditions": "none", "capacity": ["a"]}},
        {"status": {"conditions": [None, "x", {"type": "Ready", "status": {"a": 1}}], "capacity": {"cpu": "many", "\ud800": "1"}}},
        {"status": {"capacity": {"cpu": {"a": 1}, "memory": "1Gi"}}},
    ]  # fmt: skip
    assert node_statistics(strange)["lostNodes"] == 4
    assert resources(strange, "capacity") == {"memory": "1Gi"}
    assert ready_condition({"conditions": 5}) == {}
