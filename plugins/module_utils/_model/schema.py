# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schema of the API: fields, types, what is required, ranges and lists of values, as Clusternet's CRDs have them.

Defaults are applied where the values are made (`subscription`, `policies`, `helm`, …). `status` is not looked into: a
hub writes it, and nothing that a user writes there counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP, CLUSTERS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema_types import (
    Boolean,
    Bytes,
    Fields,
    Integer,
    ListOf,
    MapOf,
    Opaque,
    Quantity,
    Selector,
    Term,
    Text,
    Type,
)

_TEXT: Final = Text()
_FLAG: Final = Boolean()
# API servers take what is less, and so do we of a hub; `dividing` says what is wrong with it.
_FROM_0: Final = Integer(rule="a whole number from 0 on")
_FROM_1: Final = Integer(rule="a whole number from 1 on")

_METADATA: Final = Fields(
    {
        "name": _TEXT,
        "generateName": _TEXT,
        "namespace": _TEXT,
        "uid": _TEXT,
        "resourceVersion": _TEXT,
        "generation": Integer(bits=64),
        "selfLink": _TEXT,
        "creationTimestamp": _TEXT,
        "deletionTimestamp": _TEXT,
        "deletionGracePeriodSeconds": Integer(bits=64),
        "labels": MapOf(_TEXT),
        "annotations": MapOf(Text(is_shown=False)),
        "finalizers": ListOf(_TEXT),
        "ownerReferences": ListOf(Opaque()),
        "managedFields": ListOf(Opaque()),
    },
    required=("name",),
)

_NOT_EMPTY: Final = Text(pattern=r".", rule="a string that is not empty")
_FEED_FIELDS: Final[Mapping[str, Type]] = {
    "apiVersion": Text(pattern=r"^([^/]+/)?[^/]+$", rule="a version or <group>/<version>"),
    "kind": _NOT_EMPTY,
    "name": _NOT_EMPTY,
    "namespace": _TEXT,
}
_FEED_REQUIRED: Final = ("apiVersion", "kind", "name")
_FEED: Final = Fields(_FEED_FIELDS, _FEED_REQUIRED)

_TOLERATION: Final = Fields(
    {
        "key": _TEXT,
        "operator": _TEXT,
        "value": _TEXT,
        "effect": _TEXT,
        "tolerationSeconds": Integer(bits=64),
    }
)

_SPREAD_CONSTRAINT: Final = Fields(
    {
        "labelSelector": Selector(),
        "matchLabelKeys": ListOf(_TEXT),
        "maxSkew": _FROM_1,
        "minDomains": _FROM_1,
        "nodeAffinityPolicy": _TEXT,
        "nodeTaintsPolicy": _TEXT,
        "topologyKey": _TEXT,
        "whenUnsatisfiable": _TEXT,
    },
    required=("maxSkew", "topologyKey", "whenUnsatisfiable"),
)

_DYNAMIC_DIVIDING: Final = Fields(
    {
        "strategy": Text(enum=("Spread", "Binpack")),
        "topologySpreadConstraints": ListOf(_SPREAD_CONSTRAINT),
        "preferredClusters": ListOf(
            Fields(
                {"preference": Term(), "weight": Integer(rule="a whole number from 1 to 100")},
                required=("preference", "weight"),
            )
        ),
        "minClusters": _FROM_0,
        "maxClusters": _FROM_1,
    }
)

_SUBSCRIBER: Final = Fields(
    {
        "clusterAffinity": Selector(),
        "weight": Integer(minimum=0),
        "subGroupStrategy": Fields({"minClusters": Integer(minimum=0)}),
    },
    required=("clusterAffinity",),
)

_SUBSCRIPTION: Final = Fields(
    {
        "schedulerName": _TEXT,
        "schedulingStrategy": Text(enum=("Replication", "Dividing")),
        "schedulingBySubGroup": _FLAG,
        "dividingScheduling": Fields({"type": Text(enum=("Static", "Dynamic")), "dynamicDividing": _DYNAMIC_DIVIDING}),
        "priority": Integer(),
        "preemptionPolicy": Text(enum=("PreemptLowerPriority", "PreemptNever")),
        "subscribers": ListOf(_SUBSCRIBER),
        "clusterTolerations": ListOf(_TOLERATION),
        "feeds": ListOf(_FEED),
    },
    required=("subscribers", "feeds"),
)

_OVERRIDE: Final = Fields(
    {
        "name": _TEXT,
        "type": Text(enum=("Helm", "JSONPatch", "MergePatch", "FieldJSONPatch", "FieldMergePatch")),
        "value": Text(rule="a string of YAML or JSON", is_shown=False),
        "overrideChart": _FLAG,
        "fieldPath": _TEXT,
        "fieldFormat": Text(enum=("YAML", "JSON")),
    },
    required=("type", "value"),
)

_POLICY_FIELDS: Final[Mapping[str, Type]] = {
    "feed": _FEED,
    "priority": Integer(minimum=0, maximum=1000),
    "overridePolicy": Text(enum=("ApplyLater", "ApplyNow")),
    "overrides": ListOf(_OVERRIDE),
}

_CHART_FIELDS: Final[Mapping[str, Type]] = {
    "repo": Text(
        pattern=r"^(https?|oci)?://[!$-_a-z]+$",
        rule="an address that begins with http://, https:// or oci://",
    ),
    "chart": _TEXT,
    "version": _TEXT,
    "targetNamespace": _TEXT,
    "chartPullSecret": Fields({"name": _TEXT, "namespace": _TEXT}),
    "plainHTTP": _FLAG,
    "createNamespace": _FLAG,
    "timeoutSeconds": Integer(),
    "wait": _FLAG,
    "waitForJob": _FLAG,
    "replace": _FLAG,
    "atomic": _FLAG,
    "upgradeAtomic": _FLAG,
    "skipCRDs": _FLAG,
    "replaceCRDs": _FLAG,
    "disableHooks": _FLAG,
    "force": _FLAG,
}
_CHART_REQUIRED: Final = ("repo", "chart", "targetNamespace")

_DESCRIPTION: Final = Fields(
    {
        "deployer": Text(enum=("Helm", "Generic")),
        "raw": ListOf(Bytes()),
        "charts": ListOf(Fields({"namespace": _TEXT, "name": _TEXT}, required=("name", "namespace"))),
        "chartRaw": ListOf(Bytes()),
    },
    required=("deployer",),
)

_FEED_ORDER: Final = Fields(
    {
        **_FEED_FIELDS,
        "desiredReplicas": Integer(),
        "replicaJsonPath": _TEXT,
        "replicaRequirements": Fields(
            {
                "nodeSelector": MapOf(_TEXT),
                "tolerations": ListOf(_TOLERATION),
                "affinity": Opaque(),
                "resources": Fields(
                    {
                        "limits": MapOf(Quantity()),
                        "requests": MapOf(Quantity()),
                        "claims": ListOf(Fields({"name": _TEXT, "request": _TEXT}, required=("name",))),
                    }
                ),
            }
        ),
    },
    _FEED_REQUIRED,
)

TAINTS: Final = ListOf(
    Fields({"key": _TEXT, "value": _TEXT, "effect": _TEXT, "timeAdded": _TEXT}, required=("key", "effect"))
)

_MANAGED_CLUSTER: Final = Fields(
    {
        "clusterId": Text(pattern=r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", rule="a UUID"),
        "clusterType": _TEXT,
        "syncMode": Text(enum=("Push", "Pull", "Dual")),
        "clusterInitBaseName": Text(max_length=512),
        "taints": TAINTS,
    },
    required=("clusterId", "syncMode"),
)


def _with_spec(spec: Fields, *, is_required: bool = True) -> Fields:
    top: dict[str, Type] = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA, "spec": spec, "status": Opaque()}
    return Fields(top, ("metadata", "spec") if is_required else ("metadata",))


# What the objects of each kind look like, by group and kind.
SCHEMAS: Final[Mapping[tuple[str, str], Fields]] = MappingProxyType(
    {
        (APPS_GROUP, "Subscription"): _with_spec(_SUBSCRIPTION),
        (APPS_GROUP, "Globalization"): _with_spec(Fields({**_POLICY_FIELDS, "clusterAffinity": Selector()})),
        (APPS_GROUP, "Localization"): _with_spec(Fields(_POLICY_FIELDS)),
        (APPS_GROUP, "HelmChart"): _with_spec(Fields(_CHART_FIELDS, _CHART_REQUIRED)),
        (APPS_GROUP, "HelmRelease"): _with_spec(
            Fields({**_CHART_FIELDS, "releaseName": _TEXT, "overrides": Bytes()}, _CHART_REQUIRED)
        ),
        (APPS_GROUP, "Manifest"): Fields(
            {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA, "template": Opaque()}, ("metadata", "template")
        ),
        (APPS_GROUP, "Base"): _with_spec(Fields({"feeds": ListOf(_FEED)}, ("feeds",))),
        (APPS_GROUP, "Description"): _with_spec(_DESCRIPTION),
        (APPS_GROUP, "FeedInventory"): _with_spec(Fields({"feeds": ListOf(_FEED_ORDER)}, ("feeds",))),
        (CLUSTERS_GROUP, "ManagedCluster"): _with_spec(_MANAGED_CLUSTER, is_required=False),
        # Of Kubernetes itself, and kept on a hub by us alone: what a user feeds of it goes into a Manifest.
        ("apps", "ControllerRevision"): Fields(
            {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA, "data": Opaque(), "revision": Integer(bits=64)},
            ("metadata",),
        ),
    }
)
