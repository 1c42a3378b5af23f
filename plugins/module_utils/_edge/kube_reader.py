# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a cluster by lists: what is ours by its label, what is wanted by its name, and what may not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Discovery, Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import GroupKind, Ledger, Live
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = Mapping[str, Any]

_PAGE: Final = "500"
# A list whose pages grow too old so often changes faster than it can be read.
_RESTARTS: Final = 5
# Up to so many objects of a namespace are asked for one by one; for more a list of names is cheaper.
_FEW: Final = 2
NAMES_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Reader:
    """Reads one cluster once."""

    def __init__(self, http: KubeHttp, discovery: Discovery) -> None:
        self._http = http
        self._discovery = discovery
        self.objects: dict[ObjectKey, Live] = {}
        self.blocked: dict[GroupKind, str] = {}

    def read(self, wanted: Sequence[Raw], ledgers: Iterable[Ledger]) -> None:
        """Fill `objects` and `blocked`; a kind that cannot be read does not stop the others.

        :raises ClusterUnreachable: when the cluster stops answering.
        """
        recorded: dict[GroupKind, set[ObjectKey]] = defaultdict(set)
        unnamed: set[GroupKind] = set()
        namespaces: set[str] = set()
        for ledger in ledgers:
            namespaces |= ledger.namespaces
            for kind in ledger.kinds:
                known = {key for key in ledger.records if (key.group, key.kind) == kind}
                recorded[kind] |= known
                if not known:
                    unnamed.add(kind)
        by_kind: dict[GroupKind, dict[ObjectKey, str]] = defaultdict(dict)
        for raw in wanted:
            key = ObjectKey.of(raw)
            by_kind[key.group, key.kind][key] = raw["apiVersion"]
        for kind in sorted({*by_kind, *recorded}):
            try:
                by_name = bool(by_kind[kind]) or kind not in unnamed
                self._read_kind(kind, by_kind[kind], recorded[kind], namespaces, by_name=by_name)
            except ApiError as error:
                self.blocked[kind] = str(error)

    def get(self, resource: Resource, namespace: str, name: str) -> Raw | None:
        """One object; None where it does not exist."""
        what = f"read {resource.kind} {namespace}/{name}" if namespace else f"read {resource.kind} {name}"
        request = Request("GET", resource.path(namespace, name), what)
        try:
            return self._http.as_object(request, self._http.send(request))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list_all(
        self, resource: Resource, namespace: str = "", *, label: str = "", accept: str = "application/json"
    ) -> list[Raw]:
        """All objects of a kind, page by page."""
        query = {"limit": _PAGE, **({"labelSelector": label} if label else {})}
        return list_pages(self._http, resource, namespace, query, accept=accept)

    def _read_kind(
        self,
        kind: GroupKind,
        wanted: Mapping[ObjectKey, str],
        recorded: set[ObjectKey],
        namespaces: set[str],
        *,
        by_name: bool,
    ) -> None:
        resources = {version: self._discovery.resource(version, kind[1]) for version in sorted(set(wanted.values()))}
        served = [resource for resource in resources.values() if resource is not None]
        if not served:
            known = self._discovery.any_version(kind)
            served = [known] if known is not None else []
        homes = {self._home(resources[version], key): key for key, version in wanted.items() if resources[version]}
        for resource in served:
            for raw in self._ours(resource, {*wanted, *recorded}, namespaces, by_name=by_name):
                found = ObjectKey.of(raw)
                key = homes.get(found, found)
                if wanted.get(key, resource.api_version) == resource.api_version:
                    self.objects[key] = Live(raw)
        for resource in served:
            missing = [
                key for key, version in wanted.items() if version == resource.api_version and key not in self.objects
            ]
            self._look_up(resource, missing)

    def _ours(self, resource: Resource, keys: set[ObjectKey], namespaces: set[str], *, by_name: bool) -> list[Raw]:
        """What carries the label of an ApplySet: of the whole cluster, or of what the credentials let us see.

        :param by_name: whether `keys` will do for a kind without namespaces. They do not where a ledger says that there
            are such objects, and nothing names one: to find none would be to forget them.
        """
        try:
            return self.list_all(resource, label=PART_OF)
        except ApiError as error:
            if error.status != 403 or not (resource.namespaced or by_name):
                raise
        if resource.namespaced:
            places = sorted({*namespaces, *(home_namespace(resource, key) for key in keys)})
            return [raw for place in places for raw in self.list_all(resource, place, label=PART_OF)]
        found = (self.get(resource, "", name) for name in sorted({key.name for key in keys}))
        return [raw for raw in found if raw is not None and PART_OF in (raw["metadata"].get("labels") or {})]

    def _look_up(self, resource: Resource, missing: list[ObjectKey]) -> None:
        """Objects that are wanted and not ours: most are not there at all."""
        by_namespace: dict[str, list[ObjectKey]] = defaultdict(list)
        for key in missing:
            by_namespace[self._home(resource, key).namespace].append(key)
        for namespace, keys in sorted(by_namespace.items()):
            names = self._names(resource, namespace) if len(keys) > _FEW else None
            for key in keys:
                if names is None or key.name in names:
                    raw = self.get(resource, namespace, key.name)
                    if raw is not None:
                        self.objects[key] = Live(raw)

    def _names(self, resource: Resource, namespace: str) -> set[str] | None:
        """The names that exist; None where they may not be listed."""
        try:
            return {raw["metadata"]["name"] for raw in self.list_all(resource, namespace, accept=NAMES_ONLY)}
        except ApiError as error:
            if error.status == 403:
                return None
            raise

    @staticmethod
    def _home(resource: Resource | None, key: ObjectKey) -> ObjectKey:
        namespace = home_namespace(resource, key) if resource else key.namespace
        return ObjectKey(key.group, key.kind, namespace, key.name)


def list_pages(
    http: KubeHttp, resource: Resource, namespace: str, query: Mapping[str, str], *, accept: str = "application/json"
) -> list[Raw]:
    """All objects of a kind, page by page; from the beginning again where pages grow too old meanwhile.

    :param namespace: empty for the whole cluster.
    :param query: `limit`, the size of a page, and perhaps selectors.
    :raises ClusterError: when the server refuses, cannot be reached, or is none.
    """
    where = f"of namespace {namespace}" if namespace else "of the cluster"
    # Items of a list do not say their kind.
    identity = {"apiVersion": resource.api_version, "kind": resource.kind}
    items: list[Raw] = []
    following, restarts = "", 0
    while True:
        position = {"continue": following} if following else {}
        request = Request(
            "GET", resource.path(namespace), f"list the {resource.plural} {where}", {**query, **position}, accept=accept
        )
        try:
            page = http.send(request)
        except ApiError as error:
            if error.status != 410 or not following or restarts == _RESTARTS:
                raise
            items, following, restarts = [], "", restarts + 1
            continue
        entries = http.entries(request, page, "items")
        items += [http.as_object(request, {**item, **identity}) for item in entries]
        metadata = page.get("metadata")
        following = str(metadata.get("continue") or "") if isinstance(metadata, Mapping) else ""
        if not following:
            return items


def home_namespace(resource: Resource, key: ObjectKey) -> str:
    """Where an object goes: the hub does not know of every kind whether its objects have a namespace."""
    return (key.namespace or "default") if resource.namespaced else ""


def unknown_kind(cluster: str, key: ObjectKey, api_version: str) -> ClusterError:
    """The error for an object of a kind that the cluster does not have."""
    return ClusterError(
        f"{cluster}: cannot apply {key}: the cluster has no kind {key.kind} in {api_version}; deliver its "
        "CustomResourceDefinition too, or correct apiVersion and kind"
    )
