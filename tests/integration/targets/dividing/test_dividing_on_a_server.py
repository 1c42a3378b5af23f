# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replicas divided over real API servers, on a hub that is one, too: what a user sees there, and how it changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.targets.dividing.fleet import Fleet, numbers
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_plugins.conftest import KINDS

pytestmark = pytest.mark.integration

Versions = Callable[[], Mapping[str, Any]]
WEIGHTS = {"one": 3, "two": 1}
DOWN = {"multicluster_taints": [{"key": "down", "effect": "NoExecute"}]}
CLUSTERNET = "apps.clusternet.io"


class Hub:
    """What a person sees of the application with kubectl."""

    def __init__(self, access: ClusterAccess, fleet: Fleet) -> None:
        self.access = access
        self.fleet = fleet
        self.feed = f"apps/v1/Deployment/{fleet.project.namespace}/web"

    def items(self, kind: str) -> list[dict[str, Any]]:
        answer = self.access.kubectl("get", f"{kind}.{CLUSTERNET}", "-A", "-o", "json").stdout
        return list(json.loads(answer)["items"])

    def status(self) -> dict[str, int]:
        """By site, the replicas that the Subscription says to be there."""
        (found,) = self.items("subscriptions")
        counts = found["status"]["replicas"][self.feed]
        assert found["status"]["replicas"][f"v1/Namespace/{self.fleet.project.namespace}"] == []
        return {
            binding.rpartition("/")[2].partition("-")[0]: count
            for binding, count in zip(found["status"]["bindingClusters"], counts, strict=True)
        }

    def localizations(self) -> dict[str, list[dict[str, Any]]]:
        """By site, the patch that sets the replicas."""
        found = {}
        for raw in self.items("localizations"):
            assert (raw["spec"]["priority"], raw["spec"]["overridePolicy"]) == (1000, "ApplyNow")
            assert raw["spec"]["feed"]["name"] == "web"
            (override,) = raw["spec"]["overrides"]
            site = raw["metadata"]["namespace"].removeprefix("clusternet-").partition("-")[0]
            found[site] = json.loads(override["value"])
        return found

    def generations(self) -> dict[str, str]:
        """How often each object was written, statuses apart: what runs goes on to report while a test looks."""
        path = "{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.generation}{'\\n'}{end}"
        lines = self.access.kubectl("get", KINDS, "-A", "-o", f"jsonpath={path}").stdout.splitlines()
        return {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines}

    def asked(self) -> list[dict[str, Any]]:
        """What the FeedInventory says of each feed."""
        (found,) = self.items("feedinventories")
        assert found["metadata"]["name"] == "web"
        return list(found["spec"]["feeds"])


@pytest.fixture
def hub(access: ClusterAccess, served_fleet: Fleet) -> Hub:
    return Hub(access, served_fleet)


def _patch(replicas: int) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": "/spec/replicas", "value": replicas}]


def test_static_dividing_and_what_is_seen_of_it(served_fleet: Fleet, hub: Hub, versions: Versions) -> None:
    """9 by 3 and 1: 6.75 and 2.25, rounded down; the heavier one gets what is left."""
    served_fleet.write(9, WEIGHTS, {"type": "Static"})
    predicted = served_fleet.run("--check", "--diff").ok().only
    assert versions() == {}
    assert served_fleet.delivered() == {"one": None, "two": None}
    done = served_fleet.run("--diff").ok().only
    assert done.result["hub"] == predicted.result["hub"]
    assert numbers(done.result["diff"]) == numbers(predicted.result["diff"]) == {"one": 7, "two": 2}

    assert served_fleet.delivered() == hub.status() == {"one": 7, "two": 2}
    assert hub.localizations() == {"one": _patch(7), "two": _patch(2)}
    space, web = hub.asked()
    assert "desiredReplicas" not in space
    assert (web["desiredReplicas"], web["replicaJsonPath"]) == (9, "/spec/replicas")
    assert web["replicaRequirements"]["resources"] == {"requests": {"cpu": "1"}}

    _wait_for_the_controllers(served_fleet)
    assert not served_fleet.run().ok().only.changed, "it notes what they report, and changes nothing"
    before = versions()
    assert not served_fleet.run().ok().only.changed
    assert versions() == before

    absent = {"multicluster.apps.apply": {"src": "app/", "state": "absent"}}
    served_fleet.project.tasks(absent, {"multicluster.apps.distribute": {}}, **served_fleet.hub).ok()
    assert served_fleet.delivered() == {"one": None, "two": None}
    assert hub.items("feedinventories") == hub.items("localizations") == []


def _wait_for_the_controllers(fleet: Fleet) -> None:
    """Until both Deployments have said what they are going to say here, where no pod ever starts."""
    for site, replicas in fleet.delivered().items():
        condition = f"--for=jsonpath={{.status.unavailableReplicas}}={replicas}"
        fleet.servers[site].kubectl("wait", condition, "deployment/web", "-n", fleet.project.namespace, "--timeout=30s")


def test_dynamic_dividing_moves_no_more_than_it_has_to(served_fleet: Fleet, hub: Hub) -> None:
    """Room for 4 and 2."""

    def run(**options: Any) -> dict[str, int | None]:
        assert served_fleet.run(**options).ok().only.changed
        found = served_fleet.delivered()
        assert {site: count for site, count in found.items() if count is not None} == hub.status()
        assert hub.localizations() == {site: _patch(count) for site, count in hub.status().items()}
        return found

    def assert_settled() -> None:
        before = hub.generations()
        assert not served_fleet.run().ok().only.changed
        assert hub.generations() == before

    served_fleet.write(3, WEIGHTS)
    assert run() == {"one": 2, "two": 1}
    assert_settled()

    before, there = hub.generations(), served_fleet.generation("two")
    served_fleet.write(4, WEIGHTS)
    assert run() == {"one": 3, "two": 1}, "one more: 0.67 of it by room for 4, 0.33 by room for 2"
    assert served_fleet.generation("two") == there
    changed = {name for name, number in hub.generations().items() if before.get(name) != number}
    assert not [name for name in changed if f"clusternet-{served_fleet.host('two')}/" in name]

    served_fleet.write(3, WEIGHTS)
    assert run() == {"one": 2, "two": 1}, "one less: 0.75 of it where 3 run, 0.25 where 1 runs"
    assert served_fleet.generation("two") == there

    served_fleet.inventory(two=DOWN)
    assert run() == {"one": 3, "two": None}
    served_fleet.inventory(two={"multicluster_taints": []})
    assert run() == {"one": 3, "two": 0}, "what runs stays"
    assert run(rebalance=True) == {"one": 2, "two": 1}, "3 by room for 4 and 2, with what runs"
    assert_settled()
