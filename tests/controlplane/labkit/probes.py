# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask a server whether it is ready."""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path

_TIMEOUT = 5.0


def etcd_ready(port: int, peer_port: int) -> bool:
    """Whether the etcd with these two ports answers and has a leader.

    Another lab's etcd may have taken the port a moment before ours, which has yet to find that out: only the member
    list tells the two apart.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.request("POST", "/v3/cluster/member/list", body="{}")
        members = json.load(connection.getresponse()).get("members", [])
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return [member.get("peerURLs") for member in members] == [[f"http://127.0.0.1:{peer_port}"]]


def api_status(port: int, ca: Path, bearer: str, path: str) -> int:
    """The HTTP status of a GET on a cluster's API, with its certificate verified; 0 if there is no answer."""
    try:
        context = ssl.create_default_context(cafile=str(ca))
    except OSError:  # not yet written, or half of it
        return 0
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=_TIMEOUT, context=context)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {bearer}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
