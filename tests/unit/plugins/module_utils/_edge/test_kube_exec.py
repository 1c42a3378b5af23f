# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exec plugins of kubeconfigs, as real programs: what they are told, when they run again, how they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_exec import ExecPlugin
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_file import KubeFile
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable

API = "client.authentication.k8s.io/v1"
# Counts how often it ran, and gives the count as the token.
COUNTING = """#!/bin/sh
echo run >>"$0.runs"
printf '%s' "$KUBERNETES_EXEC_INFO" >"$0.info"
cat <<END
{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
 "status": {"token": "$1-$SUFFIX-$(wc -l <"$0.runs" | tr -d ' ')", "expirationTimestamp": "$EXPIRES"}}
END
"""
EMPTY = f"#!/bin/sh\necho '{json.dumps({'apiVersion': API, 'status': {}})}'\n"
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a kubeconfig whose user is a program with a text."""

    def make(script: str, **entry: Any) -> dict[str, Any]:
        program = tmp_path / "plugin"
        program.write_text(script)
        program.chmod(0o755)
        given = {"apiVersion": API, "command": str(program), **entry}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": "https://one.example"}}],
            "users": [{"name": "u", "user": {"exec": given}}],
        }

    return make


def plugin(content: dict[str, Any], now: datetime) -> ExecPlugin:
    return ExecPlugin("c", KubeFile.read(content, None), lambda: now)


def counting(make: Make, expires: str) -> dict[str, Any]:
    env = [{"name": "SUFFIX", "value": "s"}, {"name": "EXPIRES", "value": expires}]
    return make(COUNTING, args=["token"], env=env)


def test_a_token_is_asked_for_once_and_again_when_it_has_expired(make: Make) -> None:
    expires = datetime(2026, 1, 1, 12, tzinfo=UTC)
    now = [expires - timedelta(minutes=1)]
    asked = ExecPlugin("c", KubeFile.read(counting(make, "2026-01-01T12:00:00Z"), None), lambda: now[0])
    assert [asked.credentials().token, asked.credentials().token] == ["token-s-1", "token-s-1"]
    now[0] = expires - timedelta(seconds=9)
    assert asked.credentials().token == "token-s-2"


def test_every_request_has_the_token_of_its_time(make: Make) -> None:
    endpoint = open_endpoint("c", Connection(kubeconfig=counting(make, "2020-01-01T00:00:00Z")))
    assert [endpoint.headers() for _time in range(2)] == [
        {"authorization": "Bearer token-s-2"},
        {"authorization": "Bearer token-s-3"},
    ]


def test_a_token_that_does_not_expire(make: Make, tmp_path: Path) -> None:
    endpoint = open_endpoint("c", Connection(kubeconfig=counting(make, "")))
    assert endpoint.headers() == endpoint.headers() == {"authorization": "Bearer token-s-1"}
    info = json.loads((tmp_path / "plugin.info").read_text())
    assert info == {"apiVersion": API, "kind": "ExecCredential", "spec": {"interactive": False}}


def test_it_is_told_of_the_cluster_where_it_wants_to(make: Make, tmp_path: Path) -> None:
    content = make(COUNTING, provideClusterInfo=True)
    content["clusters"][0]["cluster"] |= {
        "certificate-authority": "/not/told",
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}],
    }
    plugin(content, datetime.now(UTC)).credentials()
    info = json.loads((tmp_path / "plugin.info").read_text())
    assert info["spec"]["cluster"] == {"server": "https://one.example", "config": {"audience": "x"}}


def test_it_does_not_run_where_we_are_someone_else(make: Make, tmp_path: Path) -> None:
    content = make("#!/bin/sh\nexit 1\n")
    assert open_endpoint("c", Connection(kubeconfig=content, api_key="k")).headers() == {"authorization": "Bearer k"}


def test_a_command_with_a_directory_is_relative_to_the_kubeconfig(make: Make, tmp_path: Path) -> None:
    content = make(COUNTING)
    content["users"][0]["user"]["exec"]["command"] = "./plugin"
    (tmp_path / "config").write_text(json.dumps(content))
    assert open_endpoint("c", Connection(kubeconfig=str(tmp_path / "config"))).headers()


@pytest.mark.parametrize(
    ("script", "entry", "message"),
    [
        ("#!/bin/sh\necho s3cret >&2\necho s3cret\nexit 3\n", {}, "failed with status 3"),
        ("#!/bin/sh\necho s3cret\n", {}, "answered what is no ExecCredential"),
        ("#!/bin/sh\necho '[]'\n", {}, "answered what is no ExecCredential"),
        (
            COUNTING,
            {"env": [{"name": "EXPIRES", "value": "2026-01-01T12:00:00"}]},
            "answered what is no ExecCredential",
        ),
        (
            EMPTY,
            {},
            "gave neither a token nor a certificate",
        ),
        (COUNTING, {"apiVersion": f"{API}beta1"}, f"answered for apiVersion {API}, not {API}beta1"),
        ("#!/bin/sh\n", {"command": "/nowhere/login"}, "plugin login cannot be run: No such file or directory"),
        ("#!/bin/sh\n", {"env": ["s3cret"]}, "cannot be run: its entry in the kubeconfig is malformed"),
    ],
    ids=["fails", "no JSON", "no object", "no time zone", "empty", "other version", "not there", "malformed"],
)
def test_how_it_fails_is_said_and_nothing_of_what_it_said(
    make: Make, script: str, entry: Any, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ClusterUnreachable) as caught:
        open_endpoint("hub", Connection(kubeconfig=make(script, **entry)))
    assert str(caught.value).startswith("hub: the given kubeconfig: the credential plugin ")
    assert message in str(caught.value)
    assert "s3cret" not in f"{caught.value}{capfd.readouterr()}"


def test_one_that_hangs_is_ended(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_exec._PATIENCE", 0.1)
    with pytest.raises(ClusterUnreachable, match=r"did not end within 0\.1 seconds"):
        open_endpoint("c", Connection(kubeconfig=make("#!/bin/sh\nexec sleep 10\n")))
