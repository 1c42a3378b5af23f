# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exclusive locks between runs anywhere: Leases on the hub, one for the hub and one for each cluster's namespace.

A Lease is renewed while it is held. Who waits takes it over once it has seen it unchanged for as long as it lasts, by
its own clock: times that others wrote are only shown. So who waits at all waits that long, unless it sees a renewal: the
lock of a killed run would outlast every shorter patience. Who could not renew in time has lost it and may not write.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import (
    hub_errors,
    missing_namespace,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_namespaces import Namespaces
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_reader import LEASES
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    CLUSTER_LEASE,
    CREATED_BY,
    LABEL_CREATED_BY,
    RESERVED_NAMESPACE,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import FIELD_MANAGER
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    ClusterError,
    HubLocked,
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_dns_label
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

LEASE_SECONDS: Final = 15
_POLL_SECONDS: Final = 0.5
_CLUSTER: Final = "cluster-"
# Between who we are and what makes each acquisition another one; see `locks.describe_holder` for the former.
_NONCE: Final = " #"

Raw = Mapping[str, Any]


@dataclass
class _Held:
    """A Lease of ours.

    :ivar lease: as the server last answered it.
    :ivar renewed: when the last renewal was sent, by our clock.
    :ivar lost: why it is ours no more; empty while it is.
    """

    name: str
    holder: str
    lease: Raw
    renewed: float
    lost: str = ""
    guard: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class _Watch:
    """What a run that waits for a Lease has seen of it.

    :ivar since: since when it is unchanged, by our clock.
    :ivar renewed: whether it changed while we looked: somebody is alive.
    """

    since: float
    version: Any = None
    renewed: bool = False

    def note(self, lease: Raw | None, now: float) -> None:
        """Take in how it is now."""
        version = None if lease is None else lease["metadata"].get("resourceVersion")
        if version != self.version:
            self.renewed = self.version is not None
            self.version, self.since = version, now


class Leases:
    """The locks of one run on one hub. Threads may share it."""

    def __init__(
        self,
        http: KubeHttp,
        renewing: KubeHttp,
        namespaces: Namespaces,
        *,
        holder: str,
        timeout: float,
        seconds: int = LEASE_SECONDS,
    ) -> None:
        """Lock nothing yet.

        :param renewing: the same server, asked once only and for less time than a Lease lasts: a renewal that comes late
            is none.
        :param holder: who we are, for others to read.
        :param timeout: seconds to wait for another holder; 0 tries once. See above for one who is not seen to be alive.
        :param seconds: how long a Lease lasts without its holder.
        """
        self._http = http
        self._renewing = renewing
        self._namespaces = namespaces
        self._holder = holder
        self._timeout = timeout
        self._seconds = seconds
        self._held: dict[str, _Held] = {}
        self._now: Callable[[], float] = http.pacing.now

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Hold the lock `name` for the block.

        :raises HubLocked: when another still holds it after the timeout; the message names it.
        :raises HubError: when the Lease cannot be read or written.
        :raises InvalidInput: when `name` is neither `hub` nor `cluster-<namespace>`.
        """
        namespace, lease_name = _place(name)
        with hub_errors():
            held = self._acquire(name, namespace, lease_name)
        self._held[namespace] = held
        ended = threading.Event()
        renewal = threading.Thread(target=self._keep, args=(held, ended), name=f"lock {name}", daemon=True)
        renewal.start()
        try:
            yield
        finally:
            ended.set()
            self._held.pop(namespace, None)
            self._release(held)

    def require(self, namespace: str) -> None:
        """See that the locks that a write stands under, if any, are still ours.

        :param namespace: where the write goes; empty for objects without one.
        :raises HubLocked: when one was lost.
        """
        for held in [self._held.get(RESERVED_NAMESPACE), self._held.get(namespace)]:
            if held is None:
                continue
            if not held.lost and self._now() - held.renewed >= self._seconds:
                self._renew(held)  # this process stood still; perhaps nobody came meanwhile
            if held.lost:
                raise HubLocked(
                    f"{self._http.cluster}: the lock {held.name!r} was lost, {held.lost}; what was written until then is "
                    "whole: run again"
                )

    # ------------------------------------------------------------------------------------------------------ parts

    def _acquire(self, name: str, namespace: str, lease_name: str) -> _Held:
        holder = f"{self._holder}{_NONCE}{uuid.uuid4().hex[:8]}"
        begun = self._now()
        watch = _Watch(begun)
        while True:
            there = self._read(self._http, namespace, lease_name)
            now = self._now()
            watch.note(there, now)
            if there is not None and _spec(there).get("holderIdentity") == holder:  # the answer to our taking was lost
                return _Held(name, holder, there, begun)
            if there is None or self._is_free(there, now - watch.since):
                sent = self._now()
                lease = self._take(namespace, lease_name, holder, there)
                if lease is not None:
                    return _Held(name, holder, lease, sent)
                continue
            left = self._until(begun, there, watch) - now
            if left <= 0:
                raise HubLocked(self._said(name, f"{namespace}/{lease_name}", there, now - begun))
            self._http.pacing.sleep(min(_POLL_SECONDS, max(left, 0.01)))

    def _until(self, begun: float, lease: Raw, watch: _Watch) -> float:
        """How long to wait for a Lease that is held."""
        patience = begun + self._timeout
        return patience if not self._timeout or watch.renewed else max(patience, watch.since + self._lasts(lease))

    @staticmethod
    def _read(http: KubeHttp, namespace: str, lease_name: str) -> Raw | None:
        request = Request("GET", LEASES.path(namespace, lease_name), f"read Lease {namespace}/{lease_name}")
        try:
            return http.as_object(request, http.send(request))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def _is_free(self, lease: Raw, unchanged: float) -> bool:
        """Whether nobody holds it.

        :param unchanged: for how many seconds we have seen it so.
        """
        spec = _spec(lease)
        if not spec.get("holderIdentity"):
            return True
        return unchanged >= self._lasts(lease)

    def _lasts(self, lease: Raw) -> int:
        """How many seconds a Lease lasts without its holder."""
        duration = _spec(lease).get("leaseDurationSeconds")
        return duration if isinstance(duration, int) else self._seconds

    def _take(self, namespace: str, lease_name: str, holder: str, there: Raw | None) -> Raw | None:
        """Make the Lease ours; None where somebody else was faster."""
        now = _clock()
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": self._seconds,
            "acquireTime": now,
            "renewTime": now,
            "leaseTransitions": 0,
        }
        if there is not None:
            spec["leaseTransitions"] = int(_spec(there).get("leaseTransitions") or 0) + 1
            return self._replace(self._http, {**there, "spec": spec})
        body = {
            "apiVersion": LEASES.api_version,
            "kind": LEASES.kind,
            "metadata": {"name": lease_name, "namespace": namespace, "labels": {LABEL_CREATED_BY: CREATED_BY}},
            "spec": spec,
        }
        doing = f"create Lease {namespace}/{lease_name}"
        request = Request("POST", LEASES.path(namespace), doing, _QUERY, body, retry_conflict=False)
        return self._namespaces.ensured(namespace, lambda: self._unless_faster(self._http, request))

    def _replace(self, http: KubeHttp, lease: Raw) -> Raw | None:
        """Replace the version that was read; None where there is another one by now."""
        namespace, lease_name = lease["metadata"]["namespace"], lease["metadata"]["name"]
        doing = f"write Lease {namespace}/{lease_name}"
        path = LEASES.path(namespace, lease_name)
        return self._unless_faster(http, Request("PUT", path, doing, _QUERY, lease, retry_conflict=False))

    @staticmethod
    def _unless_faster(http: KubeHttp, request: Request) -> Raw | None:
        try:
            return http.as_object(request, http.send(request))
        except ApiError as error:
            if error.status == 409 or (error.status == 404 and not missing_namespace(error)):
                return None
            raise

    def _keep(self, held: _Held, ended: threading.Event) -> None:
        """Renew until the block ends or the Lease is lost; what fails is tried again while it lasts."""
        while not ended.wait(self._seconds / 3):
            self._renew(held)
            if held.lost:
                return

    def _renew(self, held: _Held) -> None:
        with held.guard:
            sent = self._now()
            try:
                lease = self._replace(
                    self._renewing, {**held.lease, "spec": {**_spec(held.lease), "renewTime": _clock()}}
                )
                lease = lease or self._still_ours(held)
            except ClusterError as error:
                if self._now() - held.renewed >= self._seconds:
                    held.lost = f"as it could not be renewed: {error}"
                return
            if lease is None:
                held.lost = "as it was not renewed in time and somebody else took it"
            else:
                held.lease, held.renewed = lease, sent

    def _still_ours(self, held: _Held) -> Raw | None:
        """The Lease, where a renewal was refused because of an earlier one whose answer was lost."""
        metadata = held.lease["metadata"]
        there = self._read(self._renewing, metadata["namespace"], metadata["name"])
        return there if there is not None and _spec(there).get("holderIdentity") == held.holder else None

    def _release(self, held: _Held) -> None:
        """Let the next one in. Where that fails, the Lease ends by itself a little later."""
        with held.guard:
            if held.lost:
                return
            # Nothing may renew it any more.
            held.lost = "as its block has ended"
            try:
                self._replace(self._renewing, {**held.lease, "spec": {**_spec(held.lease), "holderIdentity": ""}})
            except ClusterError:
                return

    def _said(self, name: str, place: str, lease: Raw, waited: float) -> str:
        spec = _spec(lease)
        who = fit(str(spec.get("holderIdentity")).rpartition(_NONCE)[0] or spec.get("holderIdentity"))
        since, renewed = fit(spec.get("acquireTime"), 40), fit(spec.get("renewTime"), 40)
        return (
            f"{self._http.cluster}: the lock {name!r} (Lease {place}) is held by {who}, since {since}, last renewed at "
            f"{renewed}; waited {waited:.0f} seconds; run again when that run has ended, or wait longer with lock_timeout: "
            f"the lock of a killed run ends for who waits {self._lasts(lease)} seconds, as every lock_timeout above 0 does"
        )


_QUERY: Final = {"fieldManager": FIELD_MANAGER}


def _place(name: str) -> tuple[str, str]:
    """The namespace and the name of the Lease for a lock."""
    if name == "hub":
        return RESERVED_NAMESPACE, "multicluster-apps-hub"
    namespace = name.removeprefix(_CLUSTER)
    if name.startswith(_CLUSTER) and is_dns_label(namespace):
        return namespace, CLUSTER_LEASE
    raise InvalidInput(f"{name!r} names no lock: 'hub' and 'cluster-<namespace>' are accepted")


def _spec(lease: Raw) -> Raw:
    spec = lease.get("spec")
    return spec if isinstance(spec, Mapping) else {}


def _clock() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
