# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a cluster is asked for its nodes and pods, and what becomes of one that does not tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import Fleet
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import (
    FaultProxy,
    fault_proxy,
)

pytestmark = pytest.mark.integration

WEIGHTS = {"server": 1, "paper": 1}
# A role of every Kubernetes: everything in namespaces, and nothing of nodes.
ROLE = "admin"
INFO = {"name": "ask", "multicluster.apps.info": {}}


@pytest.fixture
def proxy(fleet: Fleet) -> Iterator[FaultProxy]:
    """What stands before the server, and notes what it is asked."""
    with fault_proxy(fleet.servers["server"].kubeconfig) as one:
        yield one


def _asked(proxy: FaultProxy) -> list[str]:
    """The requests for nodes and pods since it was asked last."""
    found = [line.partition("?")[0] for line in proxy.seen if "/nodes" in line or "/pods" in line]
    proxy.seen.clear()
    return found


def test_a_cluster_is_asked_once_and_only_where_a_replica_needs_a_place(fleet: Fleet, proxy: FaultProxy) -> None:
    lists = ["GET /api/v1/nodes", "GET /api/v1/pods"]
    behind = {"multicluster_host": proxy.url, "multicluster_kubeconfig": None}
    fleet.inventory(server=behind)
    fleet.write(3, WEIGHTS)
    fleet.run().ok()
    assert fleet.delivered() == {"server": 2, "paper": 1}
    assert _asked(proxy) == lists
    assert not fleet.run().ok().only.changed
    assert _asked(proxy) == []
    fleet.write(2, WEIGHTS)
    fleet.run().ok()
    assert _asked(proxy) == [], "who takes away needs no room"
    fleet.inventory(server={**behind, "multicluster_capacity": {"cpu": 9}})
    fleet.write(9, WEIGHTS)
    fleet.run().ok()
    assert _asked(proxy) == [], "a user has said what it has"


@pytest.fixture
def limited(fleet: Fleet) -> Iterator[Mapping[str, Any]]:
    """How somebody reaches the server who may do all that a delivery needs, and may list pods, but no nodes."""
    server, name = fleet.servers["server"], fleet.project.namespace
    space = f"{name}-space"
    server.kubectl("create", "clusterrole", space, "--verb=*", "--resource=namespaces")
    for binding, role in ((name, ROLE), (space, space)):
        server.kubectl("create", "clusterrolebinding", binding, f"--clusterrole={role}", "--user=lab-nobody")
    yield {"multicluster_kubeconfig": str(server.unprivileged_kubeconfig)}
    server.kubectl("delete", "clusterrolebinding", name, space)
    server.kubectl("delete", "clusterrole", space)


def test_a_cluster_that_does_not_show_its_nodes_keeps_what_it_runs(fleet: Fleet, limited: Mapping[str, Any]) -> None:
    paper = {"multicluster_capacity": {"cpu": 5}}
    fleet.inventory(paper=paper)
    fleet.write(4, WEIGHTS)
    fleet.run().ok()
    assert fleet.delivered() == {"server": 2, "paper": 2}

    fleet.inventory(paper=paper, server=limited)
    fleet.write(6, WEIGHTS)
    done = fleet.run().ok().only
    assert fleet.delivered() == {"server": 2, "paper": 4}
    _assert_is_told(done.warnings, fleet.host("server"))

    fleet.write(7, WEIGHTS)
    fleet.project.tasks({"multicluster.apps.apply": {"src": "app/", "source": "app"}}).ok()
    answer = fleet.project.tasks(INFO).ok().only
    clusters = answer.result["subscriptions"]["default/web"]["clusters"]
    assert {name: list(each["replicas"].values()) for name, each in clusters.items()} == {
        fleet.host("server"): [2],
        "paper": [5],
    }
    _assert_is_told(answer.warnings, fleet.host("server"))


def _assert_is_told(warnings: str, cluster: str) -> None:
    (line,) = [line for line in warnings.splitlines() if "nodes" in line]
    for words in (
        f"cluster {cluster}: ",
        "keeps what it runs and gets nothing new",
        "nodes is forbidden",
        "lab-nobody",
        "multicluster_capacity",
    ):
        assert words in line
