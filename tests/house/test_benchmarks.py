# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks run, and measure what they say; how fast it is, a test on a shared machine cannot tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_scheduling_moves_only_what_a_changed_label_touches(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "benchmarks/scheduling.py", "--output", str(figures)]
    size = ["--clusters", "8", "16", "--subscriptions", "40", "--feeds", "2", "--mix", "mixed"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".venv" / "collections")}
    run = subprocess.run([*command, *size], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    rows = json.loads(figures.read_text())
    assert [(row["clusters"], row["measured"], row["unmoved"]) for row in rows] == [(8, 8, 39), (16, 16, 39)]
    assert len(run.stdout.splitlines()) == 2 + len(rows)
