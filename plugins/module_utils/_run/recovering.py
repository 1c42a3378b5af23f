# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a killed run took from a hub and never gave back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Base, Description
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import Loaded, parse_contents

_OF_PARENT = frozenset({api.LABEL_CONFIG_KIND, api.LABEL_CONFIG_NAMESPACE, api.LABEL_CONFIG_NAME, api.LABEL_CONFIG_UID})


def with_lost_bases(loaded: Loaded) -> Loaded:
    """A hub with a Base for each Description of ours in a cluster's namespace.

    A server makes a Base that is wanted again while it is being deleted in two steps, and a run that is killed between them
    leaves its Descriptions alone. Only a Base tells later runs that something is in the cluster, and may have to leave it.

    :returns: `loaded` itself where none is lost; what it has beyond that is not stored yet, and has no version.
    """
    lost = {ObjectKey.of(base.raw): base for base in _lost(loaded)}
    if not lost:
        return loaded
    contents = replace(loaded.contents, objects={**loaded.contents.objects, **lost})
    return parse_contents(contents, loaded)


def _lost(loaded: Loaded) -> Iterator[StoredObject]:
    snapshot = loaded.snapshot
    for (namespace, name), (first, *_others) in snapshot.descriptions_by_base.items():
        if (namespace, name) in snapshot.bases_by_key or namespace not in snapshot.clusters_by_namespace:
            continue
        if first.is_ours and name and _subscription(first):
            yield _base(first)


def _base(description: Description) -> StoredObject:
    """The Base of a Description, as far as that tells; where it is wanted it is rendered anew."""
    namespace, name = description.meta.namespace, description.base
    labels = {key: value for key, value in description.meta.labels.items() if key not in _OF_PARENT}
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": identity_uid(ObjectKey(Base.GROUP, Base.KIND, namespace, name)),
        "labels": labels,
        "annotations": {api.ANNOTATION_SUBSCRIPTION: _subscription(description)},
    }
    raw = {"apiVersion": api.APPS_API_VERSION, "kind": Base.KIND, "metadata": metadata, "spec": {"feeds": []}}
    return StoredObject(raw, None, f"{description.key}, whose Base is lost")


def _subscription(description: Description) -> str:
    return description.meta.annotations.get(api.ANNOTATION_SUBSCRIPTION, "")
