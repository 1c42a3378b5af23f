# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A throwaway lab's folder, whose servers end at the latest when the next such lab starts.

A test session that is killed cannot stop its servers. It leaves a folder that nobody holds locked any more: by that the
next session knows it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import locking
from .errors import LabError
from .lab import Lab

_PREFIX = "multicluster-lab-"
_LAB = "lab"


@contextmanager
def scratch_lab(parent: Path, report: Callable[[str], None]) -> Iterator[Lab]:
    """A lab, not yet up, in a new folder below ``parent``; it is down and gone after the block."""
    end_orphans(parent, report)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    # create: a session that starts now may have taken the folder, not yet locked, for an orphan.
    with locking.exclusive(folder, lambda: None, create=True):
        lab = Lab(folder / _LAB, report)
        try:
            yield lab
        finally:
            lab.down()
            shutil.rmtree(folder)


def end_orphans(parent: Path, report: Callable[[str], None]) -> None:
    """Take down the labs below ``parent`` whose sessions have died."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            with locking.if_free(folder) as ours:  # all the while: a session that starts now may lock it meanwhile
                if ours:
                    _end_orphan(folder, report)
        except (LabError, OSError) as error:  # another user's, or gone by now: no reason not to start ours
            report(f"left {folder} as it is: {error}")


def _end_orphan(folder: Path, report: Callable[[str], None]) -> None:
    if Lab(folder / _LAB, report).down():
        report(f"ended the servers that a killed session left in {folder}")
    shutil.rmtree(folder, ignore_errors=True)
