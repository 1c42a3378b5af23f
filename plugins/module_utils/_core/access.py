# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What our deliveries may do in a cluster: a service account, its permissions, and when its token is due (role `cluster`).

The verbs are those that a delivery uses: `list` and `get` to observe, `patch` and `create` to apply on the server, `delete` to
prune. What is pruned only when somebody asks for it (namespaces, volume claims, definitions) is not granted `delete`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    ANNOTATION_PREFIX,
    CREATED_BY,
    LABEL_CREATED_BY,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PARENTS_NAMESPACE

Raw = Mapping[str, Any]

# How far the clocks of a member and of the control node may be apart.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# Which service account an object of ours belongs to, so that two hubs can each have one in a cluster.
LABEL_ACCOUNT: Final = f"{ANNOTATION_PREFIX}service-account"
# Of the Secret: when its token began and ends, and the uid of the account that it is for.
ANNOTATION_ISSUED: Final = f"{ANNOTATION_PREFIX}token-issued"
ANNOTATION_EXPIRES: Final = f"{ANNOTATION_PREFIX}token-expires"
ANNOTATION_ACCOUNT_UID: Final = f"{ANNOTATION_PREFIX}token-account-uid"

RBAC_GROUP: Final = "rbac.authorization.k8s.io"
RBAC: Final = f"{RBAC_GROUP}/v1"

READ: Final = ("get", "list")
# By name alone: `list` cannot be limited to some names.
KEEP_NAMED: Final = ("get", "create", "patch")
KEEP: Final = ("get", "list", "create", "patch")
CHANGE: Final = (*KEEP, "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission.

    :param names: only objects of these names; all, if it is empty.
    :param cluster_wide: in the whole cluster, also where access is limited to namespaces.
    """

    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...] = CHANGE
    names: tuple[str, ...] = ()
    cluster_wide: bool = False

    def as_raw(self) -> dict[str, Any]:
        """The rule as RBAC writes it."""
        raw = {"apiGroups": list(self.api_groups), "resources": list(self.resources), "verbs": list(self.verbs)}
        return raw | ({"resourceNames": list(self.names)} if self.names else {})


@dataclass(frozen=True, slots=True)
class Access:
    """What a user grants.

    :param account: the name of the service account, and of all that belongs to it.
    :param namespaces: where deliveries may work; the whole cluster, if it is empty.
    :param default_rules: whether the built-in kinds are granted.
    :param rbac: whether roles and their bindings are; a server lets nobody grant what he has not himself.
    :param crds: whether CustomResourceDefinitions are.
    :param rules: further permissions, or with `default_rules` off all of them.
    """

    account: str = PARENTS_NAMESPACE
    namespaces: tuple[str, ...] = ()
    default_rules: bool = True
    rbac: bool = False
    crds: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        """What marks an object as made for this account."""
        return {LABEL_CREATED_BY: CREATED_BY, LABEL_ACCOUNT: self.account}


_WORKLOADS: Final = (
    Rule(
        ("",),
        (
            "configmaps", "secrets", "services", "serviceaccounts", "pods", "replicationcontrollers", "limitranges",
            "resourcequotas",
        ),
    ),
    Rule(("",), ("persistentvolumeclaims",), KEEP),
    Rule(("apps",), ("deployments", "statefulsets", "daemonsets", "replicasets")),
    Rule(("batch",), ("jobs", "cronjobs")),
    Rule(("autoscaling",), ("horizontalpodautoscalers",)),
    Rule(("policy",), ("poddisruptionbudgets",)),
    Rule(("networking.k8s.io",), ("ingresses", "networkpolicies")),
    Rule(("", "events.k8s.io"), ("events",), READ),
)  # fmt: skip
_PARENTS: Final = Rule(("",), ("configmaps",))
_NODES: Final = Rule(("",), ("nodes",), READ, cluster_wide=True)
_ROLES: Final = Rule((RBAC_GROUP,), ("roles", "rolebindings"))
_CLUSTER_ROLES: Final = Rule((RBAC_GROUP,), ("clusterroles", "clusterrolebindings"), cluster_wide=True)
_DEFINITIONS: Final = Rule(("apiextensions.k8s.io",), ("customresourcedefinitions",), KEEP, cluster_wide=True)
# For the playbook `status`; most clusters grant it to everybody.
_HEALTH: Final = {"nonResourceURLs": ["/livez", "/readyz", "/version"], "verbs": ["get"]}


def rules_of(access: Access) -> tuple[Rule, ...]:
    """All permissions that are granted, those of the ApplySets' parents aside."""
    return (*(_default_rules(access) if access.default_rules else ()), *access.rules)


def _default_rules(access: Access) -> Iterator[Rule]:
    names = access.namespaces
    yield Rule(("",), ("namespaces",), KEEP_NAMED if names else KEEP, names, cluster_wide=True)
    yield from _WORKLOADS
    yield _NODES
    if access.rbac:
        yield _ROLES
        if not names:
            yield _CLUSTER_ROLES
    if access.crds:
        yield _DEFINITIONS


def objects_of(access: Access) -> tuple[Raw, ...]:
    """The objects that a member needs, in the order in which they are applied: what holds others comes first."""
    rules = rules_of(access)
    everywhere = [rule for rule in rules if rule.cluster_wide or not access.namespaces]
    within = [rule for rule in rules if not rule.cluster_wide]
    found: list[Raw] = [_namespace(PARENTS_NAMESPACE, access.labels)]
    found += [_namespace(name, {}) for name in access.namespaces if name != PARENTS_NAMESPACE]
    found.append(_object("v1", "ServiceAccount", PARENTS_NAMESPACE, access))
    found += _granted("ClusterRole", "", [*(rule.as_raw() for rule in everywhere), _HEALTH], access)
    parents = [_PARENTS.as_raw()]
    own = [rule.as_raw() for rule in within] if PARENTS_NAMESPACE in access.namespaces else []
    found += _granted("Role", PARENTS_NAMESPACE, [*parents, *own], access)
    for namespace in access.namespaces:
        if namespace != PARENTS_NAMESPACE and within:
            found += _granted("Role", namespace, [rule.as_raw() for rule in within], access)
    return tuple(found)


def _namespace(name: str, labels: Mapping[str, str]) -> Raw:
    metadata = {"name": name, **({"labels": dict(labels)} if labels else {})}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _object(api_version: str, kind: str, namespace: str, access: Access) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": access.account, "labels": access.labels}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def _granted(kind: str, namespace: str, rules: list[Any], access: Access) -> list[Raw]:
    role = {**_object(RBAC, kind, namespace, access), "rules": rules}
    binding = {
        **_object(RBAC, f"{kind}Binding", namespace, access),
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": kind, "name": access.account},
        "subjects": [{"kind": "ServiceAccount", "name": access.account, "namespace": PARENTS_NAMESPACE}],
    }
    return [role, binding]


# ----------------------------------------------------------------------------------------------------------- tokens


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """How long a token is to live.

    :param lifetime: seconds that are asked for; a server may give fewer.
    :param renew_before: seconds before its end at which a run makes a new one; None for a third of its life.
    """

    lifetime: int
    renew_before: int | None = None


def renewal_reason(annotations: Mapping[str, Any], account_uid: str, policy: TokenPolicy, now: str) -> str:
    """Why a stored token has to be replaced; empty where it does for now.

    :param annotations: those of the Secret; empty where there is none.
    :param account_uid: of the service account as it is; a token of one that was made anew is worth nothing.
    :param now: RFC 3339.
    """
    if ANNOTATION_EXPIRES not in annotations:
        return "there is none"
    if annotations.get(ANNOTATION_ACCOUNT_UID) != account_uid:
        return "its service account was made anew"
    try:
        issued, expires = (_moment(annotations.get(name)) for name in (ANNOTATION_ISSUED, ANNOTATION_EXPIRES))
    except ValueError:
        return "nobody can tell when it ends"
    life, left = expires - issued, expires - _moment(now)
    due = timedelta(seconds=policy.renew_before) if policy.renew_before is not None else life
    # A server may give a token less life than this, and every run would make another one.
    if left <= (due if due < life else life / 3):
        return f"it ends at {annotations[ANNOTATION_EXPIRES]}"
    if left > timedelta(seconds=policy.lifetime) + _CLOCKS_DIFFER:
        return f"it would live longer than {policy.lifetime} seconds"
    return ""


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def stale(found: Iterable[Raw], wanted: Iterable[Raw]) -> list[Raw]:
    """What was made for an account earlier and is wanted no longer: of a namespace that is no longer granted, say."""
    keep = {_identity(raw) for raw in wanted}
    return [raw for raw in found if _identity(raw) not in keep]


def _identity(raw: Raw) -> tuple[str, str, str]:
    metadata = raw["metadata"]
    return raw["kind"], metadata.get("namespace") or "", metadata["name"]
