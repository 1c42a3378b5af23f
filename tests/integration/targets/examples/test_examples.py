# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of every plugin run as they stand, on a hub that holds what they speak of."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.integration.support.project import ROOT, Project

pytestmark = pytest.mark.integration

KINDS = ("modules", "lookup", "filter", "inventory", "test")
PLUGINS = sorted(
    path.relative_to(ROOT / "plugins")
    for kind in KINDS
    for path in (ROOT / "plugins" / kind).glob("*.py")
    if path.name != "__init__.py"
)
# On hosts that are clusters; all others are for localhost.
ON_CLUSTERS = {Path("modules/deploy.py"), Path("modules/cluster_access.py"), Path("test/matches_affinity.py")}
# Only the clusters are on the hub.
WITHOUT_AN_APPLICATION = {Path("modules/status.py")}
# What these make is not there before; for all others the application is on the hub and delivered.
ON_AN_EMPTY_HUB = {
    Path("modules/register.py"),
    Path("modules/managed_cluster.py"),
    Path("modules/apply.py"),
    Path("modules/cluster_access.py"),
    Path("modules/hub_setup.py"),
}
# A directory has no accounts, and cannot be asked how it is.
WITH_REAL_CLUSTERS = {Path("modules/cluster_access.py"), Path("modules/status.py")}
# Stores for Clusternet's controllers, too.
BESIDE_CLUSTERNET = {Path("modules/distribute.py")}
# What looks back needs something to look back at: the revisions 1 to 3.
WITH_A_PAST = {Path("modules/info.py"), Path("modules/rollback.py")}
COLORS = ("red", "green")
FEED = {"api_version": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "web"}


def examples(plugin: Path) -> str:
    """The block EXAMPLES."""
    tree = ast.parse((ROOT / "plugins" / plugin).read_text(encoding="utf-8"))
    (text,) = (
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [getattr(target, "id", None) for target in node.targets] == ["EXAMPLES"]
    )
    return str(text)


def surroundings(plugin: Path, text: str) -> list[str]:
    """The fixtures with what the examples of a plugin speak of."""
    wanted = {
        "home": "~/.kube/" in text,
        "real_clusters": plugin in WITH_REAL_CLUSTERS,
        "controllers": plugin in BESIDE_CLUSTERNET,
    }
    return [name for name, needed in wanted.items() if needed]


def prepare(project: Project, plugin: Path) -> None:
    """Have on the hub what the examples of a plugin look at."""
    if plugin in WITHOUT_AN_APPLICATION:
        project.tasks({"multicluster.apps.register": {"group": "managed_clusters"}}).ok()
    elif plugin not in ON_AN_EMPTY_HUB:
        project.tasks({"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}).ok()
    for color in COLORS if plugin in WITH_A_PAST else ():
        policy = {"type": "MergePatch", "value": f"{{metadata: {{labels: {{color: {color}}}}}}}"}
        paint = {"name": "paint", "feed": FEED, "override_policy": "ApplyNow", "overrides": [policy]}
        project.tasks({"multicluster.apps.globalization": paint}, {"multicluster.apps.distribute": {}}).ok()


def test_there_are_plugins() -> None:
    assert len(PLUGINS) >= 14


@pytest.mark.parametrize("plugin", PLUGINS, ids=str)
def test_examples(project: Project, plugin: Path, request: pytest.FixtureRequest) -> None:
    text = examples(plugin)
    for name in surroundings(plugin, text):
        request.getfixturevalue(name)
    prepare(project, plugin)
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    assert any(f"multicluster.apps.{plugin.stem}" in yaml.safe_dump(task) for task in tasks)
    hosts = "managed_clusters" if plugin in ON_CLUSTERS else "localhost"
    project.write("examples.yml", [{"name": "Examples", "hosts": hosts, "gather_facts": False, "tasks": tasks}])
    run = project.play("examples.yml").ok()
    count = 2 if plugin in ON_CLUSTERS else 1
    assert len(run.tasks) == count * len(tasks)
