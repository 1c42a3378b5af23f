# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port to any API server, for work that is no delivery: installing a hub, registering a cluster, its status.

Adapter: `_edge/server_kubernetes.py`; a fake in `tests/unit/fakes`; one contract suite for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey


class Server(Protocol):
    """One API server. Methods raise ClusterError (ClusterUnreachable where nothing more will work), nothing else.

    Messages of errors name the server, the verb and the object; they hold no secret. What is answered is the object as the
    server holds it, `apiVersion` and `kind` included.
    """

    @property
    def location(self) -> str:
        """The address of the API server."""

    @property
    def authority(self) -> str:
        """The certificates, as PEM text, that the server's own is checked with; empty for those that the system trusts.

        Raises ClusterError for a file that cannot be read.
        """

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """One object; None where it does not exist, also because the server has no such kind.

        :param namespace: empty for a kind without namespaces.
        """

    def list(self, api_version: str, kind: str, *, namespace: str = "", label: str = "") -> list[Mapping[str, Any]]:
        """All objects of a kind, in the order of the server; none where the server has no such kind.

        :param namespace: empty for those of the whole cluster.
        :param label: a label selector, as in `kubectl get -l`.
        """

    def serves(self, api_version: str, kind: str) -> bool:
        """Whether the server has the kind by now. Asked anew each time: a new definition takes a moment."""

    def inhabitants(self, namespace: str) -> Sequence[ObjectKey]:
        """Everything that lies in a namespace and would go with it, of whatever kind. One object may be there twice, where a
        server shows it in two groups.

        Raises ClusterError also where one kind may not be listed: nobody knows then what there is.
        """

    def apply(self, raw: Mapping[str, Any], *, dry_run: bool = False) -> Mapping[str, Any]:
        """Make one object be what `raw` says (server-side apply, our field manager, taking fields over), and answer it.

        :param dry_run: write nothing, but refuse what would be refused and answer what would be answered. What lies in a
            namespace that is missing and that an earlier dry run of this session would have made is answered as it is sent;
            so is a binding of a role that is missing for that reason (a server looks it up for whoever may not grant all).
        """

    def delete(self, api_version: str, kind: str, namespace: str, name: str, *, dry_run: bool = False) -> bool:
        """Remove one object; answers whether there was one. What a finalizer holds is removed in its time."""

    def token(self, namespace: str, service_account: str, seconds: int) -> tuple[str, str]:
        """A token for a service account, and when it ends (RFC 3339), which the server may make sooner than asked."""

    def version(self) -> str:
        """The version of Kubernetes, such as `v1.33.2`."""

    def probe(self, path: str) -> bool:
        """Whether a health endpoint says that all is well. Asked once, without a second attempt.

        :param path: `readyz` or `livez`.
        """

    def close(self) -> None:
        """Let go of connections. Nothing may be called afterwards."""
