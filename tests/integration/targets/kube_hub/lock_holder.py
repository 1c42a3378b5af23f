# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in a process of its own: holds a lock until it is told to write, or killed.

Arguments: kubeconfig, lock, seconds that a Lease lasts. Says `held`; after a line on its standard input it writes a
Subscription and says what came of it.
"""

from __future__ import annotations

import random
import sys
import time

from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import NOW, subscription


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(kubeconfig: str, lock: str, seconds: str) -> None:
    hub = KubernetesHub(
        open_endpoint("hub", Connection(kubeconfig=kubeconfig)),
        lock_timeout=0,
        holder="alice@control",
        patience=Patience(),
        pacing=Pacing(time.sleep, random.random, time.monotonic),
        lease_seconds=int(seconds),
    )
    with hub.lock(lock):
        say("held")
        sys.stdin.readline()
        try:
            hub.write([Put(subscription(), None)], NOW)
            say("written")
        except HubError as error:
            say(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
