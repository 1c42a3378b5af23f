# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a Description is made again, and what is in it (reference, section "Overrides")."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.overlay import Overlay
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered, Renderer, decode
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
    subscription,
)

WEB = config_map(color="blue")


def render(*objects: dict[str, Any]) -> Rendered:
    """Render the first Subscription in the first cluster."""
    snapshot = Snapshot.of(parse_stored(raw, "test")[0] for raw in objects)
    renderer = Renderer(snapshot, Overlay(snapshot, GoYaml(), strict=False))
    return renderer.render(snapshot.subscriptions[0], snapshot.clusters[0])


def delivered(rendered: Rendered) -> dict[str, Any]:
    """The only object of the only Description."""
    (description,) = rendered.descriptions
    (text,) = description["spec"]["raw"]
    return decode(text)


def hub(*policies: dict[str, Any], web: dict[str, Any] | None = None, **spec: Any) -> list[dict[str, Any]]:
    """A hub with one cluster, one ConfigMap and one Subscription."""
    return [cluster("a", region="cn"), manifest(web or WEB), subscription("web", feed(WEB), **spec), *policies]


def again(first: Rendered, *objects: dict[str, Any]) -> Rendered:
    """Render once more, with what the first time left on the hub."""
    stored = [
        {**raw, "metadata": {**raw["metadata"], "creationTimestamp": "2026-01-02T00:00:00Z"}}
        for raw in first.descriptions
    ]
    return render(*objects, first.base, *stored)


def paint(color: str, **spec: Any) -> dict[str, Any]:
    return globalization("paint", feed(WEB), merge(f"data: {{color: {color}}}"), **spec)


def test_base_and_description_carry_clusternets_names_labels_and_owner() -> None:
    rendered = render(*hub())
    (description,) = rendered.descriptions
    base = rendered.base
    assert base["metadata"]["name"].startswith("web-")
    assert base["metadata"]["namespace"] == "clusternet-a"
    assert base["spec"] == {"feeds": [feed(WEB)]}
    assert base["metadata"]["labels"] == {
        "clusternet.io/created-by": "multicluster.apps",
        "apps.clusternet.io/config.kind": "Subscription",
        "apps.clusternet.io/config.namespace": "default",
        "apps.clusternet.io/config.name": "web",
        "apps.clusternet.io/config.uid": "uid-default-web",
        "apps.clusternet.io/subs.name": "web",
        "apps.clusternet.io/subs.namespace": "default",
        "apps.clusternet.io/subs.uid": "uid-default-web",
        "clusters.clusternet.io/cluster-id": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57",
        "clusters.clusternet.io/cluster-name": "a",
    }
    assert description["metadata"]["name"] == f"{base['metadata']['name']}-generic"
    labels = description["metadata"]["labels"]
    assert labels["apps.clusternet.io/config.kind"] == "Base"
    assert labels["apps.clusternet.io/config.uid"] == base["metadata"]["uid"]
    assert labels["apps.clusternet.io/subs.name"] == "web"
    (owner,) = description["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("Base", base["metadata"]["name"], base["metadata"]["uid"])
    assert description["spec"]["deployer"] == "Generic"


def test_a_second_rendering_gives_the_same_bytes() -> None:
    policies = (
        paint("red"),
        localization("late", "clusternet-a", feed(WEB), merge("data: {b: x}"), overridePolicy="ApplyLater"),
    )
    first = render(*hub(*policies))
    second = again(first, *hub(*policies))
    assert second.base == first.base
    assert [raw["spec"] for raw in second.descriptions] == [raw["spec"] for raw in first.descriptions]
    assert [raw["metadata"]["annotations"] for raw in second.descriptions] == [
        raw["metadata"]["annotations"] for raw in first.descriptions
    ]


@pytest.mark.parametrize(
    ("before", "after", "color"),
    [
        pytest.param([], [paint("red")], "red", id="an ApplyNow policy counts at once"),
        pytest.param([paint("red")], [paint("green")], "green", id="a changed ApplyNow policy counts at once"),
        pytest.param([paint("red")], [], "blue", id="a deleted ApplyNow policy is taken back at once"),
        pytest.param([], [paint("red", overridePolicy="ApplyLater")], "blue", id="a new ApplyLater policy waits"),
        pytest.param(
            [paint("red", overridePolicy="ApplyLater")],
            [paint("green", overridePolicy="ApplyLater")],
            "red",
            id="a changed ApplyLater policy waits",
        ),
        pytest.param(
            [paint("red", overridePolicy="ApplyLater")], [], "red", id="a deleted ApplyLater policy stays in effect"
        ),
        pytest.param(
            [paint("red")],
            [paint("green", overridePolicy="ApplyLater")],
            "red",
            id="a policy that turns ApplyLater does nothing by itself",
        ),
        pytest.param(
            [paint("red", overridePolicy="ApplyLater")],
            [paint("green")],
            "green",
            id="a policy that turns ApplyNow counts",
        ),
        pytest.param(
            [paint("red")],
            [paint("red", clusterAffinity={"matchLabels": {"region": "eu"}})],
            "blue",
            id="an ApplyNow policy that selects the cluster no longer is taken back",
        ),
    ],
)
def test_when_a_policy_counts(before: list[dict[str, Any]], after: list[dict[str, Any]], color: str) -> None:
    assert delivered(again(render(*hub(*before)), *hub(*after)))["data"]["color"] == color


def test_an_apply_later_policy_counts_when_the_description_is_new() -> None:
    assert delivered(render(*hub(paint("red", overridePolicy="ApplyLater"))))["data"]["color"] == "red"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"web": config_map(color="blue", size="xl")}, id="a fed object changed"),
        pytest.param({"priority": 7}, id="the Subscription changed"),
    ],
)
def test_another_reason_brings_waiting_policies_along(changed: dict[str, Any]) -> None:
    later = paint("red", overridePolicy="ApplyLater")
    assert delivered(again(render(*hub()), *hub(later, **changed)))["data"]["color"] == "red"


def test_a_policy_that_turned_later_and_is_then_deleted_stays_in_effect() -> None:
    first = render(*hub(paint("red")))
    second = again(first, *hub(paint("red", overridePolicy="ApplyLater")))
    assert delivered(again(second, *hub()))["data"]["color"] == "red"


def test_a_description_that_someone_edited_is_made_again() -> None:
    first = render(*hub())
    first.descriptions[0]["spec"] = {"deployer": "Generic", "raw": []}
    assert delivered(again(first, *hub()))["data"] == {"color": "blue"}


def test_an_object_is_delivered_without_what_belongs_to_the_hub() -> None:
    web = {**WEB, "metadata": {**WEB["metadata"], "uid": "1", "managedFields": []}, "status": {"a": 1}}
    assert delivered(render(*hub(web=web))) == WEB


def test_a_feed_without_its_object_names_the_feed() -> None:
    with pytest.raises(InvalidInput, match="feed v1/ConfigMap/shop/web: the hub holds no such object"):
        render(cluster("a"), subscription("web", feed(WEB)))


def test_a_patch_that_misses_is_a_warning_that_names_policy_and_path() -> None:
    patch = {"name": "miss", "type": "JSONPatch", "value": '[{"op":"replace","path":"/spec/replicas","value":3}]'}
    (warning,) = render(*hub(globalization("g", feed(WEB), patch))).warnings
    assert "Globalization" in warning
    assert "/spec/replicas" in warning
