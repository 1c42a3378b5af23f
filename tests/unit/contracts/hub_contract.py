# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every hub does, whatever it is made of: one suite for the directory, for API servers, and for the fake.

A subclass gives the fixture ``open_hub``.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_life_contract import HubLifeContract
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    BAD_NAMES,
    LATER,
    NOW,
    SECRET,
    Opener,
    all_said,
    base,
    globalization,
    manifest,
    said,
    subscription,
)


class HubContract(HubLifeContract):
    """The suite."""

    def test_a_new_hub_is_empty(self, open_hub: Opener) -> None:
        assert dict(open_hub().load().objects) == {}

    def test_what_was_put_is_loaded_by_another_run(self, open_hub: Opener) -> None:
        raw = {**subscription(priority=3), "status": {"desiredReleases": 2}}

        open_hub().write([Put(raw, None)], NOW)

        (stored,) = open_hub().load().objects.values()
        assert said(stored.raw) == raw
        assert stored.raw["metadata"]["uid"]
        assert stored.raw["metadata"]["creationTimestamp"]
        if not self.SERVER:
            assert stored.raw["metadata"]["uid"] == identity_uid(stored.key)
            assert stored.raw["metadata"]["creationTimestamp"] == NOW
        assert stored.key == ObjectKey("apps.clusternet.io", "Subscription", "default", "web")
        assert stored.version
        assert "web" in stored.source

    def test_values_keep_their_types(self, open_hub: Opener) -> None:
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
            "numbers": [0, -1, 2**53 + 1, 1.5, 1e21],
            "others": [True, False, None, [], {}, [[]], {"1": "one", "true": "t"}],
        }

        open_hub().write([Put(manifest(values), None)], NOW)

        (stored,) = open_hub().load().objects.values()
        stored_values = stored.raw["template"]["data"]
        assert repr(stored_values) == repr({key: values[key] for key in stored_values})
        assert stored_values == values

    def test_contents_with_changes_are_what_the_next_run_loads(self, open_hub: Opener) -> None:
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
        assert all_said(after) == all_said(expected)
        if not self.SERVER:
            raws, wanted = ({key: item.raw for key, item in each.objects.items()} for each in (after, expected))
            assert raws == wanted

    def test_an_answer_is_what_the_next_run_loads(self, open_hub: Opener) -> None:
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

    def test_objects_are_loaded_in_the_order_of_their_identities(self, open_hub: Opener) -> None:
        raws = [subscription("b"), subscription("a", "zoo"), globalization(), subscription("a"), SECRET]
        open_hub().write([Put(raw, None) for raw in raws], NOW)

        keys = list(open_hub().load().objects)

        assert keys == sorted(ObjectKey.of(raw) for raw in raws)

    def test_uid_and_creation_time_are_kept_for_life(self, open_hub: Opener) -> None:
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

    def test_the_version_changes_with_the_content_and_only_then(self, open_hub: Opener) -> None:
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
    def test_a_value_of_another_type_is_a_change(self, open_hub: Opener, old: Any, new: Any) -> None:
        hub = open_hub()
        hub.write([Put(manifest([old]), None)], NOW)
        (first,) = hub.load().objects.values()

        hub.write([Put(manifest([new]), first.version)], LATER)

        (second,) = hub.load().objects.values()
        assert repr(second.raw["template"]["data"]) == repr([new])

    def test_only_the_asked_namespaces_are_loaded(self, open_hub: Opener) -> None:
        raws = [subscription("one", "a"), subscription("two", "b"), subscription("three", "c"), globalization()]
        open_hub().write([Put(raw, None) for raw in raws], NOW)

        names = [key.name for key in open_hub().load(["a", "b", "nowhere", "..", "_cluster"]).objects]

        assert sorted(names) == ["one", "two"]

    def test_only_the_asked_kinds_are_loaded(self, open_hub: Opener) -> None:
        raws = [subscription(), globalization(), base(), base("clusternet-b"), manifest({})]
        open_hub().write([Put(raw, None) for raw in raws], NOW)

        of_kinds = open_hub().load(kinds=["Base", "Globalization"]).objects
        of_both = open_hub().load(["clusternet-a", "default"], ["Base", "Globalization"]).objects

        assert [(key.kind, key.namespace) for key in of_kinds] == [
            ("Base", "clusternet-a"),
            ("Base", "clusternet-b"),
            ("Globalization", ""),
        ]
        assert [(key.kind, key.namespace) for key in of_both] == [("Base", "clusternet-a")]
        assert dict(open_hub().load(kinds=[]).objects) == {}

    def test_what_was_not_loaded_is_written_all_the_same(self, open_hub: Opener) -> None:
        (stored,) = open_hub().write([Put(subscription(), None)], NOW)
        hub = open_hub()
        hub.load(kinds=["Base"])

        hub.write([Put(subscription(priority=1), stored.version)], LATER)

        (changed,) = open_hub().load().objects.values()
        assert changed.raw["spec"]["priority"] == 1

    def test_none_of_clusternets_controllers_run(self, open_hub: Opener) -> None:
        assert open_hub().load().clusternet == ""

    def test_what_is_there_is_not_made_again(self, open_hub: Opener) -> None:
        open_hub().write([Put(subscription(), None)], NOW)

        with pytest.raises(HubConflict, match=r"Subscription default/web"):
            open_hub().write([Put(subscription(priority=1), None)], LATER)

        (stored,) = open_hub().load().objects.values()
        assert "priority" not in stored.raw["spec"]

    def test_a_change_of_another_run_is_not_lost_and_what_came_before_is_done(self, open_hub: Opener) -> None:
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
        assert priorities.pop("third", None) is None  # made meanwhile, or not: it has no priority
        assert priorities == {"first": 2, "second": 1}

    def test_what_somebody_changed_is_not_removed(self, open_hub: Opener) -> None:
        hub = open_hub()
        hub.write([Put(subscription(), None)], NOW)
        (read,) = hub.load().objects.values()
        hub.write([Put(subscription(priority=1), read.version)], LATER)

        with pytest.raises(HubConflict, match="default/web"):
            hub.write([Delete(read.key, read.version or "")], LATER)

        assert len(hub.load().objects) == 1

    def test_what_somebody_removed_is_not_written_and_is_removed_already(self, open_hub: Opener) -> None:
        hub = open_hub()
        hub.write([Put(subscription(), None)], NOW)
        (read,) = hub.load().objects.values()
        hub.write([Delete(read.key, read.version or "")], LATER)

        hub.write([Delete(read.key, read.version or "")], LATER)
        with pytest.raises(HubConflict, match="default/web"):
            hub.write([Put(subscription(priority=1), read.version)], LATER)

        assert dict(hub.load().objects) == {}

    def test_changes_are_carried_out_in_their_order(self, open_hub: Opener) -> None:
        hub = open_hub()
        hub.write([Put(subscription(), None)], NOW)
        (read,) = hub.load().objects.values()

        hub.write([Delete(read.key, read.version or ""), Put(subscription(), None)], LATER)

        (again,) = hub.load().objects.values()
        field = "uid" if self.SERVER else "creationTimestamp"
        assert again.raw["metadata"][field] != read.raw["metadata"][field]

    def test_what_is_loaded_is_no_part_of_the_hub(self, open_hub: Opener) -> None:
        hub = open_hub()
        hub.write([Put(subscription(), None)], NOW)
        (read,) = hub.load().objects.values()
        read.raw["spec"]["feeds"].append("changed")

        (again,) = hub.load().objects.values()

        assert again.raw["spec"]["feeds"] == []

    @pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
    @pytest.mark.parametrize("field", ["name", "namespace"])
    def test_a_name_that_is_none_is_refused_before_anything_is_written(
        self, open_hub: Opener, field: str, name: str
    ) -> None:
        bad = subscription()
        bad["metadata"][field] = name
        changes = [Put(subscription("good"), None), Put(bad, None)]

        for refuse in (open_hub().check, lambda all_of_them: open_hub().write(all_of_them, NOW)):
            with pytest.raises(InvalidInput, match=rf"metadata\.{field} .*are accepted"):
                refuse(changes)

        assert dict(open_hub().load().objects) == {}

    @pytest.mark.parametrize("length", [200, 250, 251, 253])
    def test_a_name_may_be_as_long_as_kubernetes_has_it(self, open_hub: Opener, length: int) -> None:
        names = ["x" * length, "x" * (length - 1) + "y"]

        open_hub().write([Put(subscription(name), None) for name in names], NOW)

        assert [key.name for key in open_hub().load().objects] == names

    def test_an_object_has_the_scope_of_its_kind(self, open_hub: Opener) -> None:
        with_namespace = globalization()
        with_namespace["metadata"]["namespace"] = "default"

        with pytest.raises(InvalidInput) as caught:
            open_hub().write([Put(with_namespace, None), Put(subscription(namespace=""), None)], NOW)

        assert ["have no namespace" in problem for problem in caught.value.problems] == [True, False]
        assert "no name of a namespace" in caught.value.problems[1]

    def test_other_kinds_are_refused_with_what_to_do(self, open_hub: Opener) -> None:
        deployment = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "default"},
        }

        with pytest.raises(InvalidInput, match=r"Deployment.apps default/web: .* multicluster\.apps\.apply"):
            open_hub().write([Put(subscription(), None), Put(deployment, None)], NOW)

        assert dict(open_hub().load().objects) == {}

    def test_a_check_of_what_is_fine_writes_nothing(self, open_hub: Opener) -> None:
        open_hub().check([Put(subscription(), None), Put(SECRET, None)])

        assert dict(open_hub().load().objects) == {}

    def test_secret_data_is_kept(self, open_hub: Opener) -> None:
        open_hub().write([Put(SECRET, None)], NOW)

        (stored,) = open_hub().load().objects.values()
        assert stored.raw["data"] == SECRET["data"]

    def test_an_object_that_is_too_large_is_refused_before_anything_is_written(self, open_hub: Opener) -> None:
        changes = [Put(subscription(), None), Put(manifest({"much": "x" * (3 * 2**19)}), None)]

        for refuse in (open_hub().check, lambda all_of_them: open_hub().write(all_of_them, NOW)):
            with pytest.raises(InvalidInput, match=r"Manifest clusternet-reserved/settings has 1\.5 MiB"):
                refuse(changes)

        assert dict(open_hub().load().objects) == {}
