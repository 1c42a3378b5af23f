# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects by which users see how replicas were divided: FeedInventories, and Localizations that set replicas.

A FeedInventory has the name of its Subscription and says what each feed asks for, as Clusternet writes it. A replica
Localization lives in the namespace of a cluster and sets the number of one feed there (reference, "Scheduling" 12).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import replicas_patch
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedInventory, FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    NAME_LIMIT,
    ObjectKey,
    hashed_slug,
    identity_uid,
    label_value_slug,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import OverrideType
from ansible_collections.multicluster.apps.plugins.module_utils._model.policies import (
    APPLY_NOW,
    Localization,
    Policy,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription

NO_SHORTAGE: Final[Mapping[str, int]] = MappingProxyType({})
# The highest that the API accepts; `is_replica_localization` puts ours behind a user's of the same priority.
_PRIORITY: Final = 1000
_OVERRIDE_NAME: Final = "replicas"
# A file system takes 255 characters, with the ending.
_NAME_LIMIT: Final = NAME_LIMIT - len(".yaml")


def feed_inventory(
    subscription: Subscription,
    orders: Sequence[FeedOrder],
    stored: FeedInventory | None = None,
    shortages: Mapping[str, int] = NO_SHORTAGE,
) -> dict[str, Any]:
    """The FeedInventory of a Subscription.

    :param orders: what its feeds ask for, in their order.
    :param stored: the one that the hub holds; what a hub has filled in stays.
    :param shortages: by feed key, how many replicas no cluster has room for. The status of a Subscription has no field for it.
    """
    kept = _kept(stored, FeedInventory.KIND, subscription.meta.namespace, subscription.meta.name)
    annotations = {
        key: value for key, value in (kept.pop("annotations", None) or {}).items() if key != api.ANNOTATION_SHORTAGE
    }
    if shortages:
        annotations[api.ANNOTATION_SHORTAGE] = json.dumps(shortages, sort_keys=True, separators=(",", ":"))
    metadata = {
        **kept,
        **({"annotations": annotations} if annotations else {}),
        "labels": _labels(subscription),
        "ownerReferences": [_owner(subscription)],
    }
    return {
        "apiVersion": api.APPS_API_VERSION,
        "kind": FeedInventory.KIND,
        "metadata": metadata,
        "spec": {"feeds": [_order(order) for order in orders]},
    }


def replica_localization(
    subscription: Subscription,
    cluster: ManagedCluster,
    order: FeedOrder,
    template: Mapping[str, Any],
    replicas: int,
    stored: Localization | None = None,
) -> dict[str, Any]:
    """The Localization that gives a feed its replicas in a cluster.

    :param order: what the feed asks for; it must have replicas.
    :param template: the object that the feed points to.
    :param stored: the one that the hub holds.
    """
    name = replica_localization_name(subscription, order.feed.key)
    metadata = {
        **_kept(stored, Localization.KIND, cluster.namespace, name),
        "labels": {
            **_labels(subscription),
            **{
                key: label_value_slug(value)
                for key, value in (
                    (api.LABEL_CLUSTER_ID, cluster.cluster_id),
                    (api.LABEL_CLUSTER_NAME, cluster.name),
                )
            },
        },
        "annotations": {api.ANNOTATION_SUBSCRIPTION: subscription.full_name},
    }
    patch = replicas_patch(template, order.replica_json_path, replicas)
    override = {
        "name": _OVERRIDE_NAME,
        "type": OverrideType.JSON_PATCH.value,
        "value": json.dumps(patch, separators=(",", ":")),
    }
    spec = {
        "feed": order.feed.as_raw(),
        "priority": _PRIORITY,
        "overridePolicy": APPLY_NOW,
        "overrides": [override],
    }
    return {"apiVersion": api.APPS_API_VERSION, "kind": Localization.KIND, "metadata": metadata, "spec": spec}


def replica_localization_name(subscription: Subscription, feed_key: str) -> str:
    """The name of a Subscription's replica Localizations for a feed, the same in every cluster's namespace."""
    meta = subscription.meta
    readable = f"{meta.name}-{feed_key.rpartition('/')[2]}-{_OVERRIDE_NAME}"
    return hashed_slug(readable, f"{subscription.full_name}\n{feed_key}", _NAME_LIMIT)


def is_replica_localization(policy: Policy) -> bool:
    """Whether a policy is one of ours that sets replicas: it comes after every other one, whatever their priority."""
    return (
        isinstance(policy, Localization)
        and policy.meta.labels.get(api.LABEL_CREATED_BY) == api.CREATED_BY
        and len(policy.overrides) == 1
        and policy.overrides[0].name == _OVERRIDE_NAME
    )


def _order(order: FeedOrder) -> dict[str, Any]:
    raw: dict[str, Any] = dict(order.feed.as_raw())
    if order.desired_replicas is not None:
        raw["desiredReplicas"] = order.desired_replicas
        raw["replicaRequirements"] = dict(order.requirements)
        raw["replicaJsonPath"] = order.replica_json_path
    return raw


def _labels(subscription: Subscription) -> dict[str, str]:
    labels = {
        api.LABEL_CREATED_BY: api.CREATED_BY,
        api.LABEL_SUBSCRIPTION_NAME: subscription.meta.name,
        api.LABEL_SUBSCRIPTION_NAMESPACE: subscription.meta.namespace,
        api.LABEL_SUBSCRIPTION_UID: subscription.meta.uid,
    }
    return {key: label_value_slug(value) for key, value in labels.items()}


def _owner(subscription: Subscription) -> dict[str, Any]:
    return {
        "apiVersion": api.APPS_API_VERSION,
        "kind": Subscription.KIND,
        "name": subscription.meta.name,
        "uid": subscription.meta.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _kept(stored: ApiObject | None, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """The metadata that an object keeps from run to run, with the uid that a new one will have on a directory hub."""
    if stored is not None:
        return {field: value for field, value in stored.raw["metadata"].items() if field != "deletionTimestamp"}
    uid = identity_uid(ObjectKey(api.APPS_GROUP, kind, namespace, name))
    return {"name": name, "namespace": namespace, "uid": uid}
