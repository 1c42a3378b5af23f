# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory for a hub."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return tmp_path / "fleet"
