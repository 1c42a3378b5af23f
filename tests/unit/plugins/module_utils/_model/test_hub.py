# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes to a hub as data: what becomes of several for one object, and what a hub holds after them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import (
    Change,
    Contents,
    Delete,
    Put,
    StoredObject,
    coalesce,
    with_identity,
    with_uids,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import identity_uid

NOW = "2026-03-01T12:00:00Z"


def raw(name: str = "web", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "shop", **metadata}}


def put(name: str, version: str | None, **metadata: Any) -> Put:
    return Put(raw(name, **metadata), version)


def delete(name: str, version: str) -> Delete:
    return Delete(put(name, None).key, version)


def contents(**versions: str) -> Contents:
    stored = [StoredObject(with_identity(raw(name), None, "then"), version, name) for name, version in versions.items()]
    return Contents({item.key: item for item in stored}, ("a warning",))


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ([], []),
        ([put("a", None), put("b", "1")], [put("a", None), put("b", "1")]),
        # The last one counts, in its own place, for the version that was read from the hub.
        (
            [put("a", "1"), put("b", None), put("a", "1", labels={"x": "y"})],
            [put("b", None), put("a", "1", labels={"x": "y"})],
        ),
        ([put("a", "1"), put("a", None, labels={"x": "y"})], [put("a", "1", labels={"x": "y"})]),
        ([put("a", None), put("a", None, labels={"x": "y"})], [put("a", None, labels={"x": "y"})]),
        ([put("a", "1"), delete("a", "1")], [delete("a", "1")]),
        # Made anew after it was removed: on the hub the first one is still there.
        ([delete("a", "1"), put("a", None)], [put("a", "1")]),
    ],
)
def test_each_object_is_changed_once(changes: list[Change], left: list[Change]) -> None:
    assert coalesce(changes) == tuple(left)


def test_a_new_object_gets_an_identity_that_depends_on_its_name_alone() -> None:
    given = raw(uid="made up", creationTimestamp="yesterday")
    made = with_identity(given, None, NOW)["metadata"]
    assert made["uid"] == identity_uid(put("web", None).key)
    assert made["creationTimestamp"] == NOW
    assert given["metadata"]["uid"] == "made up", "the caller's object was changed"


def test_an_object_from_another_hub_keeps_the_time_that_it_was_made_at() -> None:
    came = raw(annotations={"multicluster.apps/created": "2025-01-01T00:00:00Z", "a": "b"})
    made = with_identity(came, None, NOW)["metadata"]
    assert (made["creationTimestamp"], made["annotations"]) == ("2025-01-01T00:00:00Z", {"a": "b"})
    alone = with_identity(raw(annotations={"multicluster.apps/created": "2025"}), None, NOW)["metadata"]
    assert "annotations" not in alone
    kept = with_identity(came, raw(creationTimestamp="once"), NOW)["metadata"]
    assert kept["creationTimestamp"] == "once"


def test_the_id_of_a_cluster_is_no_uid() -> None:
    labels = {"clusters.clusternet.io/cluster-id": "old", "apps.clusternet.io/subs.uid": "old"}
    assert with_uids(raw(labels=labels), {"old": "new"})["metadata"]["labels"] == {
        "clusters.clusternet.io/cluster-id": "old",
        "apps.clusternet.io/subs.uid": "new",
    }


@pytest.mark.parametrize("previous", [{}, {"metadata": None}, {"metadata": {"uid": "", "creationTimestamp": None}}])
def test_a_stored_object_without_an_identity_gets_one(previous: dict[str, Any]) -> None:
    assert with_identity(raw(), previous, NOW)["metadata"]["creationTimestamp"] == NOW


def test_an_identity_is_for_life() -> None:
    previous = raw(uid="first", creationTimestamp="once", labels={"a": "b"})
    made = with_identity(raw(uid="second"), previous, NOW)["metadata"]
    assert made == {"name": "web", "namespace": "shop", "uid": "first", "creationTimestamp": "once"}


def test_what_a_hub_will_hold() -> None:
    before = contents(a="1", b="2")
    changes: list[Change] = [delete("a", "1"), put("b", "2", labels={"x": "y"}), put("c", None)]
    after = before.with_changes(changes, NOW)
    assert {key.name: item.version for key, item in after.objects.items()} == {"b": "2", "c": None}
    kept, new = (item for key, item in sorted(after.objects.items()))
    assert kept.raw["metadata"]["labels"] == {"x": "y"}
    assert (kept.raw["metadata"]["creationTimestamp"], kept.source) == ("then", "b")
    assert (new.raw["metadata"]["creationTimestamp"], new.source) == (NOW, "this run")
    assert after.warnings == ("a warning",)
    assert len(before.objects) == 2, "what was read was changed"


def test_what_is_left_alone_is_the_very_same_object() -> None:
    before = contents(a="1", b="2")
    after = before.with_changes([put("b", "2")], NOW)
    key = put("a", None).key
    assert after.objects[key] is before.objects[key]


def test_what_a_hub_holds_has_the_versions_that_it_answered() -> None:
    before = contents(a="1", b="2")
    stored = StoredObject(with_identity(raw("b"), None, NOW), "3", "hub")
    after = before.after([delete("a", "1"), put("b", "2")], [stored])
    assert after.objects == {stored.key: stored}
    # Removing what somebody else removed meanwhile is no news.
    assert after.after([delete("a", "1")], []) == after


def test_uids_are_replaced_in_labels_and_owners() -> None:
    owners = [{"kind": "Base", "name": "web", "uid": "old"}, {"kind": "Base", "name": "db", "uid": "other"}]
    one = raw(labels={"parent": "old", "app": "web"}, ownerReferences=owners, annotations={"a": "old"}, uid="old")
    before = repr(one)

    replaced = with_uids(one, {"old": "new"})

    assert replaced["metadata"] == {
        **one["metadata"],
        "labels": {"parent": "new", "app": "web"},
        "ownerReferences": [{**owners[0], "uid": "new"}, owners[1]],
    }
    assert repr(one) == before


def test_an_object_that_names_no_uid_is_left_as_it_is() -> None:
    for one in (raw(), raw(labels=None, ownerReferences=None), raw(labels={"n": 1, "l": ["x"]}, ownerReferences=[{}])):
        assert with_uids(one, {"old": "new"}) is one
