# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications that are too large for one Description, on the fakes of both ports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest, distribute
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope, decide
from ansible_collections.multicluster.apps.plugins.module_utils._run.rolling_back import RollbackRequest, rollback
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest, plan_store
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    manifest,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    delivered,
    load,
    overwrite,
    store_of,
    tools_of,
)

# In base64 two of these are more than one Description takes.
LARGE = 450_000
STORED_LIMIT = 3 * 2**20 // 2


def large(name: str, letter: str = "x") -> dict[str, Any]:
    return config_map(name, text=letter * LARGE)


def application(*names: str, letter: str = "x") -> list[dict[str, Any]]:
    maps = [large(name, letter) for name in names]
    return [*map(manifest, maps), subscription("web", *map(feed, maps))]


class Fleet:
    """A hub with one cluster and an application of large objects."""

    def __init__(self, *names: str) -> None:
        self.store: MemoryStore = store_of(cluster("a"), *application(*names))
        self.member = MemoryCluster()
        self.tools = tools_of(self.store, {"a": self.member})

    def change(self, *names: str, letter: str = "x") -> None:
        """Store another version of the application."""
        for raw in application(*names, letter=letter):
            if ObjectKey.of(raw) in self.store.objects:
                overwrite(self.store, raw)
            else:
                MemoryHub(self.store).write([Put(raw, None)], NOW)

    def run(self, *, deliver: bool = True) -> ClusterOutcome | None:
        """Distribute."""
        request = DistributeRequest(deliver=deliver)
        done = distribute(request, self.tools, lambda _cluster: Connection(host="https://fake"))
        assert not done.decision.problems
        return done.outcomes[0] if done.outcomes else None

    def parts(self) -> list[str]:
        """What the hub holds, by the end of the names."""
        return [item.meta.name.partition("generic")[2] for item in load(self.store).snapshot.descriptions]

    def running(self) -> list[str]:
        """What is in the cluster."""
        return sorted(key.name for key in self.member.objects)


def test_an_application_in_parts_is_delivered_whole_and_a_second_run_writes_nothing() -> None:
    fleet = Fleet("m1", "m2", "m3", "m4")
    fleet.run()
    assert fleet.parts() == ["", "-2", "-3", "-4"]
    assert fleet.running() == ["m1", "m2", "m3", "m4"]
    assert max(len(text) for text, _version in fleet.store.objects.values()) < STORED_LIMIT
    (revision,) = [each for each in load(fleet.store).snapshot.revisions if each.number]
    assert (len(revision.contents), revision.objects) == (4, 4)
    writes = fleet.store.writes
    fleet.run()
    assert fleet.store.writes == writes


def test_a_shrinking_application_loses_parts_and_nothing_that_stays_is_pruned_in_between() -> None:
    fleet = Fleet("m1", "m2", "m3")
    fleet.run()
    fleet.change("m2", "m3")
    fleet.member.log.clear()
    outcome = fleet.run()
    assert outcome is not None
    assert fleet.parts() == ["", "-2"]
    assert [item.key.name for item in outcome.pruned] == ["m1"]
    assert [item.key.name for item in outcome.created] == []
    fleet.change("m3")
    fleet.run()
    assert (fleet.parts(), fleet.running()) == ([""], ["m3"])


@pytest.mark.parametrize("lost", ["", "-2", "-3"])
def test_a_lost_part_is_no_order_to_remove(lost: str) -> None:
    fleet = Fleet("m1", "m2", "m3")
    fleet.run()
    gone = next(item for item in load(fleet.store).snapshot.descriptions if item.meta.name.endswith(f"generic{lost}"))
    del fleet.store.objects[gone.key]
    (done,) = delivered(load(fleet.store), fleet.tools)
    (error,) = done.outcome.errors
    assert "are not all parts of one run" in error
    assert "multicluster.apps.distribute makes them again" in error
    assert fleet.running() == ["m1", "m2", "m3"]
    fleet.run()
    assert fleet.parts() == ["", "-2", "-3"]


def changes_of(fleet: Fleet) -> tuple[Change, ...]:
    return decide(load(fleet.store), Scope(), Guards(), GoYaml(), NOW, strict=False).changes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("m1", "m2", "m3"), ("m0", "m1", "m2", "m3")),
        (("m1", "m2", "m3"), ("m2", "m3")),
        (("m1",), ("m0", "m1")),
        (("m0", "m1"), ("m1",)),
    ],
    ids=["more", "less", "one to two", "two to one"],
)
def test_killed_between_any_two_parts_deploy_prunes_nothing_and_the_next_run_ends_it(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    fleet = Fleet(*before)
    fleet.run()
    fleet.change(*after)
    changes, hub = changes_of(fleet), dict(fleet.store.objects)
    descriptions = [index for index, change in enumerate(changes) if change.key.kind == "Description"]
    for moment in descriptions[1:]:
        fleet.store.objects = dict(hub)
        MemoryHub(fleet.store).write(changes[:moment], NOW)
        (done,) = delivered(load(fleet.store), fleet.tools)
        assert done.outcome.errors, moment
        assert fleet.running() == sorted(before), moment
    fleet.run()
    assert fleet.running() == sorted(after)


def test_a_rollback_brings_all_parts_back() -> None:
    fleet = Fleet("m1", "m2", "m3")
    fleet.run()
    fleet.change("m1", letter="y")
    fleet.run()
    rollback(RollbackRequest("default/web"), fleet.tools, check=False, diff=False)
    fleet.run()
    assert (fleet.parts(), fleet.running()) == (["", "-2", "-3"], ["m1", "m2", "m3"])
    assert {raw["data"]["text"][0] for raw in fleet.member.objects.values()} == {"x"}


def test_to_remove_the_subscription_is_consent_for_all_parts() -> None:
    fleet = Fleet("m1", "m2", "m3")
    fleet.run()
    request = StoreRequest([Document(subscription("web"), "task")], absent=True)
    contents: Contents = MemoryHub(fleet.store).load()
    marked = [change.key.kind for change in plan_store(request, contents, GoYaml(), NOW) if isinstance(change, Put)]
    assert marked == ["Base", "Description", "Description", "Description"]


def test_an_object_that_is_too_large_is_a_problem_that_names_it() -> None:
    store = store_of(cluster("a"), manifest(config_map("huge", text="x" * 1_100_000)))
    MemoryHub(store).write([Put(subscription("web", feed(config_map("huge"))), None)], NOW)
    decision = decide(load(store), Scope(), Guards(), GoYaml(), NOW, strict=False)
    (problem,) = decision.problems["default/web"]
    assert problem.startswith("cluster a: ConfigMap shop/huge has 1.05 MiB after overrides; a Description holds")
    assert decision.changes == ()


def test_statuses_stay_within_what_can_be_stored() -> None:
    maps = [config_map(f"m{n}") for n in range(1500)]
    store = store_of(cluster("a"), *map(manifest, maps), subscription("web", *map(feed, maps)))
    member = MemoryCluster()
    member.status = {"ConfigMap": {"text": "x" * 2000}}
    tools = tools_of(store, {"a": member})
    request = DistributeRequest(options=DeliveryOptions(wait=False))
    done = distribute(request, tools, lambda _cluster: Connection(host="https://fake"))
    assert [outcome.phase for outcome in done.outcomes] == ["Success"]
    descriptions = load(store).snapshot.descriptions
    entries = [entry for item in descriptions for entry in item.status["manifestStatuses"]]
    assert len(entries) == 1500
    assert 0 < sum("observedStatus" in entry for entry in entries) < 1500
    assert all(len(json.dumps(item.raw)) < STORED_LIMIT for item in descriptions)
    writes = store.writes
    distribute(request, tools, lambda _cluster: Connection(host="https://fake"))
    assert store.writes == writes


def test_the_status_of_a_subscription_with_many_feeds_in_many_clusters_has_summaries_only() -> None:
    maps = [config_map(f"m{n}") for n in range(80)]
    clusters = [cluster(f"c{n}") for n in range(120)]
    store = store_of(*clusters, *map(manifest, maps), subscription("web", *map(feed, maps)))
    tools = tools_of(store, {})
    request = DistributeRequest(deliver=False)
    done = distribute(request, tools, lambda _cluster: None)
    (status,) = [item.status for item in load(store).snapshot.subscriptions]
    assert len(status["bindingClusters"]) == 120
    assert all(set(each) >= {"kind", "feedStatusSummary"} for each in status["aggregatedStatuses"])
    assert not any("feedStatusDetails" in each for each in status["aggregatedStatuses"])
    assert any("multicluster.apps.info computes them" in warning for warning in done.warnings)
