# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests about one object of a hub. Each write names the version that it replaces, and knows its own success.

An attempt whose answer was lost may have been carried out; the next attempt is then refused because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import text_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import kind_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import changed_by
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_objects import (
    ServerObject,
    main_part,
    says_all,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import FIELD_MANAGER
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = Mapping[str, Any]


class HubApi:
    """The objects of one hub, one by one. Threads may share it, each with objects of its own."""

    def __init__(self, http: KubeHttp, may_write: Callable[[str], None]) -> None:
        """Send nothing yet.

        :param may_write: called before each write with its namespace; raises HubLocked when a lock for it was lost.
        """
        self._http = http
        self._may_write = may_write
        # What the server was seen to hold; a write for another version than the one seen asks again.
        self._known: dict[ObjectKey, ServerObject] = {}

    @property
    def hub(self) -> str:
        """What messages begin with."""
        return self._http.cluster

    def remember(self, found: Iterable[ServerObject]) -> None:
        """Note what a load found."""
        self._known.update((item.key, item) for item in found)

    def seen(self, key: ObjectKey, version: str) -> ServerObject | None:
        """The object as it was seen in this version; else as it is now, if it is there.

        :raises ClusterError: when the server cannot be asked.
        """
        known = self._known.get(key)
        return known if known is not None and known.version == version else self._get(key)

    def create(self, key: ObjectKey, body: Raw, *, dry_run: bool = False) -> ServerObject:
        """Create an object.

        :raises HubConflict: when there is one.
        :raises ClusterError: as the server refuses.
        """
        request = _write("POST", resource_of(key).path(key.namespace), f"create {key}", body, dry_run=dry_run)
        try:
            return self._written(request, key)
        except ApiError as error:
            if error.status != 409:
                raise
            return self._own_success(error, key, lambda now: says_all(now.raw, body))

    def replace(self, stored: ServerObject, body: Raw, *, dry_run: bool = False) -> ServerObject:
        """Replace the object itself, but for a status that is a resource of its own.

        :raises HubConflict: when it is no longer the one of this version.
        :raises ClusterError: as the server refuses.
        """
        key = stored.key
        request = _write("PUT", _path(key), f"replace {key}", _for_version(body, stored), dry_run=dry_run)
        try:
            return self._written(request, key)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            return self._own_success(error, key, lambda now: says_all(now.raw, body))

    def replace_status(self, stored: ServerObject, status: Raw, *, dry_run: bool = False) -> ServerObject:
        """Replace the status; the server takes nothing else from such a write, so nothing else is sent.

        :param status: empty for none.
        :raises HubConflict, ClusterError: as `replace`.
        """
        key = stored.key
        name = {field: value for field, value in stored.raw["metadata"].items() if field in ("name", "namespace")}
        body = {"apiVersion": stored.raw["apiVersion"], "kind": key.kind, "metadata": name}
        body |= {"status": status} if status else {}
        doing = f"write the status of {key}"
        request = _write("PUT", f"{_path(key)}/status", doing, _for_version(body, stored), dry_run=dry_run)
        try:
            return self._written(request, key)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            return self._own_success(error, key, lambda now: text_of(now.raw.get("status") or {}) == text_of(status))

    def delete(self, stored: ServerObject, *, dry_run: bool = False) -> ServerObject | None:
        """Delete an object; answers what its finalizers hold, None for what is gone.

        :raises HubConflict: when it is no longer the one of this version.
        :raises ClusterError: as the server refuses.
        """
        key = stored.key
        body: dict[str, Any] = {
            "preconditions": {"uid": stored.uid, "resourceVersion": stored.version},
            "propagationPolicy": "Background",
        }
        if dry_run:
            body["dryRun"] = ["All"]  # in the query it counts for nothing where there is a body
        request = Request("DELETE", _path(key), f"remove {key}", body=body, retry_conflict=False)
        try:
            answer = self._sent(request, key)
        except ApiError as error:
            if error.status == 404:
                self._known.pop(key, None)
                return None
            if error.status != 409:
                raise
            return self._own_success(error, key, lambda now: now.deleting and now.uid == stored.uid)
        if dry_run:
            return stored
        # What is gone at once is answered with a Status, or as it was.
        if answer.get("kind") != key.kind or not answer["metadata"].get("deletionTimestamp"):
            self._known.pop(key, None)
            return None
        return self._note(ServerObject.of(self._http.as_object(request, answer)))

    def set_finalizers(self, stored: ServerObject, names: tuple[str, ...]) -> None:
        """Leave an object that is being deleted these finalizers; one that is gone needs none.

        :raises HubConflict: when it is no longer the one of this version.
        :raises ClusterError: as the server refuses.
        """
        key = stored.key
        # A patch would be shorter, and needs one more permission.
        body = _for_version(main_part(stored.raw, names, status=kind_of(key).status), stored)
        doing = f"take the finalizers off {key}"
        request = Request("PUT", _path(key), doing, {"fieldManager": FIELD_MANAGER}, body, retry_conflict=False)
        try:
            self._sent(request, key)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            now = self._get(key)
            ours = error.attempts > 1 and now is not None and now.finalizers == names
            if now is not None and now.uid == stored.uid and not ours:
                raise self.conflict(key) from error
        self._known.pop(key, None)

    def conflict(self, key: ObjectKey) -> HubConflict:
        """The error for an object that is not the one that was read; asks who changed it."""
        said = changed_by(self._get_raw(key), key)
        return HubConflict(f"{self.hub}: {said}; nothing of that is lost: run again")

    # ------------------------------------------------------------------------------------------------------ parts

    def _own_success(self, error: ApiError, key: ObjectKey, holds: Callable[[ServerObject], bool]) -> ServerObject:
        """The object as it is, where a refusal is about what an earlier attempt of ours did and its answer was lost.

        :raises HubConflict: where it is not.
        """
        now = self._get(key) if error.attempts > 1 else None
        if now is None or not holds(now):
            raise self.conflict(key) from error
        return now

    def _get(self, key: ObjectKey) -> ServerObject | None:
        raw = self._get_raw(key)
        return None if raw is None else self._note(ServerObject.of(raw))

    def _get_raw(self, key: ObjectKey) -> Raw | None:
        request = Request("GET", _path(key), f"read {key}")
        try:
            return self._http.as_object(request, self._http.send(request))
        except ApiError as error:
            if error.status != 404:
                raise
            self._known.pop(key, None)
            return None

    def _written(self, request: Request, key: ObjectKey) -> ServerObject:
        stored = ServerObject.of(self._http.as_object(request, self._sent(request, key)))
        return stored if "dryRun" in (request.query or {}) else self._note(stored)

    def _sent(self, request: Request, key: ObjectKey) -> dict[str, Any]:
        self._may_write(key.namespace)
        return self._http.send(request)

    def _note(self, stored: ServerObject) -> ServerObject:
        self._known[stored.key] = stored
        return stored


def resource_of(key: ObjectKey) -> Resource:
    """Where the server has an object; asking the server would cost a request."""
    kind = kind_of(key)
    return Resource(kind.api_version, kind.kind, kind.plural, kind.namespaced)


def _path(key: ObjectKey) -> str:
    return resource_of(key).path(key.namespace, key.name)


def _write(method: str, path: str, doing: str, body: Raw, *, dry_run: bool) -> Request:
    # Strict: a field that an older CRD lacks would be dropped in silence otherwise.
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
    return Request(method, path, doing, query, body, retry_conflict=False)


def _for_version(body: Raw, stored: ServerObject) -> Raw:
    """A body that only replaces the object of this uid and version."""
    metadata = {**body["metadata"], "uid": stored.uid, "resourceVersion": stored.version}
    return {**body, "metadata": metadata}
