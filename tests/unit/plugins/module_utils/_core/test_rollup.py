# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hub is told after delivery (reference, "Aggregated status")."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Renderer
from ansible_collections.multicluster.apps.plugins.module_utils._core.rollup import (
    by_applyset,
    description_status,
    subscription_status,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterOutcome,
    Health,
    HealthStatus,
    ObjectOutcome,
    Result,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Description, parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    manifest,
    subscription,
)

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"replicas": 2, "selector": {}, "template": {}},
}
HEALTHY = {
    "observedGeneration": 3,
    "replicas": 2,
    "updatedReplicas": 2,
    "readyReplicas": 2,
    "availableReplicas": 2,
    "conditions": [{"type": "Available", "status": "True"}],
}
BROKEN = {**HEALTHY, "observedGeneration": 5, "readyReplicas": 1, "availableReplicas": 1, "unavailableReplicas": 1}


def snapshot_of(statuses: dict[str, dict[str, Any] | None]) -> Snapshot:
    """A hub with a Deployment and a ConfigMap in each cluster; a status None was never delivered."""
    user = [manifest(DEPLOYMENT), manifest(config_map()), subscription("web", feed(DEPLOYMENT), feed(config_map()))]
    clusters = [cluster(name) for name in statuses]
    plain = Snapshot.of(parse_stored(raw, "test")[0] for raw in (*user, *clusters))
    renderer = Renderer(plain, Overlay(plain, GoYaml(), strict=False))
    made: list[dict[str, Any]] = []
    for target, status in zip(plain.clusters, statuses.values(), strict=True):
        rendered = renderer.render(plain.subscriptions[0], target)
        (description,) = rendered.descriptions
        if status is not None:
            observed = [{**feed(DEPLOYMENT), "observedStatus": status}, feed(config_map())]
            description = {**description, "status": {"phase": "Success", "manifestStatuses": observed}}
        made += [rendered.base, description]
    return Snapshot.of(parse_stored(raw, "test")[0] for raw in (*user, *clusters, *made))


def status_of(statuses: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    hub = snapshot_of(statuses)
    return subscription_status(hub.subscriptions[0], hub.clusters, hub)


def test_numbers_are_summed_and_the_largest_generation_stands_for_all() -> None:
    status = status_of({"a": HEALTHY, "b": {**HEALTHY, "observedGeneration": 7}})
    deployment, settings = status["aggregatedStatuses"]
    assert status["bindingClusters"] == ["clusternet-a/a", "clusternet-b/b"]
    assert [each["clusterName"] for each in deployment["feedStatusDetails"]] == ["a", "b"]
    assert deployment["feedStatusSummary"]["available"] is True
    assert deployment["feedStatusSummary"]["replicaStatus"]["readyReplicas"] == 4
    assert deployment["feedStatusSummary"]["replicaStatus"]["observedGeneration"] == 7
    assert settings["feedStatusSummary"] == {"available": True}


def test_available_means_healthy_in_every_cluster() -> None:
    (deployment, _settings) = status_of({"a": HEALTHY, "b": BROKEN})["aggregatedStatuses"]
    assert [each["available"] for each in deployment["feedStatusDetails"]] == [True, False]
    assert deployment["feedStatusSummary"]["available"] is False


def test_what_was_never_seen_is_not_available() -> None:
    for item in status_of({"a": None})["aggregatedStatuses"]:
        assert item["feedStatusSummary"] == {"available": False}


def outcome(*items: ObjectOutcome, **fields: Any) -> ClusterOutcome:
    return ClusterOutcome("a", "there", check=False, outcomes=items, **fields)


def described() -> tuple[Description, str]:
    description = snapshot_of({"a": None}).descriptions[0]
    return description, description.meta.name.removesuffix("-generic")


def item(base: str, result: Result, kind: str = "Deployment", **fields: Any) -> ObjectOutcome:
    group = "apps" if kind == "Deployment" else ""
    key = ObjectKey(group, kind, "shop", "web")
    return ObjectOutcome(key, base, "default/web", "clusternet-a.x", result, **fields)


def test_a_description_tells_what_was_seen_in_the_order_of_its_objects() -> None:
    description, base = described()
    current = Health(HealthStatus.CURRENT)
    status = description_status(
        description,
        outcome(
            item(base, Result.UNCHANGED, "ConfigMap", health=current),
            item(base, Result.CREATED, health=current, status=HEALTHY),
        ),
        None,
    )
    assert status == {
        "phase": "Success",
        "manifestStatuses": [{**feed(DEPLOYMENT), "observedStatus": HEALTHY}, feed(config_map())],
    }


def test_a_directory_cluster_runs_nothing_so_nothing_is_observed() -> None:
    description, base = described()
    assert description_status(description, outcome(item(base, Result.CREATED)), None) == {"phase": "Success"}


def test_a_failed_object_makes_a_failure_that_says_why() -> None:
    description, base = described()
    status = description_status(description, outcome(item(base, Result.FAILED, reason="quota exceeded")), None)
    assert status == {"phase": "Failure", "reason": "Deployment.apps shop/web: quota exceeded"}


def test_the_failure_of_another_base_is_not_this_ones() -> None:
    description, _base = described()
    assert description_status(description, outcome(item("other", Result.FAILED, reason="no")), None) == {
        "phase": "Success"
    }


def test_outcomes_are_grouped_by_applyset_and_shared_ones_are_in_each() -> None:
    shared = item("web", Result.CREATED, shared_with=("shop", "bar"))
    own = item("shop", Result.FAILED, "ConfigMap")
    assert by_applyset(outcome(shared, own)) == {"web": (shared,), "shop": (shared, own), "bar": (shared,)}


def test_outcomes_that_were_grouped_before_are_not_looked_up_again() -> None:
    description, base = described()
    failed = item(base, Result.FAILED, reason="no")
    assert description_status(description, outcome(failed), None, ()) == {"phase": "Success"}
    assert description_status(description, outcome(), None, (failed,))["phase"] == "Failure"


def test_an_object_that_became_not_healthy_in_time_is_told_of_by_its_key() -> None:
    description, base = described()
    before = item(base, Result.CREATED, health=Health(HealthStatus.CURRENT))
    later = item(base, Result.CREATED, health=Health(HealthStatus.IN_PROGRESS))
    other = item("other", Result.CREATED, "ConfigMap")
    status = description_status(description, outcome(before, other, unhealthy=(later, other)), None)
    assert status["reason"] == "Deployment.apps shop/web: not healthy in time"


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "half \ud800", {1, 2}, {"\udfff": 1}])
def test_a_status_that_is_no_json_is_left_out(value: Any) -> None:
    description, base = described()
    seen = item(base, Result.CREATED, health=Health(HealthStatus.CURRENT), status={"replicas": 1, "x": [value]})
    status = description_status(description, outcome(seen), None)
    assert status == {"phase": "Success", "manifestStatuses": [feed(DEPLOYMENT)]}


def test_a_reason_is_text_that_a_file_can_hold() -> None:
    description, base = described()
    failed = item(base, Result.FAILED, reason="half \ud800")
    assert description_status(description, outcome(failed), None)["reason"].endswith(": half ?")


def test_a_cluster_that_is_away_fails_all_of_its_descriptions() -> None:
    description, _base = described()
    status = description_status(description, outcome(errors=("connection refused",), unreachable=True), None)
    assert status == {"phase": "Failure", "reason": "connection refused"}
