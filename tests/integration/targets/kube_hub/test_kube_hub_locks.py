# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The locks of a Kubernetes hub: Leases that end with their holders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kubernetes import KubernetesHub
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubLocked
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.conftest import Server, opened
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub.fault_proxy import FaultProxy
from ansible_collections.multicluster.apps.tests.unit.contracts.hub_samples import (
    NOW,
    base,
    subscription,
)

pytestmark = pytest.mark.integration

HUB_LEASE = "/apis/coordination.k8s.io/v1/namespaces/clusternet-reserved/leases/multicluster-apps-hub"
SECONDS = 2


@contextmanager
def another_run(admin: Connection, lock: str = "hub") -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock."""
    program = [
        sys.executable,
        str(Path(__file__).with_name("lock_holder.py")),
        str(admin.kubeconfig),
        lock,
        str(SECONDS),
    ]
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(program, env=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert said_by(process) == "held"
            yield process
        finally:
            process.kill()


def said_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def write_now(process: subprocess.Popen[str]) -> str:
    """Tell the process to write; what it says of that."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return said_by(process)


def test_a_killed_holders_lock_ends(admin: Connection) -> None:
    with another_run(admin) as holder:
        begun = time.monotonic()
        with pytest.raises(HubLocked) as caught, opened(admin, lease_seconds=SECONDS).lock("hub"):
            pass
        assert time.monotonic() - begun < 1, "a timeout of 0 tries once"
        for part in ("hub https://", "'hub'", "clusternet-reserved/multicluster-apps-hub", "alice@control,", "since 2"):
            assert part in str(caught.value)
        assert "#" not in str(caught.value), "what tells acquisitions apart is nobody's business"
        holder.send_signal(signal.SIGKILL)
        begun = time.monotonic()
        with opened(admin, lock_timeout=10, lease_seconds=SECONDS).lock("hub"):
            assert time.monotonic() - begun < SECONDS + 2


def test_a_lock_is_renewed_while_it_is_held(admin: Connection) -> None:
    with another_run(admin) as holder:
        with (
            pytest.raises(HubLocked, match="waited 3 seconds"),
            opened(admin, lock_timeout=SECONDS + 1, lease_seconds=SECONDS).lock("hub"),
        ):
            pass
        assert write_now(holder) == "written"


def test_a_run_that_stood_still_and_lost_its_lock_may_not_write(admin: Connection) -> None:
    with another_run(admin) as holder:
        holder.send_signal(signal.SIGSTOP)
        taker = opened(admin, lock_timeout=10, lease_seconds=SECONDS, holder="bob@control")
        with taker.lock("hub"):
            holder.send_signal(signal.SIGCONT)
            answer = write_now(holder)
            assert answer.startswith("HubLocked: ")
            assert "the lock 'hub' was lost" in answer
            assert dict(taker.load().objects) == {}
            taker.write([Put(subscription(), None)], NOW)  # who holds it may


def test_a_run_that_stood_still_and_was_not_missed_goes_on(admin: Connection) -> None:
    with another_run(admin) as holder:
        holder.send_signal(signal.SIGSTOP)
        time.sleep(SECONDS + 0.5)
        holder.send_signal(signal.SIGCONT)
        assert write_now(holder) == "written"


def test_times_that_others_wrote_are_only_shown(server: Server, admin: Connection) -> None:
    with another_run(admin):
        lease = server.send("GET", HUB_LEASE)
        # Of a clock that is a year behind: it is renewed all the same.
        past = {"spec": {**lease["spec"], "renewTime": "2020-01-01T00:00:00.000000Z"}}
        server.send("PATCH", HUB_LEASE, past, content_type="application/merge-patch+json")
        with pytest.raises(HubLocked), opened(admin, lock_timeout=0, lease_seconds=SECONDS).lock("hub"):
            pass


def test_the_lock_of_one_cluster_stops_nobody_else(admin: Connection) -> None:
    with another_run(admin, "cluster-clusternet-a"):
        mine = opened(admin)
        with mine.lock("cluster-clusternet-b"), mine.lock("hub"):
            mine.write([Put(base("clusternet-b"), None)], NOW)


def test_a_lost_lock_of_one_cluster_stops_writes_there_only(server: Server, admin: Connection) -> None:
    path = "/apis/coordination.k8s.io/v1/namespaces/clusternet-a/leases/multicluster-apps-cluster"
    mine = opened(admin, lease_seconds=SECONDS)
    with mine.lock("cluster-clusternet-a"), mine.lock("cluster-clusternet-b"):
        server.send("DELETE", path)
        time.sleep(SECONDS / 2)  # by now a renewal was due
        with pytest.raises(HubLocked, match="'cluster-clusternet-a' was lost"):
            mine.write([Put(base("clusternet-a"), None)], NOW)
        assert mine.write([Put(base("clusternet-b"), None)], NOW)


def test_a_released_lock_is_free_at_once_and_its_lease_stays(server: Server, admin: Connection) -> None:
    with opened(admin).lock("hub"):
        assert server.send("GET", HUB_LEASE)["spec"]["holderIdentity"].startswith("a test #")
    left = server.send("GET", HUB_LEASE)["spec"]
    assert left.get("holderIdentity", "") == ""
    with opened(admin).lock("hub"):
        assert server.send("GET", HUB_LEASE)["spec"]["leaseTransitions"] == left["leaseTransitions"] + 1


@pytest.mark.parametrize(("method", "fault"), [("POST", "lost"), ("PUT", "lost"), ("POST", "500"), ("GET", "429")])
def test_a_lock_is_taken_in_spite_of_a_fault(
    method: str, fault: str, proxy: FaultProxy, behind: KubernetesHub, admin: Connection
) -> None:
    if method == "PUT":
        with opened(admin).lock("hub"):
            pass
    proxy.once(fault, method, "multicluster-apps-hub" if method != "POST" else "leases")
    with (
        behind.lock("hub"),
        pytest.raises(HubLocked),
        opened(admin).lock("hub"),
    ):
        pass


def test_a_renewal_whose_answer_is_lost_is_known_as_our_own(proxy: FaultProxy) -> None:
    mine = opened(Connection(host=proxy.url), lease_seconds=SECONDS)
    with mine.lock("hub"):
        proxy.once("lost", "PUT", "multicluster-apps-hub")
        time.sleep(SECONDS * 2)
        assert mine.write([Put(subscription(), None)], NOW)


def test_a_lock_that_cannot_be_renewed_is_lost(proxy: FaultProxy) -> None:
    mine = opened(Connection(host=proxy.url), lease_seconds=SECONDS)
    with mine.lock("hub"):
        proxy.fault = lambda method, path: "500" if method == "PUT" and "leases" in path else ""
        time.sleep(SECONDS + 0.5)
        with pytest.raises(HubLocked, match=r"'hub' was lost, as it could not be renewed: .*HTTP 500"):
            mine.write([Put(subscription(), None)], NOW)
