# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`_model` and `_core` decide and do nothing else: the list of what they may import, and of what they may not call.

The contracts in pyproject.toml forbid what we know to be impure. This is the other way round: what is not named here as
pure, a new library say, is not accepted.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULE_UTILS = Path("plugins/module_utils")
OURS = "ansible_collections.multicluster.apps.plugins.module_utils"
PURE = frozenset(
    {
        "__future__", "abc", "base64", "binascii", "collections", "copy", "dataclasses", "datetime", "decimal", "difflib", "enum",
        "fractions", "functools", "gzip", "hashlib", "heapq", "itertools", "json", "math", "operator", "re", "string",
        "textwrap", "types", "typing", "uuid", "zlib",
    }
)  # fmt: skip
ACCEPTED = {
    "_model": PURE | {f"{OURS}._model"},
    "_core": PURE | {f"{OURS}._model", f"{OURS}._core", "jmespath", "jsonpatch", "jsonpointer"},
}
# Moments are values, and may be parsed and compared; asking what time it is, or where, may not.
CLOCK = re.compile(r"(^|\.)(date|datetime)\.(fromtimestamp|now|today|utcnow)$")
CALLS = frozenset({"__import__", "breakpoint", "eval", "exec", "input", "open", "print", "uuid.uuid1", "uuid.uuid4"})


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that a file imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            # From our own packages the name that is imported may be the module.
            own = node.module == OURS
            yield from ((node.lineno, f"{node.module}.{name.name}" if own else str(node.module)) for name in node.names)


def violations(path: Path, text: str) -> list[str]:
    """Return what a file of `_model` or `_core` imports or calls against the law."""
    accepted = ACCEPTED[path.relative_to(MODULE_UTILS).parts[0]]
    tree = ast.parse(text)
    found = [
        f"{path}:{line}: imports {name}"
        for line, name in imports(tree)
        if not any(name == allowed or name.startswith(f"{allowed}.") for allowed in accepted)
    ]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = ((call.lineno, ast.unparse(call.func)) for call in calls)
    found += [f"{path}:{line}: calls {name}" for line, name in names if name in CALLS or CLOCK.search(name)]
    return found


def test_every_file(sources: dict[Path, str]) -> None:
    pure = {
        path: text
        for path, text in sources.items()
        if path.parts[:2] == MODULE_UTILS.parts and path.parts[2] in ACCEPTED
    }
    assert pure
    assert [line for path, text in pure.items() for line in violations(path, text)] == []


def test_the_list_is_of_the_standard_library() -> None:
    assert sys.stdlib_module_names >= PURE


@pytest.mark.parametrize(
    ("package", "text"),
    [
        ("_core", "import time"),
        ("_core", "def decide():\n    from random import choice"),
        ("_core", "import datetime\nmoment = datetime.datetime.now(datetime.UTC)"),
        ("_core", "from datetime import date\nmoment = date.today()"),
        ("_core", "import yaml"),
        ("_core", f"from {OURS}._edge import hub"),
        ("_core", f"from {OURS} import _edge"),
        ("_core", "data = open('x').read()"),
        ("_core", "import uuid\nkey = uuid.uuid4()"),
        ("_model", "import jsonpatch"),
        ("_model", f"from {OURS}._core.render import render"),
    ],
)
def test_what_is_impure_is_found(package: str, text: str) -> None:
    assert len(violations(MODULE_UTILS / package / "x.py", text)) == 1


def test_what_is_pure_is_accepted() -> None:
    text = f"import re\nfrom collections.abc import Mapping\nimport jsonpatch\nfrom {OURS}._model.errors import Error"
    assert violations(MODULE_UTILS / "_core" / "x.py", text) == []
