# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions stay under about forty lines and files under about four hundred: what is longer does two things."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FUNCTION_LINES = 40
FILE_LINES = 400
Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_lines(function: Function) -> int:
    """Count the lines of a function without its decorators and its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def documentation_lines(tree: ast.Module) -> int:
    """Count the lines of Ansible's documentation, which a plugin carries in its own file."""
    names = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
    blocks = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in names]
    return sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in blocks)


def violations(path: Path, text: str) -> list[str]:
    """Return what is too long in a file."""
    tree = ast.parse(text)
    found = [
        f"{path}:{node.lineno}: {node.name} has {function_lines(node)} lines, {FUNCTION_LINES} are accepted"
        for node in ast.walk(tree)
        if isinstance(node, Function) and function_lines(node) > FUNCTION_LINES
    ]
    lines = len(text.splitlines()) - documentation_lines(tree)
    if path.parts[:2] != ("plugins", "doc_fragments") and lines > FILE_LINES:
        found.append(f"{path}: has {lines} lines, {FILE_LINES} are accepted")
    return found


def test_every_file(sources: dict[Path, str]) -> None:
    assert [line for path, text in sources.items() for line in violations(path, text)] == []


@pytest.mark.parametrize("lines", [FUNCTION_LINES, FUNCTION_LINES + 1])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_long_function_is_found(kind: str, lines: int) -> None:
    text = f'{kind} work():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * (lines - 1)
    assert bool(violations(Path("x.py"), text)) == (lines > FUNCTION_LINES)


def test_a_long_file_is_found() -> None:
    assert violations(Path("plugins/modules/x.py"), "x = 1\n" * (FILE_LINES + 1))


def test_documentation_makes_no_file_long() -> None:
    text = 'DOCUMENTATION = r"""\n' + "line\n" * FILE_LINES + '"""\nx = 1\n'
    assert violations(Path("plugins/modules/x.py"), text) == []
