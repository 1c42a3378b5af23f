# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API server in memory, with as much of server-side apply as the use cases rely on."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, split_api_version
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server
from ansible_collections.multicluster.apps.tests.unit.fakes.server_side_apply import merged, without

Raw = Mapping[str, Any]


class MemoryApi:
    """What survives a session.

    :ivar missing: kinds that the server does not have.
    :ivar failing: errors to raise, by the identity of an object or by the name of a method.
    :ivar down: the error of every call, while it is set.
    :ivar now: when tokens begin to live.
    :ivar longest_token: seconds that a token lives at most.
    :ivar log: all writes, as sentences.
    """

    def __init__(self, *objects: Raw) -> None:
        self.objects: dict[ObjectKey, dict[str, Any]] = {}
        self.applied: dict[ObjectKey, Raw] = {}
        self.missing: set[str] = set()
        self.failing: dict[ObjectKey | str, ClusterError] = {}
        self.down: ClusterError | None = None
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.longest_token = 10**9
        self.kubernetes = "v1.33.0"
        self.healthy = {"readyz": True, "livez": True}
        self.authority = "-----BEGIN CERTIFICATE-----"
        self.log: list[str] = []
        self._numbers = itertools.count(1)
        for raw in objects:
            self.put(raw)

    def put(self, raw: Raw) -> None:
        """Store an object as somebody else would."""
        made = copy.deepcopy(dict(raw))
        made["metadata"] = {**made["metadata"], "uid": f"uid-{self.number()}"}
        self.objects[ObjectKey.of(raw)] = made

    def number(self) -> int:
        """Another one each time."""
        return next(self._numbers)

    def open(self, name: str = "one", connection: Connection | None = None) -> MemoryServer:
        """A session, as `Tools.open_server` makes it."""
        return MemoryServer(self, name, connection)


class MemoryServer:
    """The port to a MemoryApi."""

    def __init__(self, api: MemoryApi, name: str, connection: Connection | None) -> None:
        self._api = api
        self.name = name
        self.connection = connection
        self._promised: set[ObjectKey] = set()

    @property
    def location(self) -> str:
        return (self.connection.host if self.connection else None) or "https://memory:6443"

    @property
    def authority(self) -> str:
        self._check("authority")
        return self._api.authority

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Raw | None:
        key = self._key(api_version, kind, namespace, name)
        return copy.deepcopy(self._api.objects.get(key))

    def list(self, api_version: str, kind: str, *, namespace: str = "", label: str = "") -> list[Raw]:
        self._check("list", ObjectKey(split_api_version(api_version)[0], kind, namespace, ""))
        group = split_api_version(api_version)[0]
        wanted = dict(part.split("=", 1) for part in label.split(",") if part)
        return [
            copy.deepcopy(raw)
            for key, raw in sorted(self._api.objects.items())
            if (key.group, key.kind) == (group, kind)
            and namespace in ("", key.namespace)
            and wanted.items() <= (raw["metadata"].get("labels") or {}).items()
        ]

    def serves(self, api_version: str, kind: str) -> bool:
        self._check("serves", ObjectKey(split_api_version(api_version)[0], kind, "", ""))
        return kind not in self._api.missing

    def inhabitants(self, namespace: str) -> Sequence[ObjectKey]:
        self._check("inhabitants")
        return [key for key in sorted(self._api.objects) if key.namespace == namespace]

    def apply(self, raw: Raw, *, dry_run: bool = False) -> Raw:
        key = ObjectKey.of(raw)
        self._check("apply", key)
        if key.kind in self._api.missing:
            raise ClusterError(f"{self.name}: cannot apply {key}: {self.location} has no kind {key.kind}")
        if key.namespace and ObjectKey("", "Namespace", "", key.namespace) not in self._api.objects:
            if dry_run and ObjectKey("", "Namespace", "", key.namespace) in self._promised:
                return raw
            raise ClusterError(f'{self.name}: cannot apply {key}: HTTP 404: namespaces "{key.namespace}" not found')
        if (role := _role_of(raw)) is not None and role not in self._api.objects:
            if dry_run and role in self._promised:
                return raw
            raise ClusterError(f"{self.name}: cannot apply {key}: HTTP 404: {role} not found")
        before = self._api.objects.get(key)
        live = without(before, self._api.applied.get(key, {}), raw) if before else {}
        made: dict[str, Any] = merged(live, raw)
        made["metadata"].setdefault("uid", f"uid-{self._api.number()}")
        if dry_run:
            self._promised.add(key)
            return made
        self._api.objects[key] = made
        self._api.applied[key] = copy.deepcopy(dict(raw))
        if made != before:
            self._api.log.append(f"apply {key}")
        return copy.deepcopy(made)

    def delete(self, api_version: str, kind: str, namespace: str, name: str, *, dry_run: bool = False) -> bool:
        key = self._key(api_version, kind, namespace, name)
        if key not in self._api.objects:
            return False
        if not dry_run:
            del self._api.objects[key]
            self._api.applied.pop(key, None)
            self._api.log.append(f"delete {key}")
        return True

    def token(self, namespace: str, service_account: str, seconds: int) -> tuple[str, str]:
        key = self._key("v1", "ServiceAccount", namespace, service_account)
        self._check("token", key)
        if key not in self._api.objects:
            raise ClusterError(f"{self.name}: cannot make a token for {key}: HTTP 404: it does not exist")
        ends = self._api.now + timedelta(seconds=min(seconds, self._api.longest_token))
        token = f"token-{self._api.number()}"
        self._api.log.append(f"token {key}")
        return token, ends.strftime("%Y-%m-%dT%H:%M:%SZ")

    def version(self) -> str:
        self._check("version")
        return self._api.kubernetes

    def probe(self, path: str) -> bool:
        self._check("probe")
        return self._api.healthy[path]

    def close(self) -> None:
        return None

    def _key(self, api_version: str, kind: str, namespace: str, name: str) -> ObjectKey:
        key = ObjectKey(split_api_version(api_version)[0], kind, namespace, name)
        self._check("", key)
        return key

    def _check(self, method: str, key: ObjectKey | None = None) -> None:
        if self._api.down is not None:
            raise self._api.down
        for cause in (method, key):
            if cause is not None and cause in self._api.failing:
                raise self._api.failing[cause]


def _role_of(raw: Raw) -> ObjectKey | None:
    """What a binding binds. A server looks it up for whoever may not grant everything, and here nobody may."""
    role = raw.get("roleRef")
    if role is None:
        return None
    namespace = raw["metadata"]["namespace"] if role["kind"] == "Role" else ""
    return ObjectKey(role["apiGroup"], role["kind"], namespace, role["name"])


def no_servers(name: str, _connection: Connection) -> Server:
    """The `open_server` of tests in which none is to be opened."""
    raise AssertionError(f"a server {name} was opened")
