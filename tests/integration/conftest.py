# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the integration tests share: real API servers, and projects in which real Ansible runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import (
    ControlPlane,
    control_plane,
    member_faults,
)
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

__all__ = ["control_plane", "member_faults"]

# The namespace of ApplySet parents in every member.
PARENTS = "multicluster-apps"


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """An empty project, or one with the files of the directory `files` beside the test."""
    path = tmp_path / "project"
    path.mkdir()
    made = Project(path, f"test-{uuid.uuid4().hex[:10]}")
    made.copy(request.path.parent / "files")
    return made


@pytest.fixture
def servers(control_plane: ControlPlane, project: Project) -> Iterator[ControlPlane]:
    """The API servers, from which everything of the test's own namespace is removed afterwards."""
    yield control_plane
    for member in control_plane.members:
        member.kubectl("delete", "namespace", project.namespace, "--ignore-not-found", "--wait=false")
        parents = member.kubectl("get", "configmap", "-n", PARENTS, "-o", "name", "--ignore-not-found", check=False)
        ours = [name for name in parents.stdout.split() if project.namespace in name]
        if ours:
            member.kubectl("delete", "-n", PARENTS, "--ignore-not-found", *ours)
