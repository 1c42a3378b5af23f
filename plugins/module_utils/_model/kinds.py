# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of kinds without asking a server: which of them have no namespace."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP, CLUSTERS_GROUP

# The groups whose kinds are all known here, with those of them that have no namespace.
_CLUSTER_SCOPED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "": frozenset({"ComponentStatus", "Namespace", "Node", "PersistentVolume"}),
        "admissionregistration.k8s.io": frozenset(
            {
                "MutatingAdmissionPolicy",
                "MutatingAdmissionPolicyBinding",
                "MutatingWebhookConfiguration",
                "ValidatingAdmissionPolicy",
                "ValidatingAdmissionPolicyBinding",
                "ValidatingWebhookConfiguration",
            }
        ),
        "apiextensions.k8s.io": frozenset({"CustomResourceDefinition"}),
        "apiregistration.k8s.io": frozenset({"APIService"}),
        "apps": frozenset(),
        "authentication.k8s.io": frozenset({"SelfSubjectReview", "TokenReview"}),
        "authorization.k8s.io": frozenset({"SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"}),
        "autoscaling": frozenset(),
        "batch": frozenset(),
        "certificates.k8s.io": frozenset({"CertificateSigningRequest", "ClusterTrustBundle"}),
        "coordination.k8s.io": frozenset(),
        "discovery.k8s.io": frozenset(),
        "events.k8s.io": frozenset(),
        "extensions": frozenset(),
        "flowcontrol.apiserver.k8s.io": frozenset({"FlowSchema", "PriorityLevelConfiguration"}),
        "internal.apiserver.k8s.io": frozenset({"StorageVersion"}),
        "networking.k8s.io": frozenset({"IPAddress", "IngressClass", "ServiceCIDR"}),
        "node.k8s.io": frozenset({"RuntimeClass"}),
        "policy": frozenset({"PodSecurityPolicy"}),
        "rbac.authorization.k8s.io": frozenset({"ClusterRole", "ClusterRoleBinding"}),
        "resource.k8s.io": frozenset({"DeviceClass", "DeviceTaintRule", "ResourceSlice"}),
        "scheduling.k8s.io": frozenset({"PriorityClass"}),
        "storage.k8s.io": frozenset(
            {"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"}
        ),
        "storagemigration.k8s.io": frozenset({"StorageVersionMigration"}),
        APPS_GROUP: frozenset({"Globalization"}),
        CLUSTERS_GROUP: frozenset({"ClusterRegistrationRequest"}),
    }
)


def cluster_scoped(group: str, kind: str) -> bool | None:
    """Whether objects of a kind have no namespace; None where only its CRD or a server knows."""
    known = _CLUSTER_SCOPED.get(group)
    return None if known is None else kind in known
