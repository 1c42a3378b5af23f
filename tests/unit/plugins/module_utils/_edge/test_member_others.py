# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others do to a directory cluster: another cluster that uses it too, hands that edit its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_directory import DirectoryMember
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    ClusterOutcome,
    DeliveryOptions,
    Desired,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock

Raw = dict[str, Any]


def config_map(name: str) -> Raw:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": "green"}}


def run(directory: Path, *raws: Raw, hub: str = "hub", base: str = "web", **options: Any) -> ClusterOutcome:
    """Deliver the objects as the Base `base` of the hub namespace `hub`."""
    objects = tuple(Desired(ObjectKey.of(raw), raw, f"{hub}.{base}-generic") for raw in raws)
    bundle = Bundle("one", hub, (ApplySet(base, f"default/{base}", objects),))
    clock = Clock(lambda: 0.0, lambda _seconds: None)
    return deliver(DirectoryMember("one", str(directory)), bundle, DeliveryOptions(**options), clock)


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("base", ["web", "db"])
@pytest.mark.parametrize("check", [True, False])
def test_a_directory_that_another_cluster_uses_is_refused_and_loses_nothing(
    tmp_path: Path, base: str, check: bool
) -> None:
    run(tmp_path, config_map("a"))
    before = files(tmp_path)
    outcome = run(tmp_path, config_map("b"), hub="hub-2", base=base, adopt=True, check=check)
    assert "the Description hub.web-generic" in outcome.failed[0].reason
    assert "multicluster_directory" in outcome.failed[0].reason
    assert files(tmp_path) == before
    # One that delivers nothing any more does not empty the list of the other.
    assert not run(tmp_path, hub="hub-2", base=base, check=check).changed
    assert files(tmp_path) == before


def test_what_both_clusters_want_is_refused_or_adopted_one_by_one(tmp_path: Path) -> None:
    run(tmp_path, config_map("a"))
    before = files(tmp_path)
    assert "Description hub.web-generic" in run(tmp_path, config_map("a"), hub="hub-2").failed[0].reason
    assert files(tmp_path) == before
    assert run(tmp_path, config_map("a"), config_map("b"), hub="hub-2", adopt=True).ok
    listed = yaml.safe_load((tmp_path / "kustomization.yaml").read_text())["resources"]
    assert listed == ["shop/configmap-a.yaml", "shop/configmap-b.yaml"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"ownerReferences": ["x"]},
        {"ownerReferences": 5},
        {"finalizers": 5, "deletionTimestamp": "2026-01-01T00:00:00Z"},
        {"labels": {"applyset.kubernetes.io/part-of": ["x"]}},
        {"labels": 5},
        {"labels": {5: None, "a": 1}},
        {"annotations": {"apps.clusternet.io/owned-by-description": ["x"]}},
    ],
)
def test_odd_metadata_in_a_file_ends_nothing(tmp_path: Path, metadata: Raw) -> None:
    run(tmp_path, config_map("odd"), config_map("a"))
    path = tmp_path / "shop" / "configmap-odd.yaml"
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**content, "metadata": {**content["metadata"], **metadata}}))
    for wanted in ([config_map("a")], [config_map("a"), config_map("odd")]):
        outcome = run(tmp_path, *wanted, check=True)
        assert outcome.errors == ()
        assert "a" in [item.key.name for item in outcome.unchanged]
