# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every hub does, whatever it is made of. The hubs are in `conftest.py`."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.tests.unit.contracts.conftest import Opener

NOW = "2026-03-01T12:00:00Z"
LATER = "2026-03-02T12:00:00Z"


def subscription(name: str = "web", namespace: str = "default", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"feeds": [], **spec},
    }


def globalization(name: str = "all") -> dict[str, Any]:
    return {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Globalization",
        "metadata": {"name": name},
        "spec": {"priority": 500, "overrides": []},
    }


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-a"},
    "data": {"token": "aHVudGVyMg=="},
}


def test_a_new_hub_is_empty(open_hub: Opener) -> None:
    assert dict(open_hub().load().objects) == {}


def test_what_was_put_is_loaded_by_another_run(open_hub: Opener) -> None:
    raw = {**subscription(priority=3), "status": {"desiredReleases": 2}}

    open_hub().write([Put(raw, None)], NOW)

    (stored,) = open_hub().load().objects.values()
    metadata = {**raw["metadata"], "uid": identity_uid(ObjectKey.of(raw)), "creationTimestamp": NOW}
    assert stored.raw == {**raw, "metadata": metadata}
    assert stored.key == ObjectKey("apps.clusternet.io", "Subscription", "default", "web")
    assert stored.version
    assert "web" in stored.source


def test_values_keep_their_types(open_hub: Opener) -> None:
    values = {
        "texts": [
            "yes",
            "null",
            "~",
            "1",
            "1e3",
            "0x10",
            "012",
            "2026-01-01",
            "12:30:45",
            "",
            " ",
            "a: b",
            "# no",
            "é✓\U0001f600",
        ],
        "lines": [
            "a\n",
            "a\n\n",
            "\n a\n",
            "tab\there\n",
            "cr\r\nlf\n",
            "trailing \n",
            "--- \n",
            "---\nkind: X\n",
            "...\n",
        ],
        "numbers": [0, -1, 2**63, 1.5, 1e21],
        "others": [True, False, None, [], {}, [[]], {"1": "one", "true": "t"}],
    }

    open_hub().write([Put(subscription(values=values), None)], NOW)

    (stored,) = open_hub().load().objects.values()
    assert repr(stored.raw["spec"]["values"]) == repr({key: values[key] for key in stored.raw["spec"]["values"]})
    assert stored.raw["spec"]["values"] == values


def test_contents_with_changes_are_what_the_next_run_loads(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write(
        [Put(subscription("kept"), None), Put(subscription("changed"), None), Put(subscription("gone"), None)], NOW
    )
    before = hub.load()
    versions = {key.name: stored.version for key, stored in before.objects.items()}
    gone = ObjectKey.of(subscription("gone"))
    changes: list[Change] = [
        Put(subscription("changed", priority=1), versions["changed"]),
        Delete(gone, versions["gone"] or ""),
        Put(globalization(), None),
    ]
    expected = before.with_changes(changes, LATER)

    hub.write(changes, LATER)

    after = open_hub().load()
    assert {key: stored.raw for key, stored in after.objects.items()} == {
        key: stored.raw for key, stored in expected.objects.items()
    }


def test_an_answer_is_what_the_next_run_loads(open_hub: Opener) -> None:
    hub = open_hub()
    raws = [subscription("b"), globalization(), SECRET]
    made = hub.write([Put(raw, None) for raw in raws], NOW)
    assert [stored.key for stored in made] == [ObjectKey.of(raw) for raw in raws]
    assert {stored.key: stored for stored in made} == dict(open_hub().load().objects)

    changes: list[Change] = [
        Put(subscription("b", priority=1), made[0].version),
        Delete(made[1].key, made[1].version or ""),
        Put(made[2].raw, made[2].version),
    ]
    changed = hub.write(changes, LATER)

    assert len(changed) == 2
    assert changed[1] == made[2]
    assert hub.load().objects == open_hub().load().after(changes, changed).objects


def test_objects_are_loaded_in_the_order_of_their_identities(open_hub: Opener) -> None:
    raws = [subscription("b"), subscription("a", "zoo"), globalization(), subscription("a"), SECRET]
    open_hub().write([Put(raw, None) for raw in raws], NOW)

    keys = list(open_hub().load().objects)

    assert keys == sorted(ObjectKey.of(raw) for raw in raws)


def test_uid_and_creation_time_are_kept_for_life(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (first,) = hub.load().objects.values()
    forged = subscription(priority=1)
    forged["metadata"] |= {"uid": "forged", "creationTimestamp": "1999-01-01T00:00:00Z"}

    hub.write([Put(forged, first.version)], LATER)

    (second,) = hub.load().objects.values()
    assert second.raw["spec"]["priority"] == 1
    for field in ("uid", "creationTimestamp"):
        assert second.raw["metadata"][field] == first.raw["metadata"][field]


def test_the_version_changes_with_the_content_and_only_then(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (first,) = hub.load().objects.values()

    hub.write([Put(first.raw, first.version)], LATER)
    (second,) = hub.load().objects.values()
    hub.write([Put(subscription(priority=1), second.version)], LATER)
    (third,) = hub.load().objects.values()

    assert second == first
    assert third.version != first.version


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, "1"), (0, False), (None, "")], ids=repr)
def test_a_value_of_another_type_is_a_change(open_hub: Opener, old: Any, new: Any) -> None:
    hub = open_hub()
    hub.write([Put(subscription(priority=old), None)], NOW)
    (first,) = hub.load().objects.values()

    hub.write([Put(subscription(priority=new), first.version)], LATER)

    (second,) = hub.load().objects.values()
    assert repr(second.raw["spec"]["priority"]) == repr(new)


def test_only_the_asked_namespaces_are_loaded(open_hub: Opener) -> None:
    raws = [subscription("one", "a"), subscription("two", "b"), subscription("three", "c"), globalization()]
    open_hub().write([Put(raw, None) for raw in raws], NOW)

    names = [key.name for key in open_hub().load(["a", "b", "nowhere", "..", "_cluster"]).objects]

    assert sorted(names) == ["one", "two"]


def test_what_is_there_is_not_made_again(open_hub: Opener) -> None:
    open_hub().write([Put(subscription(), None)], NOW)

    with pytest.raises(HubConflict, match=r"Subscription default/web"):
        open_hub().write([Put(subscription(priority=1), None)], LATER)

    (stored,) = open_hub().load().objects.values()
    assert "priority" not in stored.raw["spec"]


def test_a_change_of_another_run_is_not_lost_and_what_came_before_is_done(open_hub: Opener) -> None:
    ours, theirs = open_hub(), open_hub()
    ours.write([Put(subscription("first"), None), Put(subscription("second"), None)], NOW)
    read = {key.name: stored for key, stored in ours.load().objects.items()}
    theirs.load()
    theirs.write([Put(subscription("second", priority=1), read["second"].version)], LATER)

    with pytest.raises(HubConflict, match="default/second"):
        ours.write(
            [
                Put(subscription("first", priority=2), read["first"].version),
                Put(subscription("second", priority=2), read["second"].version),
                Put(subscription("third"), None),
            ],
            LATER,
        )

    priorities = {key.name: stored.raw["spec"].get("priority") for key, stored in open_hub().load().objects.items()}
    assert priorities == {"first": 2, "second": 1}


def test_what_somebody_changed_is_not_removed(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (read,) = hub.load().objects.values()
    hub.write([Put(subscription(priority=1), read.version)], LATER)

    with pytest.raises(HubConflict, match="default/web"):
        hub.write([Delete(read.key, read.version or "")], LATER)

    assert len(hub.load().objects) == 1


def test_what_somebody_removed_is_not_written_and_is_removed_already(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (read,) = hub.load().objects.values()
    hub.write([Delete(read.key, read.version or "")], LATER)

    hub.write([Delete(read.key, read.version or "")], LATER)
    with pytest.raises(HubConflict, match="default/web"):
        hub.write([Put(subscription(priority=1), read.version)], LATER)

    assert dict(hub.load().objects) == {}


def test_changes_are_carried_out_in_their_order(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (read,) = hub.load().objects.values()

    hub.write([Delete(read.key, read.version or ""), Put(subscription(), None)], LATER)

    (again,) = hub.load().objects.values()
    assert again.raw["metadata"]["creationTimestamp"] == LATER


def test_what_is_loaded_is_no_part_of_the_hub(open_hub: Opener) -> None:
    hub = open_hub()
    hub.write([Put(subscription(), None)], NOW)
    (read,) = hub.load().objects.values()
    read.raw["spec"]["feeds"].append("changed")

    (again,) = hub.load().objects.values()

    assert again.raw["spec"]["feeds"] == []


BAD_NAMES = ["../web", "/etc/passwd", "..", ".", "a/b", "Web", "web_1", "we\0b", "x" * 254, "-web", "web ", "web\n"]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
@pytest.mark.parametrize("field", ["name", "namespace"])
def test_a_name_that_is_none_is_refused_before_anything_is_written(open_hub: Opener, field: str, name: str) -> None:
    bad = subscription()
    bad["metadata"][field] = name
    changes = [Put(subscription("good"), None), Put(bad, None)]

    for refuse in (open_hub().check, lambda all_of_them: open_hub().write(all_of_them, NOW)):
        with pytest.raises(InvalidInput, match=rf"metadata\.{field} .*are accepted"):
            refuse(changes)

    assert dict(open_hub().load().objects) == {}


@pytest.mark.parametrize("length", [200, 250, 251, 253])
def test_a_name_may_be_as_long_as_kubernetes_has_it(open_hub: Opener, length: int) -> None:
    names = ["x" * length, "x" * (length - 1) + "y"]

    open_hub().write([Put(subscription(name), None) for name in names], NOW)

    assert [key.name for key in open_hub().load().objects] == names


def test_an_object_has_the_scope_of_its_kind(open_hub: Opener) -> None:
    with_namespace = globalization()
    with_namespace["metadata"]["namespace"] = "default"

    with pytest.raises(InvalidInput) as caught:
        open_hub().write([Put(with_namespace, None), Put(subscription(namespace=""), None)], NOW)

    assert ["have no namespace" in problem for problem in caught.value.problems] == [True, False]
    assert "no name of a namespace" in caught.value.problems[1]


def test_other_kinds_are_refused_with_what_to_do(open_hub: Opener) -> None:
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"}}

    with pytest.raises(InvalidInput, match=r"Deployment.apps default/web: .* multicluster\.apps\.apply"):
        open_hub().write([Put(subscription(), None), Put(deployment, None)], NOW)

    assert dict(open_hub().load().objects) == {}


def test_a_check_of_what_is_fine_writes_nothing(open_hub: Opener) -> None:
    open_hub().check([Put(subscription(), None), Put(SECRET, None)])

    assert dict(open_hub().load().objects) == {}


def test_secrets_are_refused_with_what_to_do_and_without_the_secret(open_hub: Opener) -> None:
    hub = open_hub(secrets="refuse")
    changes = [Put(subscription(), None), Put(SECRET, None)]

    for refuse in (hub.check, lambda all_of_them: hub.write(all_of_them, NOW)):
        with pytest.raises(InvalidInput, match=r"child-cluster-deployer.*secrets: vault.*secrets: plain") as caught:
            refuse(changes)
        assert "aHVudGVyMg" not in str(caught.value)

    assert dict(hub.load().objects) == {}


def test_an_allowed_secret_is_stored(open_hub: Opener) -> None:
    open_hub(secrets="plain").write([Put(SECRET, None)], NOW)

    (stored,) = open_hub(secrets="refuse").load().objects.values()
    assert stored.raw["data"] == SECRET["data"]


def test_a_lock_is_exclusive_and_names_its_holder(open_hub: Opener) -> None:
    first, second = open_hub(holder="alice@control"), open_hub(holder="bob@control")

    with first.lock("hub"):
        with pytest.raises(HubLocked, match=r"'hub'.*alice@control"), second.lock("hub"):
            pass
        with second.lock("cluster-a"):
            pass

    with second.lock("hub"), pytest.raises(HubLocked, match="bob@control"), first.lock("hub"):
        pass


def test_a_lock_ends_with_an_error(open_hub: Opener) -> None:
    hub = open_hub()

    with pytest.raises(ZeroDivisionError), hub.lock("hub"):
        raise ZeroDivisionError

    with hub.lock("hub"):
        pass


def test_a_lock_is_waited_for(open_hub: Opener) -> None:
    release = threading.Timer(0.15, lambda: held.__exit__(None, None, None))
    held = open_hub().lock("hub")
    held.__enter__()
    release.start()

    with open_hub(lock_timeout=20).lock("hub"):
        release.join()


def test_a_location_is_told(open_hub: Opener) -> None:
    assert open_hub().location
