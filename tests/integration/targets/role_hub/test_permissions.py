# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ClusterRoles allow what the plugins do, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run

pytestmark = pytest.mark.integration

USER, REGISTRAR, VIEWER = (f"multicluster-apps-hub-{name}" for name in ("user", "registrar", "viewer"))
APPS, CLUSTERS, LEASES = "apps.clusternet.io", "clusters.clusternet.io", "coordination.k8s.io"
DEPLOYER = "child-cluster-deployer"

# Verb, group, resource, name; and who of the three may.
QUESTIONS: list[tuple[str, str, str, str, set[str]]] = [
    ("list", APPS, "subscriptions", "", {USER, VIEWER}),
    ("update", APPS, "subscriptions", "web", {USER}),
    ("delete", APPS, "descriptions", "web", {USER}),
    ("update", APPS, "subscriptions/status", "web", {USER}),
    ("update", CLUSTERS, "managedclusters/status", "one", {USER}),
    ("create", CLUSTERS, "managedclusters", "", {USER}),
    ("list", CLUSTERS, "clusterregistrationrequests", "", {USER, VIEWER}),
    ("create", CLUSTERS, "clusterregistrationrequests", "", set()),
    ("create", "", "namespaces", "", {USER}),
    ("patch", "", "namespaces", "one", {USER}),
    ("delete", "", "namespaces", "one", set()),
    ("list", "", "secrets", DEPLOYER, {USER, REGISTRAR}),
    ("list", "", "secrets", "", set()),
    ("get", "", "secrets", "other", set()),
    ("create", "", "secrets", "", {REGISTRAR}),
    ("update", "", "secrets", DEPLOYER, {REGISTRAR}),
    ("delete", "", "secrets", DEPLOYER, {REGISTRAR}),
    ("update", "", "secrets", "other", set()),
    ("list", "apps", "controllerrevisions", "", {USER, VIEWER}),
    ("delete", "apps", "controllerrevisions", "one", {USER}),
    ("create", LEASES, "leases", "", {USER}),
    ("update", LEASES, "leases", "multicluster-apps-hub", {USER}),
    ("update", LEASES, "leases", "clusternet-scheduler", set()),
    ("list", LEASES, "leases", "", {USER, VIEWER}),
    ("list", "", "pods", "", set()),
    ("create", "apps", "deployments", "", set()),
    ("create", "apiextensions.k8s.io", "customresourcedefinitions", "", set()),
    ("bind", "rbac.authorization.k8s.io", "clusterroles", USER, set()),
]


@pytest.fixture(scope="module")
def bound(installed: ClusterAccess) -> Iterator[ClusterAccess]:
    """A user for each role, of the role's name."""
    for role in (USER, REGISTRAR, VIEWER):
        installed.kubectl("create", "clusterrolebinding", role, f"--clusterrole={role}", f"--user={role}")
    yield installed
    installed.kubectl("delete", "clusterrolebinding", USER, REGISTRAR, VIEWER)


def test_who_may_do_what(bound: ClusterAccess) -> None:
    reviews, expected = [], []
    for verb, group, resource, name, may in QUESTIONS:
        main, _slash, sub = resource.partition("/")
        attributes = {
            "verb": verb,
            "group": group,
            "resource": main,
            "subresource": sub,
            "name": name,
            "namespace": "one",
        }
        for who in (USER, REGISTRAR, VIEWER):
            spec = {"user": who, "resourceAttributes": attributes}
            reviews.append({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
            expected.append((who, verb, resource, name, who in may))
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": reviews})
    path = '-o=jsonpath={.status.allowed}{"\\n"}'
    answers = bound.kubectl("create", "--validate=false", path, "-f", "-", stdin=text).stdout.split()
    allowed = [answer == "true" for answer in answers]
    assert [(*line[:-1], is_allowed) for line, is_allowed in zip(expected, allowed, strict=True)] == expected


def run_as(project: Project, access: ClusterAccess, who: str, *tasks: Any) -> Run:
    hub = {"kubeconfig": str(access.kubeconfig), "impersonate_user": who}
    return project.tasks(*tasks, hub_dir=None, **hub)


def test_a_user_distributes_and_a_viewer_looks(bound: ClusterAccess, project: Project) -> None:
    project.inventory({"one": {"multicluster_directory": "out/one"}})
    selects = [{"clusterAffinity": {}}]
    feed = {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "settings"}
    subscription = {
        "apiVersion": f"{APPS}/v1alpha1",
        "kind": "Subscription",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"subscribers": selects, "feeds": [feed]},
    }
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "shop"},
        "data": {},
    }
    project.write("app/all.yml", (subscription, settings))
    distribute = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app"}}
    info = {"multicluster.apps.info": {}}
    assert run_as(project, bound, USER, distribute).ok().only.changed
    assert bound.kubectl("get", "descriptions", "--all-namespaces", "-o", "name").stdout.count("\n") == 1
    assert not run_as(project, bound, USER, distribute).ok().only.changed
    assert "child-cluster-deployer" not in run_as(project, bound, USER, info).ok().only.warnings
    assert "secrets" not in run_as(project, bound, VIEWER, info).ok().only.warnings
    refused = run_as(
        project, bound, VIEWER, {"multicluster.apps.apply": {"definition": subscription, "state": "absent"}}
    )
    assert f'User "{VIEWER}" cannot' in refused.failure().message
