# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo, as `make demo` runs it: what the README promises is in the files that it delivers."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.integration.support.project import ROOT, Project

pytestmark = pytest.mark.integration

REGIONS = {"cn": {"beijing", "shanghai"}, "eu": {"dublin", "frankfurt", "paris"}}
REPLICAS = {"beijing": 4, "dublin": 2, "frankfurt": 3, "paris": 3, "shanghai": 6}
STOREFRONT, CONFIG = "Deployment shop/storefront", "ConfigMap shop/shop-config"


@pytest.fixture
def demo(project: Project) -> Project:
    """A copy of the demo, without what a run left there."""
    for source in sorted((ROOT / "demo").rglob("*")):
        path = source.relative_to(ROOT / "demo")
        if source.is_file() and path.parts[0] not in ("fleet", "out"):
            project.write(str(path), source.read_text(encoding="utf-8"))
    return project


def test_the_demo(demo: Project) -> None:
    first = demo.play("playbook.yml").ok()
    delivered = {name: demo.objects(f"out/{name}") for name in REPLICAS}
    assert sorted(path.name for path in (demo.path / "out").iterdir()) == sorted(REPLICAS)
    _assert_application(delivered)
    _assert_policies(delivered)
    _assert_only_those(delivered)
    said = first.task("Say what went where").message
    for name in REPLICAS:
        assert f"{name}: 17 created, 0 updated, 0 pruned, 0 unchanged in {demo.path}/out/{name}" in said
    assert f"{demo.path}/fleet" in said

    before = demo.files("fleet"), demo.files("out")
    second = demo.play("playbook.yml").ok()
    assert second.changed == []
    assert "changed=0 " in second.output
    assert (demo.files("fleet"), demo.files("out")) == before
    assert "0 created, 0 updated, 0 pruned, 17 unchanged" in second.task("Say what went where").message


def _assert_application(delivered: dict[str, dict[str, Any]]) -> None:
    """The same objects everywhere, of all the kinds that a user would recognise."""
    names = set(delivered["paris"])
    assert all(set(objects) == names for objects in delivered.values())
    assert len(names) == 17
    assert {name.split()[0] for name in names} == {
        "ConfigMap", "CronJob", "CustomResourceDefinition", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Namespace",
        "NetworkPolicy", "PodDisruptionBudget", "Promotion", "Role", "RoleBinding", "Secret", "Service", "ServiceAccount",
    }  # fmt: skip


def _assert_policies(delivered: dict[str, dict[str, Any]]) -> None:
    """A label for all, a name and a number for each, a sidecar in one region, embedded configuration in two clusters."""
    for cluster, objects in delivered.items():
        for raw in objects.values():
            assert raw["metadata"]["labels"]["shop.example.com/cost-center"] == "web-shop"
        spec = objects[STOREFRONT]["spec"]
        assert spec["replicas"] == REPLICAS[cluster]
        containers = {container["name"]: container for container in spec["template"]["spec"]["containers"]}
        assert {"name": "CLUSTER_NAME", "value": cluster} in containers["storefront"]["env"]
        assert ("log-shipper" in containers) == (cluster in REGIONS["cn"])
        shop = json.loads(objects[CONFIG]["data"]["shop.json"])
        assert (shop["currency"] == "CNY") == (cluster == "shanghai")
        assert ("invoice" in shop["payment"]) == (cluster != "shanghai")
        ranking = yaml.safe_load(objects[CONFIG]["data"]["catalog.yaml"])["search"]["ranking"]
        assert ranking == ("experimental" if cluster == "dublin" else "classic")


def _assert_only_those(delivered: dict[str, dict[str, Any]]) -> None:
    """Where no policy says so, nothing differs but the Description that owns the object."""
    for name, raw in delivered["paris"].items():
        if name not in (STOREFRONT, CONFIG):
            assert all(_unowned(objects[name]) == _unowned(raw) for objects in delivered.values())


def _unowned(raw: dict[str, Any]) -> dict[str, Any]:
    annotations = {**raw["metadata"].get("annotations", {})}
    assert annotations.pop("apps.clusternet.io/owned-by-description").startswith("clusternet-")
    return {**raw, "metadata": {**raw["metadata"], "annotations": annotations}}


def test_the_readme_shows_the_playbook_whole() -> None:
    readme, playbook = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "demo/playbook.yml"))
    shown = readme.split("<!-- begin demo/playbook.yml -->")[1].split("<!-- end demo/playbook.yml -->")[0]
    assert shown.strip() == f"```yaml\n{playbook.strip()}\n```"
