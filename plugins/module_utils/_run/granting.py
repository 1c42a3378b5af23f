# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions in a managed cluster: made so, and taken back (the member's part of `cluster_access`).

Everything is asked of the server in a dry run first, so that a permission that the administrator lacks leaves nothing half done,
and check mode says what the server itself would do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.access import (
    LABEL_ACCOUNT,
    RBAC,
    Access,
    objects_of,
    stale,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    CLUSTER_LEASE,
    CREATED_BY,
    LABEL_CREATED_BY,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PARENTS_NAMESPACE
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import is_ours
from ansible_collections.multicluster.apps.plugins.module_utils._run.applied import applied_diff, is_going, lasting
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import shown
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server

Raw = Mapping[str, Any]

# What refers to others goes before them.
_GRANTING: Final = ("RoleBinding", "ClusterRoleBinding", "Role", "ClusterRole")
# What every namespace has by itself, and a lock of ours, which is held by nobody once a cluster has left.
_IN_EVERY_NAMESPACE: Final = frozenset(
    {
        ("", "ConfigMap", "kube-root-ca.crt"),
        ("", "ServiceAccount", "default"),
        ("coordination.k8s.io", "Lease", CLUSTER_LEASE),
    }
)
_EVENTS: Final = frozenset({("", "Event"), ("events.k8s.io", "Event")})
# What a server writes by itself; it makes no object a different one, and nobody wants to read it.


@dataclass(frozen=True, slots=True)
class Step:
    """One change in a cluster.

    :param before: the object as it is; None where it is new.
    :param after: as the server says that it will be; None where it goes.
    :param wanted: what is applied.
    """

    before: Raw | None
    after: Raw | None
    wanted: Raw | None = None

    @property
    def key(self) -> ObjectKey:
        """Which object."""
        return ObjectKey.of(self.after or self.before or {})

    @property
    def verb(self) -> str:
        """`created`, `updated` or `removed`: the list of a result that it belongs to."""
        if self.after is None:
            return "removed"
        return "updated" if self.before is not None else "created"


def plan_grants(cluster: str, access: Access, server: Server) -> tuple[Step, ...]:
    """The changes that give an account what it is to have and take what it had besides; none where it is so.

    :raises ClusterError: when the server refuses something, or an object of such a name is somebody else's.
    """
    wanted = objects_of(access)
    steps = [step for raw in wanted if (step := _granted(cluster, raw, access, server)) is not None]
    return (*steps, *(Step(raw, None) for raw in stale(_of_account(access.account, server), wanted)))


def _granted(cluster: str, raw: Raw, access: Access, server: Server) -> Step | None:
    key = ObjectKey.of(raw)
    before = server.get(raw["apiVersion"], key.kind, key.namespace, key.name)
    if before is not None:
        if key.kind == "Namespace":  # whoever made it, it serves; its labels are its owner's
            return None
        _check_ours(cluster, before, access)
    after = server.apply(raw, dry_run=True)
    if before is not None and lasting(before) == lasting(after):
        return None
    return Step(before, after, raw)


def _check_ours(cluster: str, before: Raw, access: Access) -> None:
    labels = before["metadata"].get("labels") or {}
    if labels.get(LABEL_CREATED_BY) != CREATED_BY or labels.get(LABEL_ACCOUNT) != access.account:
        raise ClusterError(
            f"{cluster}: {shown(ObjectKey.of(before))} is in the cluster and was not made by this role (it lacks the labels "
            f"{LABEL_CREATED_BY}={CREATED_BY} and {LABEL_ACCOUNT}={access.account}); give another service_account, or remove it"
        )


def plan_withdrawal(account: str, server: Server) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The changes that take an account and all that was made for it from a cluster, and why anything stays.

    :raises ClusterError: when the server cannot be read.
    """
    steps = [Step(raw, None) for raw in _of_account(account, server)]
    user = server.get("v1", "ServiceAccount", PARENTS_NAMESPACE, account)
    if user is not None and (user["metadata"].get("labels") or {}).get(LABEL_ACCOUNT) == account:
        steps.append(Step(user, None))
    going = {step.key for step in steps}
    namespace = server.get("v1", "Namespace", "", PARENTS_NAMESPACE)
    if namespace is None or not is_ours(namespace) or is_going(namespace):
        return tuple(steps), ()
    if reason := why_it_stays(PARENTS_NAMESPACE, server, going):
        return tuple(steps), (reason,)
    return (*steps, Step(namespace, None)), ()


def carry_out(steps: Iterable[Step], server: Server) -> None:
    """Do what was planned, in its order.

    :raises ClusterError: when the server refuses something after all; what was done is done, and a next run ends the work.
    """
    for step in steps:
        if step.wanted is not None:
            server.apply(step.wanted)
        elif step.before is not None:
            server.delete(step.before["apiVersion"], step.key.kind, step.key.namespace, step.key.name)


def _of_account(account: str, server: Server) -> Iterator[Raw]:
    label = f"{LABEL_CREATED_BY}={CREATED_BY},{LABEL_ACCOUNT}={account}"
    for kind in _GRANTING:
        yield from server.list(RBAC, kind, label=label)


def why_it_stays(namespace: str, server: Server, going: Collection[ObjectKey]) -> str:
    """Why a namespace may not go: whatever lies in it would go with it, and may be anybody's.

    :param going: what is removed before.
    :returns: a warning; empty where nothing is in it but what every namespace has.
    :raises ClusterUnreachable: when the server does not answer.
    """
    try:
        found = server.inhabitants(namespace)
    except ClusterUnreachable:
        raise
    except ClusterError as error:
        return f"namespace {namespace} stays, because nobody can tell what is in it: {error}"
    tenants = sorted({key for key in found if key not in going and not _comes_by_itself(key)})
    if not tenants:
        return ""
    others = f" and {len(tenants) - 1} more" if len(tenants) > 1 else ""
    return f"namespace {namespace} stays, because {shown(tenants[0])}{others} is in it"


def _comes_by_itself(key: ObjectKey) -> bool:
    return (key.group, key.kind) in _EVENTS or (key.group, key.kind, key.name) in _IN_EVERY_NAMESPACE


def steps_result(steps: Iterable[Step]) -> dict[str, list[str]]:
    """What was (or would be) done in a cluster: lists of objects, each as `Kind namespace/name`."""
    result: dict[str, list[str]] = {"created": [], "updated": [], "removed": []}
    for step in steps:
        result[step.verb].append(shown(step.key))
    return result


def steps_diff(cluster: str, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """One diff for each change. Accounts and permissions hold no secrets."""
    return [applied_diff(cluster, step.before, step.after) for step in steps]
