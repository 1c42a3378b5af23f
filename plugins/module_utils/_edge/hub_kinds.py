# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kinds a hub holds as themselves, and what is known of them without asking a server (reference, "The CRDs")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    APPS_API_VERSION,
    APPS_GROUP,
    CLUSTERS_API_VERSION,
    CLUSTERS_GROUP,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    ObjectKey,
    is_dns_label,
    is_dns_subdomain,
    shorten,
)

# What to do with an object of any other kind.
STORE_IT: Final = "store it with multicluster.apps.apply, which makes a Manifest of it"
_NAMES: Final = "lower-case letters, digits and '-' are accepted, with a letter or a digit at both ends"


@dataclass(frozen=True, slots=True)
class HubKind:
    """One kind.

    :param status: whether its status is a subresource.
    :param large: whether one object may take a mebibyte.
    """

    api_version: str
    kind: str
    plural: str
    namespaced: bool = True
    status: bool = False
    large: bool = False


# Clusternet's API; the Secret with which it reaches a cluster (`child-cluster-deployer`); our revisions.
_ALL: Final = (
    HubKind(APPS_API_VERSION, "Base", "bases"),
    HubKind(APPS_API_VERSION, "Description", "descriptions", status=True, large=True),
    HubKind(APPS_API_VERSION, "FeedInventory", "feedinventories"),
    HubKind(APPS_API_VERSION, "Globalization", "globalizations", namespaced=False),
    HubKind(APPS_API_VERSION, "HelmChart", "helmcharts", status=True),
    HubKind(APPS_API_VERSION, "HelmRelease", "helmreleases", status=True),
    HubKind(APPS_API_VERSION, "Localization", "localizations"),
    HubKind(APPS_API_VERSION, "Manifest", "manifests", large=True),
    HubKind(APPS_API_VERSION, "Subscription", "subscriptions", status=True),
    HubKind(
        CLUSTERS_API_VERSION, "ClusterRegistrationRequest", "clusterregistrationrequests", namespaced=False, status=True
    ),
    HubKind(CLUSTERS_API_VERSION, "ManagedCluster", "managedclusters", status=True),
    HubKind("v1", "Secret", "secrets"),
    HubKind("apps/v1", "ControllerRevision", "controllerrevisions", large=True),
)
KINDS: Final = {(kind.api_version.rpartition("/")[0], kind.kind): kind for kind in _ALL}


def is_hub_kind(group: str, kind: str) -> bool:
    """Whether a hub holds objects of this kind as themselves; all others are stored as Manifests."""
    return (group, kind) in KINDS


def kind_hint(group: str, api_version: str, kind: str) -> str:
    """What to do with an object whose kind the hub does not hold: which slip it looks like, or where it belongs."""
    own = [known for known_group, known in KINDS if known_group == group]
    homes = [known.api_version for (_group, name), known in KINDS.items() if name == kind]
    hint = suggest(api_version, homes) or (suggest(kind, own) if group in (APPS_GROUP, CLUSTERS_GROUP) else "")
    return hint or f"; {STORE_IT}"


def kind_of(key: ObjectKey) -> HubKind:
    """The kind of an object that a hub can hold.

    :raises InvalidInput: when it holds no such objects, or a name is none that Kubernetes accepts.
    """
    kind = KINDS.get((key.group, key.kind))
    if kind is None:
        raise InvalidInput(f"{key}: the hub holds no objects of this kind; {STORE_IT}")
    who, problems = f"{key.kind} {shorten(key.name)!r}", []
    if not is_dns_subdomain(key.name):
        problems.append(f"metadata.name of {who} is no Kubernetes name: {_NAMES}, '.' too, 253 of them at most")
    if kind.namespaced and not is_dns_label(key.namespace):
        namespace = shorten(key.namespace)
        problems.append(
            f"metadata.namespace {namespace!r} of {who} is no name of a namespace: {_NAMES}, 63 of them at most"
        )
    if not kind.namespaced and key.namespace:
        problems.append(f"metadata.namespace of {who}: objects of this kind have no namespace; leave it out")
    if problems:
        raise InvalidInput(problems)
    return kind
