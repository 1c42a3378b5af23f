# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API server that is no hub yet, of these tests alone: what they install and break holds for a whole server."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.controlplane.labkit import binaries
from ansible_collections.multicluster.apps.tests.controlplane.labkit.scratch import scratch_lab
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run

FILES = Path(__file__).resolve().parents[4] / "roles" / "hub" / "files"
RESERVED = "clusternet-reserved"
GROUPS = ("apps.clusternet.io", "clusters.clusternet.io")


@pytest.fixture(scope="session")
def own_server() -> Iterator[ClusterAccess]:
    """The server."""
    programs = binaries.ensure(os.environ, report)
    with scratch_lab(Path(tempfile.gettempdir()), report) as lab:
        lab.up(0, hub=True, programs=programs)
        yield ControlPlane(lab, programs).hub


def report(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@pytest.fixture
def server(own_server: ClusterAccess) -> Iterator[ClusterAccess]:
    """The server, from which everything that makes it a hub is removed afterwards."""
    yield own_server
    remove_definitions(own_server)
    own_server.kubectl("delete", "clusterrole,clusterrolebinding", "-l", "clusternet.io/created-by=multicluster.apps")
    remove_namespace(own_server, RESERVED)


def remove_definitions(access: ClusterAccess) -> None:
    """Remove the definitions at once; none of their objects may be left.

    A server takes minutes over the finalizer of a definition that was made and removed before, so it is taken off.
    """
    names = [name for name in access.kubectl("get", "crd", "-o", "name").stdout.split() if name.endswith(GROUPS)]
    if not names:
        return
    access.kubectl("delete", "--wait=false", *names)
    for name in names:
        access.kubectl("patch", name, "--type=merge", "-p", '{"metadata": {"finalizers": null}}', check=False)


def remove_namespace(access: ClusterAccess, name: str) -> None:
    """Remove a namespace for good: no controller runs here that would end what is being deleted."""
    access.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")
    body = (
        f'{{"apiVersion": "v1", "kind": "Namespace", "metadata": {{"name": "{name}"}}, "spec": {{"finalizers": []}}}}'
    )
    access.kubectl("replace", "--raw", f"/api/v1/namespaces/{name}/finalize", "-f", "-", stdin=body, check=False)


@pytest.fixture
def run_role(project: Project, server: ClusterAccess) -> Callable[..., Run]:
    """Run the role on the server."""

    def run(*arguments: str, defaults: Mapping[str, Any] | None = None, **variables: Any) -> Run:
        play: dict[str, Any] = {"name": "Hub", "hosts": "localhost", "gather_facts": False}
        play["roles"] = [{"role": "multicluster.apps.hub"}]
        play["vars"] = {"hub_kubeconfig": str(server.kubeconfig), **variables}
        play["vars"] = {name: value for name, value in play["vars"].items() if value is not None}
        play["module_defaults"] = {"group/multicluster.apps.hub": dict(defaults or {})}
        project.inventory({})
        project.write("hub.yml", [play])
        return project.play("hub.yml", *arguments)

    return run


@pytest.fixture
def crds() -> dict[str, Any]:
    """The definitions of the role, by plural."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (FILES / "crds").glob("*.yaml")}


@pytest.fixture(scope="module")
def installed(own_server: ClusterAccess) -> Iterator[ClusterAccess]:
    """The server with everything of the role, as kubectl installs it."""
    own_server.kubectl("apply", "--server-side", "--recursive", "-f", str(FILES))
    own_server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    yield own_server
    remove_definitions(own_server)
    own_server.kubectl("delete", "clusterrole,clusterrolebinding", "-l", "clusternet.io/created-by=multicluster.apps")
    remove_namespace(own_server, RESERVED)
