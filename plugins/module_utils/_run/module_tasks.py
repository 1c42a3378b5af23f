# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules do: from their options to a change of the hub."""

from __future__ import annotations

import os.path
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import cluster_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid, slug
from ansible_collections.multicluster.apps.plugins.module_utils._run import rolling_back, typed_objects
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import cluster_names
from ansible_collections.multicluster.apps.plugins.module_utils._run.rolling_back import RollbackRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import VaultCodec, documents_of, open_tools

Params = Mapping[str, Any]
Result = dict[str, Any]


def apply(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `apply`; results and errors of all functions here are those of `tasks.store`."""
    vault = _vault(params)
    tools = open_tools(HubOptions.of(params), "multicluster.apps.apply", vault)
    request = StoreRequest(
        documents=_documents(params, vault),
        source=source_of(params["source"], (params["src"], *(params["template"] or ())), tools.hub_dir),
        absent=params["state"] == "absent",
        prune=params["prune"],
        max_pruned_objects=params["max_pruned_objects"],
    )
    return store(request, tools, check=check, diff=diff)


def subscription(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `subscription`."""
    return _store_one(
        "subscription", typed_objects.subscription(params), params, _tools("subscription", params), check, diff
    )


def globalization(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `globalization`."""
    tools = _tools("globalization", params)
    raw = typed_objects.globalization(params, tools.codec.render_yaml)
    return _store_one("globalization", raw, params, tools, check, diff)


def localization(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `localization`."""
    tools = _tools("localization", params)
    namespace = params["namespace"] or _namespace_of(params["cluster"], tools)
    raw = typed_objects.localization(params, namespace, tools.codec.render_yaml)
    return _store_one("localization", raw, params, tools, check, diff)


def manifest(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `manifest`."""
    return _store_one("definition", params["definition"], params, _tools("manifest", params), check, diff)


def managed_cluster(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `managed_cluster`."""
    tools = _tools("managed_cluster", params)
    namespace = params["namespace"] or _namespace_of(params["name"], tools)
    raw = typed_objects.managed_cluster(
        params, namespace, params["cluster_id"] or _cluster_id(params["name"], namespace, tools)
    )
    return _store_one("managed_cluster", raw, params, tools, check, diff)


def rollback(params: Params, *, check: bool, diff: bool) -> Result:
    """The module `rollback`."""
    release, name = params["state"] == "released", params["subscription"]
    if release and params["revision"] is not None:
        raise InvalidInput("revision says where to go back to, and state=released ends that: give one or the other")
    request = RollbackRequest(
        subscription=name if "/" in name else f"default/{name}",
        revision=params["revision"],
        clusters=None if params["clusters"] is None else frozenset(params["clusters"]),
        release=release,
    )
    return rolling_back.rollback(request, _tools("rollback", params), check=check, diff=diff)


def source_of(given: str | None, paths: Sequence[str | None], hub_dir: str | None) -> str | None:
    """What the hub remembers as the source of objects; None where it remembers none.

    :param given: the user's name for it.
    :param paths: the files it consists of. In a directory hub their paths name it, relative to the hub, so that it is the same
        in every clone. On an API server relative paths of several repositories would be one, and absolute ones differ
        from machine to machine: there only a given name will do.
    """
    if given:
        return given
    return None if hub_dir is None else ",".join(os.path.relpath(path, hub_dir) for path in paths if path) or None


def _tools(module: str, params: Params) -> Tools:
    return open_tools(HubOptions.of(params), f"multicluster.apps.{module}", _vault(params))


def _store_one(where: str, raw: Any, params: Params, tools: Tools, check: bool, diff: bool) -> Result:
    request = StoreRequest((Document(raw, where),), absent=params["state"] == "absent")
    return store(request, tools, check=check, diff=diff)


def _vault(params: Params) -> VaultCodec | None:
    files = params["vault_password_files"]
    return VaultCodec.from_password_files(files) if files else None


def _documents(params: Params, vault: VaultCodec | None) -> list[Document]:
    if params["definition"] is not None:
        return documents_of(None, params["definition"], vault)
    documents = documents_of(params["src"], None, vault) if params["src"] else []
    for item in params["rendered"] or ():
        documents += documents_of(None, item["text"], vault, item["where"])
    return documents


def _namespace_of(cluster: str, tools: Tools) -> str:
    """The namespace that a cluster has on the hub, or will have when it is registered with no other."""
    for known in parse_contents(tools.hub.load(kinds=["ManagedCluster"])).snapshot.clusters:
        if cluster in cluster_names(known):
            return known.namespace
    return cluster_namespace(slug(cluster))


def _cluster_id(name: str, namespace: str, tools: Tools) -> str:
    """The id that a cluster has for life: the stored one, or one that depends on nothing but the name."""
    key = ObjectKey(api.CLUSTERS_GROUP, "ManagedCluster", namespace, name)
    stored = tools.hub.load([namespace], ["ManagedCluster"]).objects.get(key)
    spec = (stored.raw.get("spec") or {}) if stored else {}
    return str(spec.get("clusterId") or identity_uid(key))
