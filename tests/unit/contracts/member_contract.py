# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every port to a managed cluster promises: one suite for the directory, for API servers, and for the fake.

A subclass gives the fixture ``world``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF, applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    ClusterOutcome,
    DeliveryOptions,
    Desired,
    Ledger,
    Record,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.member_port import Member
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock

Raw = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One cluster under test.

    :param open: a new session.
    :param namespace: the namespace that the test works in; it is not there yet.
    :param put: stores an object as somebody else would.
    :param get: the object as it is, or None.
    :param writes: how many writes there were so far.
    :param server: whether it behaves as an API server.
    """

    open: Callable[[], Member]
    namespace: str
    put: Callable[[Mapping[str, Any]], None]
    get: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    writes: Callable[[], int]
    server: bool

    @property
    def base(self) -> str:
        """The name of the Base that the test delivers."""
        return f"web-{self.namespace}"

    def deliver(self, bundle: Bundle, **options: Any) -> ClusterOutcome:
        """Deliver in a session of its own."""
        member = self.open()
        try:
            return deliver(member, bundle, DeliveryOptions(**options), Clock(time.monotonic, time.sleep))
        finally:
            member.close()


def namespace_of(world: World) -> Raw:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": world.namespace}}


def config_map(world: World, name: str = "settings", **data: str) -> Raw:
    metadata = {"name": name, "namespace": world.namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"colour": "green"}}


def service(world: World, name: str = "web") -> Raw:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": world.namespace},
        "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]},
    }


def deployment(world: World, name: str = "web") -> Raw:
    container = {"name": "web", "image": "registry.invalid/web:1", "resources": {"requests": {"cpu": "1000m"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": world.namespace},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def applyset(world: World, *objects: Raw, name: str = "", subscription: str = "default/web", **more: Any) -> ApplySet:
    name = name or world.base
    description = f"clusternet-one.{name}-generic"
    return ApplySet(name, subscription, tuple(Desired(ObjectKey.of(raw), raw, description) for raw in objects), **more)


def bundle(*applysets: ApplySet) -> Bundle:
    return Bundle("one", "clusternet-one", applysets)


def marked(world: World, raw: Raw) -> Raw:
    """The object as a plan would send it."""
    metadata = dict(raw["metadata"])
    metadata["annotations"] = {ANNOTATION_OWNED_BY_DESCRIPTION: f"clusternet-one.{world.base}-generic"}
    if world.server:
        metadata["labels"] = {PART_OF: applyset_id(world.base)}
    return {**raw, "metadata": metadata}


def names(outcomes: Any) -> list[str]:
    return [f"{outcome.key.kind}/{outcome.key.name}" for outcome in outcomes]


def results(outcome: ClusterOutcome) -> list[tuple[str, str]]:
    return [(str(item.key), item.result.value) for item in outcome.outcomes]


def assert_holds(world: World, raw: Raw, field: str, value: Any) -> None:
    live = world.get(raw)
    assert live is not None
    assert live[field] == value


class MemberContract:
    """The suite."""

    @pytest.fixture
    def member(self, world: World) -> Any:
        member = world.open()
        yield member
        member.close()

    @pytest.fixture
    def ready(self, world: World, member: Member) -> World:
        """A world whose namespace is there."""
        member.apply(marked(world, namespace_of(world)), force=False, dry_run=False)
        return world

    # ------------------------------------------------------------------------------------------------- the port

    def test_what_is_not_there_is_not_observed(self, world: World, member: Member) -> None:
        observed = member.observe([config_map(world), namespace_of(world)], [world.base])
        assert not {ObjectKey.of(config_map(world)), ObjectKey.of(namespace_of(world))} & set(observed.objects)
        assert observed.server is world.server

    def test_an_applied_object_is_observed(self, ready: World, member: Member) -> None:
        desired = marked(ready, config_map(ready))
        answered = member.apply(desired, force=False, dry_run=False)
        observed = ready.open().observe([config_map(ready)], [ready.base])
        live = observed.objects[ObjectKey.of(desired)].raw
        assert live["data"] == answered["data"] == {"colour": "green"}
        assert live["metadata"]["annotations"] == desired["metadata"]["annotations"]

    def test_a_dry_run_answers_and_writes_nothing(self, ready: World, member: Member) -> None:
        before = ready.writes()
        answered = member.apply(marked(ready, config_map(ready)), force=False, dry_run=True)
        assert answered["data"] == {"colour": "green"}
        assert ready.get(config_map(ready)) is None
        assert ready.writes() == before

    def test_a_field_that_is_no_longer_desired_goes(self, ready: World, member: Member) -> None:
        member.apply(marked(ready, config_map(ready, colour="green", size="big")), force=False, dry_run=False)
        member.apply(marked(ready, config_map(ready, colour="red")), force=False, dry_run=False)
        assert_holds(ready, config_map(ready), "data", {"colour": "red"})

    def test_delete_removes_what_was_read(self, ready: World, member: Member) -> None:
        member.apply(marked(ready, config_map(ready)), force=False, dry_run=False)
        live = member.observe([config_map(ready)], [ready.base]).objects[ObjectKey.of(config_map(ready))].raw
        member.delete(live, dry_run=True)
        assert ready.get(config_map(ready)) is not None
        member.delete(live, dry_run=False)
        assert ready.get(config_map(ready)) is None
        member.delete(live, dry_run=False)  # gone already: nothing to do, and no error

    def test_read_answers_what_exists(self, ready: World, member: Member) -> None:
        there, absent = marked(ready, config_map(ready)), marked(ready, config_map(ready, "absent"))
        member.apply(there, force=False, dry_run=False)
        found = member.read([there, absent])
        assert [key.name for key in found] == ["settings"]
        assert found[ObjectKey.of(there)]["data"] == {"colour": "green"}

    def test_a_ledger_is_kept_until_it_is_forgotten(self, world: World, member: Member) -> None:
        key = ObjectKey("apps", "Deployment", world.namespace, "web")
        ledger = Ledger(
            world.base,
            "default/web",
            frozenset({("apps", "Deployment"), ("", "ConfigMap")}),
            frozenset({world.namespace}),
            {key: Record("0123456789abcdef", "fedcba9876543210")},
        )
        member.note(ledger)
        stored = member.observe([], [world.base, "another"]).ledgers
        assert dict(stored) == ({world.base: ledger} if world.server else {})
        member.forget(world.base)
        assert dict(member.observe([], [world.base]).ledgers) == {}
        member.forget(world.base)  # nothing left to forget: no error

    def test_release_takes_the_marks_off_where_others_read_them(self, ready: World, member: Member) -> None:
        live = member.observe([namespace_of(ready)], []).objects[ObjectKey.of(namespace_of(ready))].raw
        member.release(live, dry_run=False)
        released = ready.get(namespace_of(ready))
        assert released is not None
        kept = ANNOTATION_OWNED_BY_DESCRIPTION in (released["metadata"].get("annotations") or {})
        assert kept is not ready.server
        assert PART_OF not in (released["metadata"].get("labels") or {})

    # ----------------------------------------------------------------------------------------------- a delivery

    def app(self, world: World) -> tuple[Raw, ...]:
        """In the order in which a person may write it: the workload first."""
        return (deployment(world), service(world), config_map(world), namespace_of(world))

    def test_a_second_delivery_writes_nothing(self, world: World) -> None:
        wanted = bundle(applyset(world, *self.app(world)))
        first = world.deliver(wanted)
        assert names(first.created) == [
            f"Namespace/{world.namespace}",
            "ConfigMap/settings",
            "Service/web",
            "Deployment/web",
        ]
        assert first.ok
        assert first.changed
        writes = world.writes()
        second = world.deliver(wanted)
        assert names(second.unchanged) == names(first.created)
        assert not second.changed
        assert world.writes() == writes

    def test_a_change_reaches_one_object(self, world: World) -> None:
        world.deliver(bundle(applyset(world, *self.app(world))))
        changed = (namespace_of(world), config_map(world, colour="red"), service(world), deployment(world))
        outcome = world.deliver(bundle(applyset(world, *changed)))
        assert names(outcome.updated) == ["ConfigMap/settings"]
        assert outcome.updated[0].before["data"] == {"colour": "green"}
        assert outcome.updated[0].after["data"] == {"colour": "red"}
        assert len(outcome.unchanged) == 3

    def test_check_mode_says_what_the_run_then_does(self, world: World) -> None:
        for objects in (self.app(world), (namespace_of(world), config_map(world, colour="red"))):
            wanted = bundle(applyset(world, *objects))
            writes = world.writes()
            predicted = world.deliver(wanted, check=True)
            assert world.writes() == writes
            done = world.deliver(wanted)
            assert results(predicted) == results(done)
            assert (predicted.changed, predicted.rewritten) == (done.changed, done.rewritten)
            assert [(item.before is None, item.after is None) for item in predicted.outcomes] == [
                (item.before is None, item.after is None) for item in done.outcomes
            ]

    def test_what_is_no_longer_wanted_goes_in_reverse_order(self, world: World) -> None:
        world.deliver(bundle(applyset(world, *self.app(world))))
        outcome = world.deliver(bundle(applyset(world, namespace_of(world), config_map(world))))
        assert names(outcome.pruned) == ["Deployment/web", "Service/web"]
        assert world.get(service(world)) is None
        assert world.get(config_map(world)) is not None

    def test_a_namespace_that_is_no_longer_wanted_is_kept(self, world: World) -> None:
        world.deliver(bundle(applyset(world, namespace_of(world), config_map(world))))
        outcome = world.deliver(bundle(applyset(world, config_map(world))))
        assert names(outcome.kept) == [f"Namespace/{world.namespace}"]
        assert "prune_kinds" in outcome.kept[0].reason
        assert world.get(namespace_of(world)) is not None
        assert outcome.ok
        assert not outcome.changed

    def test_a_removed_subscription_leaves_nothing_but_namespaces(self, world: World) -> None:
        world.deliver(bundle(applyset(world, *self.app(world))))
        outcome = world.deliver(bundle(applyset(world, removing=True)), max_pruned_objects=0)
        assert names(outcome.pruned) == ["Deployment/web", "Service/web", "ConfigMap/settings"]
        assert names(outcome.kept) == [f"Namespace/{world.namespace}"]
        assert outcome.ok
        assert world.get(config_map(world)) is None
        # Nobody holds the namespace any more: another Subscription may have it.
        other = applyset(world, namespace_of(world), name=f"other-{world.namespace}", subscription="default/other")
        assert world.deliver(bundle(other)).ok

    def test_an_owner_hands_a_shared_object_on_before_it_goes(self, world: World) -> None:
        shared = (namespace_of(world), config_map(world))
        second = applyset(world, *shared, name=f"zweb-{world.namespace}", subscription="default/zweb")
        outcome = world.deliver(bundle(applyset(world, *shared), second))
        assert {item.applyset for item in outcome.created} == {world.base}
        outcome = world.deliver(bundle(applyset(world, removing=True), second))
        assert outcome.ok
        assert outcome.pruned == outcome.kept == ()
        assert {item.applyset for item in outcome.updated} == {second.name}
        assert world.deliver(bundle(second)).unchanged

    def test_an_object_of_another_description_is_refused(self, ready: World) -> None:
        foreign = config_map(ready)
        foreign["metadata"]["annotations"] = {ANNOTATION_OWNED_BY_DESCRIPTION: "clusternet-two.db-x-generic"}
        ready.put(foreign)
        wanted = bundle(applyset(ready, namespace_of(ready), config_map(ready, colour="red"), service(ready)))
        outcome = ready.deliver(wanted)
        assert names(outcome.failed) == ["ConfigMap/settings"]
        assert "clusternet-two.db-x-generic" in outcome.failed[0].reason
        assert_holds(ready, foreign, "data", {"colour": "green"})
        assert ready.get(service(ready)) is not None
        assert ready.deliver(wanted, adopt=True).ok
        assert_holds(ready, foreign, "data", {"colour": "red"})

    def test_a_secret_shows_nowhere(self, ready: World) -> None:
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "login", "namespace": ready.namespace},
            "stringData": {"password": "correct horse"},
        }
        wanted = bundle(applyset(ready, namespace_of(ready), secret))
        first = ready.deliver(wanted)
        assert names(first.created) == ["Secret/login"]
        assert "correct horse" not in repr(first)
        assert "Y29ycmVjdCBob3JzZQ" not in repr(first)
        writes = ready.writes()
        assert names(ready.deliver(wanted).unchanged) == [f"Namespace/{ready.namespace}", "Secret/login"]
        assert ready.writes() == writes
        changed = {**secret, "stringData": {"password": "battery staple"}}
        outcome = ready.deliver(bundle(applyset(ready, namespace_of(ready), changed)))
        assert names(outcome.updated) == ["Secret/login"]
        assert "battery staple" not in repr(outcome)

    def test_too_much_to_prune_is_held_back(self, world: World) -> None:
        world.deliver(bundle(applyset(world, *self.app(world))))
        fewer = bundle(replace(applyset(world, namespace_of(world), config_map(world, colour="red"))))
        outcome = world.deliver(fewer, max_pruned_objects=1)
        assert outcome.pruned == ()
        assert names(outcome.kept) == ["Deployment/web", "Service/web"]
        assert "max_pruned_objects" in outcome.errors[0]
        assert not outcome.ok
        assert names(outcome.updated) == ["ConfigMap/settings"]
        assert len(world.deliver(fewer, max_pruned_objects=2).pruned) == 2
