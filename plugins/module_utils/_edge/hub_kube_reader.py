# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a hub from its API server: one list for each kind, side by side, and whether Clusternet itself runs there."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import KINDS, HubKind
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import ROLE, hub_errors
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_objects import ServerObject
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Resource
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_reader import list_pages
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    CREATED_BY,
    DEPLOYER_SECRET,
    LABEL_CREATED_BY,
    RESERVED_NAMESPACE,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_dns_label
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

_THREADS: Final = 6
# Objects in a page. Large ones may take a mebibyte each.
_PAGE, _PAGE_OF_LARGE = "500", "100"
# Of these kinds a hub holds only what it needs, not what else lives in the cluster.
_REVISION: Final = "ControllerRevision"
_SELECTORS: Final[Mapping[str, Mapping[str, str]]] = {
    "Secret": {"fieldSelector": f"metadata.name={DEPLOYER_SECRET}"},
    _REVISION: {"labelSelector": f"{LABEL_CREATED_BY}={CREATED_BY}"},
}
# Where Clusternet's controllers elect their leaders, unless told otherwise, and the Leases of those that would work
# against us.
_CLUSTERNET: Final = "clusternet-system"
_LEADERS: Final = frozenset({"clusternet-scheduler", "clusternet-controller-manager"})
# How far clocks may be apart, and a renewal may be late.
_SLACK: Final = timedelta(seconds=60)

LEASES: Final = Resource("coordination.k8s.io/v1", "Lease", "leases", namespaced=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of one list.

    :ivar missing: the name of the CRD that the list wants; empty where there is one.
    :ivar warning: what may not be read; empty where all may.
    """

    objects: tuple[ServerObject, ...] = ()
    missing: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """One list.

    :ivar namespace: empty for the whole cluster.
    :ivar large: whether its objects may take a mebibyte each.
    :ivar but: the namespace that is left out.
    """

    kind: HubKind
    namespace: str
    large: bool
    but: str = ""


def read_objects(
    http: KubeHttp, namespaces: Collection[str] | None, kinds: Collection[str] | None
) -> tuple[list[ServerObject], list[str]]:
    """The objects of a hub, and warnings about what may not be read and is not needed by all.

    :raises HubError: when something cannot be read; what is not read would be taken for removed.
    """

    failed = threading.Event()

    def read(what: _List) -> _Found:
        if failed.is_set():  # one error is enough, and a server that hangs takes its time for each
            return _Found()
        try:
            with hub_errors():
                return _read(http, what)
        except HubError:
            failed.set()
            raise

    with ThreadPoolExecutor(max_workers=_THREADS) as threads:
        found = list(threads.map(read, _lists(namespaces, kinds)))
    missing = dict.fromkeys(item.missing for item in found if item.missing)
    if missing:
        raise HubError(
            f"{http.cluster} has no {', '.join(missing)}: these CustomResourceDefinitions are not installed; install them "
            f"with {ROLE}, or correct the address if this is no hub"
        )
    warnings = dict.fromkeys(item.warning for item in found if item.warning)
    return [one for item in found for one in item.objects], list(warnings)


def running_clusternet(http: KubeHttp, now: datetime) -> tuple[str, tuple[str, ...]]:
    """A sentence that says which Lease shows that Clusternet's own controllers run on this hub; empty where none does.

    :param now: with a time zone.
    :returns: the sentence, and a warning where the server does not let us see the Leases.
    :raises HubError: when the server cannot be asked.
    """
    with hub_errors():
        try:
            leases = list_pages(http, LEASES, _CLUSTERNET, {"limit": _PAGE})
        except ApiError as error:
            if error.status == 403:
                return "", (f"{error}; whether Clusternet's own controllers run there is therefore not known",)
            if error.status == 404:
                return "", ()
            raise
    for lease in leases:
        name, spec = lease["metadata"]["name"], lease.get("spec")
        if name in _LEADERS and isinstance(spec, Mapping) and _is_fresh(spec, now):
            holder, renewed = fit(spec["holderIdentity"], 80), fit(spec["renewTime"], 40)
            return f"Lease {_CLUSTERNET}/{name} is held by {holder} and was renewed at {renewed}", ()
    return "", ()


def _lists(namespaces: Collection[str] | None, kinds: Collection[str] | None) -> Iterator[_List]:
    """What to list, the large ones first."""
    for kind in sorted(KINDS.values(), key=lambda kind: not kind.large):
        if kinds is not None and kind.kind not in kinds:
            continue
        if kind.namespaced and namespaces is not None:
            for namespace in sorted(set(namespaces)):
                if is_dns_label(namespace):
                    yield _List(kind, namespace, kind.large and _may_be_large(kind, namespace))
        elif namespaces is None and kind.kind == _REVISION:
            # Ten small ones for each Base, and the few large contents that they share.
            yield _List(kind, RESERVED_NAMESPACE, large=True)
            yield _List(kind, "", large=False, but=RESERVED_NAMESPACE)
        elif namespaces is None:
            yield _List(kind, "", kind.large)


def _may_be_large(kind: HubKind, namespace: str) -> bool:
    return kind.kind != _REVISION or namespace == RESERVED_NAMESPACE


def _read(http: KubeHttp, what: _List) -> _Found:
    kind = what.kind
    resource = Resource(kind.api_version, kind.kind, kind.plural, kind.namespaced)
    query = {"limit": _PAGE_OF_LARGE if what.large else _PAGE, **_SELECTORS.get(kind.kind, {})}
    if what.but:
        query["fieldSelector"] = f"metadata.namespace!={what.but}"
    try:
        return _Found(tuple(map(ServerObject.of, list_pages(http, resource, what.namespace, query))))
    except ApiError as error:
        if error.status == 404:
            return _Found(missing=f"{kind.plural}.{kind.api_version.partition('/')[0]}")
        if error.status == 403 and kind.kind == "Secret":
            return _Found(
                warning=f"{error}; clusters without multicluster_* connection variables are therefore not reached"
            )
        raise


def _is_fresh(spec: Mapping[str, Any], now: datetime) -> bool:
    """Whether a Lease is held by somebody who renews it."""
    try:
        renewed = datetime.fromisoformat(spec["renewTime"])
        return bool(spec["holderIdentity"]) and now - renewed < timedelta(seconds=spec["leaseDurationSeconds"]) + _SLACK
    except (KeyError, TypeError, ValueError):
        return False
