# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules make of their options: where objects come from, in the same words on every machine, and what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import MANAGED_CLUSTER_SPEC
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_tasks import managed_cluster, source_of


@pytest.mark.parametrize(
    ("paths", "source"),
    [
        (["/srv/ops/app"], "../app"),
        (["/srv/ops/app", None], "../app"),
        (["/srv/ops/app", "/srv/ops/templates/web.yml.j2"], "../app,../templates/web.yml.j2"),
        (["/srv/ops/app/*.yml"], "../app/*.yml"),
        ([None], None),
        ([], None),
    ],
)
def test_a_source_is_relative_to_the_hub(paths: list[str | None], source: str | None) -> None:
    assert source_of(None, paths, "/srv/ops/fleet") == source


@pytest.mark.parametrize(
    ("given", "hub_dir", "source"),
    [("shop", "/srv/ops/fleet", "shop"), ("shop", None, "shop"), (None, None, None), ("", None, None)],
)
def test_a_name_is_the_source_and_an_api_server_has_no_other(
    given: str | None, hub_dir: str | None, source: str | None
) -> None:
    assert source_of(given, ["/srv/ops/app"], hub_dir) == source


def test_another_clone_has_the_same_source() -> None:
    assert source_of(None, ["/a/ops/app"], "/a/ops/fleet") == source_of(None, ["/b/c/ops/app/"], "/b/c/ops/fleet")


def test_a_managed_cluster_that_is_on_the_hub_is_meant_wherever_it_is(tmp_path: Path) -> None:
    def stored(**given: Any) -> dict[str, Any]:
        options = {name: option.get("default") for name, option in MANAGED_CLUSTER_SPEC.items()}
        params = {**options, "hub_dir": str(tmp_path / "fleet"), "name": "shanghai", **given}
        return managed_cluster(params, check=False, diff=False)

    agents = {"namespace": "clusternet-x7d2k", "cluster_id": "6d0ef0c1-53a1-4c5e-9b43-0f6f0a8e3f57"}
    assert stored(**agents)["created"] == ["ManagedCluster clusternet-x7d2k/shanghai"]
    labelled = stored(labels={"tier": "gold"})
    assert (labelled["created"], labelled["updated"]) == ([], ["ManagedCluster clusternet-x7d2k/shanghai"])
    assert stored(name="tokyo")["created"] == ["ManagedCluster clusternet-tokyo/tokyo"]
    assert stored(state="absent")["removed"] == ["ManagedCluster clusternet-x7d2k/shanghai"]
