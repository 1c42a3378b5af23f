# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection variables to a connection pool: the `kubernetes` package brings authentication, TLS and proxies."""

from __future__ import annotations

import base64
import os
import ssl
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_exec import ExecPlugin, plugin_of
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_file import KubeFile, Malformed, take_text
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API server, ready to be spoken to.

    :param pool: a urllib3 PoolManager that holds certificates and the proxy.
    :param headers: what authenticates a request; asked for each time, as tokens expire.
    :param groups: to be named in one header `Impersonate-Group` each.
    """

    url: str
    pool: Any
    headers: Callable[[], dict[str, str]]
    groups: tuple[str, ...] = ()


def open_endpoint(cluster: str, connection: Connection) -> Endpoint:
    """Open what a connection describes. Nothing is sent yet.

    :param cluster: what messages call the server.
    :raises ClusterError: when the connection does not say where the server is (a default kubeconfig is never taken), or it or
        the kubeconfig cannot be used. Asking for headers raises ClusterUnreachable where credentials cannot be renewed.
    """
    instead = ", or make it a directory cluster with multicluster_directory" if connection.prefix else ""
    if not connection.kubeconfig and not connection.host:
        raise ClusterError(
            f"{cluster}: nothing says how to reach it; give {connection.prefix}kubeconfig or {connection.prefix}host{instead}"
        )
    _check_address(cluster, connection)
    # Imported here because that takes a third of a second, and directory clusters need none of it.
    try:
        from kubernetes import client
    except ImportError as error:
        raise ClusterError(
            f"{cluster}: {sys.executable} lacks the Python package kubernetes, which API servers are reached with ({error}); "
            f"install it{instead}"
        ) from error

    try:
        configuration = client.Configuration()
    except Exception as error:  # it reads proxies from the environment; see `_said`
        raise ClusterError(
            f"{cluster}: the environment cannot be used: {_said(error)}; see HTTPS_PROXY and NO_PROXY there"
        ) from error
    found = _load_kubeconfig(cluster, connection, configuration) if connection.kubeconfig else _Found()
    try:
        return _endpoint(cluster, connection, configuration, found)
    except Exception as error:  # see `_said`
        source = f"{_named(connection)} and the" if connection.kubeconfig else "the"
        prefix = connection.prefix
        raise ClusterError(
            f"{cluster}: {source} connection {'variables' if prefix else 'options'} cannot be used: {_said(error)}; the address "
            f"has to be a URL ({prefix}host), the proxy one with http, https or, with PySocks, socks5 ({prefix}proxy)"
        ) from error


def _check_address(cluster: str, connection: Connection) -> None:
    """An address without a scheme is taken for plain HTTP: what comes of it is a riddle, and the token is on the wire."""
    if connection.host and not str(connection.host).lower().startswith(("https://", "http://")):
        raise ClusterError(
            f"{cluster}: {connection.prefix}host is {connection.host!r}; a URL is accepted, such as https://{connection.host}"
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What a kubeconfig says, as far as we see to it and not the package `kubernetes`.

    :param ca: PEM text.
    :param certificate: PEM text, with the one of its key.
    """

    plugin: ExecPlugin | None = None
    ca: str | None = None
    certificate: tuple[str, str] | None = None
    user: str | None = None
    groups: tuple[str, ...] = ()


def _endpoint(cluster: str, connection: Connection, configuration: Any, found: _Found) -> Endpoint:
    import urllib3
    from kubernetes import client

    _override(connection, configuration)
    _check_files(connection)
    if not configuration.verify_ssl:  # its user said so, and is not told again with each request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    pool = client.ApiClient(configuration).rest_client.pool_manager
    ca = connection.ca_data or (None if connection.ca_cert else found.ca)
    if ca:
        pool.connection_pool_kw["ca_cert_data"] = ca
    if found.certificate:
        context = _context(configuration.verify_ssl, *found.certificate)
        if not ca and not configuration.ssl_ca_cert:
            context.load_default_certs()
        pool.connection_pool_kw["ssl_context"] = context
    user = connection.impersonate_user or found.user
    groups = connection.impersonate_groups if connection.impersonate_user else found.groups

    def headers() -> dict[str, str]:
        authorization = _authorization(cluster, configuration, found.plugin, connection.prefix)
        return {**authorization, "Impersonate-User": user} if user else authorization

    return Endpoint(configuration.host.rstrip("/"), pool, headers, groups)


def _context(verify: bool, certificate: str, key: str) -> Any:
    """A TLS context that knows a certificate and its key.

    Python reads them from files only. These are there for a moment, in a directory that no one else can enter.
    """
    import urllib3

    context = urllib3.util.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    with tempfile.TemporaryDirectory(prefix="multicluster-apps-") as directory:
        path = os.path.join(directory, "pair")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{certificate}\n{key}\n")
        try:
            context.load_cert_chain(path, password=lambda: b"")
        except ssl.SSLError:
            raise Malformed("the certificate of its user and the key are no PEM pair without a password") from None
    return context


def _authorization(cluster: str, configuration: Any, plugin: ExecPlugin | None, prefix: str) -> dict[str, str]:
    if plugin is not None:
        token = plugin.credentials().token
        return {"authorization": f"Bearer {token}"} if token else {}
    try:
        settings = configuration.auth_settings().values()
        return {item["key"]: item["value"] for item in settings if item["in"] == "header" and item["value"]}
    except Exception as error:  # see `_said`
        raise ClusterUnreachable(
            f"{cluster}: its credentials cannot be renewed: {_said(error)}; see {prefix}kubeconfig, or give a "
            f"token with {prefix}api_key"
        ) from error


def _said(error: Exception) -> str:
    """What a library says, where it cannot show a secret: parts of URLs and of kubeconfigs are in some messages.

    The libraries raise whatever their own calls do (AttributeError for a server that is a number), none of which may
    end the other clusters.
    """
    import yaml
    from kubernetes.config import ConfigException

    if isinstance(error, (ConfigException, Malformed, OSError, ImportError)):
        return fit(error)
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.YAMLError):
        return f"it is no YAML (line {mark.line + 1})" if mark else "it is no YAML"
    return f"the kubernetes package does not accept it ({type(error).__name__})"


def _named(connection: Connection) -> str:
    """The kubeconfig, for messages; content that was given in place of a file is not shown."""
    return f"kubeconfig {connection.kubeconfig}" if isinstance(connection.kubeconfig, str) else "the given kubeconfig"


def _load_kubeconfig(cluster: str, connection: Connection, configuration: Any) -> _Found:
    from kubernetes.config import load_kube_config_from_dict

    where = _named(connection)
    if connection.context:
        where += f", context {connection.context}"
    try:
        file = KubeFile.read(connection.kubeconfig or {}, connection.context)
        found = _found(f"{cluster}: {where}", file, connection)
        load_kube_config_from_dict(
            config_dict=file.content,
            context=connection.context,
            client_configuration=configuration,
            persist_config=False,
        )
    except ClusterUnreachable:
        raise
    except Exception as error:  # see `_said`
        raise ClusterError(
            f"{cluster}: {where} cannot be used: {_said(error)}; see {connection.prefix}kubeconfig and {connection.prefix}context"
        ) from error
    return found


def _found(where: str, file: KubeFile, connection: Connection) -> _Found:
    """Take out of a kubeconfig what we see to ourselves.

    :raises ClusterUnreachable: when its credential plugin fails.
    """
    ca = take_text(file.cluster, "certificate-authority-data")
    user, groups = file.user.get("as"), tuple(file.user.get("as-groups") or ())
    if connection.api_key or connection.username or connection.client_cert:
        # We are someone else than the kubeconfig says; and a server takes a certificate before it looks at a token.
        file.user.clear()
    plugin = plugin_of(where, file)
    if plugin:
        del file.user["exec"]
        given = plugin.credentials()
        certificate, key = given.certificate, given.key
    else:
        certificate, key = _pem(file.user, "client-certificate"), _pem(file.user, "client-key")
    return _Found(plugin, ca, (certificate, key) if certificate and key else None, user, groups)


def _pem(user: dict[str, Any], name: str) -> str | None:
    """A certificate or key of a kubeconfig, which may be in a file or in the kubeconfig itself, where it counts more."""
    text, path = take_text(user, f"{name}-data"), user.pop(name, None)
    if text or not path:
        return text
    with open(path, encoding="utf-8") as file:
        return file.read()


def _override(connection: Connection, configuration: Any) -> None:
    """What is given beside a kubeconfig wins over it."""
    import urllib3

    if connection.host:
        configuration.host = connection.host
    if connection.api_key:
        # A file with a token ends in a line break, which no header can carry.
        configuration.api_key = {"authorization": f"Bearer {connection.api_key.strip()}"}
    elif connection.username:
        pair = base64.b64encode(f"{connection.username}:{connection.password}".encode()).decode()
        configuration.api_key = {"authorization": f"Basic {pair}"}
    if connection.client_cert:
        configuration.cert_file, configuration.key_file = connection.client_cert, connection.client_key
    if connection.ca_cert:
        configuration.ssl_ca_cert = connection.ca_cert
    if connection.validate_certs is not None:
        configuration.verify_ssl = connection.validate_certs
    if connection.proxy:
        configuration.proxy = connection.proxy
    if connection.no_proxy:
        configuration.no_proxy = connection.no_proxy
    if connection.proxy_headers:
        given = connection.proxy_headers
        configuration.proxy_headers = urllib3.make_headers(
            proxy_basic_auth=given.get("proxy_basic_auth"),
            basic_auth=given.get("basic_auth"),
            user_agent=given.get("user_agent"),
        )


def _check_files(connection: Connection) -> None:
    """Certificates are read when the first request is sent, and messages of that time do not name the file."""
    for name in ("ca_cert", "client_cert", "client_key"):
        if path := getattr(connection, name):
            with open(path, "rb"):
                pass
    if connection.client_cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            # A key with a password would ask for it at the terminal.
            context.load_cert_chain(connection.client_cert, connection.client_key, password=lambda: b"")
        except (ssl.SSLError, ValueError) as error:
            pair = " and ".join(filter(None, (connection.client_cert, connection.client_key)))
            raise OSError(f"{pair}: no PEM certificate with its key, the key without a password") from error
