# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results, diffs and messages: complete, in one shape, and without secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterOutcome,
    Health,
    HealthStatus,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import (
    cluster_diffs,
    cluster_result,
    failure_message,
    hub_diffs,
    hub_result,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    manifest,
    merge,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    SECRET_TEXT,
    WEB,
    decided,
    fleet_of,
    rendered,
    secret,
    store_of,
)


def item(result: Result, name: str = "web", **more: Any) -> ObjectOutcome:
    return ObjectOutcome(ObjectKey("", "ConfigMap", "shop", name), "web", "default/web", "hub.web", result, **more)


def outcome(*outcomes: ObjectOutcome, name: str = "a", **more: Any) -> ClusterOutcome:
    return ClusterOutcome(name, "https://a.example", check=False, outcomes=outcomes, **more)


def diffs(store: MemoryStore, *changes: Change) -> list[dict[str, Any]]:
    before = MemoryHub(store).load()
    return hub_diffs(changes, before, before.with_changes(changes, NOW))


# ------------------------------------------------------------------------------------------------- one cluster


def test_the_result_of_a_cluster_has_every_key_of_the_contract() -> None:
    assert cluster_result(outcome()) == {
        "phase": "Success",
        "location": "https://a.example",
        "changed": False,
        **{name: [] for name in ("created", "updated", "pruned", "unchanged", "kept", "failed", "unhealthy")},
        "errors": [],
        "warnings": [],
        "seconds": 0.0,
    }


def test_what_came_of_each_object_is_in_its_list() -> None:
    every = [item(result, f"{result.value}-map", reason="because") for result in Result]
    sick = item(Result.CREATED, "sick", health=Health(HealthStatus.IN_PROGRESS, "0 of 3 ready"))
    found = cluster_result(outcome(*every, unhealthy=(sick,), errors=("e",), warnings=("w",), seconds=1.23456))
    assert json.loads(json.dumps(found)) == found, "Ansible sends results to other processes"
    for name in ("created", "updated", "pruned", "unchanged"):
        assert found[name] == [f"ConfigMap shop/{name}-map"]
    for name in ("kept", "failed"):
        assert found[name] == [{"object": f"ConfigMap shop/{name}-map", "reason": "because"}]
    assert found["unhealthy"] == [{"object": "ConfigMap shop/sick", "reason": "InProgress: 0 of 3 ready"}]
    assert (found["errors"], found["warnings"], found["seconds"]) == (["e"], ["w"], 1.235)
    assert (found["phase"], found["changed"]) == ("Failure", True)


def test_a_diff_for_each_object_that_changes_and_for_no_other() -> None:
    before, after = {"kind": "ConfigMap", "data": {"a": "1"}}, {"kind": "ConfigMap", "data": {"a": "2"}}
    shown = cluster_diffs(
        outcome(
            item(Result.UNCHANGED),
            item(Result.FAILED, reason="no"),
            item(Result.PRUNED, "old", before=before),
            item(Result.UPDATED, "same", before=before, after=after),
            item(Result.CREATED, "new", after=after),
        )
    )
    assert [(each["before_header"], each["before"], each["after"]) for each in shown] == [
        ("a: ConfigMap shop/new", "", after),
        ("a: ConfigMap shop/same", before, after),
        ("a: ConfigMap shop/old", before, ""),
    ]


# -------------------------------------------------------------------------------------------------- messages


def test_nothing_wrong_is_no_message() -> None:
    assert failure_message([outcome(item(Result.CREATED)), outcome(item(Result.KEPT, reason="r"))], {}) is None
    assert failure_message([], {}) is None


def test_one_is_not_many() -> None:
    message = failure_message([], {"default/web": ("first",)})
    assert message == "1 Subscription was not distributed as it asks: default/web\nSubscription default/web: first"


def test_a_message_counts_names_and_then_tells_each_reason() -> None:
    sick = item(Result.CREATED, "sick", health=Health(HealthStatus.FAILED))
    unseen = item(Result.CREATED, "unseen")
    outcomes = [
        outcome(name="a"),
        outcome(item(Result.FAILED, reason="HTTP 403: no"), name="b", errors=("too much to prune",)),
        outcome(name="c", unhealthy=(sick, unseen)),
    ]
    message = failure_message(outcomes, {"default/web": ("first", "second"), "default/db": ("third",)})
    assert message is not None
    assert message.splitlines() == [
        "2 of 3 clusters failed: b, c; 2 Subscriptions were not distributed as they ask: default/web, default/db",
        "Subscription default/web: first",
        "Subscription default/web: second",
        "Subscription default/db: third",
        "cluster b: too much to prune",
        "cluster b: ConfigMap shop/web: HTTP 403: no",
        "cluster c: ConfigMap shop/sick: Failed",
        "cluster c: ConfigMap shop/unseen: not healthy in time",
    ]


@pytest.mark.parametrize(
    ("failed", "line"),
    [
        ({"errors": ("cluster a: connection refused",)}, "cluster a: connection refused"),
        ({"errors": ("a: connection refused",)}, "cluster a: connection refused"),
        ({"errors": ("ab: connection refused",)}, "cluster a: ab: connection refused"),
    ],
)
def test_the_cluster_is_named_once_in_a_line(failed: dict[str, Any], line: str) -> None:
    message = failure_message([outcome(**failed)], {})
    assert message == f"1 of 1 clusters failed: a\n{line}"


def test_the_object_is_named_once_in_a_line() -> None:
    reason = "a: cannot apply ConfigMap shop/web: HTTP 403: no"
    message = failure_message([outcome(item(Result.FAILED, reason=reason))], {})
    assert message == "1 of 1 clusters failed: a\ncluster a: cannot apply ConfigMap shop/web: HTTP 403: no"


# -------------------------------------------------------------------------------------------------- the hub


def test_what_was_done_on_the_hub() -> None:
    store = store_of(cluster("a"), subscription("web"))
    before = MemoryHub(store).load()
    (web,) = [stored for key, stored in before.objects.items() if key.kind == "Subscription"]
    (a,) = [key for key in before.objects if key.kind == "ManagedCluster"]
    policy = globalization("g", feed(WEB))
    changes: list[Change] = [Put(policy, None), Put(web.raw, web.version), Delete(a, "1")]
    assert hub_result(changes, before) == {
        "created": ["Globalization g"],
        "updated": ["Subscription default/web"],
        "removed": ["ManagedCluster clusternet-a/a"],
    }


def test_a_description_is_shown_with_what_it_holds() -> None:
    store = fleet_of("a")
    content, *shown = diffs(store, *decided(store).changes)
    assert content["after"]["data"]["content"] == "(compressed; its Description is shown)"
    assert [each["after_header"].rpartition("-")[0] for each in shown] == [
        "hub: Base clusternet-a/web",
        "hub: Description clusternet-a/web-82b3ade9d0",
    ]
    assert shown[1]["before"] == ""
    assert shown[1]["after"]["spec"]["raw"] == [WEB]


def test_what_is_removed_is_shown_as_it_was() -> None:
    store = fleet_of("a")
    loaded = rendered(store)
    (description,) = loaded.snapshot.descriptions
    version = loaded.contents.objects[description.key].version
    assert version is not None
    # A hub that holds it all the same has it from somebody else.
    (shown,) = hub_diffs([Delete(description.key, version)], loaded.contents, loaded.contents)
    assert shown["before"]["spec"]["raw"] == [WEB]
    assert shown["after"] == ""


OVERRIDE = merge('{"data":{"token":"%s"}}')


@pytest.mark.parametrize("value", [SECRET_TEXT, "b3RoZXI="])
def test_no_diff_shows_what_a_secret_holds(value: str) -> None:
    store = store_of(cluster("a"), manifest(secret()), subscription("web", feed(secret())))
    loaded = rendered(store)
    stored = loaded.contents.objects[ObjectKey.of(manifest(secret()))]
    policy = globalization("g", feed(secret()), {**OVERRIDE, "value": OVERRIDE["value"] % value})
    sources = [Put(manifest(secret(value)), stored.version), Put(policy, None)]
    shown = diffs(store, *sources)
    MemoryHub(store).write(sources, NOW)
    changes = [change for change in decided(store).changes if change.key.kind == "Description"]
    shown += diffs(store, *changes)
    assert [each["after_header"].split()[1] for each in shown] == ["Manifest", "Globalization", "Description"]
    text = json.dumps(shown)
    assert not any(hidden in text for hidden in (SECRET_TEXT, "b3RoZXI=", "hunter2"))
    held = shown[2]["after"]["spec"]["raw"][0]
    assert (held["kind"], list(held["data"])) == ("Secret", ["token"])
    # A reader still sees that the value is another one.
    assert (shown[2]["before"]["spec"]["raw"][0]["data"] != held["data"]) == (value != SECRET_TEXT)


def test_what_is_no_secret_is_shown() -> None:
    store = store_of(manifest(WEB))
    stored = MemoryHub(store).load().objects[ObjectKey.of(manifest(WEB))]
    (shown,) = diffs(store, Put(manifest(config_map(color="red")), stored.version))
    assert (shown["before"]["template"]["data"], shown["after"]["template"]["data"]) == (
        {"color": "blue"},
        {"color": "red"},
    )
