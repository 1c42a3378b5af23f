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
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
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

    :raises ClusterError: when they do not say where the cluster is (a default kubeconfig is never taken), or they or the
        kubeconfig cannot be used. Asking for headers raises ClusterUnreachable where credentials cannot be renewed.
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

    try:
        configuration = client.Configuration()
    except Exception as error:  # it reads proxies from the environment; see `_said`
        raise ClusterError(
            f"{cluster}: the environment cannot be used: {_said(error)}; see HTTPS_PROXY and NO_PROXY there"
        ) from error
    if connection.kubeconfig:
        _load_kubeconfig(cluster, connection, configuration)
    try:
        return _endpoint(cluster, connection, configuration, client.ApiClient)
    except Exception as error:  # see `_said`
        source = f"kubeconfig {connection.kubeconfig} and the" if connection.kubeconfig else "the"
        raise ClusterError(
            f"{cluster}: {source} connection variables cannot be used: {_said(error)}; the address has to be a URL "
            "(multicluster_host), the proxy one with http, https or, with PySocks, socks5 (multicluster_proxy)"
        ) from error


def _endpoint(cluster: str, connection: Connection, configuration: Any, client: Callable[[Any], Any]) -> Endpoint:
    _override(connection, configuration)
    pool = client(configuration).rest_client.pool_manager
    if connection.ca_data:
        pool.connection_pool_kw["ca_cert_data"] = connection.ca_data

    def headers() -> dict[str, str]:
        try:
            settings = configuration.auth_settings().values()
            return {item["key"]: item["value"] for item in settings if item["in"] == "header" and item["value"]}
        except Exception as error:  # see `_said`
            raise ClusterUnreachable(
                f"{cluster}: its credentials cannot be renewed: {_said(error)}; see multicluster_kubeconfig, or give a "
                "token with multicluster_api_key"
            ) from error

    return Endpoint(configuration.host.rstrip("/"), pool, headers)


def _said(error: Exception) -> str:
    """What a library says, where it cannot show a secret: parts of URLs and of kubeconfigs are in some messages.

    The libraries raise whatever their own calls do (AttributeError for a server that is a number), none of which may
    end the other clusters.
    """
    import yaml
    from kubernetes.config import ConfigException

    if isinstance(error, (ConfigException, OSError, ImportError)):
        return fit(error)
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.YAMLError):
        return f"it is no YAML (line {mark.line + 1})" if mark else "it is no YAML"
    return f"the kubernetes package does not accept it ({type(error).__name__})"


def _load_kubeconfig(cluster: str, connection: Connection, configuration: Any) -> None:
    from kubernetes.config import load_kube_config

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
    except Exception as error:  # see `_said`
        raise ClusterError(
            f"{cluster}: {where} cannot be used: {_said(error)}; see multicluster_kubeconfig and multicluster_context"
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
