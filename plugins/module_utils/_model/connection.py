# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a managed cluster is reached, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Connection:
    """The `multicluster_*` connection variables of one cluster, with absolute paths.

    :param directory: set for a directory cluster; all others are then None.
    :param api_key: a bearer token; never shown, also not by `repr`.
    :param ca_cert: a file with PEM certificates.
    :param proxy: may hold a password; never shown, and kept on the hub only without one.
    :param ca_data: PEM text, where the CA comes from a Secret.
    """

    directory: str | None = None
    kubeconfig: str | None = None
    context: str | None = None
    host: str | None = None
    api_key: str | None = field(default=None, repr=False)
    ca_cert: str | None = None
    ca_data: str | None = field(default=None, repr=False)
    validate_certs: bool | None = None
    proxy: str | None = field(default=None, repr=False)
