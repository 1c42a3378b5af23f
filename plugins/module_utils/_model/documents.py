# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One document of a file, template or task, before anyone looked into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """What a user wrote.

    :param raw: whatever the text holds; usually a mapping.
    :param where: file and line, or the task's option, for messages.
    """

    raw: Any
    where: str
