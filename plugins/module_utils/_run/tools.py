# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the use cases work with: the hub, the way to clusters, a codec, time. `wiring` makes it; tests make it of fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._run.member_port import Member
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import Hub, TextCodec
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as a use case may have it.

    :param now: seconds that never go back.
    :param sleep: waits so many seconds.
    """

    now: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Tools:
    """The tools of one run.

    :param hub_dir: what relative paths of connections on the hub are relative to; None for an API server, where none are.
    :param open_member: opens the session to a cluster, by its name and connection.
    :param now: RFC 3339, UTC, whole seconds.
    :param open_server: opens an API server for work that is no delivery, by its name and connection.
    """

    hub: Hub
    hub_dir: str | None
    codec: TextCodec
    open_member: Callable[[str, Connection], Member]
    now: Callable[[], str]
    clock: Clock
    open_server: Callable[[str, Connection], Server]
