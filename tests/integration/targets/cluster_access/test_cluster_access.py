# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `cluster`: a real cluster joins with least privilege, is delivered to with that alone, and leaves."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, Faults
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.cluster_access.conftest import (
    Joining,
    config_map,
    namespace,
)

pytestmark = pytest.mark.integration

SECRET = "fleet/clusternet-one/secrets/child-cluster-deployer.yaml"


@pytest.fixture
def joining(project: Project, member: ClusterAccess) -> Joining:
    return Joining(project, member, {"hub_dir": "fleet", "secrets": "plain"}, "one")


def token_of(project: Project) -> str:
    return base64.b64decode(project.read(SECRET)["data"]["token"]).decode()


def names_of(result: Any, where: str, verb: str) -> set[str]:
    return set(result[where][verb])


def test_a_cluster_joins_and_is_delivered_to_with_its_account_alone(joining: Joining, project: Project) -> None:
    account = f"multicluster-apps/{joining.account}"
    predicted = joining.result(joining.run("--check", "--diff"))
    assert not (project.path / "fleet").exists()
    done = joining.result(joining.run("--diff"))
    assert predicted["member"] == done["member"]
    assert predicted["hub"] == done["hub"]
    assert {f"ServiceAccount {account}", f"Role {account}", f"ClusterRole {joining.account}"} <= names_of(
        done, "member", "created"
    )
    assert done["hub"]["created"] == [
        "ManagedCluster clusternet-one/one",
        "Secret clusternet-one/child-cluster-deployer",
    ]
    assert done["token"]["reason"] == "there is none"

    again = joining.run()
    assert not again.changed
    joining.drop_variables()
    deployed = joining.distribute(namespace(project), config_map(project)).ok().task("task 1")
    assert deployed.result["clusters"]["one"]["location"] == joining.member.server
    asked = project.tasks({"multicluster.apps.status": {}}, secrets="plain").ok().only
    assert (asked.result["not_ready"], asked.warnings) == ([], "")
    assert joining.member.kubectl("get", "configmap", "settings", "-n", project.namespace, "-o", "name").stdout
    assert not joining.distribute(namespace(project), config_map(project)).ok().changed


def test_the_token_is_nowhere_but_in_its_secret(joining: Joining, project: Project) -> None:
    run = joining.run("--diff", "-vvv")
    token = token_of(project)
    assert run.returncode == 0, run.story
    assert len(token) > 100
    texts = [run.output, str(run.tasks), *(path.read_text() for path in project.path.rglob("*.yaml"))]
    encoded = base64.b64encode(token.encode()).decode()
    assert not [text for text in texts if token in text]
    assert [text for text in texts if encoded in text] == [(project.path / SECRET).read_text()]
    assert (project.path / SECRET).stat().st_mode & 0o777 == 0o600


def test_what_is_not_granted_is_refused_and_the_message_names_the_rule(joining: Joining, project: Project) -> None:
    joining.run().ok()
    joining.drop_variables()
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "reader", "namespace": project.namespace},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
    }
    refused = joining.distribute(namespace(project), config_map(project), role)
    assert_says(refused.failure(), "HTTP 403", 'api_groups: ["rbac.authorization.k8s.io"], resources: [roles]')
    joining.administrator()
    granted = joining.result(joining.run(cluster_rbac=True))
    assert granted["member"]["updated"] == [f"ClusterRole {joining.account}"]
    assert granted["hub"] == {"created": [], "updated": [], "removed": []}
    joining.drop_variables()
    joining.distribute(namespace(project), config_map(project), role).ok()


def test_access_can_be_limited_to_namespaces(joining: Joining, project: Project) -> None:
    home, other = project.namespace, f"{project.namespace}-b"
    joining.run(cluster_namespaces=[home, other]).ok()
    joining.drop_variables()
    joining.distribute(namespace(project), config_map(project)).ok()
    assert not joining.distribute(namespace(project), config_map(project)).ok().changed
    foreign = config_map(project)
    foreign["metadata"]["namespace"] = "default"
    refused = joining.distribute(namespace(project), config_map(project), foreign).failure()
    assert_says(refused, "HTTP 403", 'in the namespace "default"')
    joining.administrator()
    narrowed = joining.result(joining.run(cluster_namespaces=home))
    assert names_of(narrowed, "member", "removed") == {f"{kind} {other}/{home}" for kind in ("Role", "RoleBinding")}
    joining.member.kubectl("delete", "namespace", other, "--wait=false")


def test_a_token_is_renewed_in_time_and_not_before(joining: Joining, project: Project) -> None:
    first = joining.result(joining.run(cluster_token_lifetime=3600))["token"]
    assert first["renewed"]
    token = token_of(project)
    kept = joining.result(joining.run(cluster_token_lifetime=3600))
    assert kept["token"] == {"renewed": False, "reason": "", "expires": first["expires"]}
    due = joining.result(joining.run("--check", cluster_token_lifetime=3600, cluster_renew_before=3598))
    assert due["token"]["renewed"]
    assert token_of(project) == token
    renewed = joining.result(joining.run(cluster_token_lifetime=7200, cluster_renew_before=3598))
    assert renewed["hub"]["updated"] == ["Secret clusternet-one/child-cluster-deployer"]
    assert token_of(project) != token


def test_a_new_account_gets_a_new_token(joining: Joining, project: Project) -> None:
    joining.run().ok()
    joining.member.kubectl("delete", "serviceaccount", joining.account, "-n", "multicluster-apps")
    done = joining.result(joining.run())
    assert done["token"]["reason"] == "its service account was made anew"
    joining.drop_variables()
    joining.distribute(namespace(project)).ok()


def test_a_hub_that_refuses_secrets_refuses_before_anything_is_done(joining: Joining, project: Project) -> None:
    run = joining.run(cluster_hub_dir="fleet", cluster_hub_secrets="refuse")
    assert_says(run.failure(), "child-cluster-deployer", "secrets: vault")
    found = joining.member.kubectl("get", "clusterrole", joining.account, "--ignore-not-found")
    assert not found.stdout
    assert not (project.path / "fleet").exists()


def test_a_cluster_leaves_and_nothing_is_left(joining: Joining, project: Project) -> None:
    joining.run().ok()
    joining.drop_variables()
    joining.member.kubectl("create", "namespace", project.namespace)
    joining.distribute(config_map(project)).ok()
    joining.administrator()
    refused = joining.run(cluster_state="absent")
    assert_says(refused.failure(), "still has 1 Bases")
    joining.distribute(config_map(project), absent=True).ok()
    predicted = joining.result(joining.run("--check", cluster_state="absent"))
    done = joining.result(joining.run("--diff", cluster_state="absent"))
    assert predicted["member"] == done["member"]
    assert predicted["hub"] == done["hub"]
    assert f"ServiceAccount multicluster-apps/{joining.account}" in done["member"]["removed"]
    assert set(done["hub"]["removed"]) == {
        "Secret clusternet-one/child-cluster-deployer",
        "ManagedCluster clusternet-one/one",
    }
    assert project.objects("fleet") == {}
    left = joining.member.kubectl(
        "get", "clusterrole,clusterrolebinding,role,rolebinding,serviceaccount", "-A", "-o", "name",
        "-l", f"multicluster.apps/service-account={joining.account}",
    )  # fmt: skip
    assert left.stdout == ""
    assert not joining.run(cluster_state="absent").changed


def test_a_cluster_that_is_away_leaves_only_by_force(joining: Joining, project: Project, member_faults: Faults) -> None:
    joining.run().ok()
    member_faults.kill(joining.member.name)
    refused = joining.run(cluster_state="absent")
    assert_says(refused.failure(), "not reachable", "force: true")
    assert "ManagedCluster clusternet-one/one" in project.objects("fleet")
    forced = joining.run(cluster_state="absent", cluster_force=True)
    assert "is left there" in forced.ok().task(joining.task, "one").warnings
    assert project.objects("fleet") == {}
    member_faults.mend(joining.member.name)


def test_bad_input_is_refused_in_words(joining: Joining, project: Project) -> None:
    assert_says(joining.run(cluster_token_lifetime=60).failure(), "token_lifetime is 60", "600")
    assert_says(joining.run(cluster_advertise_url="shanghai").failure(), "advertise_url", "https://")
    assert_says(joining.run(cluster_namespaces=["Shop!"]).failure(), "namespaces: 'Shop!'")
    joining.drop_variables()
    assert_says(joining.run().failure(), "host one", "multicluster_kubeconfig")
    project.inventory({"one": {"multicluster_directory": "out"}})
    assert_says(joining.run().failure(), "multicluster_directory", "register")


def test_what_somebody_else_made_is_not_touched(joining: Joining, project: Project) -> None:
    joining.member.kubectl("create", "clusterrole", joining.account, "--verb=get", "--resource=pods")
    try:
        assert_says(joining.run().failure(), f"ClusterRole {joining.account}", "service_account")
        assert not (project.path / "fleet").exists()
    finally:
        joining.member.kubectl("delete", "clusterrole", joining.account)
