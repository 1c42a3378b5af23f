# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a managed cluster is reached: the `multicluster_*` variables of a host, and their trace on the hub.

Variables that are no secrets are kept as annotations of the ManagedCluster. A hub in a directory has paths relative to itself
where the user wrote them relative, so that it serves every clone of a repository; an API server is nowhere, and has them
absolute. A token is never kept there.
"""

from __future__ import annotations

import base64
import binascii
import os.path
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster

PREFIX = "multicluster_"
_PATHS = ("directory", "kubeconfig", "ca_cert")
_KEPT = (*_PATHS, "context", "host", "validate_certs", "proxy")
_FIELDS = (*_KEPT, "api_key")
VARIABLES = frozenset(PREFIX + name for name in (*_FIELDS, "labels", "taints", "cluster_id", "namespace", "capacity"))
# What the inventory says of how a cluster is reached; None where the hub has to know.
Connections: TypeAlias = Callable[[ManagedCluster], "Connection | None"]
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def connection_from_variables(host: str, variables: Mapping[str, Any], base_dir: str) -> Connection | None:
    """The connection that a host's variables describe; None where they say nothing of it.

    :param variables: templated, with or without others beside the `multicluster_*` ones.
    :param base_dir: what relative paths are relative to: the directory of the inventory.
    :raises InvalidInput: for a value that is no text, still holds a template, or contradicts another.
    """
    given = {field: variables[PREFIX + field] for field in _FIELDS if variables.get(PREFIX + field) not in (None, "")}
    if "validate_certs" in given:
        # Extra variables are text unless they are given as JSON.
        given["validate_certs"] = _TRUTHS.get(str(given["validate_certs"]).lower(), given["validate_certs"])
    for field, value in given.items():
        _check(host, field, value)
    others = sorted(set(given) - {"directory"})
    if "directory" in given and others:
        raise InvalidInput(
            f"host {host}: multicluster_directory makes it a directory cluster, which excludes multicluster_{others[0]}"
        )
    if not {"directory", "kubeconfig", "host"} & given.keys():
        return None  # a proxy for a whole group says nothing of where its clusters are
    for field in _PATHS:
        if field in given:
            given[field] = _absolute(given[field], base_dir)
    return Connection(**given)


def _check(host: str, field: str, value: Any) -> None:
    name = f"host {host}: variable {PREFIX}{field}"
    if field == "validate_certs":
        if not isinstance(value, bool):
            raise InvalidInput(f"{name} must be true or false")
    elif not isinstance(value, str):
        raise InvalidInput(f"{name} must be a string, not a {type(value).__name__}")
    elif field == "host" and _has_credentials(value):
        raise InvalidInput(f"{name} holds a user or password; give multicluster_api_key, or a kubeconfig")
    elif "{{" in value or "{%" in value:
        shown = "" if field == "api_key" else f" ({value})"
        raise InvalidInput(
            f"{name} still holds a template{shown}: inventory and extra variables are templated, play variables are not there"
        )


def _has_credentials(url: str) -> bool:
    return "@" in url.partition("://")[2].partition("/")[0]


def _absolute(path: str, base_dir: str) -> str:
    return os.path.normpath(os.path.join(base_dir, os.path.expanduser(path)))


def annotations_for(variables: Mapping[str, Any], base_dir: str, hub_dir: str | None) -> dict[str, str]:
    """What the hub keeps of a host's connection variables.

    :param base_dir: what relative paths are relative to.
    :param hub_dir: the directory of the hub; None where it is an API server.
    """
    kept = {}
    for field in _KEPT:
        value = variables.get(PREFIX + field)
        if value in (None, "") or (field == "proxy" and _has_credentials(str(value))):
            continue
        text = str(value).lower() if field == "validate_certs" else str(value)
        if field in _PATHS and not text.startswith(("/", "~")):
            text = _absolute(text, base_dir)
            text = text if hub_dir is None else os.path.relpath(text, hub_dir)
        kept[api.ANNOTATION_PREFIX + field.replace("_", "-")] = text
    return kept


def is_connection_annotation(key: str) -> bool:
    """Whether `annotations_for` may have written it."""
    return key.removeprefix(api.ANNOTATION_PREFIX).replace("-", "_") in _KEPT and key.startswith(api.ANNOTATION_PREFIX)


def is_reached_by_annotations(cluster: ManagedCluster) -> bool:
    """Whether its annotations alone say how a cluster is reached, so that no Secret is looked at."""
    return any(api.ANNOTATION_PREFIX + field in cluster.meta.annotations for field in ("directory", "kubeconfig"))


def connection_on_hub(cluster: ManagedCluster, contents: Contents, hub_dir: str | None) -> Connection:
    """The connection that the hub knows: from the annotations, or from the Secret `child-cluster-deployer`.

    :raises ClusterError: when there is neither, or a path that leads nowhere.
    """
    given: dict[str, Any] = {}
    for field in _KEPT:
        text = cluster.meta.annotations.get(api.ANNOTATION_PREFIX + field.replace("_", "-"))
        if text is not None:
            given[field] = _path(cluster, field, text, hub_dir) if field in _PATHS else text
    if "validate_certs" in given:
        given["validate_certs"] = _TRUTHS.get(given["validate_certs"], True)
    if is_reached_by_annotations(cluster):
        return Connection(**given)
    secret = contents.objects.get(ObjectKey("", "Secret", cluster.namespace, api.DEPLOYER_SECRET))
    if secret is not None:
        return _from_secret(cluster, secret.raw, given)
    raise ClusterError(
        f"cluster {cluster.full_name}: nothing says how to reach it. Give its host multicluster_kubeconfig, "
        "multicluster_host with multicluster_api_key, or multicluster_directory, or store the Secret "
        f"{api.DEPLOYER_SECRET} in namespace {cluster.namespace} of the hub"
    )


def _path(cluster: ManagedCluster, field: str, text: str, hub_dir: str | None) -> str:
    if hub_dir is None and not text.startswith(("/", "~")):
        raise ClusterError(
            f"cluster {cluster.full_name}: its annotation {api.ANNOTATION_PREFIX}{field.replace('_', '-')} is {text!r}, but on a "
            "hub that is an API server a path has to be absolute; register the cluster there, or write the whole path"
        )
    return _absolute(text, hub_dir or "/")


def _from_secret(cluster: ManagedCluster, secret: Mapping[str, Any], given: Mapping[str, Any]) -> Connection:
    where = f"cluster {cluster.full_name}: Secret {cluster.namespace}/{api.DEPLOYER_SECRET}"
    data = secret.get("data") or {}
    missing = [key for key in ("apiserver-advertise-url", "token") if not data.get(key)]
    if missing:
        raise ClusterError(f"{where} has no {' and no '.join(missing)}")
    try:
        text = {key: base64.b64decode(value, validate=True).decode() for key, value in data.items()}
    except (binascii.Error, UnicodeDecodeError, TypeError, ValueError):
        raise ClusterError(f"{where}: its data is not base64 of text") from None
    return Connection(
        host=text["apiserver-advertise-url"],
        api_key=text["token"],
        ca_data=text.get("ca.crt"),
        proxy=given.get("proxy"),
        validate_certs=given.get("validate_certs"),
    )
