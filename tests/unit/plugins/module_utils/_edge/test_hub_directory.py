# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory hub: its layout, and people who edit its files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import (
    hub_writer,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    HubError,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import identity_uid
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    BY_HAND,
    LATER,
    NOW,
    SECOND,
    changed,
    files_of,
    only,
    only_key,
    open_hub,
    place,
    secret,
    subscription,
)


class TestLayout:
    def test_a_person_can_guess_the_path_and_read_the_file(self, fleet: Path) -> None:
        glob = {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": "Globalization", "metadata": {"name": "all"}}
        cluster = {
            "kind": "ManagedCluster",
            "apiVersion": "clusters.clusternet.io/v1beta1",
            "metadata": {"namespace": "clusternet-a", "name": "a.example.org"},
        }

        open_hub(fleet).write([Put(raw, None) for raw in (subscription(), glob, cluster, secret())], NOW)

        assert sorted(files_of(fleet)) == [
            "_cluster/globalizations/all.yaml",
            "clusternet-a/managedclusters/a.example.org.yaml",
            "clusternet-a/secrets/child-cluster-deployer.yaml",
            "default/subscriptions/web.yaml",
        ]
        assert (fleet / "default/subscriptions/web.yaml").read_text() == (
            "apiVersion: apps.clusternet.io/v1alpha1\n"
            "kind: Subscription\n"
            "metadata:\n"
            "  name: web\n"
            "  namespace: default\n"
            f'  creationTimestamp: "{NOW}"\n'
            f"  uid: {identity_uid(only_key())}\n"
            "spec:\n"
            "  feeds: []\n"
        )

    def test_the_last_object_takes_its_folders_along(self, fleet: Path) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription(namespace="a"), None), Put(subscription(namespace="b"), None)], NOW)
        first = next(iter(hub.load().objects.values()))

        hub.write([Delete(first.key, first.version or "")], NOW)

        assert os.listdir(fleet) == ["b"]

    def test_a_missing_directory_is_an_empty_hub_that_says_so(self, fleet: Path) -> None:
        hub = open_hub(fleet)

        assert not hub.exists
        assert dict(hub.load().objects) == {}
        hub.check([Put(subscription(), None)])
        assert not fleet.exists()

        hub.write([Put(subscription(), None)], NOW)
        assert hub.exists

    def test_other_files_are_nobodys_business(self, fleet: Path) -> None:
        for name in ("README.md", ".hidden.yaml", ".git/config.yaml", "default/notes.txt", "default/.locks/x.yaml"):
            place(fleet / name, "no: [yaml")

        contents = open_hub(fleet).load()

        assert dict(contents.objects) == {}
        assert contents.warnings == ()

    def test_what_a_hub_does_not_hold_is_left_aside_with_a_warning(self, fleet: Path) -> None:
        place(fleet / "app/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n")
        place(fleet / "app/values.yml", "replicas: 3\n")
        place(fleet / "list.yaml", "- a\n")
        place(fleet / "many.yaml", "apiVersion: a/b/c\nkind: X\n")
        (fleet / "linked.yaml").symlink_to(fleet / "list.yaml")
        (fleet / "app/elsewhere").symlink_to(fleet.parent)
        os.mkfifo(fleet / "pipe.yaml")

        warnings = "\n".join(sorted(open_hub(fleet).load().warnings)).replace(str(fleet) + "/", "")

        assert warnings == (
            "app/elsewhere: no regular file or folder, left aside; put the files themselves in its place\n"
            "app/values.yml: holds no Kubernetes object, which has apiVersion and kind; left aside\n"
            "app/web.yaml: Deployment of apps/v1 is no kind of the hub; store it with multicluster.apps.apply, which "
            "makes a Manifest of it; left aside\n"
            "linked.yaml: no regular file or folder, left aside; put the files themselves in its place\n"
            "list.yaml: holds YAML that is no object; left aside\n"
            "many.yaml: holds no Kubernetes object, which has apiVersion and kind; left aside\n"
            "pipe.yaml: no regular file or folder, left aside; put the files themselves in its place"
        )

    def test_a_cluster_reads_no_folder_but_its_own(self, fleet: Path) -> None:
        open_hub(fleet).write([Put(subscription(namespace="clusternet-a"), None)], NOW)
        place(fleet / "clusternet-b/broken.yaml", "no: [yaml")

        assert len(open_hub(fleet).load(["clusternet-a"]).objects) == 1


class TestPeople:
    """Files that were written by hand, and edited while a run was on its way."""

    def test_uid_and_creation_time_of_a_file_by_hand_are_the_same_on_every_machine(self, fleet: Path) -> None:
        path = place(fleet / "default/subscriptions/web.yaml", BY_HAND)
        os.utime(path, (1, 1))

        metadata = only(open_hub(fleet)).raw["metadata"]

        assert metadata["creationTimestamp"] == "1970-01-01T00:00:00Z"
        assert metadata["uid"] == identity_uid(only_key())

    def test_a_file_that_says_the_same_is_left_as_it_is(self, fleet: Path) -> None:
        path = place(fleet / "default/subscriptions/web.yaml", BY_HAND)
        before = path.stat()
        hub = open_hub(fleet)
        stored = only(hub)

        hub.write([Put(dict(reversed(list(stored.raw.items()))), stored.version)], LATER)

        assert path.read_text() == BY_HAND
        assert path.stat() == before

    def test_a_run_with_nothing_new_writes_nothing(self, fleet: Path) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription(weight=1.0), None)], NOW)
        before = (fleet / "default/subscriptions/web.yaml").stat()

        for weight in (1.0, 1):
            hub.write([changed(only(hub), weight=weight)], LATER)

        assert (fleet / "default/subscriptions/web.yaml").stat() == before

    def test_an_object_elsewhere_is_read_with_a_warning_and_written_where_it_is(self, fleet: Path) -> None:
        path = place(fleet / "my/own.yml", BY_HAND)
        hub = open_hub(fleet)
        (warning,) = hub.load().warnings

        hub.write([changed(only(hub), priority=2)], LATER)

        assert str(path) in warning
        assert str(fleet / "default/subscriptions/web.yaml") in warning
        assert list(files_of(fleet)) == ["my/own.yml"]
        assert only(hub).raw["spec"]["priority"] == 2

    def test_an_object_that_left_an_unexpected_file_is_made_in_the_expected_one(self, fleet: Path) -> None:
        path = place(fleet / "my/own.yml", BY_HAND)
        hub = open_hub(fleet)
        hub.load()
        path.unlink()
        hub.load()

        hub.write([Put(subscription(), None)], LATER)

        assert list(files_of(fleet)) == ["default/subscriptions/web.yaml"]

    def test_an_object_in_the_folder_of_another_namespace_does_not_reach_that_one(self, fleet: Path) -> None:
        place(fleet / "clusternet-a/own.yaml", BY_HAND)

        contents = open_hub(fleet).load(["clusternet-a"])

        assert dict(contents.objects) == {}
        assert "default/web is left aside, being in the folder of another namespace" in contents.warnings[0]

    @pytest.mark.parametrize("other", ["default/subscriptions/web.yml", "default/subscriptions/web.yaml"])
    def test_an_object_that_is_stored_twice_is_an_error_that_names_both(self, fleet: Path, other: str) -> None:
        place(fleet / "app.yaml", BY_HAND)
        place(fleet / other, BY_HAND)

        with pytest.raises(
            InvalidInput, match=rf"default/web is stored twice, in .*app\.yaml and in .*{other}; remove"
        ):
            open_hub(fleet).load()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: [", r"x\.yaml: line \d"),
            ("a: 1\n---\n---\nb: 1\nb: 2\n", r"x\.yaml: line 5"),
            ("kind: Subscription\napiVersion: apps.clusternet.io/v1alpha1\n", r"x\.yaml: .*metadata\.name"),
            (BY_HAND.replace("name: web", "name: ../web"), r"x\.yaml: metadata\.name .*are accepted"),
            (BY_HAND.replace("namespace: default, ", ""), r"x\.yaml: metadata\.namespace .*are accepted"),
        ],
    )
    def test_a_broken_file_is_named_and_no_reason_to_lose_its_objects(
        self, fleet: Path, text: str, message: str
    ) -> None:
        place(fleet / "x.yaml", text)

        with pytest.raises(InvalidInput, match=message):
            open_hub(fleet).load()

    def test_a_file_that_is_no_utf8_is_named(self, fleet: Path) -> None:
        place(fleet / "x.yaml", "").write_bytes("a: é\n".encode("latin-1"))

        with pytest.raises(InvalidInput, match=r"x\.yaml: byte 3 is not UTF-8"):
            open_hub(fleet).load()

    def test_all_problems_are_told_together_up_to_a_readable_number(self, fleet: Path) -> None:
        for number in range(30):
            place(fleet / f"{number}.yaml", "a: [")

        with pytest.raises(InvalidInput) as caught:
            open_hub(fleet).load()

        assert len(caught.value.problems) == 21
        assert caught.value.problems[-1] == "… and 10 more like these"

    def test_an_edit_between_read_and_write_is_not_lost(self, fleet: Path) -> None:
        hub = open_hub(fleet)
        hub.write([Put(subscription(), None)], NOW)
        stored = only(hub)
        path = place(fleet / "default/subscriptions/web.yaml", BY_HAND)

        with pytest.raises(HubConflict, match=rf"{path}: .*default/web was changed by somebody else"):
            hub.write([changed(stored, priority=2)], LATER)

        assert path.read_text() == BY_HAND

    @pytest.mark.parametrize(
        ("what", "step"), [("put", "dump_document"), ("create", "dump_document"), ("delete", "text_with")]
    )
    def test_an_edit_at_the_last_moment_is_not_lost(
        self, fleet: Path, monkeypatch: pytest.MonkeyPatch, what: str, step: str
    ) -> None:
        hub = open_hub(fleet)
        if what != "create":
            hub.write([Put(subscription(), None)], NOW)
        change: Change
        if what == "put":
            change = changed(only(hub), priority=2)
        elif what == "delete":
            change = Delete(only_key(), only(hub).version or "")
        else:
            change = Put(subscription(), None)
        path = fleet / "default/subscriptions/web.yaml"
        real = getattr(hub_writer, step)

        def edit_now(*args: Any) -> Any:
            place(path, BY_HAND)
            return real(*args)

        monkeypatch.setattr(hub_writer, step, edit_now)

        with pytest.raises(HubConflict, match="default/web"):
            hub.write([change], LATER)

        assert files_of(fleet) == {"default/subscriptions/web.yaml": BY_HAND.encode()}

    def test_a_file_of_something_else_is_not_overwritten(self, fleet: Path) -> None:
        path = place(fleet / "default/subscriptions/web.yaml", SECOND)

        with pytest.raises(HubError, match=rf"{path} holds something else, and .*default/web belongs there"):
            open_hub(fleet).write([Put(subscription(), None)], NOW)

        assert path.read_text() == SECOND

    def test_an_empty_file_is_written(self, fleet: Path) -> None:
        place(fleet / "default/subscriptions/web.yaml", "# soon\n")

        open_hub(fleet).write([Put(subscription(), None)], NOW)

        assert only(open_hub(fleet)).key == only_key()
