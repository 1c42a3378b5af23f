# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed at any point leaves a hub that loads, and the next run ends its work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("killed_writer.py")


def test_a_writer_may_be_killed_at_any_point(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    result = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path), "1"], capture_output=True, text=True, env=environment, check=False
    )

    assert result.returncode == 0, result.stderr
    killed, seen = result.stdout.split(maxsplit=1)
    assert int(killed) > 60
    assert seen == "{0, 1, 2, 3, 4, 5, 6}\n"
