# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every hub does with what is new, what is to be deleted, and locks."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    LATER,
    NOW,
    Opener,
    all_said,
    all_said_of,
    base,
    description,
    said,
    with_mark,
    without_mark,
)


class HubLifeContract:
    """What becomes of objects and locks.

    :cvar SERVER: whether the hub sets uids and times by itself and makes anew what is no longer to be deleted.
    """

    SERVER: ClassVar[bool] = False

    # ------------------------------------------------------------------------------------------ uids of what is new

    def test_what_is_new_is_named_by_the_uid_that_is_predicted_for_it(self, open_hub: Opener) -> None:
        predicted = identity_uid(ObjectKey.of(base()))

        stored = open_hub().write([Put(base(), None), Put(description(predicted), None)], NOW)

        contents = open_hub().load()
        assert contents.objects == {item.key: item for item in stored}
        real = contents.objects[ObjectKey.of(base())].raw["metadata"]["uid"]
        assert said(contents.objects[ObjectKey.of(description(real))].raw) == description(real)
        assert (real == predicted) is not self.SERVER

    # --------------------------------------------------------------------------------------------- marks of deletion

    def made(self, open_hub: Opener) -> tuple[Any, Any]:
        """A Base and its Description."""
        predicted = identity_uid(ObjectKey.of(base()))
        made = open_hub().write([Put(base(), None), Put(description(predicted), None)], NOW)
        return made[0], made[1]

    def test_what_is_marked_stays_until_it_is_removed(self, open_hub: Opener) -> None:
        before = all_said_of(self.made(open_hub))
        read = open_hub().load()
        hub = open_hub()
        marked = hub.write([Put(with_mark(item.raw), item.version) for item in read.objects.values()], LATER)

        contents = open_hub().load()
        assert contents.objects == {item.key: item for item in marked}
        assert all_said(contents) == {key: said(with_mark(raw)) for key, raw in before.items()}

        hub.write([Delete(item.key, item.version or "") for item in reversed(marked)], LATER)
        assert dict(open_hub().load().objects) == {}

    def test_a_mark_is_made_once(self, open_hub: Opener) -> None:
        made = self.made(open_hub)
        marked = open_hub().write([Put(with_mark(item.raw), item.version) for item in made], LATER)

        again = open_hub().write([Put(item.raw, item.version) for item in marked], LATER)

        assert again == marked

    def test_what_is_marked_can_still_be_told_its_status(self, open_hub: Opener) -> None:
        _base, read = self.made(open_hub)
        (marked,) = open_hub().write([Put(with_mark(read.raw), read.version)], LATER)

        (told,) = open_hub().write([Put({**marked.raw, "status": {"phase": "Failure"}}, marked.version)], LATER)

        stored = open_hub().load().objects[told.key]
        assert stored == told
        assert stored.raw["status"] == {"phase": "Failure"}
        assert stored.raw["metadata"]["deletionTimestamp"]

    def test_a_mark_is_taken_back(self, open_hub: Opener) -> None:
        made = self.made(open_hub)
        marked = open_hub().write([Put(with_mark(item.raw), item.version) for item in made], LATER)

        back = open_hub().write([Put(without_mark(item.raw), item.version) for item in marked], LATER)

        contents = open_hub().load()
        assert contents.objects == {item.key: item for item in back}
        real = back[0].raw["metadata"]["uid"]
        assert [said(item.raw) for item in back] == [base(), description(real)]
        assert (real == made[0].raw["metadata"]["uid"]) is not self.SERVER

    def test_what_is_new_may_be_marked_at_once(self, open_hub: Opener) -> None:
        (stored,) = open_hub().write([Put(with_mark(base()), None)], NOW)

        assert stored.raw["metadata"]["deletionTimestamp"]
        assert dict(open_hub().load().objects) == {stored.key: stored}

    def test_a_mark_for_what_somebody_changed_is_a_conflict(self, open_hub: Opener) -> None:
        _base, read = self.made(open_hub)
        open_hub().write([Put({**read.raw, "status": {"phase": "Failure"}}, read.version)], LATER)

        with pytest.raises(HubConflict, match="Description clusternet-a/web-generic"):
            open_hub().write([Put(with_mark(read.raw), read.version)], LATER)

        assert "deletionTimestamp" not in open_hub().load().objects[read.key].raw["metadata"]

    # --------------------------------------------------------------------------------------------------------- locks

    def test_a_lock_is_exclusive_and_names_its_holder(self, open_hub: Opener) -> None:
        first, second = open_hub(holder="alice@control"), open_hub(holder="bob@control")

        with first.lock("hub"):
            with pytest.raises(HubLocked, match=r"'hub'.*alice@control"), second.lock("hub"):
                pass
            with second.lock("cluster-a"):
                pass

        with second.lock("hub"), pytest.raises(HubLocked, match="bob@control"), first.lock("hub"):
            pass

    def test_a_lock_ends_with_an_error(self, open_hub: Opener) -> None:
        hub = open_hub()

        with pytest.raises(ZeroDivisionError), hub.lock("hub"):
            raise ZeroDivisionError

        with hub.lock("hub"):
            pass

    def test_a_lock_is_waited_for(self, open_hub: Opener) -> None:
        release = threading.Timer(0.15, lambda: held.__exit__(None, None, None))
        held = open_hub().lock("hub")
        held.__enter__()
        release.start()

        with open_hub(lock_timeout=20).lock("hub"):
            release.join()

    def test_a_lock_has_a_name_of_its_own(self, open_hub: Opener) -> None:
        with pytest.raises(InvalidInput, match="names no lock"), open_hub().lock("../hub"):
            pass

    def test_a_location_is_told(self, open_hub: Opener) -> None:
        assert open_hub().location
