# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery to one cluster in memory: what goes wrong stays where it is, and the next run mends it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    ClusterOutcome,
    ClusterUnreachable,
    DeliveryOptions,
    Desired,
    HealthStatus,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember

Raw = dict[str, Any]
REFUSED = ClusterError("one: cannot apply it: HTTP 422: no")
LOST = ClusterUnreachable("one: https://one is not reachable")


def config_map(name: str, **data: str) -> Raw:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"colour": "green"}}


def deployment(name: str = "web") -> Raw:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": 1}}


def key(raw: Raw) -> ObjectKey:
    return ObjectKey.of(raw)


def bundle(*raws: Raw, **more: Any) -> Bundle:
    objects = tuple(Desired(key(raw), raw, "hub.web-generic") for raw in raws)
    return Bundle("one", "hub", (ApplySet("web", "default/web", objects, **more),))


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster()


@pytest.fixture
def time() -> Time:
    return Time()


def run(cluster: MemoryCluster, wanted: Bundle, time: Time | None = None, **options: Any) -> ClusterOutcome:
    time = time or Time()
    return deliver(MemoryMember(cluster), wanted, DeliveryOptions(**options), Clock(lambda: time.now, time.sleep))


def reasons(outcome: ClusterOutcome) -> dict[str, tuple[str, str]]:
    return {item.key.name: (item.result.value, item.reason) for item in outcome.outcomes}


def test_a_cluster_that_is_down_is_an_outcome(cluster: MemoryCluster) -> None:
    cluster.down = LOST
    outcome = run(cluster, bundle(config_map("a")))
    assert (outcome.unreachable, outcome.errors, outcome.outcomes) == (True, (str(LOST),), ())
    assert outcome.phase == "Failure"


def test_a_cluster_that_refuses_to_be_read_is_reachable(cluster: MemoryCluster) -> None:
    cluster.down = REFUSED
    outcome = run(cluster, bundle(config_map("a")))
    assert (outcome.unreachable, outcome.errors) == (False, (str(REFUSED),))


def test_a_failed_object_stops_only_pruning(cluster: MemoryCluster) -> None:
    run(cluster, bundle(config_map("a"), config_map("old")))
    cluster.failing[key(config_map("a"))] = REFUSED
    wanted = bundle(config_map("a", colour="red"), config_map("b"))
    outcome = run(cluster, wanted)
    assert reasons(outcome) == {
        "a": ("failed", str(REFUSED)),
        "b": ("created", ""),
        "old": ("kept", "kept until everything else of default/web succeeds"),
    }
    assert not outcome.unreachable
    cluster.failing.clear()
    assert {name: result for name, (result, _reason) in reasons(run(cluster, wanted)).items()} == {
        "a": "updated",
        "b": "unchanged",
        "old": "pruned",
    }


def test_a_shared_object_that_fails_holds_back_the_pruning_of_all_who_want_it(cluster: MemoryCluster) -> None:
    shared = config_map("shared")
    first = ApplySet("a", "default/a", (Desired(key(shared), shared, "hub.a-generic"),))
    old = config_map("old")
    second = ApplySet("b", "default/b", (Desired(key(shared), shared, "hub.b-generic"),))
    with_old = replace(second, objects=(*second.objects, Desired(key(old), old, "hub.b-generic")))
    run(cluster, Bundle("one", "hub", (with_old,)))
    cluster.failing[key(shared)] = REFUSED
    outcome = run(cluster, Bundle("one", "hub", (first, second)))
    assert [item.result.value for item in outcome.outcomes] == ["failed", "kept"]


def test_a_cluster_that_is_lost_on_the_way_ends_the_delivery(cluster: MemoryCluster) -> None:
    run(cluster, bundle(config_map("a"), config_map("old")))
    cluster.failing[key(config_map("b"))] = LOST
    outcome = run(cluster, bundle(config_map("a"), config_map("b"), config_map("c")))
    assert reasons(outcome) == {
        "a": ("unchanged", ""),
        "b": ("failed", str(LOST)),
        "c": ("failed", "not tried: the cluster stopped answering"),
        "old": ("failed", "not tried: the cluster stopped answering"),
    }
    assert outcome.unreachable
    assert outcome.errors == (str(LOST),)


def test_a_ledger_that_cannot_be_stored_stops_before_the_first_write(cluster: MemoryCluster) -> None:
    member = MemoryMember(cluster)

    def refuse(_ledger: Any) -> None:
        raise REFUSED

    member.note = refuse  # type: ignore[method-assign]
    outcome = deliver(member, bundle(config_map("a")), DeliveryOptions(), Clock(lambda: 0.0, lambda _seconds: None))
    assert reasons(outcome) == {"a": ("failed", "not tried: an earlier step failed")}
    assert cluster.objects == {}
    assert outcome.errors == (str(REFUSED),)


def test_the_ledger_names_the_kinds_before_the_first_object_is_there(cluster: MemoryCluster) -> None:
    run(cluster, bundle(deployment(), config_map("a")))
    assert cluster.log == ["note web", "apply ConfigMap shop/a", "apply Deployment.apps shop/web", "note web"]
    assert cluster.ledgers["web"].kinds == {("", "ConfigMap"), ("apps", "Deployment")}
    assert cluster.ledgers["web"].namespaces == {"shop"}
    assert set(cluster.ledgers["web"].records) == {key(deployment()), key(config_map("a"))}


@pytest.mark.parametrize("survived", range(4))
def test_a_run_that_is_killed_is_mended_by_the_next(cluster: MemoryCluster, survived: int) -> None:
    """Killed after each write in turn; then everything is removed, and nothing of ours is left."""

    class Killed(BaseException):
        pass

    class Mortal(list[str]):
        def append(self, line: str) -> None:
            super().append(line)
            if len(self) > survived:
                raise Killed

    cluster.log = Mortal()
    with pytest.raises(Killed):
        run(cluster, bundle(deployment(), config_map("a")))
    cluster.log = []
    again = run(cluster, bundle(deployment(), config_map("a")))
    assert again.ok
    assert {name.name for name in cluster.objects} == {"web", "a"}
    assert run(cluster, bundle(deployment(), config_map("a"))).changed is False
    assert run(cluster, bundle(removing=True)).removed == ("web",)
    assert cluster.objects == {}
    assert cluster.ledgers == {}


def test_an_applyset_of_which_something_failed_is_not_forgotten(cluster: MemoryCluster) -> None:
    run(cluster, bundle(config_map("a"), config_map("b")))
    cluster.failing[key(config_map("a"))] = REFUSED
    outcome = run(cluster, bundle(removing=True))
    assert [item.key.name for item in outcome.pruned] == ["b"]
    assert outcome.removed == ()
    assert "web" in cluster.ledgers
    cluster.failing.clear()
    assert run(cluster, bundle(removing=True)).removed == ("web",)


def test_an_applyset_whose_ledger_stays_is_not_removed(cluster: MemoryCluster) -> None:
    run(cluster, bundle(config_map("a")))

    class Clinging(MemoryMember):
        def forget(self, applyset: str) -> None:
            raise REFUSED

    clock = Clock(lambda: 0.0, lambda _seconds: None)
    outcome = deliver(Clinging(cluster), bundle(removing=True), DeliveryOptions(), clock)
    assert (outcome.removed, outcome.errors) == ((), (str(REFUSED),))
    assert len(outcome.pruned) == 1


@pytest.mark.parametrize("options", [{"adopt": True}, {"force_conflicts": True}])
def test_fields_are_taken_over_only_when_asked(cluster: MemoryCluster, options: dict[str, bool]) -> None:
    forced: list[tuple[str, bool]] = []

    class Watched(MemoryMember):
        def apply(self, desired: Any, *, force: bool, dry_run: bool) -> Any:
            forced.append((desired["metadata"]["name"], force))
            return super().apply(desired, force=force, dry_run=dry_run)

    theirs = config_map("theirs")
    metadata = {**theirs["metadata"], "annotations": {"apps.clusternet.io/owned-by-description": "other.db-generic"}}
    cluster.put({**theirs, "metadata": metadata})
    clock = Clock(lambda: 0.0, lambda _seconds: None)
    deliver(Watched(cluster), bundle(config_map("a"), theirs), DeliveryOptions(**options), clock)
    # With an object that is adopted come its fields; the others are nobody's to force.
    expected = [("a", False), ("theirs", True)] if "adopt" in options else [("a", True)]
    assert forced == expected


def test_check_mode_says_what_is_removed_and_removes_nothing(cluster: MemoryCluster) -> None:
    run(cluster, bundle(config_map("a")))
    writes = cluster.writes
    outcome = run(cluster, bundle(removing=True), check=True)
    assert outcome.removed == ("web",)
    assert [item.key.name for item in outcome.pruned] == ["a"]
    assert cluster.writes == writes


def test_a_field_that_an_old_schema_dropped_is_sent_again(cluster: MemoryCluster) -> None:
    def definition(version: str) -> Raw:
        names = {"kind": "Menu", "plural": "menus"}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "menus.shop.example"},
            "spec": {"group": "shop.example", "names": names, "versions": [{"name": version}]},
        }

    class Forgetful(MemoryMember):
        def apply(self, desired: Any, *, force: bool, dry_run: bool) -> Any:
            kept = {name: value for name, value in desired.items() if name != "soup"}
            return super().apply(kept, force=force, dry_run=dry_run)

    menu = {"apiVersion": "shop.example/v1", "kind": "Menu", "metadata": {"name": "lunch", "namespace": "shop"}}
    run(cluster, bundle(definition("v1"), menu))
    wanted = bundle(definition("v2"), {**menu, "soup": "leek"})
    clock = Clock(lambda: 0.0, lambda _seconds: None)
    deliver(Forgetful(cluster), wanted, DeliveryOptions(), clock)
    assert "soup" not in cluster.objects[key(menu)]
    run(cluster, wanted)
    assert cluster.objects[key(menu)]["soup"] == "leek"
    writes = cluster.writes
    run(cluster, bundle(definition("v3"), {**menu, "soup": "leek"}))
    assert cluster.log[writes:] == [
        "apply CustomResourceDefinition.apiextensions.k8s.io menus.shop.example",
        "note web",
    ]
    run(cluster, bundle(definition("v3"), {**menu, "soup": "onion"}))
    run(cluster, bundle(definition("v4"), {**menu, "soup": "leek"}))  # nothing dropped: it need not be sent again
    writes = cluster.writes
    run(cluster, bundle(definition("v4"), {**menu, "soup": "leek"}))
    assert cluster.writes == writes


def test_a_refusal_that_quotes_a_secret_does_not_show_it(cluster: MemoryCluster) -> None:
    metadata = {"name": "login", "namespace": "shop"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"password": "aHVudGVyMg=="}}
    cluster.failing[key(secret)] = ClusterError("refused: aHVudGVyMg== and hunter2")
    assert reasons(run(cluster, bundle(secret)))["login"] == ("failed", "refused: ******** and ********")


# --------------------------------------------------------------------------------------------------------- waiting

READY = {
    "replicas": 1,
    "updatedReplicas": 1,
    "readyReplicas": 1,
    "availableReplicas": 1,
    "conditions": [{"type": "Available", "status": "True"}],
}


def test_waiting_ends_as_soon_as_all_is_healthy(cluster: MemoryCluster, time: Time) -> None:
    looks: list[int] = []

    class Slow(MemoryMember):
        def read(self, objects: Any) -> Any:
            looks.append(len(objects))
            if len(looks) == 3:
                cluster.objects[key(deployment())]["status"] = READY
            return super().read(objects)

    options = DeliveryOptions(wait=True, wait_timeout=60, wait_sleep=5)
    wanted = bundle(deployment(), config_map("a"))
    outcome = deliver(Slow(cluster), wanted, options, Clock(lambda: time.now, time.sleep))
    assert outcome.ok
    assert looks == [1, 1, 1]  # the ConfigMap was healthy from the start
    assert (time.slept, outcome.seconds) == ([5, 5, 5], 15)
    assert outcome.created[1].health.replica_status["readyReplicas"] == 1
    assert outcome.created[1].status == READY


def test_waiting_ends_with_the_time(cluster: MemoryCluster, time: Time) -> None:
    outcome = run(cluster, bundle(deployment()), time, wait=True, wait_timeout=7, wait_sleep=5)
    assert time.slept == [5, 2]
    assert [item.health.status for item in outcome.unhealthy] == [HealthStatus.IN_PROGRESS]
    assert not outcome.ok
    assert outcome.changed


def test_waiting_ends_when_an_object_has_failed(cluster: MemoryCluster, time: Time) -> None:
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}
    cluster.status["Deployment"] = {"conditions": [condition]}
    outcome = run(cluster, bundle(deployment()), time, wait=True, wait_timeout=60)
    assert time.slept == []
    assert outcome.unhealthy[0].health.message == "ProgressDeadlineExceeded: too slow"


def test_a_cluster_that_is_lost_while_waiting_is_an_error(cluster: MemoryCluster, time: Time) -> None:
    class Mortal(MemoryMember):
        def read(self, objects: Any) -> Any:
            raise LOST

    options = DeliveryOptions(wait=True, wait_timeout=60)
    outcome = deliver(Mortal(cluster), bundle(deployment()), options, Clock(lambda: time.now, time.sleep))
    assert outcome.errors == (f"while waiting for health: {LOST}",)
    assert len(outcome.created) == 1


def test_nothing_is_waited_for_in_check_mode(cluster: MemoryCluster, time: Time) -> None:
    assert run(cluster, bundle(deployment()), time, wait=True, check=True).ok
    assert time.slept == []
