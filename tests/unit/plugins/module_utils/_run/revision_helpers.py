# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub and clusters in memory, and everything that a user does with revisions there."""

from __future__ import annotations

from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    DeliveryOptions,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import (
    Distributed,
    DistributeRequest,
    distribute,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.rolling_back import RollbackRequest, rollback
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    config_map,
    manifest,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    NOW,
    fleet_of,
    load,
    overwrite,
    tools_of,
)

WEB_NAME = "default/web"


class Fleet:
    """A hub with the application `web` in all clusters."""

    def __init__(self, *names: str) -> None:
        self.store = fleet_of(*names)
        self.members = {name: MemoryCluster() for name in names}
        self.tools = tools_of(self.store, self.members)

    def paint(self, color: str) -> None:
        """Change what is fed."""
        overwrite(self.store, manifest(config_map(color=color)))

    def put(self, raw: dict[str, Any]) -> None:
        """Store something new."""
        MemoryHub(self.store).write([Put(raw, None)], NOW)

    def run(self, *, clusters: tuple[str, ...] = (), deliver: bool = True, **options: Any) -> Distributed:
        """Distribute."""
        scope = Scope(clusters=frozenset(clusters) if clusters else None)
        request = DistributeRequest(scope=scope, deliver=deliver, options=DeliveryOptions(**options))
        return distribute(request, self.tools, lambda _cluster: Connection(host="https://fake"))

    def deploy(self, name: str) -> None:
        """Deliver to one cluster, with nothing of the hub but its namespace."""
        deploy(
            name,
            f"clusternet-{name}",
            Scope(),
            DeliveryOptions(),
            self.tools,
            lambda _cluster: Connection(host="https://fake"),
        )

    def released(self, *colors: str) -> Fleet:
        """Distribute one color after the other."""
        for color in colors:
            self.paint(color)
            self.run()
        return self

    def rollback(
        self, revision: int | None = None, *clusters: str, release: bool = False, check: bool = False
    ) -> dict[str, Any]:
        """Go back, or end that."""
        request = RollbackRequest(WEB_NAME, revision, frozenset(clusters) if clusters else None, release)
        return rollback(request, self.tools, check=check, diff=True)

    def colors(self) -> dict[str, str]:
        """What runs where."""
        return {
            name: next(raw["data"]["color"] for raw in member.objects.values()) for name, member in self.members.items()
        }

    def history(self, name: str = "a") -> dict[str, Any]:
        """What `info` says of a cluster."""
        found: dict[str, Any] = inform(load(self.store), Scope(), (), Guards())["subscriptions"][WEB_NAME]["clusters"]
        return found[name]

    def numbers(self, name: str = "a") -> list[int]:
        """The revisions that a cluster can go back to."""
        return [each["number"] for each in self.history(name)["revisions"]]

    def contents(self) -> int:
        """How many contents the hub keeps."""
        return sum(key.name.startswith("content-") for key in self.store.objects)

    def compare(self, before: int, after: int) -> dict[str, Any]:
        """What changed between two revisions."""
        scope = Scope(subscriptions=frozenset([WEB_NAME]))
        found: dict[str, Any] = inform(load(self.store), scope, (), Guards(), (before, after))["comparison"]
        return found
