# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Descriptions hold, compared with what they should hold."""

from __future__ import annotations

import base64
import json
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.clusternet_content import (
    content_of,
    wanted_content,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Description,
    HelmChart,
    ManagedCluster,
    Manifest,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    manifest,
    subscription,
)

WEB = config_map(color="blue")
CHART = {
    "apiVersion": "apps.clusternet.io/v1alpha1",
    "kind": "HelmChart",
    "metadata": {"name": "redis", "namespace": "default"},
    "spec": {"repo": "https://charts.example", "chart": "redis", "targetNamespace": "shop"},
}


def encoded(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(text.encode()).decode()


def description(deployer: str, **spec: Any) -> Description:
    raw = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Description",
        "metadata": {"name": "d", "namespace": "clusternet-shanghai"},
        "spec": {"deployer": deployer, **spec},
    }
    return Description.of(raw)


def wanted(*feeds: dict[str, str]) -> dict[Any, Any]:
    snapshot = Snapshot.of([Manifest.of(manifest(WEB)), HelmChart.of(CHART)])
    overlay = Overlay(snapshot, GoYaml(), strict=False)
    return wanted_content(
        Subscription.of(subscription("web", *feeds)), ManagedCluster.of(cluster("shanghai")), snapshot, overlay
    )


def test_what_servers_wrote_on_an_object_makes_no_difference() -> None:
    metadata = {**WEB["metadata"], "uid": "u", "resourceVersion": "7", "creationTimestamp": None, "labels": {}}
    served = {**WEB, "metadata": metadata, "status": {}}
    assert content_of(description("Generic", raw=[encoded(served)])) == wanted(feed(WEB))


def test_a_difference_of_content_is_one() -> None:
    other = {**WEB, "data": {"color": "green"}}
    assert content_of(description("Generic", raw=[encoded(other)])) != wanted(feed(WEB))


def test_of_a_chart_the_spec_and_the_values_count() -> None:
    served = {**CHART, "metadata": {**CHART["metadata"], "uid": "u"}, "status": {"phase": "Found"}}
    charts = [{"namespace": "default", "name": "redis"}]
    blank = description("Helm", charts=charts, chartRaw=[encoded(served)], raw=[encoded(" ")])
    assert content_of(blank) == wanted(feed(CHART))
    valued = description("Helm", charts=charts, chartRaw=[encoded(served)], raw=[encoded({"a": 1})])
    assert content_of(valued) != wanted(feed(CHART))


def test_what_cannot_be_read_is_missed() -> None:
    damaged = ["%%%", encoded("no json"), encoded([1]), encoded({"kind": "ConfigMap"})]
    assert content_of(description("Generic", raw=damaged)) == {}
    chart = description("Helm", charts=[{"namespace": "default", "name": "redis"}])
    assert list(content_of(chart).values()) == [{"spec": None, "values": None}]
