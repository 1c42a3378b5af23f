# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `status` where the hub is an API server, too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.project import Project
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import (
    Server,
    hub_server,
    server,
)

__all__ = ["hub_server", "server"]

pytestmark = pytest.mark.integration


def test_statuses_are_kept_in_the_status_subresource_and_once(
    project: Project, servers: ControlPlane, server: Server
) -> None:
    hub = server.access
    name = f"one-{project.namespace}"
    project.environment["K8S_AUTH_KUBECONFIG"] = str(hub.kubeconfig)
    project.inventory({name: {"multicluster_kubeconfig": str(servers.members[0].kubeconfig)}})
    project.tasks({"multicluster.apps.register": {"group": "managed_clusters"}}, hub_dir=None).ok()

    def stored() -> Any:
        return json.loads(hub.kubectl("get", "mcls", name, "-n", f"clusternet-{name}", "-o", "json").stdout)

    generation = stored()["metadata"]["generation"]
    try:
        assert project.play("multicluster.apps.status", "--check").ok().changed
        assert "status" not in stored()
        assert project.play("multicluster.apps.status").ok().changed
        first = stored()
        assert first["status"]["conditions"][0]["status"] == "True"
        assert first["status"]["nodeStatistics"]["lostNodes"] >= 0
        assert first["metadata"]["generation"] == generation  # the spec was not touched
        shown = hub.kubectl("get", "mcls", name, "-n", f"clusternet-{name}").stdout.splitlines()[1].split()
        assert {first["status"]["k8sVersion"], "True"} <= set(shown)
        assert not project.play("multicluster.apps.status").ok().changed
        assert stored()["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    finally:
        hub.kubectl("delete", "namespace", f"clusternet-{name}", "--wait=false")
