# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection variables to a connection pool: the `kubernetes` package brings authentication, TLS and proxies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API server, ready to be spoken to.

    :param pool: a urllib3 PoolManager that holds certificates and the proxy.
    :param headers: what authenticates a request; asked for each time, as tokens expire.
    """

    url: str
    pool: Any
    headers: Callable[[], dict[str, str]]


def open_endpoint(cluster: str, connection: Connection) -> Endpoint:
    """Open what the variables of a cluster describe. Nothing is sent yet.

    :raises ClusterError: when they do not say where the cluster is (a default kubeconfig is never taken), or the
        kubeconfig cannot be used.
    """
    if not connection.kubeconfig and not connection.host:
        raise ClusterError(
            f"{cluster}: nothing says how to reach it; give multicluster_kubeconfig, multicluster_host or "
            "multicluster_directory"
        )
    # Imported here because that takes a third of a second, and directory clusters need none of it.
    try:
        from kubernetes import client
    except ImportError as error:
        raise ClusterError(
            f"{cluster}: {sys.executable} lacks the Python package kubernetes, which API servers are reached with ({error}); "
            "install it, or make it a directory cluster with multicluster_directory"
        ) from error

    configuration = client.Configuration()
    if connection.kubeconfig:
        _load_kubeconfig(cluster, connection, configuration)
    _override(connection, configuration)
    api = client.ApiClient(configuration)
    pool = api.rest_client.pool_manager
    if connection.ca_data:
        pool.connection_pool_kw["ca_cert_data"] = connection.ca_data

    def headers() -> dict[str, str]:
        settings = configuration.auth_settings().values()
        return {item["key"]: item["value"] for item in settings if item["in"] == "header" and item["value"]}

    return Endpoint(configuration.host.rstrip("/"), pool, headers)


def _load_kubeconfig(cluster: str, connection: Connection, configuration: Any) -> None:
    import yaml
    from kubernetes.config import ConfigException, load_kube_config

    where = f"kubeconfig {connection.kubeconfig}"
    if connection.context:
        where += f", context {connection.context}"
    try:
        load_kube_config(
            config_file=connection.kubeconfig,
            context=connection.context,
            client_configuration=configuration,
            persist_config=False,
        )
    except (ConfigException, OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ClusterError(
            f"{cluster}: {where} cannot be used: {fit(error)}; see multicluster_kubeconfig and multicluster_context"
        ) from error


def _override(connection: Connection, configuration: Any) -> None:
    """What is given beside a kubeconfig wins over it."""
    if connection.host:
        configuration.host = connection.host
    if connection.api_key:
        configuration.api_key = {"authorization": f"Bearer {connection.api_key}"}
        configuration.refresh_api_key_hook = None
    if connection.ca_cert:
        configuration.ssl_ca_cert = connection.ca_cert
    if connection.validate_certs is not None:
        configuration.verify_ssl = connection.validate_certs
    if connection.proxy:
        configuration.proxy = connection.proxy
