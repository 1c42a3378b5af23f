# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hub a run is on: the one that is named, never one that is taken in silence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions


def test_the_hub_that_is_named() -> None:
    params = {"hub_dir": "/fleet", "secrets": "vault", "lock_timeout": 5.0, "src": "app"}
    assert HubOptions.of(params) == HubOptions("/fleet", "vault", 5.0)


@pytest.mark.parametrize("params", [{}, {"hub_dir": None}, {"hub_dir": ""}])
def test_no_hub_says_how_to_name_one(params: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as raised:
        HubOptions.of({"secrets": "refuse", "lock_timeout": 30.0, **params})
    for way in ("hub_dir", "module_defaults", "multicluster.apps.hub", "MULTICLUSTER_HUB_DIR"):
        assert way in str(raised.value)
