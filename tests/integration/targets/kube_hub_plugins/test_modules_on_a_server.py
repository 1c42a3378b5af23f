# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module that stores one object, on a hub that is an API server: new, again, different, gone, in check mode first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.module_cases import (
    CASES,
    Case,
    assert_stored,
    run_steps,
)
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("module", sorted(CASES))
def test_one_object(project: Project, access: ClusterAccess, module: str) -> None:
    def look(case: Case) -> Mapping[str, Any]:
        kind, _space, place = case.shown.partition(" ")
        namespace, _slash, name = place.rpartition("/")
        kubectl = [str(access.kubectl_program), f"--kubeconfig={access.kubeconfig}", "--ignore-not-found", "-oyaml"]
        argv = [*kubectl, "get", f"{kind}.{case.apiversion.partition('/')[0]}", name]
        return {"ansible.builtin.command": {"argv": [*argv, *(["-n", namespace] if namespace else [])]}}

    case = CASES[module]
    found = run_steps(project, module, look, hub_dir=None, kubeconfig=str(access.kubeconfig))
    stored, again = found["new"], found["again"]
    assert stored is not None
    assert stored == again, "a run with nothing to do must not write"
    as_stored = {"apiVersion": case.apiversion, "kind": stored["kind"], "metadata": {}, "spec": case.spec}
    assert_stored(case, stored, with_defaults(as_stored)["spec"])
    changed = found["change"]
    assert changed is not None
    assert changed["metadata"]["uid"] == stored["metadata"]["uid"]
