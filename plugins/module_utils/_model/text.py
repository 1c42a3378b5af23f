# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from outside, made fit for a message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# C0 and C1 controls and the marks that turn the direction of writing: a terminal must not obey what a cluster says.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
MESSAGE_LIMIT: Final = 500


def fit(text: object, limit: int = MESSAGE_LIMIT) -> str:
    """One line without control characters, at most `limit` characters long."""
    line = _UNFIT.sub(" ", str(text)).strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 replica`, `2 replicas`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table as lines, each column as wide as its widest cell.

    :param rows: at least one, and all of the same length.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
