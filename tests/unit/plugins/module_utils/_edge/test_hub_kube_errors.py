# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server refuses in the words of a hub, and whether Leases show that Clusternet runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_errors import (
    RefusedContent,
    changed_by,
    hub_errors,
    missing_namespace,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_reader import running_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

KEY = ObjectKey("apps.clusternet.io", "Base", "a", "web")


@pytest.mark.parametrize(
    ("status", "message", "about_content", "advice"),
    [
        (
            403,
            'bases is forbidden: User "eve" cannot list resource "bases"',
            False,
            "the role multicluster.apps.hub grants",
        ),
        (403, 'forbidden: User "eve" cannot get path "/version"', False, "the role multicluster.apps.hub grants"),
        (403, 'admission webhook "policy.example" denied the request: Users cannot do it', False, ""),
        (403, "bases is forbidden: exceeded quota: q, requested: count/bases=1", False, ""),
        (400, 'strict decoding error: unknown field "spec.x"', True, "bring the CRD up to date with the role"),
        (422, "spec.x: Invalid value", True, ""),
        (413, "too large", True, ""),
        (500, "unknown field", False, ""),
    ],
)
def test_a_refusal_says_what_to_do(status: int, message: str, about_content: bool, advice: str) -> None:
    with pytest.raises(HubError) as caught, hub_errors():
        raise ApiError(message, status, {"message": message})
    assert isinstance(caught.value, RefusedContent) is about_content
    assert str(caught.value).startswith(message)
    assert advice in str(caught.value)
    assert advice or str(caught.value) == message


def test_a_namespace_that_is_ending_is_told_from_a_missing_permission() -> None:
    message = 'bases.apps.clusternet.io "web" is forbidden: unable to create new content in namespace a'
    cause = {"reason": "NamespaceTerminating", "message": "namespace a is being terminated"}
    with pytest.raises(HubError) as caught, hub_errors():
        raise ApiError(message, 403, {"message": message, "details": {"causes": [cause]}})
    assert str(caught.value) == (
        f"{message}; run again once the namespace is gone: what it waits for is in its status.conditions, and Bases and "
        "Descriptions of this collection end by multicluster.apps.apply with state=absent"
    )


def test_a_server_that_is_away_is_an_error_of_the_hub() -> None:
    with pytest.raises(HubError, match="away"), hub_errors():
        raise ClusterUnreachable("away")


def test_a_missing_namespace_is_told_from_a_missing_object() -> None:
    assert missing_namespace(ApiError("no", 404, {"details": {"kind": "namespaces", "name": "a"}}))
    assert not missing_namespace(ApiError("no", 404, {"details": {"kind": "bases", "name": "web"}}))
    assert not missing_namespace(ApiError("no", 403, {"details": {"kind": "namespaces"}}))
    assert not missing_namespace(ApiError("no", 404, {}))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "Base a/web was removed by somebody else since this run read it"),
        ({"metadata": {}}, "Base a/web was changed by somebody else since this run read it"),
        (
            {
                "metadata": {
                    "managedFields": [{"manager": "bob", "time": "2026-02-02"}, {"manager": "al", "time": "2026-01-01"}]
                }
            },
            "Base a/web was changed by somebody else since this run read it, last by 'bob' at 2026-02-02",
        ),
    ],
)
def test_a_conflict_names_the_last_change(raw: Any, said: str) -> None:
    assert changed_by(raw, KEY) == said


class Http:
    """Answers a list of Leases."""

    def __init__(self, *leases: Any, refuse: int = 0) -> None:
        self._leases, self._refuse = leases, refuse

    def send(self, _request: Request) -> dict[str, Any]:
        if self._refuse:
            raise ApiError("no", self._refuse, {})
        return {"items": list(self._leases)}

    def entries(self, request: Request, answer: Any, field: str) -> Any:
        return KubeHttp.entries(self, request, answer, field)  # type: ignore[arg-type]

    def as_object(self, request: Request, answer: Any) -> Any:
        return KubeHttp.as_object(self, request, answer)  # type: ignore[arg-type]


NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def lease(name: str = "clusternet-scheduler", **spec: Any) -> dict[str, Any]:
    own = {"holderIdentity": "host_1", "renewTime": "2026-03-01T11:59:58.000000Z", "leaseDurationSeconds": 15, **spec}
    return {"metadata": {"name": name}, "spec": own}


def runs(*leases: Any, refuse: int = 0) -> str:
    return asked(*leases, refuse=refuse)[0]


def asked(*leases: Any, refuse: int = 0) -> tuple[str, tuple[str, ...]]:
    return running_clusternet(Http(*leases, refuse=refuse), NOON)  # type: ignore[arg-type]


def test_a_lease_that_is_renewed_shows_that_clusternet_runs() -> None:
    for name in ("clusternet-scheduler", "clusternet-controller-manager"):
        assert f"Lease clusternet-system/{name} is held by host_1" in runs(lease("clusternet-agent"), lease(name))
    assert runs(lease(renewTime="2026-03-01T12:05:00.000000Z")), "a clock that is ahead"


@pytest.mark.parametrize(
    "other",
    [
        lease("clusternet-agent"),
        lease(renewTime="2026-03-01T11:58:44.000000Z"),
        lease(holderIdentity=""),
        lease(holderIdentity=None),
        lease(renewTime=None),
        lease(renewTime="yesterday"),
        lease(renewTime="2026-03-01T11:59:58"),
        lease(leaseDurationSeconds="x"),
        {"metadata": {"name": "clusternet-scheduler"}},
    ],
    ids=str,
)
def test_other_leases_do_not(other: Any) -> None:
    assert runs(other) == ""


def test_a_server_without_such_leases_is_none_of_clusternets() -> None:
    assert asked(refuse=404) == ("", ())


def test_leases_that_are_not_to_be_seen_are_a_warning() -> None:
    running, (warning,) = asked(refuse=403)
    assert running == ""
    assert "is therefore not known" in warning


def test_a_server_that_cannot_answer_is_an_error() -> None:
    with pytest.raises(HubError):
        runs(refuse=500)
