# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between a server's object and a hub's: what is hidden, what is sent, what counts as the same."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_objects import (
    FINALIZER,
    ServerObject,
    main_part,
    plain,
    says_all,
    split_finalizers,
    wanted_finalizers,
)

OURS = {"clusternet.io/created-by": "multicluster.apps"}


def answer(kind: str = "Base", **metadata: Any) -> dict[str, Any]:
    own = {
        "name": "web",
        "namespace": "a",
        "uid": "u1",
        "resourceVersion": "7",
        "creationTimestamp": "then",
        **metadata,
    }
    return {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": kind, "metadata": own, "spec": {"feeds": []}}


def test_the_servers_bookkeeping_is_not_handed_up() -> None:
    raw = answer(
        generation=3, managedFields=[{}], selfLink="/x", deletionGracePeriodSeconds=0, labels={}, finalizers=[]
    )
    stored = ServerObject.of(raw).stored("https://hub.example")
    assert stored.raw == {
        **raw,
        "metadata": {"name": "web", "namespace": "a", "uid": "u1", "creationTimestamp": "then"},
    }
    assert stored.version == "7"
    assert stored.source == "hub https://hub.example: Base a/web"


@pytest.mark.parametrize(
    ("kind", "labels", "shown"),
    [
        ("Base", OURS, ["example.com/x"]),
        ("Description", OURS, ["example.com/x"]),
        ("Manifest", OURS, [FINALIZER, "example.com/x"]),
        ("Base", {"clusternet.io/created-by": "clusternet-hub"}, [FINALIZER, "example.com/x"]),
    ],
)
def test_our_finalizer_is_hidden_on_what_we_make(kind: str, labels: dict[str, str], shown: list[str]) -> None:
    raw = answer(kind, labels=labels, finalizers=[FINALIZER, "example.com/x"])
    server = ServerObject.of(raw)
    stored = server.stored("h")
    assert stored.raw["metadata"]["finalizers"] == shown
    assert sorted(wanted_finalizers(stored.raw, server)) == sorted(server.finalizers)


def test_what_is_to_be_marked_needs_something_that_holds_it() -> None:
    marked = answer("Subscription", deletionTimestamp="now")
    assert wanted_finalizers(marked, None) == (FINALIZER,)
    assert wanted_finalizers(answer("Subscription"), None) == ()
    held = answer("Subscription", deletionTimestamp="now", finalizers=["example.com/x"])
    assert wanted_finalizers(held, None) == ("example.com/x",)


def test_what_is_being_deleted_keeps_the_finalizers_that_it_has() -> None:
    stored = ServerObject.of(answer(labels=OURS, deletionTimestamp="now", finalizers=["example.com/x"]))
    assert wanted_finalizers(answer(labels=OURS, deletionTimestamp="now"), stored) == ("example.com/x",)


def test_clusternets_finalizers_are_told_from_others() -> None:
    names = (
        FINALIZER,
        "example.com/x",
        "apps.clusternet.io/feed-protection",
        "clusters.clusternet.io/y",
        "foregroundDeletion",
    )
    clusternets, others = split_finalizers(names)
    assert others == ("example.com/x", "foregroundDeletion")
    assert len(clusternets) == 3


def test_a_write_says_nothing_that_only_the_server_sets() -> None:
    raw = {**answer(labels=OURS, annotations={}, deletionTimestamp="now"), "status": {"phase": "Success"}}
    with_status = main_part(raw, ("f",), status=False)
    assert with_status["metadata"] == {"name": "web", "namespace": "a", "labels": OURS, "finalizers": ["f"]}
    assert with_status["status"] == {"phase": "Success"}
    assert "status" not in main_part(raw, (), status=True)


def test_a_copy_is_plain() -> None:
    copied = plain(MappingProxyType({"a": (1, MappingProxyType({}))}))
    assert copied == {"a": [1, {}]}


@pytest.mark.parametrize(
    ("stored", "sent", "same"),
    [
        ({"a": 1, "default": True}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "dropped": None}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([{"a": 1, "b": 2}], [{"a": 1}], True),
        ([1, 2], [1], False),
        ({"a": "text"}, {"a": {}}, False),
        ({"a": "text"}, {"a": []}, False),
    ],
    ids=str,
)
def test_what_is_stored_says_what_was_sent_or_not(stored: Any, sent: Any, same: bool) -> None:
    assert says_all(stored, sent) is same
