# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replicas divided over a real API server with nodes and pods, and a directory of which a user says what it has free."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import Fleet

pytestmark = pytest.mark.integration

WEIGHTS = {"server": 3, "paper": 1}


def test_static_dividing_reaches_the_clusters_once(fleet: Fleet) -> None:
    fleet.write(9, WEIGHTS, {"type": "Static"})
    assert fleet.run("--check").ok().only.changed
    assert fleet.delivered() == {"server": None, "paper": None}
    first = fleet.run().ok().only
    assert fleet.delivered() == {"server": 7, "paper": 2}
    assert first.changed
    assert not fleet.run().ok().only.changed


def test_dynamic_dividing_goes_by_what_the_nodes_have_left(fleet: Fleet) -> None:
    fleet.write(3, WEIGHTS)
    predicted = fleet.run("--check").ok().only.result["hub"]
    done = fleet.run().ok().only
    assert done.result["hub"] == predicted
    assert fleet.delivered() == {"server": 2, "paper": 1}
    assert not fleet.run().ok().only.changed

    fleet.write(4, WEIGHTS)
    fleet.run().ok()
    assert fleet.delivered() == {"server": 3, "paper": 1}

    fleet.inventory(paper={"multicluster_taints": [{"key": "down", "effect": "NoExecute"}]})
    fleet.run().ok()
    assert fleet.delivered() == {"server": 4, "paper": None}


def test_a_shortage_is_said_and_fails_where_that_is_asked(fleet: Fleet) -> None:
    fleet.write(10, WEIGHTS)
    failed = fleet.run(fail_on_shortage=True).failure()
    assert_says(failed, "4 of 10 replicas have no room in any of its clusters")
    assert fleet.delivered() == {"server": None, "paper": None}
    assert "4 of 10 replicas have no room in any" in fleet.run().ok().only.warnings
    assert fleet.delivered() == {"server": 4, "paper": 2}
