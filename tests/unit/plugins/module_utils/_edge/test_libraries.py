# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Python that lacks a library is told which, and which Python it is."""

from __future__ import annotations

import sys

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge import libraries
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput


def test_a_complete_python_is_not_bothered() -> None:
    libraries.require()


def test_a_python_without_pyyaml_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(InvalidInput) as raised:
        libraries.require()
    assert str(raised.value).startswith(f"{sys.executable} lacks PyYAML")
    assert "ansible_python_interpreter: '{{ ansible_playbook_python }}'" in str(raised.value)


def test_a_python_without_kubernetes_fails_the_clusters_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    with pytest.raises(ClusterError) as raised:
        open_endpoint("shanghai", Connection(host="https://one.example"))
    assert str(raised.value).startswith(f"shanghai: {sys.executable} lacks the Python package kubernetes")
    assert "multicluster_directory" in str(raised.value)
