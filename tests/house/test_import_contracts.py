# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The import contracts of pyproject.toml can fail: each one is broken here on purpose, in a small tree of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = "ansible_collections.multicluster.apps.plugins"
UTILS = f"{PLUGINS}.module_utils"

# A house in small that keeps every contract; the libraries need not be installed for import-linter to see their names.
HOUSE = {
    "module_utils/_model/errors.py": "import re\n",
    "module_utils/_core/render.py": f"import jsonpatch\nfrom {UTILS}._model import errors\n",
    "module_utils/_edge/hub.py": f"import os\nimport yaml\nfrom {UTILS}._model import errors\n",
    "module_utils/_run/wiring.py": f"from {UTILS}._edge import hub\nfrom {UTILS}._core import render\n",
    "plugin_utils/glue.py": f"from {UTILS}._run import wiring\n",
    "modules/apply.py": f"from {UTILS}._run import wiring\n",
    "filter/override.py": f"from {UTILS}._core import render\n",
}
ONE_WAY = "Imports go one way; _core and _edge never meet"
ONE_DOOR = "Only _run.wiring names _edge"
PURE = "_model and _core have no clock, chance, log, environment, YAML, input, output or Ansible"
PLAIN = "_model knows the standard library only"


def check_imports(root: Path, tree: Path, added: dict[str, str]) -> str:
    """Lay out the small house with some lines added to its files, and return what import-linter says of it."""
    plugins = tree / "ansible_collections" / "multicluster" / "apps" / "plugins"
    for name in {**HOUSE, **added}:
        file = plugins / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HOUSE.get(name, "") + added.get(name, ""), encoding="utf-8")
        if "module_utils" in name:
            (file.parent / "__init__.py").touch()
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(root / "pyproject.toml"),
    ]
    env = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"}
    return subprocess.run(command, cwd=tree, env=env, check=False, capture_output=True, text=True).stdout


def broken(output: str) -> set[str]:
    """Return the names of the contracts that import-linter found broken."""
    return {line.removesuffix(" BROKEN") for line in output.splitlines() if line.endswith(" BROKEN")}


def test_the_small_house_keeps_all(root: Path, tmp_path: Path) -> None:
    assert "Contracts: 4 kept, 0 broken." in check_imports(root, tmp_path, {})


@pytest.mark.parametrize(
    ("file", "line", "contracts"),
    [
        ("module_utils/_core/render.py", f"from {UTILS}._edge import hub", {ONE_WAY, ONE_DOOR, PURE}),
        ("module_utils/_edge/hub.py", f"from {UTILS}._core import render", {ONE_WAY}),
        ("module_utils/_edge/hub.py", f"from {UTILS}._run import wiring", {ONE_WAY}),
        ("module_utils/_run/wiring.py", f"from {PLUGINS}.plugin_utils import glue", {ONE_WAY}),
        ("modules/apply.py", f"from {PLUGINS}.filter import override", {ONE_WAY}),
        ("modules/apply.py", f"from {UTILS}._edge import hub", {ONE_DOOR}),
        ("module_utils/_run/deliver.py", f"from {UTILS}._edge import hub", {ONE_DOOR}),
        ("module_utils/_core/render.py", "import time", {PURE}),
        ("module_utils/_core/render.py", "from ansible.module_utils.basic import AnsibleModule", {PURE}),
        ("module_utils/_model/errors.py", "import logging", {PURE}),
        ("module_utils/_model/errors.py", "import jsonpatch", {PLAIN}),
    ],
)
def test_a_violation_is_found(root: Path, tmp_path: Path, file: str, line: str, contracts: set[str]) -> None:
    assert broken(check_imports(root, tmp_path, {file: f"{line}\n"})) == contracts
