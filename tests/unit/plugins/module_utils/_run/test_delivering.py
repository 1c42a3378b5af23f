# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery side by side, and what the hub is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterOutcome, DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubConflict,
    HubError,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.delivering import bundle_of, deliver_all
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
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
    WEB,
    chart,
    delivered,
    fleet_of,
    load,
    overwrite,
    rendered,
    store_of,
    tools_of,
)

OTHER = config_map("other")


def test_a_chart_fails_its_cluster_and_says_so_and_everything_else_is_delivered() -> None:
    store = store_of(cluster("a"), manifest(WEB), chart(), subscription("web", feed(WEB), feed(chart())))
    member = MemoryCluster()
    (done,) = delivered(rendered(store), tools_of(store, {"a": member}))
    assert [item.key.name for item in done.outcome.created] == ["web"]
    assert [key.kind for key in member.objects] == ["ConfigMap"]
    (error,) = done.outcome.errors
    assert error.startswith("Description clusternet-a/web-")
    assert error.endswith("-helm: HelmChart feeds are rendered, but this version does not deliver them")
    assert done.outcome.phase == "Failure"
    (helm,) = [each for each in load(store).snapshot.descriptions if each.deployer == "Helm"]
    assert helm.status["phase"] == "Failure"
    assert helm.status["reason"] == "HelmChart feeds are rendered, but this version does not deliver them"


def test_a_chart_is_no_failure_of_the_descriptions_beside_it() -> None:
    store = store_of(cluster("a"), manifest(WEB), chart(), subscription("web", feed(WEB), feed(chart())))
    delivered(rendered(store), tools_of(store, {"a": MemoryCluster()}))
    (generic,) = [each for each in load(store).snapshot.descriptions if each.deployer == "Generic"]
    assert generic.status["phase"] == "Success"


@pytest.mark.parametrize("text", ["bm8ganNvbg==", "W10=", "e30="])
def test_a_damaged_description_fails_its_own_cluster_and_is_named(text: str) -> None:
    store = fleet_of("a", "b")
    description = rendered(store).snapshot.descriptions[0]
    overwrite(store, {**description.raw, "spec": {"deployer": "Generic", "raw": [text]}})
    damaged, healthy = delivered(load(store), tools_of(store, {"a": MemoryCluster(), "b": MemoryCluster()}))
    assert damaged.outcome.errors[0].startswith(f"{description.key}: spec.raw[0]: ")
    assert healthy.outcome.phase == "Success"


def test_what_another_run_rendered_meanwhile_is_not_pruned() -> None:
    store = fleet_of("a")
    member = MemoryCluster()
    tools = tools_of(store, {"a": member})
    old = rendered(store)
    extra = config_map("extra")
    store.objects.update(store_of(manifest(extra)).objects)
    overwrite(store, subscription("web", feed(WEB), feed(extra)))
    delivered(rendered(store), tools)
    delivered(old, tools)
    assert sorted(key.name for key in member.objects) == ["extra", "web"]


def test_a_lost_description_prunes_nothing_and_says_what_to_do() -> None:
    store = fleet_of("a")
    member = MemoryCluster()
    tools = tools_of(store, {"a": member})
    delivered(rendered(store), tools)
    (description,) = load(store).snapshot.descriptions
    del store.objects[description.key]
    (done,) = delivered(load(store), tools)
    assert "its Description web-" in done.outcome.errors[0]
    assert "multicluster.apps.distribute makes it again" in done.outcome.errors[0]
    assert [key.name for key in member.objects] == ["web"]


class MeanwhileHub(MemoryHub):
    """A hub to which another run writes just before this one does."""

    def __init__(self, store: MemoryStore, others: list[dict[str, Any]]) -> None:
        super().__init__(store)
        self._others = others

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        while self._others:
            overwrite(self.store, self._others.pop())
        return super().write(changes, now)


def test_a_report_that_meets_another_ones_is_written_on_top_of_it() -> None:
    store = fleet_of("a")
    loaded = rendered(store)
    (description,) = loaded.snapshot.descriptions
    elsewhere = {**description.raw, "status": {"phase": "Failure", "reason": "an earlier run"}}
    elsewhere["metadata"] = {**elsewhere["metadata"], "labels": {"touched": "yes"}}
    (done,) = delivered(loaded, tools_of(store, {"a": MemoryCluster()}, MeanwhileHub(store, [elsewhere])))
    assert done.outcome.phase == "Success"
    (stored,) = load(store).snapshot.descriptions
    assert stored.status["phase"] == "Success"
    assert stored.meta.labels == {"touched": "yes"}, "what the other run wrote is lost"
    assert done.part is not None
    assert done.part.objects[stored.key].raw == stored.raw


class DeafHub(MemoryHub):
    """A hub that takes no report of one cluster."""

    def __init__(self, store: MemoryStore, error: HubError) -> None:
        super().__init__(store)
        self._error = error

    def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
        if any(change.key.namespace == "clusternet-a" for change in changes):
            raise self._error
        return super().write(changes, now)


@pytest.mark.parametrize("error", [HubConflict("changed by somebody else"), HubLocked("the lock was lost")])
def test_a_report_that_the_hub_does_not_take_hides_nothing_and_stops_no_other_cluster(error: HubError) -> None:
    store = fleet_of("a", "b")
    loaded = rendered(store)
    members = {"a": MemoryCluster(), "b": MemoryCluster()}
    untold, told = delivered(loaded, tools_of(store, members, DeafHub(store, error)))
    assert [item.key.name for item in untold.outcome.created] == ["web"]
    assert not untold.outcome.unreachable
    assert untold.outcome.errors == (
        f"the cluster was delivered to, and the hub was not told all of it; run again to have it told: {error}",
    )
    assert (untold.part, told.outcome.phase) == (None, "Success")
    assert [item.outcome.phase for item in delivered(load(store), tools_of(store, members))] == ["Success", "Success"]
    assert {item.status["phase"] for item in load(store).snapshot.descriptions} == {"Success"}


def test_what_the_hub_was_not_told_to_forget_is_not_said_to_have_left_it() -> None:
    store = fleet_of("a")
    members = {"a": MemoryCluster()}
    delivered(rendered(store), tools_of(store, members))
    (base,) = load(store).snapshot.bases
    overwrite(store, {**base.raw, "metadata": {**base.raw["metadata"], "deletionTimestamp": NOW}})
    (untold,) = delivered(load(store), tools_of(store, members, DeafHub(store, HubLocked("the lock was lost"))))
    assert [item.key.name for item in untold.outcome.pruned] == ["web"]
    assert untold.outcome.removed == ()
    (told,) = delivered(load(store), tools_of(store, members))
    assert told.outcome.removed == (base.meta.name,)
    assert load(store).snapshot.bases == ()


def test_a_lock_that_cannot_be_let_go_hides_nothing_that_was_told() -> None:
    class Sticky(MemoryHub):
        @contextmanager
        def lock(self, name: str) -> Iterator[None]:
            with super().lock(name):
                yield
            raise HubLocked("the lock was lost")

    store = fleet_of("a")
    (done,) = delivered(rendered(store), tools_of(store, {"a": MemoryCluster()}, Sticky(store)))
    assert ([item.key.name for item in done.outcome.created], done.outcome.errors) == (["web"], ("the lock was lost",))
    assert done.part is not None


class Counted(dict[ObjectKey, StoredObject]):
    """Objects that count how often somebody looks through all of them."""

    looks = 0

    def items(self) -> Any:
        self.looks += 1
        return super().items()


def test_the_whole_hub_is_not_looked_through_for_each_cluster() -> None:
    names = [f"site-{number}" for number in range(8)]
    store = fleet_of(*names)
    loaded = rendered(store)
    objects = Counted(loaded.contents.objects)
    counting = replace(loaded, contents=replace(loaded.contents, objects=objects))
    done = delivered(counting, tools_of(store, {name: MemoryCluster() for name in names}))
    assert len(done) == 8
    assert objects.looks <= 2, "at most once for each thread that begins at the same time"


def test_losing_the_hub_ends_the_run() -> None:
    class Full(MemoryHub):
        def write(self, changes: Sequence[Change], now: str) -> tuple[StoredObject, ...]:
            raise HubError("no space left")

    store = fleet_of("a", "b")
    loaded = rendered(store)
    members = {"a": MemoryCluster(), "b": MemoryCluster()}
    with pytest.raises(HubError, match="no space left"):
        delivered(loaded, tools_of(store, members, Full(store)))


def test_check_mode_tells_the_hub_nothing_and_takes_no_lock() -> None:
    store = fleet_of("a")
    loaded = rendered(store)
    writes, member = store.writes, MemoryCluster()
    with MemoryHub(store).lock("cluster-clusternet-a"):
        (done,) = delivered(loaded, tools_of(store, {"a": member}), check=True)
    assert [item.key.name for item in done.outcome.created] == ["web"]
    assert (store.writes, member.writes) == (writes, 0)


def test_a_cluster_for_which_the_hub_holds_nothing_is_left_out() -> None:
    store = fleet_of("a", "b", web=subscription("web", feed(WEB), affinity={"matchLabels": {"site": "b"}}))
    done = delivered(rendered(store), tools_of(store, {"b": MemoryCluster()}))
    assert [item.cluster.name for item in done] == ["b"]


@pytest.mark.parametrize("error", [ClusterError("nothing says how"), InvalidInput("host b: no string")])
def test_a_cluster_that_nobody_can_reach_is_an_outcome(error: Exception) -> None:
    store = fleet_of("a", "b", "c")
    loaded = rendered(store)
    asked: list[str] = []

    def connections(each: Any) -> Connection:
        asked.append(each.name)
        if each.name == "b":
            raise error
        return Connection(host="https://fake")

    heard: list[tuple[str, int]] = []

    def on_outcome(outcome: ClusterOutcome, total: int) -> None:
        heard.append((outcome.cluster, total))

    tools = tools_of(store, {name: MemoryCluster() for name in "ac"})
    clusters, options = loaded.snapshot.clusters, DeliveryOptions()
    done = deliver_all(clusters, loaded, Scope(), options, tools, connections, forks=3, on_outcome=on_outcome)
    assert [(item.outcome.cluster, item.outcome.phase) for item in done] == [
        ("a", "Success"),
        ("b", "Failure"),
        ("c", "Success"),
    ]
    assert done[1].outcome.errors == (str(error),)
    assert done[1].outcome.unreachable
    assert asked == ["a", "b", "c"]
    assert sorted(heard) == [("a", 3), ("b", 3), ("c", 3)]


def test_what_is_out_of_scope_is_known_and_not_touched() -> None:
    store = store_of(
        cluster("a"),
        manifest(WEB),
        manifest(OTHER),
        subscription("web", feed(WEB)),
        subscription("other", feed(OTHER)),
    )
    loaded = rendered(store)
    (a,) = loaded.snapshot.clusters
    bundle = bundle_of(a, loaded, Scope(subscriptions=frozenset({"default/web"})))
    assert {each.subscription: each.selected for each in bundle.applysets} == {
        "default/web": True,
        "default/other": False,
    }
    member = MemoryCluster()
    delivered(loaded, tools_of(store, {"a": member}), Scope(subscriptions=frozenset({"default/web"})))
    assert [key.name for key in member.objects] == ["web"]
    told = {each.meta.name.rpartition("-")[0][:3]: each.status for each in load(store).snapshot.descriptions}
    assert told["web"]["phase"] == "Success"
    assert told["oth"] == {}


def test_a_base_that_somebody_else_made_is_left_alone() -> None:
    store = fleet_of("a")
    loaded = rendered(store)
    (base,) = loaded.snapshot.bases
    theirs = {
        **base.raw,
        "metadata": {**base.raw["metadata"], "labels": {"clusternet.io/created-by": "clusternet-hub"}},
    }
    overwrite(store, theirs)
    member = MemoryCluster()
    assert delivered(load(store), tools_of(store, {"a": member})) == ()
    assert member.writes == 0


def test_what_left_a_cluster_leaves_the_hub_and_nothing_else_does() -> None:
    store = fleet_of("a")
    tools = tools_of(store, {"a": MemoryCluster()})
    loaded = rendered(store)
    delivered(loaded, tools)
    for item in (*load(store).snapshot.bases, *load(store).snapshot.descriptions):
        overwrite(store, {**item.raw, "metadata": {**item.raw["metadata"], "deletionTimestamp": NOW}})
    (done,) = delivered(load(store), tools)
    assert [item.key.name for item in done.outcome.pruned] == ["web"]
    assert sorted(key.kind for key in store.objects if key.namespace != "clusternet-reserved") == [
        "ManagedCluster",
        "Subscription",
    ]
    assert done.part is not None
    assert [key.kind for key in done.part.objects] == ["ManagedCluster"], "the part is the cluster's own namespace"
