# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which policies change an object in a cluster, in which order."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    localization,
    manifest,
    merge,
)

WEB = config_map(color="blue")
TARGET = feed(WEB)


def color(value: str) -> dict[str, Any]:
    return merge(f'{{"data":{{"color":"{value}"}}}}')


def laid(*policies: dict[str, Any], strict: bool = False, others: tuple[dict[str, Any], ...] = ()) -> Any:
    objects = (cluster("a", region="cn"), manifest(WEB), *others, *policies)
    snapshot = Snapshot.of(parse_stored(raw, "test")[0] for raw in objects)
    overlay = Overlay(snapshot, GoYaml(), strict=strict)
    return overlay, overlay.lay(snapshot.clusters[0], snapshot.manifests[0], "default/web"), snapshot


@pytest.mark.parametrize(
    ("policies", "data"),
    [
        ([], {"color": "blue"}),
        ([globalization("g", TARGET, color("red"))], {"color": "red"}),
        ([globalization("g", feed(config_map("other")), color("red"))], {"color": "blue"}),
        ([globalization("g", TARGET, color("red"), clusterAffinity={"matchLabels": {"region": "eu"}})], WEB["data"]),
        (
            [globalization("g", TARGET, color("red"), clusterAffinity={"matchLabels": {"region": "cn"}})],
            {"color": "red"},
        ),
        ([localization("l", "clusternet-a", TARGET, color("red"))], {"color": "red"}),
        ([localization("l", "clusternet-b", TARGET, color("red"))], {"color": "blue"}),
        # The cluster has the last word, and among equals the higher priority.
        ([globalization("g", TARGET, color("red")), localization("l", "clusternet-a", TARGET, color("own"))], "own"),
        ([globalization(n, TARGET, color(n), priority=p) for n, p in (("low", 1), ("high", 9))], "high"),
    ],
)
def test_what_an_object_becomes(policies: list[dict[str, Any]], data: Any) -> None:
    expected = {"color": data} if isinstance(data, str) else data
    _overlay, result, _snapshot = laid(*policies)
    assert result.generic["data"] == expected


def test_a_policy_that_cannot_be_applied_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"Globalization g"):
        laid(globalization("g", TARGET, merge("{")))


def test_only_policies_that_apply_now_are_a_reason_of_their_own() -> None:
    overlay, _result, snapshot = laid(
        globalization("now", TARGET, color("red")),
        globalization("later", TARGET, color("red"), overridePolicy="ApplyLater"),
        localization("elsewhere", "clusternet-b", TARGET, color("red")),
    )
    assert list(overlay.now(snapshot.clusters[0], snapshot.manifests, "default/web")) == ["Globalization/now"]
    assert set(overlay.policies) == {
        "Globalization/now",
        "Globalization/later",
        "Localization/clusternet-b/elsewhere",
    }
