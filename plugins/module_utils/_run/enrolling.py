# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster joins with least privilege, and leaves (`cluster_access`, the role `cluster`).

An administrator's connection makes a service account in the cluster; what the hub keeps is a token of that account alone.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.access import (
    ANNOTATION_ACCOUNT_UID,
    ANNOTATION_EXPIRES,
    ANNOTATION_ISSUED,
    Access,
    TokenPolicy,
    renewal_reason,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PARENTS_NAMESPACE
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents, Delete, Put
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, slug
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import is_ours
from ansible_collections.multicluster.apps.plugins.module_utils._run.applied import is_going
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import (
    PREFIX,
    connection_from_variables,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.granting import (
    Step,
    carry_out,
    plan_grants,
    plan_withdrawal,
    steps_diff,
    steps_result,
    why_it_stays,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.labelling import plan_labels
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import hub_diffs, hub_result, shown
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest, plan_store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools

Raw = Mapping[str, Any]

# How an administrator gets in stays with him: on the hub it would win over the Secret.
_ADMINISTRATOR: Final = frozenset(PREFIX + name for name in ("kubeconfig", "context", "host", "api_key", "ca_cert"))
_KINDS: Final = ("ManagedCluster", "Secret")
# An API server refuses tokens that would live shorter.
_SHORTEST_LIFE: Final = 600


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """A cluster that joins.

    :param host: its inventory host, with the variables of an administrator's connection.
    :param namespace: its namespace on the hub.
    :param advertise_url: the address that the Secret says; None for the one of the connection.
    """

    host: Host
    namespace: str
    access: Access
    token: TokenPolicy
    advertise_url: str | None = None


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """A cluster that leaves.

    :param account: the service account that was made for it.
    :param force: let go of what is in the cluster, if the cluster is away.
    :param hub_connection: where the hub is an API server.
    """

    host: Host
    namespace: str
    account: str
    force: bool = False
    hub_connection: Connection | None = None


@dataclass(frozen=True, slots=True)
class _Credential:
    """What the Secret is made of. `renewed` says why the token is a new one; empty where it is the one that was there."""

    url: str
    authority: str
    token: str
    annotations: Mapping[str, str]
    renewed: str


def enrol(request: EnrolRequest, tools: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Give a cluster's deliveries an account with the permissions that they need, and the hub a token of it.

    :returns: `changed`, `member`, `hub`, `token` and `warnings`, and `diff` where it is asked for; never the token itself.
    :raises InvalidInput: for what the user wrote, or where the hub may not hold a secret; nothing was changed then.
    :raises ClusterError: when the cluster cannot be reached, or refuses something.
    :raises HubError: when the hub cannot be read or written.
    """
    _check(request)
    host = request.host
    server = tools.open_server(host.name, _administrator(host))
    try:
        before = tools.hub.load(kinds=_KINDS)
        placeholder = _Credential(_url(request, server), server.authority, "-", {}, "")
        tools.hub.check(_plan(request, placeholder, before, tools)[0])  # before anything is done in the cluster
        steps = plan_grants(host.name, request.access, server)
        if not check:
            carry_out(steps, server)
        credential = _credential(request, _secret(request.namespace, before), server, tools.now(), check=check)
    finally:
        server.close()
    with nullcontext() if check else tools.hub.lock("hub"):
        contents = before if check else tools.hub.load(kinds=_KINDS)
        changes, warnings = _plan(request, credential, contents, tools)
        if not check:
            tools.hub.write(changes, tools.now())
    token = {"renewed": bool(credential.renewed), "reason": credential.renewed}
    token["expires"] = "" if check and credential.renewed else credential.annotations[ANNOTATION_EXPIRES]
    result = _result(host.name, steps, changes, contents, tools.now(), diff=diff)
    return result | {"token": token, "warnings": list(warnings)}


def withdraw(request: LeaveRequest, tools: Tools, *, check: bool, diff: bool) -> dict[str, Any]:
    """Take back what `enrol` made, in the cluster and on the hub. Results and errors as there.

    :raises InvalidInput: while something still runs in the cluster, as its Bases say; nothing was changed then.
    """
    host = request.host
    before = tools.hub.load([request.namespace])
    _removals(request, before, tools)
    steps, warnings = _taken_back(request, tools, check=check)
    with nullcontext() if check else tools.hub.lock("hub"):
        contents = before if check else tools.hub.load([request.namespace])
        changes = _removals(request, contents, tools)
        if not check:
            tools.hub.write(changes, tools.now())
        gone, left = _namespace_taken(request, changes, tools, check=check)
    result = _result(host.name, steps, changes, contents, tools.now(), diff=diff)
    result["hub"]["removed"] += gone
    result["changed"] = result["changed"] or bool(gone)
    return result | {"warnings": [*warnings, *left]}


# ---------------------------------------------------------------------------------------------------------- joining


def _check(request: EnrolRequest) -> None:
    if request.token.lifetime < _SHORTEST_LIFE:
        raise InvalidInput(
            f"token_lifetime is {request.token.lifetime}; an API server accepts {_SHORTEST_LIFE} seconds or more"
        )
    if request.advertise_url is not None and not request.advertise_url.startswith(("https://", "http://")):
        raise InvalidInput(
            f"advertise_url is {request.advertise_url!r}; a URL such as https://shanghai.example.com:6443 is accepted"
        )


def _administrator(host: Host) -> Connection:
    connection = connection_from_variables(host.name, host.variables, host.base_dir)
    if connection is None:
        raise InvalidInput(
            f"host {host.name}: no variable says how an administrator reaches the cluster; give multicluster_kubeconfig, or "
            "multicluster_host with multicluster_api_key, for this run (the hub does not keep them)"
        )
    if connection.directory is not None:
        raise InvalidInput(
            f"host {host.name}: multicluster_directory makes it a directory cluster, which has no accounts; "
            "multicluster.apps.register is all that it needs"
        )
    return connection


def _url(request: EnrolRequest, server: Server) -> str:
    return request.advertise_url or server.location


def _secret(namespace: str, contents: Contents) -> Raw:
    stored = contents.objects.get(ObjectKey("", "Secret", namespace, api.DEPLOYER_SECRET))
    return stored.raw if stored else {"metadata": {}}


def _credential(request: EnrolRequest, secret: Raw, server: Server, now: str, *, check: bool) -> _Credential:
    """The token that the Secret holds, or where that is due another one. In check mode none is made."""
    url, authority = _url(request, server), server.authority
    account = server.get("v1", "ServiceAccount", PARENTS_NAMESPACE, request.access.account)
    uid = str(account["metadata"].get("uid")) if account else ""
    annotations = secret["metadata"].get("annotations") or {}
    reason = renewal_reason(annotations, uid, request.token, now)
    data = secret.get("data") or {}
    if not reason and data.get("token"):
        kept = {name: annotations[name] for name in (ANNOTATION_ISSUED, ANNOTATION_EXPIRES, ANNOTATION_ACCOUNT_UID)}
        return _Credential(url, authority, _decoded(data["token"]), kept, "")
    reason = reason or "there is none"
    if check:
        return _Credential(url, authority, "-", {}, reason)
    token, expires = server.token(PARENTS_NAMESPACE, request.access.account, request.token.lifetime)
    made = {ANNOTATION_ISSUED: now, ANNOTATION_EXPIRES: expires, ANNOTATION_ACCOUNT_UID: uid}
    return _Credential(url, authority, token, made, reason)


def _plan(
    request: EnrolRequest, credential: _Credential, contents: Contents, tools: Tools
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes on the hub: the ManagedCluster as `register` makes it, and the Secret."""
    kept = {name: value for name, value in request.host.variables.items() if name not in _ADMINISTRATOR}
    # Where Clusternet runs, its agents register clusters.
    plan = plan_labels if contents.clusternet else plan_register
    changes, warnings = plan([replace(request.host, variables=kept)], contents, tools.hub_dir)
    stored = contents.objects.get(ObjectKey("", "Secret", request.namespace, api.DEPLOYER_SECRET))
    if stored is not None and not is_ours(stored.raw):
        raise InvalidInput(
            f"{shown(stored.key)} is on the hub and was not made by this role (it lacks the label "
            f"{api.LABEL_CREATED_BY}={api.CREATED_BY}); remove it, if it is not needed"
        )
    wanted = _secret_of(request.namespace, credential, stored.raw if stored else {})
    if stored is None or stored.raw != wanted:
        changes = (*changes, Put(wanted, stored.version if stored else None))
    return changes, warnings


def _secret_of(namespace: str, credential: _Credential, stored: Raw) -> Raw:
    """The Secret in Clusternet's layout; what others noted in its metadata stays."""
    before: Raw = stored.get("metadata") or {}
    metadata = {
        **before,
        "name": api.DEPLOYER_SECRET,
        "namespace": namespace,
        "labels": {**(before.get("labels") or {}), api.LABEL_CREATED_BY: api.CREATED_BY},
        "annotations": {**(before.get("annotations") or {}), **credential.annotations},
    }
    if not metadata["annotations"]:
        del metadata["annotations"]
    data = {"apiserver-advertise-url": credential.url, "ca.crt": credential.authority, "token": credential.token}
    encoded = {name: base64.b64encode(text.encode()).decode() for name, text in data.items() if text}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": encoded}


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


# ---------------------------------------------------------------------------------------------------------- leaving


def _removals(request: LeaveRequest, contents: Contents, tools: Tools) -> tuple[Change, ...]:
    """The ManagedCluster, which may not go while it has Bases, and the Secret, if it is ours."""
    metadata = {"name": slug(request.host.name), "namespace": request.namespace}
    cluster = {"apiVersion": api.CLUSTERS_API_VERSION, "kind": "ManagedCluster", "metadata": metadata}
    document = Document(cluster, f"host {request.host.name}")
    removals: list[Change] = list(plan_store(StoreRequest([document], absent=True), contents, tools.codec, tools.now()))
    secret = contents.objects.get(ObjectKey("", "Secret", request.namespace, api.DEPLOYER_SECRET))
    if secret is not None and secret.version is not None and is_ours(secret.raw):
        removals.insert(0, Delete(secret.key, secret.version))
    return tuple(removals)


def _taken_back(request: LeaveRequest, tools: Tools, *, check: bool) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """What was taken from the cluster, and what stays there."""
    host = request.host
    try:
        server = tools.open_server(host.name, _administrator(host))
        try:
            steps, warnings = plan_withdrawal(request.account, server)
            if not check:
                carry_out(steps, server)
        finally:
            server.close()
    except (ClusterError, InvalidInput) as error:
        if request.force:
            left = f"what was made in the cluster for service account {request.account} is left there: {error}"
            return (), (f"{host.name}: {left}",)
        said = f"{error}; the cluster stays registered. `force: true` forgets it and leaves its service account in it"
        raise (InvalidInput if isinstance(error, InvalidInput) else ClusterError)(said) from error
    return steps, tuple(f"{host.name}: {text}" for text in warnings)


def _namespace_taken(
    request: LeaveRequest, changes: Iterable[Change], tools: Tools, *, check: bool
) -> tuple[list[str], list[str]]:
    """The cluster's namespace on a hub that is an API server, if it was made by us and nothing is in it.

    Under the lock of the hub, or a run beside this one could put something into it between the look and the removal.

    :param changes: those of this run; what they remove is gone already, but in check mode.
    :returns: what went, and a warning where it stays.
    """
    if request.hub_connection is None:
        return [], []
    server = tools.open_server("the hub", request.hub_connection)
    try:
        namespace = server.get("v1", "Namespace", "", request.namespace)
        if namespace is None or not is_ours(namespace) or is_going(namespace):
            return [], []
        going = {change.key for change in changes if check and isinstance(change, Delete)}
        if reason := why_it_stays(request.namespace, server, going):
            return [], [f"hub: {reason}"]
        server.delete("v1", "Namespace", "", request.namespace, dry_run=check)
        return [f"Namespace {request.namespace}"], []
    except ClusterError as error:
        # Whoever may not look into the namespace, or not remove it, has left it nonetheless.
        return [], [f"namespace {request.namespace} stays on the hub: {error}"]
    finally:
        server.close()


def _result(
    cluster: str, steps: Iterable[Step], changes: tuple[Change, ...], before: Contents, now: str, *, diff: bool
) -> dict[str, Any]:
    steps = tuple(steps)
    result: dict[str, Any] = {
        "changed": bool(steps or changes),
        "member": steps_result(steps),
        "hub": hub_result(changes, before),
    }
    if diff:
        result["diff"] = [*steps_diff(cluster, steps), *hub_diffs(changes, before, before.with_changes(changes, now))]
    return result
