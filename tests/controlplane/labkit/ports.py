# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Free ports on loopback."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

from .errors import LabError

# Below the range that Linux and macOS give to outgoing connections: such a port could be taken by any client between
# our choice and the server's start.
FIRST, LAST = 20000, 31999
_TRIES = 200


def free_port(taken: Collection[int]) -> int:
    """A port that nothing listens on and that is not in ``taken``.

    At random, so that two labs that start at the same time seldom meet; if they do, the server that comes second dies
    and is started again on another port.
    """
    for port in random.sample(range(FIRST, LAST + 1), k=_TRIES):
        if port not in taken and _is_free(port):
            return port
    raise LabError(f"found no free port on 127.0.0.1 between {FIRST} and {LAST} in {_TRIES} tries")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Go's listeners do: a port whose last connections are only closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
