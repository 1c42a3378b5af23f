# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For how long a run waits for the Lease of another one, by a clock that only its waiting moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_leases import LEASE_SECONDS, Leases
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubLocked


class Http:
    """A server with one Lease.

    :ivar held: how the Lease is after so many seconds: its version, or None where nobody has it.
    """

    cluster = "hub https://one.example"

    def __init__(self, held: Callable[[float], str | None]) -> None:
        self.clock = 0.0
        self.pacing = Pacing(sleep=self.sleep, jitter=lambda: 0.0, now=lambda: self.clock)
        self._held = held

    def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def send(self, request: Request) -> dict[str, Any]:
        if request.method == "PUT":
            return dict(request.body or {})
        version = self._held(self.clock)
        metadata = {"name": "x", "namespace": "clusternet-reserved", "resourceVersion": version or "0"}
        spec = {"holderIdentity": "bob@control #1" if version else "", "leaseDurationSeconds": LEASE_SECONDS}
        return {"metadata": metadata, "spec": spec}

    def as_object(self, _request: Request, answer: Any) -> Any:
        return answer


def waited(held: Callable[[float], str | None], timeout: float) -> float:
    """After how many seconds a run has the lock.

    :raises HubLocked: when it gives up.
    """
    http: Any = Http(held)
    with Leases(http, http, None, holder="al@control", timeout=timeout).exclusive("hub"):  # type: ignore[arg-type]
        return float(http.clock)


@pytest.mark.parametrize("timeout", [1.0, 14.9, 60.0])
def test_the_lock_of_a_killed_run_ends_for_every_run_that_waits(timeout: float) -> None:
    assert waited(lambda _clock: "7", timeout) == pytest.approx(LEASE_SECONDS, abs=0.1)


@pytest.mark.parametrize(("timeout", "ends"), [(1.0, 5), (5.2, 5), (30.0, 30)])
def test_who_is_seen_to_be_alive_is_not_waited_for_longer_than_told(timeout: float, ends: int) -> None:
    http: Any = Http(lambda clock: str(int(clock / 5) + 1))
    leases = Leases(http, http, None, holder="al@control", timeout=timeout)  # type: ignore[arg-type]
    with pytest.raises(HubLocked, match="held by bob@control"), leases.exclusive("hub"):
        pass
    assert http.clock == pytest.approx(ends, abs=0.5)


def test_a_timeout_of_none_tries_once() -> None:
    http: Any = Http(lambda _clock: "7")
    with (
        pytest.raises(HubLocked, match=r"waited 0 seconds.* ends for who waits 15 seconds"),
        Leases(http, http, None, holder="al@control", timeout=0).exclusive("hub"),  # type: ignore[arg-type]
    ):
        pass
    assert http.clock == 0


def test_a_lock_that_is_let_go_is_taken_at_once() -> None:
    assert waited(lambda clock: "7" if clock < 3 else None, 1.0) == pytest.approx(3, abs=0.5)
