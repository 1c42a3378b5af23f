# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of the operating system, told as errors of the hub: which path, what is wrong with it, what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError

_ADVICE: Final = {
    errno.EACCES: "give the user who runs Ansible access to it, or name another hub_dir",
    errno.EPERM: "give the user who runs Ansible access to it, or name another hub_dir",
    errno.EROFS: "mount the file system for writing, or name another hub_dir",
    errno.ENOSPC: "free some space and run again; what was stored before is whole",
    errno.EDQUOT: "free some space and run again; what was stored before is whole",
    errno.EFBIG: "raise the limit for the size of files (ulimit -f) and run again; what was stored before is whole",
    errno.EMFILE: "raise the limit for open files (ulimit -n), or lower the number of forks",
    errno.ENFILE: "raise the system's limit for open files (fs.file-max), or lower the number of forks",
    errno.ENOTDIR: "hub_dir names a directory; move away the file that stands in its place",
    errno.EISDIR: "a directory stands where a file of the hub belongs; move it away",
    errno.ENAMETOOLONG: "name a hub_dir with a shorter path",
    errno.ELOOP: "replace the symbolic link by what it points to",
    errno.ENOLCK: "the file system offers no locks; mount it with them, or name another hub_dir",
}
_OTHERWISE: Final = "see to the file system and run again; what was stored before is whole"


@contextmanager
def hub_errors(doing: str, path: str) -> Iterator[None]:
    """Turn an OSError of the block into a HubError.

    :param doing: `read`, `write`, …: completes the sentence "cannot <doing> <path>".
    :param path: what the block works on; another path that the system names in its error is added.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error.filename, str) and error.filename != path:
            reason += f" ({error.filename})"
        raise HubError(f"cannot {doing} {path}: {reason}; {_ADVICE.get(error.errno or 0, _OTHERWISE)}") from error
