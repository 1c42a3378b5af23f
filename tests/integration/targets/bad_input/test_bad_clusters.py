# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters whose variables are wrong, that cannot be reached, or whose names Kubernetes would not take."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says, ignored
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

STORE_AND_DISTRIBUTE = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
"""


def test_cluster_variables(project: Project) -> None:
    """A wrong value is found before anything is stored; a wrong place when its cluster is delivered to, and there alone."""
    wrong: dict[str, tuple[dict[str, Any], list[str]]] = {
        "untemplated": ({"multicluster_kubeconfig": "{{ not_defined }}"}, ["multicluster_kubeconfig", "not_defined"]),
        "contradiction": (
            {"multicluster_directory": "out", "multicluster_host": "https://a"},
            ["multicluster_directory"],
        ),
        "labels": ({"multicluster_directory": "out", "multicluster_labels": ["a"]}, ["multicluster_labels", "mapping"]),
        "label": ({"multicluster_directory": "out", "multicluster_labels": {"a b": "c"}}, ["a b"]),
        "value": ({"multicluster_directory": "out", "multicluster_labels": {"a": "b c"}}, ["b c"]),
        "taints": (
            {"multicluster_directory": "out", "multicluster_taints": [{"key": "a", "effect": "No"}]},
            ["NoExecute"],
        ),
        "id": ({"multicluster_directory": "out", "multicluster_cluster_id": "5"}, ["multicluster_cluster_id", "UUID"]),
        "namespace": ({"multicluster_directory": "out", "multicluster_namespace": "../out"}, ["../out"]),
        "certs": (
            {"multicluster_host": "https://a", "multicluster_validate_certs": "maybe"},
            ["validate_certs", "true"],
        ),
    }
    groups = {f"group_{name}": {"hosts": {f"host-{name}": variables}} for name, (variables, _words) in wrong.items()}
    project.write("inventory.yml", {"managed_clusters": {"children": groups}})
    tasks = {name: {"multicluster.apps.register": {"group": f"group_{name}"}} for name in wrong}
    together = {"distribute": {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}}
    run = project.tasks(*ignored(tasks | together))
    assert "Traceback" not in run.output
    for name, (_variables, words) in wrong.items():
        assert_says(run.task(name), f"host-{name}", *words)
    assert run.task("distribute").failed
    assert not (project.path / "out").exists()
    assert not project.objects("fleet")


def test_clusters_that_cannot_be_reached(project: Project) -> None:
    project.write("broken", "clusters: [")
    wrong = {
        "missing": ({"multicluster_kubeconfig": "nowhere/config"}, ["nowhere/config", "multicluster_kubeconfig"]),
        "malformed": ({"multicluster_kubeconfig": "broken"}, ["broken", "multicluster_kubeconfig"]),
        "refused": (
            {"multicluster_host": "https://127.0.0.1:9", "multicluster_api_key": "hidden-token"},
            ["127.0.0.1:9"],
        ),
        "silent": ({}, ["multicluster_kubeconfig", "multicluster_directory", "child-cluster-deployer"]),
    }
    good = {"beijing": {"multicluster_directory": "out/beijing"}}
    project.inventory(good | {name: variables for name, (variables, _words) in wrong.items()})
    run = project.tasks(STORE_AND_DISTRIBUTE)
    failed = run.failure()
    assert sorted(failed.result["failed_clusters"]) == sorted(wrong)
    for name, (_variables, words) in wrong.items():
        assert_says(failed, f"cluster {name}", *words)
        (error,) = failed.result["clusters"][name]["errors"]
        assert all(word in error for word in words)
    assert failed.result["clusters"]["beijing"]["created"] == ["ConfigMap shop/web"]
    assert "hidden-token" not in run.output


def test_names_that_are_no_names_of_kubernetes(project: Project) -> None:
    """They work: a slug stands for them, and the full name is in an annotation."""
    long_group = "g" * 80
    project.inventory(
        {
            "web_01.example.com": {"multicluster_directory": "out/1"},
            "Große-Anlage": {"multicluster_directory": "out/2"},
        },
        **{long_group: ["web_01.example.com"]},
    )
    role = CONFIG_MAP.replace("name: web", "name: 'cert-manager-webhook:reviews'").replace(
        "v1\nkind: ConfigMap", "v1\nkind: Role"
    )
    role = role.replace("apiVersion: v1", "apiVersion: rbac.authorization.k8s.io/v1") + "rules: []\n"
    project.write("app/role.yml", role)
    text = (project.path / "app/web.yml").read_text(encoding="utf-8")
    feed = "    - {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, namespace: shop, name: 'cert-manager-webhook:reviews'}\n"
    project.write("app/web.yml", text + feed)
    done = project.tasks(STORE_AND_DISTRIBUTE).ok().only
    assert long_group in done.warnings
    for directory in ("out/1", "out/2"):
        assert set(project.objects(directory)) == {"ConfigMap shop/web", "Role shop/cert-manager-webhook:reviews"}
    full_names = {
        (raw["metadata"].get("annotations") or {}).get("multicluster.apps/full-name", raw["metadata"]["name"])
        for name, raw in project.objects("fleet").items()
        if name.startswith("ManagedCluster ")
    }
    assert full_names == {"web_01.example.com", "Große-Anlage"}
    chosen = project.tasks({"multicluster.apps.distribute": {"clusters": ["web_01.example.com"]}}).ok().only
    assert len(chosen.result["clusters"]) == 1
    assert project.tasks(STORE_AND_DISTRIBUTE).ok().changed == []
