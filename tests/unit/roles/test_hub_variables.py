# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way to a hub that is an API server has a variable in both roles, and the variable gets to the task."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import KUBERNETES_SPEC

ROLES = Path(__file__).parents[3] / "roles"


def content(role: str, path: str) -> Any:
    return yaml.safe_load((ROLES / role / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("role", "prefix"), [("hub", "hub_"), ("cluster", "cluster_hub_")])
def test_every_option_is_a_variable(role: str, prefix: str) -> None:
    options = content(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    found = {name: (options.get(prefix + name) or {}).get("type") for name in KUBERNETES_SPEC}
    assert found == {name: rules["type"] for name, rules in KUBERNETES_SPEC.items()}


def test_the_role_hub_passes_them_on() -> None:
    passed = content("hub", "tasks/main.yml")[1]["multicluster.apps.hub_setup"]
    assert content("hub", "vars/main.yml")["hub_connection_options"] == list(KUBERNETES_SPEC)
    assert {name: passed.get(name) for name in KUBERNETES_SPEC} == {
        name: f"{{{{ hub_{name} | default(omit) }}}}" for name in KUBERNETES_SPEC
    }


def test_the_role_cluster_passes_them_on() -> None:
    passed = re.findall(r"'(\w+)': (\w+) \| default\(none\)", content("cluster", "vars/main.yml")["__cluster_hub"])
    others = [("hub_dir", "cluster_hub_dir"), ("secrets", "cluster_hub_secrets")]
    assert passed == others + [(name, f"cluster_hub_{name}") for name in KUBERNETES_SPEC]
