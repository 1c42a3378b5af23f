# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where use cases get their adapters from: the one file that names `_edge`."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge import libraries
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.locks import describe_holder
from ansible_collections.multicluster.apps.plugins.module_utils._edge.sources import parse_text, read_source
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.member_port import Member
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub, TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools

if TYPE_CHECKING:
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing

__all__ = ("VaultCodec", "documents_of", "open_tools", "text_codec")


def open_tools(options: HubOptions, what: str, vault: VaultCodec | None, *, must_exist: bool = False) -> Tools:
    """The hub that the options name, and what else a use case works with. Nothing is read or made yet.

    :param what: the plugin, for the message that other runs read when they wait for our lock.
    :param vault: decrypts, and under `secrets: vault` encrypts; None where the run has no vault password.
    :param must_exist: a hub that is not there is a mistyped path, not an empty hub.
    :raises HubError: when it must exist and does not, or is an API server that the options do not lead to.
    """
    libraries.require()
    holder = describe_holder(what)
    if options.connection is not None:
        hub = _server_hub(options.connection, options.lock_timeout, holder)
    else:
        hub = _directory_hub(options, holder, vault, must_exist)

    def open_member(cluster: str, connection: Connection) -> Member:
        return _open_member(cluster, connection, options, vault)

    return Tools(hub, options.hub_dir, GoYaml(), open_member, _now, Clock(time.monotonic, time.sleep), _open_server)


def _directory_hub(options: HubOptions, holder: str, vault: VaultCodec | None, must_exist: bool) -> Hub:
    hub = DirectoryHub(
        str(options.hub_dir), secrets=options.secrets, vault=vault, lock_timeout=options.lock_timeout, holder=holder
    )
    if must_exist and not hub.exists:
        raise HubError(
            f"hub_dir {options.hub_dir} does not exist; multicluster.apps.register, apply or distribute with group and src make it"
        )
    return hub


def _server_hub(connection: Connection, lock_timeout: float, holder: str) -> Hub:
    # Imported where it is needed: directory hubs do without the package kubernetes.
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Patience

    return KubernetesHub.connect(
        connection, lock_timeout=lock_timeout, holder=holder, patience=Patience(), pacing=_pacing()
    )


def _pacing() -> Pacing:
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing

    return Pacing(time.sleep, random.random, time.monotonic)


def _open_member(cluster: str, connection: Connection, options: HubOptions, vault: VaultCodec | None) -> Member:
    # Imported where they are needed: modules never deliver, and compile all that they import anew in each task.
    if connection.directory is not None:
        from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_directory import DirectoryMember

        return DirectoryMember(cluster, connection.directory, secrets=options.secrets, vault=vault)
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Patience
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_kubernetes import KubernetesMember

    return KubernetesMember.connect(cluster, connection, patience=Patience(), pacing=_pacing())


def _open_server(name: str, connection: Connection) -> Server:
    # Imported where it is needed, as above.
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Patience
    from ansible_collections.multicluster.apps.plugins.module_utils._edge.server_kubernetes import KubernetesServer

    return KubernetesServer.connect(name, connection, patience=Patience(), pacing=_pacing())


def text_codec() -> TextCodec:
    """The codec of override values and of the fields that they change."""
    libraries.require()
    return GoYaml()


def documents_of(
    src: str | None, definition: Any, vault: VaultCodec | None, where: str = "definition"
) -> list[Document]:
    """The objects that a task names.

    :param src: an absolute path or pattern, or None.
    :param definition: a mapping, YAML text, or a list of these.
    :param where: what to call the definition in messages.
    :raises InvalidInput: for what cannot be read.
    """
    libraries.require()
    if src is not None:
        return read_source(src, vault)
    if isinstance(definition, str):
        return parse_text(definition, where)
    if isinstance(definition, Sequence):
        items = enumerate(definition)
        return [document for n, item in items for document in documents_of(None, item, vault, f"{where}[{n}]")]
    if isinstance(definition, Mapping):
        return [Document(definition, where)]
    found = type(definition).__name__
    raise InvalidInput(f"{where}: a mapping, YAML text, or a list of these is accepted, not {found}")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
