# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every Python file says whose it is, under which licence, and what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HEADER = (Path(__file__).read_text(encoding="utf-8")).split("\n\n", 1)[0]
FUTURE = "from __future__ import annotations"


def violations(path: Path, text: str) -> list[str]:
    """Return what the beginning of a file lacks."""
    body = text.split("\n", 1)[-1].lstrip("\n") if text.startswith("#!") else text
    found = []
    if not body.startswith(HEADER + "\n"):
        found.append(f"{path}: begins with the three lines of the licence header, as {Path(__file__).name} does")
    tree = ast.parse(text)
    documented = any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION" for node in tree.body
    )
    if not documented and not ast.get_docstring(tree) and path.parent.name != "doc_fragments":
        found.append(f"{path}: has a docstring (or DOCUMENTATION) that says what it is for")
    if len(tree.body) > 1 and FUTURE not in text.splitlines():
        found.append(f"{path}: has the line {FUTURE!r}")
    return found


def test_every_file(sources: dict[Path, str]) -> None:
    assert [line for path, text in sources.items() if text for line in violations(path, text)] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'"""A docstring."""\n\n{FUTURE}\n', "licence header"),
        (f"{HEADER}\n\n{FUTURE}\n\nx = 1\n", "docstring"),
        (f'{HEADER}\n\n"""A docstring."""\n\nx = 1\n', FUTURE),
    ],
)
def test_what_lacks_is_found(text: str, complaint: str) -> None:
    (found,) = violations(Path("plugins/module_utils/_core/x.py"), text)
    assert complaint in found


def test_a_whole_header_is_accepted() -> None:
    text = f'#!/usr/bin/env python3\n{HEADER}\n\n"""A docstring."""\n\n{FUTURE}\n\nx = 1\n'
    assert violations(Path("tools/x.py"), text) == []
