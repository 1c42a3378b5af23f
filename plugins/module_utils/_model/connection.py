# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an API server is reached, or a directory that stands for one, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a cluster or a hub is, and who we are there; all paths are absolute. What may hold a secret is not in the `repr`.

    :param directory: set for a directory cluster; all others are then None.
    :param kubeconfig: a file, or the content of one.
    :param api_key: a bearer token.
    :param username: for HTTP basic authentication, with `password`.
    :param client_cert: a file with a PEM certificate, whose key is in the file `client_key` or in the same.
    :param ca_cert: a file with PEM certificates.
    :param ca_data: PEM text, where the CA comes from a Secret.
    :param proxy: may hold a password, and is kept on the hub only without one.
    :param no_proxy: hosts, domains and networks that are reached without the proxy, with commas between.
    :param proxy_headers: `proxy_basic_auth`, `basic_auth` (each `user:password`) and `user_agent`, for the proxy.
    :param impersonate_user: whom the server shall take us for; so too `impersonate_groups`.
    :param prefix: what the names of the fields begin with where users write them, for messages: nothing for a hub's options.
    """

    directory: str | None = None
    kubeconfig: str | Mapping[str, Any] | None = field(default=None, repr=False)
    context: str | None = None
    host: str | None = None
    api_key: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_cert: str | None = None
    client_key: str | None = None
    ca_cert: str | None = None
    ca_data: str | None = field(default=None, repr=False)
    validate_certs: bool | None = None
    proxy: str | None = field(default=None, repr=False)
    no_proxy: str | None = None
    proxy_headers: Mapping[str, str] | None = field(default=None, repr=False)
    impersonate_user: str | None = None
    impersonate_groups: tuple[str, ...] = ()
    prefix: str = "multicluster_"
