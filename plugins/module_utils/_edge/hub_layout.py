# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a directory hub keeps which object: `<namespace>/<plural>/<name>.yaml`, `_cluster/<plural>/<name>.yaml`.

The namespace comes first, so that one cluster's objects are read without the others'. Each part is a name that
Kubernetes accepts: none of these can climb out of the hub.
"""

from __future__ import annotations

import os
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
    slug,
)

# No namespace can have this name.
CLUSTER_SCOPED_FOLDER: Final = "_cluster"
EXTENSION: Final = ".yaml"
# What a person may write as well.
EXTENSIONS: Final = (EXTENSION, ".yml")
# What file systems commonly accept, in bytes.
_FILE_NAME_LIMIT: Final = 255


# What to do with an object of any other kind.
STORE_IT: Final = "store it with multicluster.apps.apply, which makes a Manifest of it"
_NAMES: Final = "lower-case letters, digits and '-' are accepted, with a letter or a digit at both ends"


@dataclass(frozen=True, slots=True)
class _Kind:
    plural: str
    namespaced: bool = True


# Clusternet's API, and the Secret with which it reaches a cluster (`child-cluster-deployer`).
_KINDS: Final = {
    (APPS_GROUP, "Base"): _Kind("bases"),
    (APPS_GROUP, "Description"): _Kind("descriptions"),
    (APPS_GROUP, "FeedInventory"): _Kind("feedinventories"),
    (APPS_GROUP, "Globalization"): _Kind("globalizations", namespaced=False),
    (APPS_GROUP, "HelmChart"): _Kind("helmcharts"),
    (APPS_GROUP, "HelmRelease"): _Kind("helmreleases"),
    (APPS_GROUP, "Localization"): _Kind("localizations"),
    (APPS_GROUP, "Manifest"): _Kind("manifests"),
    (APPS_GROUP, "Subscription"): _Kind("subscriptions"),
    (CLUSTERS_GROUP, "ClusterRegistrationRequest"): _Kind("clusterregistrationrequests", namespaced=False),
    (CLUSTERS_GROUP, "ManagedCluster"): _Kind("managedclusters"),
    ("", "Secret"): _Kind("secrets"),
}
_API_VERSIONS: Final = {APPS_GROUP: APPS_API_VERSION, CLUSTERS_GROUP: CLUSTERS_API_VERSION, "": "v1"}
_KEPT_IN: Final = {spelling.plural: f"{kind} of {_API_VERSIONS[group]}" for (group, kind), spelling in _KINDS.items()}


def is_hub_kind(group: str, kind: str) -> bool:
    """Whether a hub holds objects of this kind as themselves; all others are stored as Manifests."""
    return (group, kind) in _KINDS


def in_layout(relative: str) -> bool:
    """Whether the layout puts objects there: at a path of a file, or in a folder on the way to one.

    :param relative: the path, below the hub.
    """
    match relative.split(os.sep):
        case [folder]:
            return _holds_objects(folder)
        case [folder, plural]:
            return _holds_objects(folder) and plural in _KEPT_IN
        case [folder, plural, name]:
            return _holds_objects(folder) and plural in _KEPT_IN and name.endswith(EXTENSIONS)
    return False


def kept_beside(relative: str) -> str:
    """What the layout keeps in the folder of a file, for messages: `Subscription of apps.clusternet.io/v1alpha1`.

    :param relative: the path of a file for which `in_layout` holds.
    """
    return _KEPT_IN[relative.split(os.sep)[1]]


def kind_hint(group: str, api_version: str, kind: str) -> str:
    """What to do with an object whose kind the hub does not hold: which slip it looks like, or where it belongs."""
    own = [known for known_group, known in _KINDS if known_group == group]
    homes = [_API_VERSIONS[known_group] for known_group, known in _KINDS if known == kind]
    hint = suggest(api_version, homes) or (suggest(kind, own) if group in (APPS_GROUP, CLUSTERS_GROUP) else "")
    return hint or f"; {STORE_IT}"


def _holds_objects(folder: str) -> bool:
    return folder == CLUSTER_SCOPED_FOLDER or is_dns_label(folder)


def relative_path(key: ObjectKey) -> str:
    """The file of an object, below the hub.

    A name that leaves no room for the extension is shortened with a hash; the object in the file has it in full.

    :raises InvalidInput: when the hub does not hold such objects, or a name is none that Kubernetes accepts.
    """
    kind = _KINDS.get((key.group, key.kind))
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
    folder = key.namespace if kind.namespaced else CLUSTER_SCOPED_FOLDER
    return os.path.join(folder, kind.plural, slug(key.name, _FILE_NAME_LIMIT - len(EXTENSION)) + EXTENSION)
