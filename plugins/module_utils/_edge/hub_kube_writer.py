# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing to a hub that is an API server: which requests one change takes.

The server holds an object in two parts, itself and its status; only the part that differs is written. After every
single request a kill leaves what a next run sees and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import text_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import kind_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_api import HubApi
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import missing_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_namespaces import Namespaces
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_objects import (
    ServerObject,
    main_part,
    plain,
    split_finalizers,
    wanted_finalizers,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Delete, Put, with_uids
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid

Raw = Mapping[str, Any]


class Writer:
    """Carries out changes, one by one. Threads may share it, each with objects of its own.

    All methods raise HubConflict when an object is not the one that was read, and ClusterError as the server refuses.
    """

    def __init__(self, api: HubApi, namespaces: Namespaces, clusternet_runs: Callable[[], bool]) -> None:
        """Write nothing yet.

        :param clusternet_runs: whether Clusternet's own controllers run there: their finalizers are theirs to take off.
        """
        self._api = api
        self._namespaces = namespaces
        self._clusternet_runs = clusternet_runs
        # The uids that callers know, predicted or of what was made anew, to those of the server.
        self._uids: dict[str, str] = {}

    def put(self, change: Put) -> ServerObject:
        """Store an object; see the port `Hub`."""
        wanted = plain(with_uids(change.raw, self._uids))
        marked = bool(wanted["metadata"].get("deletionTimestamp"))
        stored = None if change.version is None else self._of_version(change.key, change.version)
        if stored is not None and stored.deleting and not marked:
            self._finish(stored)
            current = self._create(wanted, stored.uid)
        elif stored is None:
            current = self._create(wanted, identity_uid(change.key))
        else:
            current = self._update(wanted, stored)
        if _status_differs(wanted, current):
            current = self._api.replace_status(current, wanted.get("status") or {})
        if marked and not current.deleting:
            held = self._api.delete(current)
            if held is None:
                raise self._api.conflict(change.key)
            current = held
        return current

    def delete(self, change: Delete) -> None:
        """Remove an object; one that is gone already is no error, and one that others hold ends when they let go."""
        stored = self._api.seen(change.key, change.version)
        if stored is None:
            return
        if stored.version != change.version:
            raise self._api.conflict(change.key)
        left = stored if stored.deleting else self._api.delete(stored)
        if left is None:
            return
        clusternets, others = split_finalizers(left.finalizers)
        if clusternets and not self._clusternet_runs():
            self._api.set_finalizers(left, others)

    def rehearse(self, change: Change) -> None:
        """Have the server say what it would refuse, without writing.

        What waits for an earlier change of the same run (a namespace, the end of an object) is believed in.
        """
        stored = None if change.version is None else self._api.seen(change.key, change.version)
        if isinstance(change, Delete):
            if stored is not None and stored.version != change.version:
                raise self._api.conflict(change.key)
            if stored is not None and not stored.deleting:
                self._api.delete(stored, dry_run=True)
            return
        if change.version is not None and (stored is None or stored.version != change.version):
            raise self._api.conflict(change.key)
        try:
            self._rehearse_put(plain(with_uids(change.raw, self._uids)), stored)
        except ApiError as error:
            if not missing_namespace(error):
                raise
            self._namespaces.rehearse(change.key.namespace)

    # ------------------------------------------------------------------------------------------------------ parts

    def _of_version(self, key: ObjectKey, version: str) -> ServerObject:
        """The object that was read."""
        stored = self._api.seen(key, version)
        if stored is None or stored.version != version:
            raise self._api.conflict(key)
        return stored

    def _create(self, wanted: Raw, old_uid: str) -> ServerObject:
        """Create an object; who names the uid that was predicted for it, or that it had, means the new one from now on."""
        key = ObjectKey.of(wanted)
        if key.kind == "ManagedCluster":
            self._namespaces.dedicate(key.namespace, wanted)
        body = _body(wanted, None)
        stored = self._namespaces.ensured(key.namespace, lambda: self._api.create(key, body))
        self._uids[old_uid] = stored.uid
        return stored

    def _update(self, wanted: Raw, stored: ServerObject) -> ServerObject:
        """Replace the object itself, where that says something else."""
        body = _changed_body(wanted, stored)
        if body is None:
            return stored
        if stored.key.kind == "ManagedCluster":
            self._namespaces.dedicate(stored.key.namespace, wanted)
        return self._api.replace(stored, body)

    def _finish(self, stored: ServerObject) -> None:
        """End the deletion of an object, so that one of its name can be made."""
        clusternets, others = split_finalizers(stored.finalizers)
        held = stored.finalizers if clusternets and self._clusternet_runs() else others
        if held:
            raise HubError(
                f"{self._api.hub}: {stored.key} is being deleted and is wanted again, and its end waits for the finalizers "
                f"{', '.join(held)}: run again once it is gone"
            )
        self._api.set_finalizers(stored, ())

    def _rehearse_put(self, wanted: Raw, stored: ServerObject | None) -> None:
        if stored is None:
            self._api.create(ObjectKey.of(wanted), _body(wanted, None), dry_run=True)
            return
        body = _changed_body(wanted, stored)
        if body is not None:
            self._api.replace(stored, body, dry_run=True)
        if _status_differs(wanted, stored):
            self._api.replace_status(stored, wanted.get("status") or {}, dry_run=True)
        if wanted["metadata"].get("deletionTimestamp") and not stored.deleting:
            self._api.delete(stored, dry_run=True)


def _body(wanted: Raw, stored: ServerObject | None) -> dict[str, Any]:
    status = kind_of(ObjectKey.of(wanted)).status
    return main_part(wanted, wanted_finalizers(wanted, stored), status=status)


def _changed_body(wanted: Raw, stored: ServerObject) -> dict[str, Any] | None:
    """What replaces the object itself; None where it says so already."""
    body = _body(wanted, stored)
    there = main_part(stored.raw, stored.finalizers, status=kind_of(stored.key).status)
    return None if text_of(body) == text_of(there) else body


def _status_differs(wanted: Raw, stored: ServerObject) -> bool:
    """Whether the status, where it is a resource of its own, has to be written."""
    if not kind_of(stored.key).status:
        return False
    return text_of(wanted.get("status") or {}) != text_of(stored.raw.get("status") or {})
