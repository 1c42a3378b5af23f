# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which policies apply to a Description, in which order, and what they make of it: `descriptions.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import (
    CompiledOverrides,
    compile_overrides,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.policies import in_order
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed
from ansible_collections.multicluster.apps.plugins.module_utils._model.policies import Globalization, Localization

CODEC = GoYaml()

_CHART = {
    "apiVersion": "apps.clusternet.io/v1alpha1",
    "kind": "HelmChart",
    "metadata": {"name": "nginx", "namespace": "shop"},
    "spec": {"chart": "nginx", "targetNamespace": "web"},
}
_DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"labels": {"a": "second"}, "name": "web", "namespace": "shop"},
    "spec": {"replicas": 1},
}

RIGHT_ANSWERS = {
    "same-priority-later-minute-globalization#8594bc39": (
        "the older comes first by its whole creation time, so the younger wins, also when its seconds are fewer",
        {"output": {"raw": [_DEPLOYMENT]}},
    ),
    "chart-whole-spec-null#6b243ddb": (
        "overrides can change anything of a HelmChart but spec.chart and spec.targetNamespace",
        {"output": {"raw": [None], "chartRaw": [_CHART]}},
    ),
}


@pytest.mark.golden("descriptions", right_answers=RIGHT_ANSWERS)
def test_descriptions(case):
    if case.error is not None:
        with pytest.raises(InvalidInput):
            _rendered(case.input)
    else:
        # `outputs`: what Clusternet gave in several runs, where its own order is not stable.
        assert _rendered(case.input) in case.marks.get("outputs", [case.output])


def _rendered(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["deployer"] == "Generic":
        return {"raw": [_overrides(given, Feed.to(raw)).apply(raw).generic for raw in given["raw"]]}
    laid = [_overrides(given, Feed.to(chart)).apply_to_chart(chart) for chart in given["chartRaw"]]
    return {"raw": [each.generic for each in laid], "chartRaw": [each.chart for each in laid]}


def _overrides(given: Mapping[str, Any], feed: Feed) -> CompiledOverrides:
    globalizations = [Globalization.of(raw) for raw in given["globalizations"]]
    localizations = [Localization.of(raw) for raw in given["localizations"]]
    policies = in_order(
        _cluster_labels(given),
        [policy for policy in globalizations if policy.feed == feed],
        [policy for policy in localizations if policy.feed == feed and policy.meta.namespace == given["namespace"]],
    )
    chain = CompiledOverrides()
    for policy in policies:
        chain += compile_overrides(policy.overrides, CODEC, origin=policy.meta.name)
    return chain


def _cluster_labels(given: Mapping[str, Any]) -> Mapping[str, str]:
    for cluster in given.get("clusters", []):
        if cluster["metadata"]["namespace"] == given["namespace"]:
            return cluster["metadata"].get("labels", {})
    return {}
