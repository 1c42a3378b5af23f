# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which two hubs the action `migrate_hub` opens, and with whose credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
SOURCE, TARGET = {"host": "https://source", "api_key": "of-source"}, {"host": "https://target"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Make, dict[str, Any]], list[tuple[str, str | None]]]:
    """Runs the action, and says where it goes with which token; the environment has one, too."""

    def run(make_action: Make, options: dict[str, Any]) -> list[tuple[str, str | None]]:
        monkeypatch.setenv("K8S_AUTH_API_KEY", "of-environment")
        found = []
        action = make_action("migrate_hub", options)
        monkeypatch.setattr(action, "tools", lambda params, **_more: found.append((params["host"], params["api_key"])))
        monkeypatch.setitem(type(action).act.__globals__, "migrate", lambda *_hubs, **_mode: {"changed": False})
        assert action.run(task_vars={}) == {"changed": False}
        return found

    return run


def test_neither_hub_is_sent_the_token_of_another(make_action: Make, opened: Any) -> None:
    assert opened(make_action, {"source": SOURCE, "target": TARGET}) == [
        ("https://source", "of-source"),
        ("https://target", None),
    ]


def test_the_tasks_own_hub_is_found_as_everywhere_and_its_token_stays_there(make_action: Make, opened: Any) -> None:
    assert opened(make_action, {"host": "https://own", "target": TARGET}) == [
        ("https://own", "of-environment"),
        ("https://target", None),
    ]
