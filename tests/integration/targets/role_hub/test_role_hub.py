# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `hub` on a real API server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run, Task

pytestmark = pytest.mark.integration

RunRole = Callable[..., Run]
KINDS = "crd,clusterrole,clusterrolebinding,namespace"
FIELD = "schedulingBySubGroup"


def task(run: Run) -> Task:
    """What the one of the role's two tasks gave that was not skipped."""
    (found,) = (task for task in run.tasks if task.name.startswith("Install what the hub lacks"))
    return found


def present(server: ClusterAccess) -> dict[str, str]:
    """What a hub is made of on the server: the version of each object by its name."""
    items = json.loads(server.kubectl("get", KINDS, "-o", "json").stdout)["items"]
    return {
        f"{raw['kind']} {raw['metadata']['name']}": raw["metadata"]["resourceVersion"]
        for raw in items
        if any(word in raw["metadata"]["name"] for word in ("clusternet", "multicluster"))
    }


def spec_of(server: ClusterAccess, plural: str = "subscriptions") -> Any:
    found = json.loads(server.kubectl("get", "crd", f"{plural}.apps.clusternet.io", "-o", "json").stdout)
    return found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]


def put(server: ClusterAccess, raw: Any) -> None:
    server.kubectl("create", "-f", "-", stdin=json.dumps(raw))
    server.kubectl("wait", "--for=condition=Established", f"crd/{raw['metadata']['name']}")


def without(crd: Any, field: str = FIELD, *, labels: Any = None) -> Any:
    """A definition without a field of the spec, as an older version would be."""
    del crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"][field]
    if labels is not None:
        crd["metadata"]["labels"] = labels
    return crd


def test_from_nothing_and_again(server: ClusterAccess, run_role: RunRole) -> None:
    assert present(server) == {}
    first = task(run_role().ok())
    assert first.changed
    assert len(first.result["created"]) == 15
    versions = present(server)
    assert sorted(first.result["created"]) == sorted(versions)
    for kind in ("subscriptions.apps.clusternet.io", "managedclusters.clusters.clusternet.io"):
        server.kubectl("get", kind, "--all-namespaces")  # served as soon as the task ends
    second = run_role("--diff").ok()
    assert second.changed == []
    assert task(second).result["diff"] == []
    assert present(server) == versions


def test_check_mode_on_an_empty_server(server: ClusterAccess, run_role: RunRole) -> None:
    group = [{"kind": "Group", "name": "deployers"}]
    told = task(run_role("--check", "--diff", hub_subjects=group).ok())
    assert present(server) == {}
    done = task(run_role(hub_subjects=group).ok())
    assert (
        told.result["created"] == done.result["created"] == [item["after_header"][5:] for item in told.result["diff"]]
    )
    assert sorted(told.result["created"]) == sorted(present(server))
    assert not task(run_role("--check", hub_subjects=group).ok()).changed


def test_a_definition_of_clusternets_is_left_alone(server: ClusterAccess, run_role: RunRole, crds: Any) -> None:
    put(server, without(crds["subscriptions"], labels={}))
    before = present(server)
    result = task(run_role().ok())
    assert result.result["kept"] == [
        {"object": "CustomResourceDefinition subscriptions.apps.clusternet.io", "reason": "made by somebody else"}
    ]
    assert f"lacks spec.{FIELD}" in result.warnings
    assert before.items() <= present(server).items()
    assert FIELD not in spec_of(server)


def test_an_older_definition_of_ours_is_updated_and_its_objects_stay(
    server: ClusterAccess, run_role: RunRole, crds: Any
) -> None:
    put(server, without(crds["subscriptions"]))
    stored = {
        "apiVersion": "apps.clusternet.io/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"feeds": [], "subscribers": [{"clusterAffinity": {}}]},
    }
    server.kubectl("create", "-f", "-", stdin=json.dumps(stored))
    assert "out of date" in task(run_role(hub_update_crds=False).ok()).warnings
    assert FIELD not in spec_of(server)
    result = task(run_role().ok())
    assert result.result["updated"] == ["CustomResourceDefinition subscriptions.apps.clusternet.io"]
    assert result.warnings == ""
    assert FIELD in spec_of(server)
    kept = server.kubectl("get", "sub", "web", "-o", "jsonpath={.spec.subscribers}").stdout
    server.kubectl("delete", "sub", "web")
    assert kept == '[{"clusterAffinity":{}}]'


def test_who_may_use_it_can_be_said_as_a_survey_would(server: ClusterAccess, run_role: RunRole) -> None:
    run_role(hub_subjects="kind=Group name=deployers,kind=ServiceAccount name=awx namespace=awx").ok()
    binding = json.loads(server.kubectl("get", "clusterrolebinding", "multicluster-apps-hub-user", "-o", "json").stdout)
    assert [item["name"] for item in binding["subjects"]] == ["deployers", "awx"]
    assert not task(run_role().ok()).changed  # nobody is named, nobody loses it
    assert task(run_role(hub_subjects=[]).ok()).changed


@pytest.mark.parametrize("how", ["module_defaults", "environment"])
def test_the_server_is_found_as_everywhere(
    server: ClusterAccess, run_role: RunRole, project: Project, how: str
) -> None:
    defaults = {"kubeconfig": str(server.kubeconfig), "lock_timeout": 5}
    if how == "environment":
        project.environment["K8S_AUTH_KUBECONFIG"] = str(server.kubeconfig)
        defaults = {}
    assert task(run_role("--check", hub_kubeconfig=None, defaults=defaults).ok()).changed


@pytest.mark.parametrize("how", ["module_defaults", "environment", "nowhere"])
def test_a_directory_needs_nothing_installed(run_role: RunRole, project: Project, how: str) -> None:
    if how == "environment":
        project.environment["MULTICLUSTER_HUB_DIR"] = "fleet"
    failure = run_role(hub_kubeconfig=None, defaults={"hub_dir": "fleet"} if how == "module_defaults" else {}).failure()
    expected = "no hub is named" if how == "nowhere" else f"{project.path}/fleet"
    assert expected in failure.message
    assert "kubeconfig or host" in failure.message


def test_without_permission_nothing_is_written_and_the_message_names_it(
    server: ClusterAccess, run_role: RunRole
) -> None:
    failure = run_role(hub_kubeconfig=str(server.unprivileged_kubeconfig)).failure()
    assert 'cannot get resource "customresourcedefinitions"' in failure.message
    assert "apiextensions.k8s.io" in failure.message
    assert present(server) == {}


def test_one_permission_that_is_missing_leaves_nothing_half_done(server: ClusterAccess, run_role: RunRole) -> None:
    """Who may make definitions, but no ClusterRoles."""
    server.kubectl(
        "create", "clusterrole", "some", "--verb=get,patch,create", "--resource=customresourcedefinitions,namespaces"
    )
    server.kubectl("create", "clusterrolebinding", "some", "--clusterrole=some", "--user=alice")
    try:
        failure = run_role(hub_impersonate_user="alice").failure()
    finally:
        server.kubectl("delete", "clusterrole/some", "clusterrolebinding/some")
    assert 'cannot get resource "clusterroles"' in failure.message
    assert present(server) == {}


def test_a_mistyped_option_is_refused_before_anything_is_done(server: ClusterAccess, run_role: RunRole) -> None:
    failure = run_role(hub_subjects=[{"kind": "Groups", "name": "deployers"}]).failure()
    assert "Group, ServiceAccount" in failure.message
    assert present(server) == {}
