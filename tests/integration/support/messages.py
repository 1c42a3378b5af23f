# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a message for the person on call has to be like."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.tests.integration.support.project import Task


def ignored(tasks: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tasks, by name, each of which may fail."""
    return [{"name": name, **task, "ignore_errors": True} for name, task in tasks.items()]


def assert_says(task: Task, *words: str) -> None:
    """The task failed, with a message of a length that a person reads, which has these words and none of Python's."""
    assert task.failed, f"{task.name} was accepted: {task.result}"
    missing = [word for word in words if word not in task.message]
    assert not missing, f"{task.name}: {missing} not in: {task.message}"
    assert len(task.message) < 2000, task.message[:3000]
    for pythonic in ("Traceback", "Error(", "<class", "object at 0x"):
        assert pythonic not in task.message


def appearances(word: str) -> list[str]:
    """The ways in which a word may show: as it is, and in base64 wherever it begins in the text that was encoded."""
    found = [word]
    for before in range(3):
        text = base64.b64encode(b" " * before + word.encode() + b" " * 3).decode()
        found.append(text[4 : 4 + len(word)])
    return found
