# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A managed cluster that is an API server: server-side apply with our field manager, reading by list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Discovery, Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import (
    ApiError,
    KubeHttp,
    Pacing,
    Patience,
    Request,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_parents import ledger_of, parent_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_reader import (
    Reader,
    home_namespace,
    unknown_kind,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import (
    FIELD_MANAGER,
    PARENT_ID,
    PARENTS_NAMESPACE,
    PART_OF,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import GroupKind, Ledger, Observed
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

Raw = Mapping[str, Any]

_CONFIG_MAPS: Final = Resource("v1", "ConfigMap", "configmaps", namespaced=True)
_NAMESPACES: Final = Resource("v1", "Namespace", "namespaces", namespaced=False)
_DEFINITIONS: Final = Resource(
    "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False
)
_APPLY: Final = "application/apply-patch+yaml"
_MERGE: Final = "application/merge-patch+json"
# How long a new CRD may take until its kind is served, in seconds, and how often to look.
_SERVED_WITHIN: Final = 30.0
_SERVED_LOOK: Final = 0.1


class KubernetesMember:
    """The port to a managed cluster, over its API server."""

    def __init__(self, http: KubeHttp) -> None:
        self._http = http
        self._discovery = Discovery(http)
        self._reader = Reader(http, self._discovery)
        self._definitions: dict[GroupKind, str] = {}
        self._new_namespaces: set[str] = set()

    @classmethod
    def connect(cls, cluster: str, connection: Connection, *, patience: Patience, pacing: Pacing) -> KubernetesMember:
        """Open the port that the variables of a cluster describe; nothing is sent yet.

        :raises ClusterError: when they do not say where it is, or its kubeconfig cannot be used.
        """
        return cls(KubeHttp(cluster, open_endpoint(cluster, connection), patience, pacing))

    @property
    def location(self) -> str:
        """The address of the API server."""
        return self._http.url

    def observe(self, wanted: Sequence[Raw], applysets: Collection[str]) -> Observed:
        """One list for the parents, one for each kind; more only for what is wanted and not ours."""
        self._reader = Reader(self._http, self._discovery)
        parents = self._reader.list_all(_CONFIG_MAPS, PARENTS_NAMESPACE, label=PARENT_ID)
        ledgers = {
            ledger.name: ledger
            for parent in parents
            if parent["metadata"]["name"] in applysets and (ledger := ledger_of(parent)) is not None
        }
        self._reader.read(wanted, ledgers.values())
        return Observed(objects=self._reader.objects, server=True, ledgers=ledgers, blocked=self._reader.blocked)

    def apply(self, desired: Raw, *, force: bool, dry_run: bool) -> Raw:
        """Apply on the server; a kind or namespace that only the real run would make is believed in a dry one."""
        key = ObjectKey.of(desired)
        resource = self._resource(key, desired["apiVersion"], dry_run=dry_run)
        if resource is None:
            return desired
        namespace = home_namespace(resource, key)
        if dry_run and namespace in self._new_namespaces:
            return desired
        try:
            live = self._patch(resource, namespace, key, desired, force=force, dry_run=dry_run)
        except ApiError as error:
            raise self._explained(error, key, namespace) from error
        if (key.group, key.kind) == ("", "Namespace") and key not in self._reader.objects:
            self._new_namespaces.add(key.name)
        if key.kind == "CustomResourceDefinition":
            self._remember_definition(key, desired)
        return live

    def delete(self, live: Raw, *, dry_run: bool) -> str:
        """Remove the object of this uid."""
        key, resource = self._known(live)
        uid = self._uid(key, live)
        body = {"preconditions": {"uid": uid}, "propagationPolicy": "Background"}
        if dry_run:
            body["dryRun"] = ["All"]  # in the query it counts for nothing where there is a body
        path = resource.path(key.namespace, key.name)
        left = self._unless_gone(Request("DELETE", path, f"remove {key}", body=body))
        if dry_run:
            return _held_by(live)
        # What is gone at once is answered with a Status, or as it was before.
        metadata = left.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        stays = metadata.get("deletionTimestamp") and metadata.get("uid") == uid
        return (_held_by(left) or "its grace period") if stays else ""

    def release(self, live: Raw, *, dry_run: bool) -> None:
        """Take label and annotation off the object of this uid."""
        key, resource = self._known(live)
        body = {
            "metadata": {
                "uid": self._uid(key, live),
                "labels": {PART_OF: None},
                "annotations": {ANNOTATION_OWNED_BY_DESCRIPTION: None},
            }
        }
        query = {"fieldManager": FIELD_MANAGER, **_dry(dry_run)}
        path = resource.path(key.namespace, key.name)
        self._unless_gone(Request("PATCH", path, f"let go of {key}", query, body, _MERGE))

    def note(self, ledger: Ledger) -> None:
        """Apply the parent, in a namespace that is made when it is missing."""
        parent = parent_of(ledger)
        key = ObjectKey.of(parent)
        try:
            self._patch(_CONFIG_MAPS, PARENTS_NAMESPACE, key, parent, force=True, dry_run=False)
        except ApiError as error:
            if error.status != 404:
                raise
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PARENTS_NAMESPACE}}
            self._patch(_NAMESPACES, "", ObjectKey.of(namespace), namespace, force=True, dry_run=False)
            self._patch(_CONFIG_MAPS, PARENTS_NAMESPACE, key, parent, force=True, dry_run=False)

    def forget(self, applyset: str) -> None:
        """Remove the parent."""
        path = _CONFIG_MAPS.path(PARENTS_NAMESPACE, applyset)
        self._unless_gone(Request("DELETE", path, f"remove the ApplySet parent {PARENTS_NAMESPACE}/{applyset}"))

    def index(self, contents: Sequence[Raw], *, dry_run: bool) -> tuple[str, ...]:  # noqa: ARG002 (a port)
        """Nothing stands beside the objects."""
        return ()

    def read(self, objects: Collection[Raw]) -> Mapping[ObjectKey, Raw]:
        """Read these objects again, one by one."""
        found = {}
        for raw in objects:
            key, resource = self._known(raw)
            live = self._reader.get(resource, home_namespace(resource, key), key.name)
            if live is not None:
                found[key] = live
        return found

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # ------------------------------------------------------------------------------------------------------ parts

    def _patch(
        self, resource: Resource, namespace: str, key: ObjectKey, desired: Raw, *, force: bool, dry_run: bool
    ) -> Raw:
        query = {"fieldManager": FIELD_MANAGER, "force": "true" if force else "false", **_dry(dry_run)}
        body = desired
        if desired["metadata"].get("namespace", "") != namespace:
            metadata = {field: value for field, value in desired["metadata"].items() if field != "namespace"}
            body = {**desired, "metadata": {**metadata, "namespace": namespace} if namespace else metadata}
        request = Request("PATCH", resource.path(namespace, key.name), f"apply {key}", query, body, _APPLY)
        return self._http.as_object(request, self._http.send(request))

    def _unless_gone(self, request: Request) -> Raw:
        """Send what is about an object as it was read; one that is gone, or another of its name, is left alone."""
        try:
            return self._http.send(request)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            return {}

    def _uid(self, key: ObjectKey, live: Raw) -> str:
        """What tells the object that was read from a later one of its name."""
        uid = live["metadata"].get("uid")
        if not isinstance(uid, str) or not uid:
            raise ClusterError(
                f"{self._http.cluster}: {key} was read without a uid and is left alone; is {self._http.url} the address "
                "of an API server?"
            )
        return uid

    def _known(self, live: Raw) -> tuple[ObjectKey, Resource]:
        key = ObjectKey.of(live)
        resource = self._discovery.resource(live["apiVersion"], key.kind)
        if resource is None:
            raise unknown_kind(self._http.cluster, key, live["apiVersion"])
        return key, resource

    def _resource(self, key: ObjectKey, api_version: str, *, dry_run: bool) -> Resource | None:
        """The kind of an object to apply, waiting for a CRD of this run; None where a dry run must believe in it."""
        resource = self._discovery.resource(api_version, key.kind)
        if resource is not None:
            return resource
        definition = self._definitions.get((key.group, key.kind))
        if definition is None:
            raise unknown_kind(self._http.cluster, key, api_version)
        return None if dry_run else self._wait_until_served(key, api_version, definition)

    def _wait_until_served(self, key: ObjectKey, api_version: str, definition: str) -> Resource:
        pacing = self._http.pacing
        deadline = pacing.now() + _SERVED_WITHIN
        while True:
            live = self._reader.get(_DEFINITIONS, "", definition) or {}
            conditions = {item["type"]: item for item in (live.get("status") or {}).get("conditions") or ()}
            if (conditions.get("Established") or {}).get("status") == "True":
                self._discovery.forget(api_version)
                resource = self._discovery.resource(api_version, key.kind)
                if resource is not None:
                    return resource
            if pacing.now() >= deadline:
                names = conditions.get("NamesAccepted") or {}
                why = f": {fit(names.get('message'))}" if names.get("status") == "False" else ""
                raise ClusterError(
                    f"{self._http.cluster}: cannot apply {key}: its CustomResourceDefinition {definition} is not "
                    f"served in {api_version} after {_SERVED_WITHIN:.0f} seconds{why}"
                )
            pacing.sleep(_SERVED_LOOK)

    def _remember_definition(self, key: ObjectKey, desired: Raw) -> None:
        spec = desired.get("spec") or {}
        kind = (str(spec.get("group")), str((spec.get("names") or {}).get("kind")))
        self._definitions[kind] = key.name

    def _explained(self, error: ApiError, key: ObjectKey, namespace: str) -> ClusterError:
        """The refusals that people meet, in words that say what to do."""
        if error.field_conflict:
            fields = "; ".join(f"{fit(cause.get('message'))}: {fit(cause.get('field'))}" for cause in error.causes[:10])
            return ClusterError(
                f"{self._http.cluster}: cannot apply {key}: other field managers own what it says: {fields}; leave "
                "these fields out, or take them over with `force_conflicts: true`"
            )
        if _no_namespace(error):
            return ClusterError(f"{error}; deliver the Namespace {namespace} too, or create it in the cluster")
        return error


def _no_namespace(error: ApiError) -> bool:
    details = error.body.get("details")
    return error.status == 404 and isinstance(details, Mapping) and details.get("kind") == "namespaces"


def _held_by(raw: Raw) -> str:
    """The finalizers of an object; a Namespace has more in its spec."""
    places = [raw["metadata"]]
    if (raw.get("apiVersion"), raw.get("kind")) == ("v1", "Namespace"):
        places.append(raw.get("spec"))
    found = [place.get("finalizers") for place in places if isinstance(place, Mapping)]
    return ", ".join(str(name) for names in found if isinstance(names, list) for name in names)


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}
