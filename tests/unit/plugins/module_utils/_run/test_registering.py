# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ManagedClusters out of hosts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register

NOW = "2026-01-01T00:00:00Z"


def host(name: str = "shanghai", *groups: str, **variables: Any) -> Host:
    return Host(name, groups, {f"multicluster_{key}": value for key, value in variables.items()}, "/inventory")


def registered(*hosts: Host, contents: Contents | None = None) -> Contents:
    before = contents or Contents({})
    changes, _warnings = plan_register(hosts, before, "/inventory/fleet")
    return before.with_changes(changes, NOW)


def the_only(contents: Contents) -> Any:
    (stored,) = contents.objects.values()
    return stored.raw


def test_a_host_becomes_a_managed_cluster() -> None:
    raw = the_only(
        registered(
            host(
                "shanghai",
                "edge",
                "managed_clusters",
                labels={"region": "cn", "gpu": True, "tier": 2},
                taints=[{"key": "k", "effect": "NoSchedule"}],
                directory="out/shanghai",
                cluster_id="6D0EF0C1-53A1-4C5E-9B43-0F6F0A8E3F57",
            )
        )
    )
    assert raw["metadata"]["name"] == "shanghai"
    assert raw["metadata"]["namespace"] == "clusternet-shanghai"
    assert raw["metadata"]["labels"] == {
        "region": "cn",
        "gpu": "true",
        "tier": "2",
        "inventory.multicluster.apps/edge": "true",
        "inventory.multicluster.apps/managed_clusters": "true",
        "clusters.clusternet.io/cluster-id": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57",
        "clusters.clusternet.io/cluster-name": "shanghai",
    }
    assert raw["spec"] == {
        "clusterId": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57",
        "syncMode": "Push",
        "taints": [{"key": "k", "effect": "NoSchedule"}],
    }
    assert raw["metadata"]["annotations"]["multicluster.apps/directory"] == "../out/shanghai"


def test_a_second_time_changes_nothing() -> None:
    hosts = [
        host("a", "edge", labels={"x": "1"}, directory="out/a"),
        host("b", host="https://b:6443", api_key="secret"),
    ]
    once = registered(*hosts)
    changes, _warnings = plan_register(hosts, once, "/inventory/fleet")
    assert changes == ()


def test_a_token_never_reaches_the_hub() -> None:
    assert "hunter2" not in repr(registered(host(host="https://b:6443", api_key="hunter2")))


def test_labels_that_the_inventory_drops_go_and_labels_of_others_stay() -> None:
    first = registered(host("a", "edge", labels={"x": "1", "y": "2"}))
    (key,) = first.objects
    raw = first.objects[key].raw
    labels = {**raw["metadata"]["labels"], "by-hand": "yes"}
    edited = first.with_changes([Put({**raw, "metadata": {**raw["metadata"], "labels": labels}}, None)], NOW)
    after = the_only(registered(host("a", "core", labels={"y": "2"}), contents=edited))["metadata"]["labels"]
    assert "x" not in after
    assert "inventory.multicluster.apps/edge" not in after
    assert (after["y"], after["by-hand"], after["inventory.multicluster.apps/core"]) == ("2", "yes", "true")


OURS = {"key": "k", "value": "v", "effect": "NoSchedule"}
THEIRS = {"key": "k", "value": "v", "effect": "NoExecute", "timeAdded": "2026-01-01T00:00:00Z"}


def tainted(contents: Contents, *taints: Any) -> Contents:
    (stored,) = contents.objects.values()
    raw = {**stored.raw, "spec": {**stored.raw["spec"], "taints": list(taints)}}
    return contents.with_changes([Put(raw, None)], NOW)


def test_taints_that_the_inventory_drops_go_and_taints_of_others_stay() -> None:
    first = tainted(registered(host("a", taints=[OURS])), THEIRS, OURS)
    after = registered(host("a"), contents=first)
    assert the_only(after)["spec"]["taints"] == [THEIRS]
    assert "annotations" not in the_only(after)["metadata"]
    changes, _warnings = plan_register([host("a")], after, "/inventory/fleet")
    assert changes == ()


def test_the_last_taint_that_the_inventory_drops_leaves_no_empty_list() -> None:
    assert "taints" not in the_only(registered(host("a"), contents=registered(host("a", taints=[OURS]))))["spec"]


def test_a_taint_that_somebody_changed_is_theirs() -> None:
    changed = {**OURS, "value": "other"}
    first = tainted(registered(host("a", taints=[OURS])), changed)
    assert the_only(registered(host("a"), contents=first))["spec"]["taints"] == [changed]


@pytest.mark.parametrize("taints", [[], [OURS]])
def test_an_inventory_that_speaks_of_taints_says_all_of_them(taints: list[Any]) -> None:
    first = tainted(registered(host("a")), THEIRS)
    assert the_only(registered(host("a", taints=taints), contents=first))["spec"].get("taints", []) == taints


def test_a_taint_of_others_that_a_user_could_not_store_is_no_reason_to_stop() -> None:
    odd = {"key": "a b", "effect": "Sometimes"}
    assert the_only(registered(host("a"), contents=tainted(registered(host("a")), odd)))["spec"]["taints"] == [odd]


@pytest.mark.parametrize("odd", ["gpu:NoSchedule", {"key": "k"}, None])
def test_taints_on_the_hub_that_cannot_be_read_are_named(odd: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^host a: ManagedCluster clusternet-a/a: spec\.taints\[0\]"):
        registered(host("a"), contents=tainted(registered(host("a")), odd))


def test_a_missing_host_removes_nothing() -> None:
    both = registered(host("a"), host("b"))
    changes, _warnings = plan_register([host("a")], both, "/fleet")
    assert changes == ()


def test_a_name_that_is_none_for_kubernetes_gets_a_slug_and_keeps_the_full_one() -> None:
    metadata = the_only(registered(host("web_01.example.com")))["metadata"]
    assert metadata["name"] != "web_01.example.com"
    assert metadata["annotations"]["multicluster.apps/full-name"] == "web_01.example.com"


def test_groups_that_make_no_label_are_left_out_with_a_warning() -> None:
    changes, warnings = plan_register([host("a", "ok", "not ok!")], Contents({}), "/fleet")
    assert "group not ok! makes no valid label key" in warnings[0]
    assert "inventory.multicluster.apps/ok" in changes[0].raw["metadata"]["labels"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"cluster_id": "nope"}, "multicluster_cluster_id is 'nope', which is no UUID"),
        ({"labels": ["a"]}, "multicluster_labels must be a mapping"),
        ({"labels": {"a b": "c"}}, "a b"),
        ({"kubeconfig": "{{ home }}/x"}, "multicluster_kubeconfig still holds a template"),
        ({"kubeconfig": 7}, "multicluster_kubeconfig must be a string"),
        ({"directory": "x", "context": "y"}, "multicluster_directory makes it a directory cluster"),
        ({"validate_certs": "maybe"}, "multicluster_validate_certs must be true or false"),
        (
            {"taints": [{"key": "k", "effect": "noexecute"}]},
            "variable multicluster_taints[0].effect: found 'noexecute'; accepted: NoSchedule, PreferNoSchedule, NoExecute; did",
        ),
        ({"taints": [{"key": "a b", "effect": "NoExecute"}]}, "variable multicluster_taints[0].key: found 'a b'"),
        ({"taints": [{"effect": "NoExecute"}]}, "variable multicluster_taints[0].key: is missing"),
        ({"taints": [OURS, {**OURS, "valeu": "x"}]}, "variable multicluster_taints[1].valeu: unknown field"),
        ({"taints": {"key": "k"}}, "variable multicluster_taints: found a mapping; accepted: a list"),
        ({"namespace": "../evil"}, "namespace"),
        (
            {"capacity": {}},
            "variable multicluster_capacity: is empty; a mapping of resources to quantities is accepted",
        ),
    ],
)
def test_a_bad_variable_is_named_with_its_host(variables: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        registered(host("shanghai", **variables))
    assert "host shanghai" in str(caught.value)
    assert message in str(caught.value)


def test_a_template_in_a_token_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        registered(host(host="https://x", api_key="{{ 'hunter2' }}"))
    assert "hunter2" not in str(caught.value)


def test_two_hosts_that_would_share_a_namespace_are_refused() -> None:
    with pytest.raises(InvalidInput, match="hosts a and b would share shared"):
        registered(host("a", namespace="shared"), host("b", namespace="shared"))


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (host("y", namespace="clusternet-x"), "namespace clusternet-x is that of ManagedCluster clusternet-x/x"),
        (host("x", namespace="elsewhere"), "would be a second one in elsewhere"),
    ],
)
def test_a_cluster_has_one_namespace_and_it_is_its_own(later: Host, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        registered(later, contents=registered(host("x")))


def test_a_variable_that_means_nothing_is_warned_of() -> None:
    _changes, (warning,) = plan_register([host("a", labelz={"x": "1"})], Contents({}), "/fleet")
    assert "variable multicluster_labelz of the inventory means nothing; there are multicluster_api_key, " in warning
