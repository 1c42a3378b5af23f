# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a real API server says of its nodes and pods, and how many replicas fit there, sum by sum."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.nodes import placed
from ansible_collections.multicluster.apps.tests.integration.support.project import NAMESPACE, Project
from ansible_collections.multicluster.apps.tests.integration.targets.capacity.rows import GPU, ROWS, everything
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import deployment, subscription
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import fault_proxy

pytestmark = pytest.mark.integration

# Where there is room for all that the nodes have none for.
PAPER = {"cpu": "1M", GPU: 1000, "hugepages-2Mi": "1Ti"}


@dataclass(frozen=True)
class Answer:
    """What `info` said of all rows at once.

    :ivar room: by cluster and row.
    :ivar seen: the requests that it took.
    """

    room: dict[str, dict[str, int]]
    seen: list[str]


@pytest.fixture(scope="module")
def answer(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answer]:
    """One question about all rows: each is a Deployment, and all are fed by one Subscription."""
    project = Project(tmp_path_factory.mktemp("project"), f"test-{uuid.uuid4().hex[:10]}")
    feed = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": NAMESPACE}
    everywhere = subscription([{"clusterAffinity": {}}], [{**feed, "name": name} for name in ROWS])
    workloads = [deployment(name, row.template(name)) for name, row in ROWS.items()]
    project.write("app/app.yml", (everywhere, *workloads))
    member = control_plane.members[0]
    going = [name for row, each in ROWS.items() for name in each.terminating(row)]
    with placed(member, project.namespace, everything(), going), fault_proxy(member.kubeconfig) as proxy:
        project.inventory(
            {
                "server": {"multicluster_host": proxy.url},
                "paper": {"multicluster_directory": "out/paper", "multicluster_capacity": PAPER},
            }
        )
        run = project.tasks(
            {"multicluster.apps.register": {"group": "managed_clusters"}},
            {"multicluster.apps.apply": {"src": "app/"}},
            {"name": "ask", "multicluster.apps.info": {}},
        ).ok()
        found = run.task("ask").result["subscriptions"]["default/web"]
        assert found["problems"] == []
        yield Answer({name: _by_row(each["capacity"]) for name, each in found["clusters"].items()}, list(proxy.seen))


def _by_row(capacity: dict[str, int]) -> dict[str, int]:
    return {key.rpartition("/")[2]: room for key, room in capacity.items()}


@pytest.mark.parametrize("name", ROWS)
def test_what_fits(answer: Answer, name: str) -> None:
    row = ROWS[name]
    assert answer.room["server"][name] == row.replicas, row.sum


def test_all_rows_are_answered_from_one_list_of_each_kind_page_by_page(answer: Answer) -> None:
    lists = [line for line in answer.seen if "/nodes" in line or "/pods" in line]
    following = [line.partition("&continue=")[1] for line in lists]
    assert [line.partition("&continue=")[0] for line in lists] == [
        "GET /api/v1/nodes?limit=500",
        "GET /api/v1/pods?limit=500",
        "GET /api/v1/pods?limit=500",
    ]
    assert following == ["", "", "&continue="]
    assert not [line for line in answer.seen if not line.startswith("GET ")]


def test_a_capacity_that_a_user_gives_is_asked_of_nobody(answer: Answer) -> None:
    """A million processors, in quarters; a thousand devices, in threes; a Ti of huge pages, in pieces of 128Mi."""
    found = {name: answer.room["paper"][name] for name in ("cpu-millis", "gpu", "hugepages")}
    assert found == {"cpu-millis": 4_000_000, "gpu": 333, "hugepages": 8192}
