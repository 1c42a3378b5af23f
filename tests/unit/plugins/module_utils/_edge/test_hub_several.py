# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with several objects, names that climb out, and what cannot be stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import (
    hub_files,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubError,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete, Put
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    BY_HAND,
    LATER,
    NOW,
    SECOND,
    VAULT,
    changed,
    only,
    only_key,
    only_named,
    open_hub,
    place,
    subscription,
)


class TestSeveralObjectsInAFile:
    @pytest.mark.parametrize("head", ["", "---\n", "# All of the shop.\n---\n", "%YAML 1.1\n---\n"])
    def test_writing_one_leaves_the_others_as_they_were_written(self, fleet: Path, head: str) -> None:
        path = place(fleet / "app.yaml", head + BY_HAND + SECOND + SECOND.replace("second", "third"))
        hub = open_hub(fleet)
        first, second, third = sorted(hub.load().objects.values(), key=lambda one: one.key.name != "web")

        hub.write([changed(second, priority=2), changed(third, priority=3)], LATER)

        text = path.read_text()
        assert text.startswith(head + BY_HAND)
        assert "# Another one." not in text
        priorities = {key.name: stored.raw["spec"]["priority"] for key, stored in hub.load().objects.items()}
        assert priorities == {"web": 1, "second": 2, "third": 3}

        hub.write([changed(first, priority=1), changed(only_named(hub, "web"), priority=4)], LATER)
        assert path.read_text().count("---") == 2

    def test_the_answer_of_a_write_serves_for_the_next(self, fleet: Path) -> None:
        place(fleet / "app.yaml", BY_HAND + SECOND)
        hub = open_hub(fleet)

        for priority in (2, 3):
            for name in ("web", "second"):
                (stored,) = hub.write([changed(only_named(hub, name), priority=priority)], LATER)
                assert stored == only_named(open_hub(fleet), name)

    def test_removing_one_leaves_the_others_and_the_last_takes_the_file(self, fleet: Path) -> None:
        path = place(fleet / "app.yaml", BY_HAND + SECOND)
        hub = open_hub(fleet)
        first, second = (only_named(hub, name) for name in ("web", "second"))

        hub.write([Delete(first.key, first.version or "")], LATER)
        assert path.read_text() == SECOND

        hub.write([Delete(second.key, second.version or "")], LATER)
        assert not path.exists()

    def test_an_edit_of_another_object_of_the_file_is_no_conflict(self, fleet: Path) -> None:
        path = place(fleet / "app.yaml", BY_HAND + SECOND)
        hub = open_hub(fleet)
        second = only_named(hub, "second")
        place(path, BY_HAND.replace("1.0", "7") + SECOND)

        hub.write([changed(second, priority=2)], LATER)

        assert only_named(hub, "web").raw["spec"]["priority"] == 7

    def test_three_dashes_in_a_text_divide_nothing(self, fleet: Path) -> None:
        text = BY_HAND + "    text: |\n        ---\n        x\n" + SECOND
        place(fleet / "app.yaml", text)

        assert only_named(open_hub(fleet), "web").raw["spec"]["text"] == "---\nx\n"

    @pytest.mark.parametrize("form", ["breaks that only YAML knows", "encrypted"])
    def test_a_form_that_cannot_be_told_apart_is_read_and_not_written(self, fleet: Path, form: str) -> None:
        text = BY_HAND + SECOND
        path = place(fleet / "app.yaml", "")
        path.write_bytes(VAULT.encrypt(text.encode()) if form == "encrypted" else text.replace("\n", "\r").encode())
        before = path.read_bytes()
        hub = open_hub(fleet, vault=VAULT)

        for change in (changed(only_named(hub, "second"), priority=2), changed(only_named(hub, "web"), priority=2)):
            with pytest.raises(HubError, match=r"app\.yaml holds several objects.* a file of its own"):
                hub.write([change], LATER)

        assert path.read_bytes() == before


class TestClimbingOut:
    """Names are the contract suite's; these are links."""

    @pytest.mark.parametrize("link", ["default", "default/subscriptions"])
    def test_a_linked_folder_is_refused(self, fleet: Path, tmp_path: Path, link: str) -> None:
        (tmp_path / "outside").mkdir()
        (fleet / link).parent.mkdir(parents=True)
        (fleet / link).symlink_to(tmp_path / "outside")

        for act in (open_hub(fleet).check, lambda changes: open_hub(fleet).write(changes, NOW)):
            with pytest.raises(InvalidInput, match="outside of the hub: a symbolic link leads to"):
                act([Put(subscription("first", "other"), None), Put(subscription(), None)])

        assert list((tmp_path / "outside").iterdir()) == []
        assert not (fleet / "other").exists()

    def test_a_linked_file_is_refused(self, fleet: Path, tmp_path: Path) -> None:
        outside = place(tmp_path / "outside.yaml", BY_HAND)
        (fleet / "default/subscriptions").mkdir(parents=True)
        (fleet / "default/subscriptions/web.yaml").symlink_to(outside)

        with pytest.raises(InvalidInput, match="is a symbolic link"):
            open_hub(fleet).write([Put(subscription(), None)], NOW)

        assert outside.read_text() == BY_HAND

    def test_a_file_that_becomes_a_link_while_it_is_read_is_not_followed(self, fleet: Path, tmp_path: Path) -> None:
        fleet.mkdir()
        (fleet / "web.yaml").symlink_to(place(tmp_path / "outside.yaml", BY_HAND))

        with pytest.raises(HubError, match=r"web\.yaml is a symbolic link; put the file itself"):
            hub_files.read_file(str(fleet / "web.yaml"), None)

    @pytest.mark.parametrize("path", ["", "a\0b"])
    def test_a_hub_needs_a_path(self, path: str) -> None:
        with pytest.raises(InvalidInput, match=r"hub_dir .* is no path"):
            DirectoryHub(path, secrets="plain", vault=None, lock_timeout=0, holder="a test")

    def test_the_hub_itself_may_be_linked(self, fleet: Path, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        fleet.symlink_to(tmp_path / "real")

        open_hub(fleet).write([Put(subscription(), None)], NOW)

        assert only(open_hub(tmp_path / "real")).key == only_key()


class TestWhatCannotBeStored:
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ({1, 2}, "a value of the type set; text, numbers, .* are accepted"),
            (float("inf"), "Out of range float"),
            ("\ud800", "surrogates not allowed"),
            ("x" * 20_000_000, r"has 19\.1 MiB; Kubernetes stores objects up to 1\.5 MiB"),
        ],
        ids=["set", "infinity", "surrogate", "20 MB"],
    )
    def test_it_is_refused_before_anything_is_written(self, fleet: Path, value: Any, message: str) -> None:
        hub = open_hub(fleet)

        for act in (hub.check, lambda changes: hub.write(changes, NOW)):
            with pytest.raises(InvalidInput, match=rf"default/bad .*{message}"):
                act([Put(subscription(), None), Put(subscription("bad", value=value), None)])

        assert not fleet.exists()

    def test_a_file_of_20_mb_is_refused_unread(self, fleet: Path) -> None:
        place(fleet / "large.yaml", "a: " + "x" * 20_000_000)

        with pytest.raises(InvalidInput, match=r"large\.yaml: .*MiB"):
            open_hub(fleet).load()
