# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permissions an account gets, and when its token is due."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.access import (
    ANNOTATION_ACCOUNT_UID,
    ANNOTATION_EXPIRES,
    ANNOTATION_ISSUED,
    Access,
    Rule,
    TokenPolicy,
    objects_of,
    renewal_reason,
    rules_of,
    stale,
)

CERTIFICATES = Rule(("cert-manager.io",), ("certificates",))
CLASSES = Rule(("storage.k8s.io",), ("storageclasses",), ("get",), ("fast",), cluster_wide=True)


def grants(access: Access) -> dict[str, set[tuple[str, str, str]]]:
    """`<kind> <namespace>` of each role: what it grants, as group, resource and verb."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for raw in objects_of(access):
        if raw["kind"] in ("Role", "ClusterRole"):
            found[f"{raw['kind']} {raw['metadata'].get('namespace', '')}".strip()] = {
                (group, resource, verb)
                for rule in raw["rules"]
                for group in rule.get("apiGroups", ())
                for resource in rule.get("resources", ())
                for verb in rule["verbs"]
            }
    return found


def test_what_is_made_first_is_what_holds_the_others() -> None:
    kinds = [raw["kind"] for raw in objects_of(Access())]
    assert kinds == ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]


def test_everything_but_namespaces_of_the_users_is_marked() -> None:
    for raw in objects_of(Access("robot", ("shop",))):
        labels = raw["metadata"].get("labels") or {}
        expected = "" if raw["metadata"]["name"] == "shop" else "robot"
        assert labels.get("multicluster.apps/service-account", "") == expected


def test_bindings_are_for_the_account() -> None:
    bindings = [raw for raw in objects_of(Access("robot", ("shop",))) if raw["kind"].endswith("Binding")]
    assert len(bindings) == 3
    for raw in bindings:
        assert raw["roleRef"]["kind"] == raw["kind"].removesuffix("Binding")
        assert raw["subjects"] == [{"kind": "ServiceAccount", "name": "robot", "namespace": "multicluster-apps"}]


def test_the_default_lets_applications_be_applied_and_pruned() -> None:
    everywhere = grants(Access())["ClusterRole"]
    for group, resource in (("apps", "deployments"), ("", "services"), ("", "secrets"), ("batch", "jobs")):
        assert {(group, resource, verb) for verb in ("get", "list", "create", "patch", "delete")} <= everywhere
    assert {("", "nodes", "list"), ("", "events", "list")} <= everywhere


@pytest.mark.parametrize("resource", ["namespaces", "persistentvolumeclaims"])
def test_what_is_pruned_only_when_asked_may_not_be_deleted(resource: str) -> None:
    verbs = {verb for _group, name, verb in grants(Access())["ClusterRole"] if name == resource}
    assert verbs == {"get", "list", "create", "patch"}


def test_nothing_that_would_make_an_account_more_than_it_is() -> None:
    everything = set().union(*grants(Access(rbac=True, crds=True)).values())
    verbs = {verb for _group, _resource, verb in everything}
    assert verbs == {"get", "list", "create", "patch", "delete"}  # no escalate, bind, impersonate, update or *
    assert not {("", "serviceaccounts/token"), ("", "nodes")} & {
        (group, resource) for group, resource, verb in everything if verb == "create"
    }
    assert not any("*" in rule for rule in everything)


@pytest.mark.parametrize(
    ("access", "resource", "granted"),
    [
        (Access(), "roles", False),
        (Access(rbac=True), "roles", True),
        (Access(rbac=True), "clusterrolebindings", True),
        (Access(rbac=True, namespaces=("shop",)), "clusterrolebindings", False),
        (Access(), "customresourcedefinitions", False),
        (Access(crds=True), "customresourcedefinitions", True),
        (Access(crds=True, default_rules=False), "customresourcedefinitions", False),
    ],
)
def test_what_has_to_be_asked_for(access: Access, resource: str, *, granted: bool) -> None:
    assert any(resource in rule.resources for rule in rules_of(access)) is granted


def test_limited_to_namespaces_there_is_a_role_in_each() -> None:
    found = grants(Access(namespaces=("shop", "db"), rules=(CERTIFICATES, CLASSES)))
    assert set(found) == {"ClusterRole", "Role multicluster-apps", "Role shop", "Role db"}
    assert found["Role shop"] == found["Role db"]
    assert ("cert-manager.io", "certificates", "patch") in found["Role shop"]
    assert ("apps", "deployments", "patch") in found["Role shop"]
    cluster = {(group, resource) for group, resource, _verb in found["ClusterRole"]}
    assert cluster == {("", "namespaces"), ("", "nodes"), ("storage.k8s.io", "storageclasses")}
    assert {resource for _group, resource, _verb in found["Role multicluster-apps"]} == {"configmaps"}


def test_limited_to_namespaces_only_these_may_be_made() -> None:
    (rule,) = [rule for rule in rules_of(Access(namespaces=("shop",))) if rule.resources == ("namespaces",)]
    assert rule.as_raw()["resourceNames"] == ["shop"]
    assert "list" not in rule.verbs


def test_the_namespace_of_the_parents_may_be_one_of_them() -> None:
    objects = objects_of(Access(namespaces=("multicluster-apps",)))
    assert [raw["kind"] for raw in objects].count("Namespace") == 1
    assert [raw["kind"] for raw in objects].count("Role") == 1
    found = grants(Access(namespaces=("multicluster-apps",)))
    assert ("apps", "deployments", "patch") in found["Role multicluster-apps"]


def test_rules_can_be_all_there_is() -> None:
    found = grants(Access(default_rules=False, rules=(CERTIFICATES,)))
    assert {(group, resource) for group, resource, _verb in found["ClusterRole"]} == {
        ("cert-manager.io", "certificates")
    }
    assert ("", "configmaps", "patch") in found["Role multicluster-apps"]


# ----------------------------------------------------------------------------------------------------------- tokens

NOW = "2026-03-01T00:00:00Z"


def annotations(issued: str, expires: str, uid: str = "u1") -> dict[str, Any]:
    return {ANNOTATION_ISSUED: issued, ANNOTATION_EXPIRES: expires, ANNOTATION_ACCOUNT_UID: uid}


@pytest.mark.parametrize(
    ("issued", "expires", "renew_before", "reason"),
    [
        ("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z", None, ""),
        ("2025-12-31T00:00:00Z", "2026-03-31T00:00:00Z", None, "it ends at 2026-03-31T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-03-15T00:00:01Z", None, ""),
        ("2026-02-01T00:00:00Z", "2026-03-15T00:00:00Z", None, "it ends at 2026-03-15T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", None, "it ends at 2026-02-02T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z", 86400 * 61, "it ends at 2026-05-01T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z", 86400 * 60, ""),
        ("2026-02-28T00:00:00Z", "2026-03-02T00:00:00Z", 3600, ""),
        # The server gave less life than this, and every run would make another token.
        ("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z", 86400, ""),
        ("2026-02-28T23:00:00Z", "2026-03-01T00:20:00Z", 86400, "it ends at 2026-03-01T00:20:00Z"),
        ("2026-02-01T00:00:00Z", "2026-12-01T00:00:00Z", None, "it would live longer than 7776000 seconds"),
        ("2026-03-01T00:00:00Z", "2026-05-30T00:04:00Z", None, ""),  # clocks differ
        ("yesterday", "2026-05-01T00:00:00Z", None, "nobody can tell when it ends"),
        ("2026-02-01T00:00:00Z", "2026-05-01T00:00:00", None, "nobody can tell when it ends"),
    ],
)
def test_when_a_token_is_due(issued: str, expires: str, renew_before: int | None, reason: str) -> None:
    policy = TokenPolicy(7776000, renew_before)
    assert renewal_reason(annotations(issued, expires), "u1", policy, NOW) == reason


def test_a_token_of_an_account_that_is_gone_is_due() -> None:
    stored = annotations("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z")
    assert renewal_reason(stored, "u2", TokenPolicy(7776000), NOW) == "its service account was made anew"
    assert renewal_reason({}, "u1", TokenPolicy(7776000), NOW) == "there is none"


def test_stale_is_what_is_no_longer_wanted() -> None:
    before, now = objects_of(Access("robot", ("shop", "db"))), objects_of(Access("robot", ("shop",)))
    gone = [(raw["kind"], raw["metadata"].get("namespace", "")) for raw in stale(before, now)]
    assert gone == [("Namespace", ""), ("Role", "db"), ("RoleBinding", "db")]
