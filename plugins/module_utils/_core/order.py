# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order objects are applied: what others need comes first; pruning goes the other way."""

from __future__ import annotations

from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

_RBAC: Final = "rbac.authorization.k8s.io"
_GROUPS: Final[tuple[frozenset[tuple[str, str]], ...]] = (
    frozenset({("", "Namespace")}),
    frozenset({("apiextensions.k8s.io", "CustomResourceDefinition")}),
    frozenset(
        {
            ("", "ServiceAccount"),
            (_RBAC, "ClusterRole"),
            (_RBAC, "Role"),
            (_RBAC, "ClusterRoleBinding"),
            (_RBAC, "RoleBinding"),
        }
    ),
    # Whatever a pod may name or be limited by when it is made.
    frozenset(
        {
            ("", "ConfigMap"),
            ("", "Secret"),
            ("", "ResourceQuota"),
            ("", "LimitRange"),
            ("", "PersistentVolume"),
            ("", "PersistentVolumeClaim"),
            ("storage.k8s.io", "StorageClass"),
            ("scheduling.k8s.io", "PriorityClass"),
            ("node.k8s.io", "RuntimeClass"),
        }
    ),
    frozenset({("", "Service"), ("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice")}),
    frozenset(
        {
            ("", "Pod"),
            ("", "ReplicationController"),
            ("apps", "DaemonSet"),
            ("apps", "Deployment"),
            ("apps", "ReplicaSet"),
            ("apps", "StatefulSet"),
            ("batch", "CronJob"),
            ("batch", "Job"),
        }
    ),
)
_RANKS: Final = {kind: rank for rank, kinds in enumerate(_GROUPS) for kind in kinds}
_REST: Final = len(_GROUPS)


def rank(key: ObjectKey) -> int:
    """The place of a kind: namespaces, CRDs, accounts and RBAC, configuration, services, workloads, the rest."""
    return _RANKS.get((key.group, key.kind), _REST)


def delivery_order(key: ObjectKey) -> tuple[int, ObjectKey]:
    """A sort key for objects: by the place of their kind, then by identity."""
    return rank(key), key
