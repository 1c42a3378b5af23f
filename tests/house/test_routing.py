# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""meta/runtime.yml knows every module and action, so that one `module_defaults` names the hub for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def runtime(root: Path) -> Any:
    return yaml.safe_load((root / "meta" / "runtime.yml").read_text(encoding="utf-8"))


def names(root: Path, kind: str) -> set[str]:
    """Return the names of the plugins of a kind."""
    return {path.stem for path in (root / "plugins" / kind).glob("*.py")} - {"__init__"}


def test_the_action_group_is_all_modules(root: Path, runtime: Any) -> None:
    group = runtime["action_groups"]["hub"]
    assert sorted(group) == sorted(names(root, "modules"))


def test_every_route_leads_somewhere(root: Path, runtime: Any) -> None:
    routes = runtime["plugin_routing"]["modules"]
    targets = {route["action_plugin"].removeprefix("multicluster.apps.") for route in routes.values()}
    assert set(routes) <= names(root, "modules")
    assert targets <= names(root, "action")
