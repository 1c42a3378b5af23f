# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hub, and how to get in: options, defaults and environment, with real servers, programs and proxies."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run
from ansible_collections.multicluster.apps.tests.integration.targets.kube_hub_plugins.connect_proxy import (
    ConnectProxy,
    connect_proxy,
)

pytestmark = pytest.mark.integration

MANIFEST = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "shop"}}
# A module, an action and a lookup: each finds its hub in its own way.
MODULE = {"name": "module", "multicluster.apps.manifest": {"definition": MANIFEST}}
ACTION = {"name": "action", "multicluster.apps.info": {"kinds": ["Manifest"]}}


def lookup(**options: Any) -> dict[str, Any]:
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    text = "{{ query('multicluster.apps.clusters'" + given + ") }}"
    return {"name": "lookup", "ansible.builtin.debug": {"msg": text}}


@pytest.fixture
def content(access: ClusterAccess) -> dict[str, Any]:
    """The kubeconfig of the hub, as data."""
    found: dict[str, Any] = yaml.safe_load(access.kubeconfig.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def token(content: dict[str, Any]) -> str:
    return str(content["users"][0]["user"]["token"])


@pytest.fixture
def ca(content: dict[str, Any], project: Project) -> Path:
    """The hub's CA, in a file of the project."""
    pem = base64.b64decode(content["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    return project.write("pki/ca.pem", pem)


@pytest.fixture(autouse=True)
def _inventory(project: Project) -> None:
    project.inventory({})


def reached(run: Run) -> None:
    """Module and action found the same hub, which holds what the module stored."""
    run.ok()
    assert [item["metadata"]["name"] for item in run.task("action").result["objects"]] == ["configmap--shop--a"]


@pytest.mark.usefixtures("ca")
def test_a_host_with_a_token_and_relative_paths(project: Project, access: ClusterAccess, token: str) -> None:
    options = {"host": access.server, "api_key": token, "ca_cert": "pki/ca.pem"}
    # A file with a token ends in a line break.
    defaults = {**options, "hub_dir": None, "api_key": f"{token}\n"}
    reached(project.tasks(MODULE, ACTION, lookup(**options), **defaults))


def test_the_environment(project: Project, access: ClusterAccess, token: str, ca: Path) -> None:
    project.environment |= {"K8S_AUTH_HOST": access.server, "K8S_AUTH_API_KEY": token, "K8S_AUTH_SSL_CA_CERT": str(ca)}
    reached(project.tasks(MODULE, ACTION, lookup(), hub_dir=None))
    project.environment["MULTICLUSTER_HUB_DIR"] = "elsewhere"
    assert "elsewhere does not exist" in project.tasks(ACTION, hub_dir=None).failure().message


def test_a_server_that_is_not_verified(project: Project, access: ClusterAccess, token: str) -> None:
    options = {"host": access.server, "api_key": token}
    wrong = project.tasks(ACTION, hub_dir=None, **options).failure().message
    assert "certificate" in wrong
    assert "ca_cert" in wrong
    run = project.tasks(MODULE, ACTION, hub_dir=None, **options, validate_certs=False)
    reached(run)
    assert "InsecureRequestWarning" not in run.output


def test_a_default_kubeconfig_is_never_taken(project: Project, access: ClusterAccess) -> None:
    home = project.write("home/.kube/config", access.kubeconfig.read_text(encoding="utf-8"))
    project.environment |= {"HOME": str(home.parents[1]), "KUBECONFIG": str(access.kubeconfig)}
    for task in (MODULE, ACTION):
        assert (
            project.tasks(task, hub_dir=None).failure().message.startswith("no hub is named: give hub_dir, kubeconfig")
        )
        said = project.tasks(task, hub_dir=None, context="hub").failure().message
        assert said.startswith("context: nothing says where the hub is")
        both = project.tasks(task, hub_dir="fleet", kubeconfig=str(access.kubeconfig)).failure().message
        assert both.startswith("hub_dir names a directory as the hub, and kubeconfig an API server")


def test_secrets_are_nowhere(project: Project, content: dict[str, Any], token: str) -> None:
    """Not in what -vvv says, in results, or in the arguments of a process that others of the machine can see."""
    project.write("secret.yml", {"inline": content, "token": token})
    project.environment["K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH"] = "joe:hunter2hunter2"
    wrong = {"name": "wrong", "multicluster.apps.info": {"kubeconfig": "{{ inline }}", "context": "none"}}
    failing = {"name": "failing", "multicluster.apps.manifest": {"definition": {"kind": "Secret"}}}
    tasks = [MODULE, ACTION, {**wrong, "ignore_errors": True}, {**failing, "ignore_errors": True}]
    tasks.append(
        {
            "name": "lookup",
            "ansible.builtin.debug": {
                "msg": "{{ query('multicluster.apps.clusters', kubeconfig=inline, api_key=token) }}"
            },
        }
    )
    defaults = {"hub_dir": None, "kubeconfig": "{{ inline }}", "api_key": "{{ token }}"}
    project.write(
        "tasks.yml",
        [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "module_defaults": {"group/multicluster.apps.hub": defaults},
                "tasks": tasks,
            }
        ],
    )
    process = project.start("tasks.yml", "-vvv", "--diff", "-e", "@secret.yml")
    seen = set()
    while process.poll() is None:
        seen |= {line for line in _command_lines() if token in line}
        try:
            output, _none = process.communicate(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
    assert process.returncode == 0, output
    for secret in (token, "hunter2hunter2", base64.b64encode(b"joe:hunter2hunter2").decode()):
        assert secret not in output
    assert "MODULE_STDERR" not in output
    assert seen == set()


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace")
        except OSError:  # it ended
            continue


def test_a_program_gives_the_token(project: Project, content: dict[str, Any], token: str) -> None:
    """One that holds for a moment is asked for again, in one run."""
    script = """#!/bin/sh
echo run >>"$0.runs"
echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
  "status": {"token": "%s", "expirationTimestamp": "2020-01-01T00:00:00Z"}}'
"""
    plugin = project.write("bin/login", script % token)
    plugin.chmod(0o755)
    entry = {"apiVersion": "client.authentication.k8s.io/v1", "command": "../bin/login", "interactiveMode": "Never"}
    content["users"][0]["user"] = {"exec": entry}
    project.write("kube/config", content)
    reached(project.tasks(MODULE, ACTION, lookup(kubeconfig="kube/config"), hub_dir=None, kubeconfig="kube/config"))
    runs = project.path / "bin" / "login.runs"
    assert len(runs.read_text().splitlines()) > 3

    plugin.write_text(f"#!/bin/sh\necho {token} is no longer good >&2\nexit 4\n")
    for task in (MODULE, ACTION):
        run = project.tasks(task, hub_dir=None, kubeconfig="kube/config")
        said = run.failure().message
        assert f"kubeconfig {project.path}/kube/config: the credential plugin login failed with status 4" in said
        assert token not in run.output


@pytest.mark.parametrize("groups", [["system:masters"], ["some", "system:masters"]])
def test_acting_as_someone_else(project: Project, access: ClusterAccess, groups: list[str]) -> None:
    options = {"hub_dir": None, "kubeconfig": str(access.kubeconfig), "impersonate_user": "jane"}
    assert '"jane" cannot' in project.tasks(ACTION, **options).failure().message.replace("'", '"')
    reached(project.tasks(MODULE, ACTION, **options, impersonate_groups=groups))


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    with connect_proxy() as one:
        yield one


def test_a_proxy(project: Project, access: ClusterAccess, proxy: ConnectProxy) -> None:
    options: Mapping[str, Any] = {
        "hub_dir": None,
        "kubeconfig": str(access.kubeconfig),
        "proxy": proxy.url,
        "proxy_headers": {"proxy_basic_auth": "joe:hunter2", "user_agent": "a test"},
    }
    reached(project.tasks(MODULE, ACTION, **options))
    hub = access.server.partition("://")[2]
    assert proxy.seen
    expected = {"proxy-authorization": f"Basic {base64.b64encode(b'joe:hunter2').decode()}", "user-agent": "a test"}
    for target, headers in proxy.seen:
        assert target == hub
        assert headers.items() >= expected.items()
    proxy.seen.clear()
    reached(project.tasks(MODULE, ACTION, **options, no_proxy="127.0.0.0/8"))
    assert proxy.seen == []


def test_the_options_are_what_messages_name(project: Project, access: ClusterAccess) -> None:
    wrong = {"hub_dir": None, "host": "https://127.0.0.1:1", "api_key": "k"}
    for task in (MODULE, ACTION):
        said = project.tasks(task, **wrong).failure().message
        assert "https://127.0.0.1:1" in said
        assert "multicluster_" not in said
        said = project.tasks(task, hub_dir=None, kubeconfig="nowhere/config").failure().message
        assert f"kubeconfig {project.path}/nowhere/config cannot be used" in said
        assert "multicluster_" not in said
