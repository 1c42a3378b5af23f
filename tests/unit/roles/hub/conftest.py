# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the role's files share: the definitions, and their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

FILES = Path(__file__).parents[4] / "roles" / "hub" / "files"


@pytest.fixture(scope="session")
def crds() -> Mapping[str, Any]:
    """The definitions of the role, by kind."""
    raws = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((FILES / "crds").glob("*.yaml"))]
    return {raw["spec"]["names"]["kind"]: raw for raw in raws}


@pytest.fixture(scope="session")
def roles() -> Mapping[str, Any]:
    """The ClusterRoles of the role, by name."""
    raws = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((FILES / "rbac").glob("*.yaml"))]
    return {raw["metadata"]["name"]: raw for raw in raws}
