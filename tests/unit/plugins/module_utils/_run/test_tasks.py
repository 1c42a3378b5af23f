# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that only change the hub: what they say, what they write, and that check mode says the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import KINDS as HUB_KINDS
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    HubConflict,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import STORED_KINDS
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import register, store
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import feed, globalization, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    SECRET_TEXT,
    WEB,
    overwrite,
    secret,
    store_of,
    tools_of,
)


def stored(hub: MemoryStore, *raws: dict[str, Any], check: bool = False, diff: bool = False, **how: Any) -> Any:
    request = StoreRequest([Document(raw, f"app.yml:{number}") for number, raw in enumerate(raws, 1)], **how)
    return store(request, tools_of(hub, {}), check=check, diff=diff)


def test_a_result_has_every_key_and_a_second_run_changes_nothing() -> None:
    hub = MemoryStore()
    first = stored(hub, subscription("web", feed(WEB)), WEB)
    assert first == {
        "changed": True,
        "created": ["Subscription default/web", "Manifest clusternet-reserved/configmap--shop--web"],
        "updated": [],
        "removed": [],
        "warnings": [],
    }
    writes = hub.writes
    assert stored(hub, subscription("web", feed(WEB)), WEB)["changed"] is False
    assert hub.writes == writes


@pytest.mark.parametrize("absent", [False, True])
def test_check_mode_says_the_same_writes_nothing_and_waits_for_nobody(absent: bool) -> None:
    hub = store_of(subscription("web"))
    writes, raws = hub.writes, (subscription("web", feed(WEB)), WEB)
    with MemoryHub(hub).lock("hub"):
        predicted = stored(hub, *raws, check=True, diff=True, absent=absent)
        with pytest.raises(HubLocked):
            stored(hub, *raws, absent=absent)
    assert hub.writes == writes
    assert stored(hub, *raws, diff=True, absent=absent) == predicted
    assert hub.writes > writes


def test_what_is_made_for_clusters_is_read_only_where_it_may_be_meant() -> None:
    hub = MemoryStore()
    stored(hub, subscription("web"))
    stored(hub, subscription("web"), source="here", prune=True)
    register([Host("a", (), {}, "/i")], tools_of(hub, {}), check=False, diff=False)
    stored(hub, subscription("web"), absent=True)
    *some, everything = hub.read
    assert some == [STORED_KINDS] * 3
    assert everything is None
    assert {kind.kind for kind in HUB_KINDS.values()} - STORED_KINDS == {"ControllerRevision", "Description"}
    assert {kind.kind for kind in HUB_KINDS.values()} >= STORED_KINDS


def test_check_mode_refuses_what_the_run_would() -> None:
    hub = MemoryStore()
    request = StoreRequest([Document(secret(), "app.yml:1")])
    tools = tools_of(hub, {}, MemoryHub(hub, secrets="refuse"))
    for check in (True, False):
        with pytest.raises(InvalidInput) as raised:
            store(request, tools, check=check, diff=True)
        assert SECRET_TEXT not in str(raised.value)
    assert hub.writes == 0


def test_a_diff_is_there_only_when_it_is_asked_for_and_shows_no_secret() -> None:
    hub = MemoryStore()
    assert "diff" not in stored(hub, secret(), check=True)
    (diff,) = stored(hub, secret(), diff=True)["diff"]
    assert diff["after_header"] == "hub: Manifest clusternet-reserved/secret--shop--token"
    assert SECRET_TEXT not in json.dumps(diff)


def test_what_is_stored_and_has_no_effect_yet_is_warned_of() -> None:
    warnings = stored(MemoryStore(), subscription("web", feed(WEB)), globalization("g", feed(WEB)))["warnings"]
    assert warnings == [
        "Globalization g: its feed v1/ConfigMap/shop/web points to no object on the hub; the policy has no effect",
        "Subscription default/web: feed v1/ConfigMap/shop/web has no object on the hub yet",
    ]


def test_a_hub_that_holds_something_broken_is_not_added_to() -> None:
    broken = subscription("web")
    hub = store_of({**broken, "spec": {**broken["spec"], "feeds": "none"}})
    writes = hub.writes
    with pytest.raises(InvalidInput, match=r"spec\.feeds"):
        stored(hub, WEB)
    assert hub.writes == writes


def test_a_run_that_somebody_gets_ahead_of_takes_nothing_back() -> None:
    class Raced(MemoryHub):
        def write(self, changes: Any, now: str) -> Any:
            overwrite(self.store, {**subscription("web"), "status": {"specHash": 7}})
            return super().write(changes, now)

    hub = store_of(subscription("web"))
    request = StoreRequest([Document(subscription("web", priority=5), "app.yml:1")])
    with pytest.raises(HubConflict, match="changed by somebody else"):
        store(request, tools_of(hub, {}, Raced(hub)), check=False, diff=False)
    texts = [text for text, _version in hub.objects.values()]
    assert [json.loads(text)["status"] for text in texts] == [{"specHash": 7}]


def test_registering_is_reported_in_the_same_shape() -> None:
    hub = MemoryStore()
    hosts = [Host("a", ("fleet",), {"multicluster_labels": {"site": "a"}}, "/i")]
    first = register(hosts, tools_of(hub, {}), check=False, diff=False)
    assert first["created"] == ["ManagedCluster clusternet-a/a"]
    assert set(first) == {"changed", "created", "updated", "removed", "warnings"}
    assert register(hosts, tools_of(hub, {}), check=False, diff=False)["changed"] is False
