# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Only the shells end a task, and AnsiballZ finds every import by reading the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LOADERS = ("importlib", "pkgutil", "runpy")


def violations(path: Path, text: str) -> list[str]:
    """Return where a file below plugins/ ends a task that is not its own, or imports by a string."""
    library = path.parts[1] == "module_utils"
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            found += [f"{path}:{node.lineno}: imports {name}" for name in names if str(name).startswith(LOADERS)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "__import__":
            found.append(f"{path}:{node.lineno}: imports by a string")
        elif library and isinstance(node, ast.Attribute) and node.attr in ("fail_json", "exit_json"):
            found.append(f"{path}:{node.lineno}: {node.attr} outside of a shell")
        elif library and isinstance(node, ast.Name) and node.id in ("AnsibleError", "AnsibleModule"):
            found.append(f"{path}:{node.lineno}: {node.id} outside of a shell")
    return found


def test_every_file(sources: dict[Path, str]) -> None:
    plugins = {path: text for path, text in sources.items() if path.parts[0] == "plugins"}
    assert plugins
    assert [line for path, text in plugins.items() for line in violations(path, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from importlib import import_module",
        "import importlib.util",
        "plugin = __import__(name)",
        "module.fail_json(msg='no')",
        "raise AnsibleError('no')",
    ],
)
def test_what_is_against_the_law_is_found(text: str) -> None:
    assert len(violations(Path("plugins/module_utils/_run/x.py"), text)) == 1


def test_a_shell_may_end_its_task() -> None:
    assert violations(Path("plugins/modules/x.py"), "module.fail_json(msg='no')") == []
