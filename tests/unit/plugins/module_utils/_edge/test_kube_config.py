# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection variables: where a cluster is, who we are there, and what is verified."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_config import open_endpoint
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    def named(name: str, **content: Any) -> dict[str, Any]:
        return {"name": name, **content}

    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "one",
        "clusters": [named(name, cluster={"server": f"https://{name}.example:6443"}) for name in ("one", "two")],
        "users": [named(name, user={"token": f"token-{name}"}) for name in ("one", "two")],
        "contexts": [named(name, context={"cluster": name, "user": name}) for name in ("one", "two")],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(content))
    return str(path)


def verifies(endpoint: Any) -> bool:
    return endpoint.pool.connection_pool_kw["cert_reqs"].name == "CERT_REQUIRED"


@pytest.mark.parametrize(("context", "name"), [(None, "one"), ("two", "two")])
def test_a_kubeconfig_and_its_context(kubeconfig: str, context: str | None, name: str) -> None:
    endpoint = open_endpoint("c", Connection(kubeconfig=kubeconfig, context=context))
    assert endpoint.url == f"https://{name}.example:6443"
    assert endpoint.headers() == {"authorization": f"Bearer token-{name}"}
    assert verifies(endpoint)


def test_what_is_given_beside_a_kubeconfig_wins(kubeconfig: str) -> None:
    given = Connection(
        kubeconfig=kubeconfig,
        host="https://other.example/",
        api_key="mine",
        validate_certs=False,
        proxy="http://p:3128",
    )
    endpoint = open_endpoint("c", given)
    assert endpoint.url == "https://other.example"
    assert endpoint.headers() == {"authorization": "Bearer mine"}
    assert not verifies(endpoint)
    assert endpoint.pool.proxy.host == "p"


def test_a_host_alone_is_verified_with_the_ca_that_is_given() -> None:
    endpoint = open_endpoint("c", Connection(host="https://one.example", api_key="k", ca_data="PEM"))
    assert verifies(endpoint)
    assert endpoint.pool.connection_pool_kw["ca_cert_data"] == "PEM"
    from_file = open_endpoint("c", Connection(host="https://one.example", ca_cert="/etc/ca.pem"))
    assert from_file.pool.connection_pool_kw["ca_certs"] == "/etc/ca.pem"
    assert from_file.headers() == {}


def test_a_default_kubeconfig_is_never_taken(kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    with pytest.raises(ClusterError, match="c: nothing says how to reach it; give multicluster_kubeconfig"):
        open_endpoint("c", Connection())


@pytest.mark.parametrize("broken", ["absent", "no yaml", "empty", "a list", "no such context"])
def test_a_kubeconfig_that_cannot_be_used_is_named(kubeconfig: str, tmp_path: Path, broken: str) -> None:
    contents = {"no yaml": "a: [", "empty": "", "a list": "- a"}
    path = kubeconfig if broken == "no such context" else str(tmp_path / broken.replace(" ", "-"))
    if broken in contents:
        Path(path).write_text(contents[broken])
    with pytest.raises(ClusterError, match=f"c: kubeconfig {path}, context three cannot be used"):
        open_endpoint("c", Connection(kubeconfig=path, context="three"))


def edited(kubeconfig: str, part: str, **content: Any) -> str:
    """The kubeconfig with other content for the cluster or the user of its first context."""
    whole = yaml.safe_load(Path(kubeconfig).read_text())
    whole[f"{part}s"][0][part] = content
    Path(kubeconfig).write_text(yaml.safe_dump(whole))
    return kubeconfig


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("cluster", {"server": 5}),
        ("cluster", {"server": "https://one.example", "proxy-url": "gopher://joe:s3cret@proxy.example"}),
        ("cluster", {"server": "https://one.example", "certificate-authority-data": "s3cret!"}),
        ("user", {"auth-provider": {"name": "gcp", "config": 5}, "password": "s3cret"}),
    ],
)
def test_whatever_is_in_a_kubeconfig_ends_its_own_cluster_alone(kubeconfig: str, part: str, content: Any) -> None:
    path = edited(kubeconfig, part, **content)
    with pytest.raises(ClusterError, match=f"^c: kubeconfig {path}.* cannot be used: ") as caught:
        open_endpoint("c", Connection(kubeconfig=path)).headers()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"proxy": "gopher://joe:s3cret@proxy.example"},
        {"proxy": "joe:s3cret@proxy.example"},
        {"proxy": "http://joe:s3cret@[proxy"},
        {"host": 5},
    ],
    ids=["scheme", "no scheme", "no URL", "no text"],
)
def test_variables_that_the_library_does_not_accept(given: Any) -> None:
    with pytest.raises(
        ClusterError, match=r"^c: the connection variables cannot be used: .*multicluster_proxy"
    ) as caught:
        open_endpoint("c", Connection(**{"host": "https://one.example", **given}))
    assert "s3cret" not in str(caught.value)


def test_a_proxy_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "urllib3.contrib.socks", None)
    with pytest.raises(ClusterError, match=r"urllib3\.contrib\.socks.*PySocks"):
        open_endpoint("c", Connection(host="https://one.example", proxy="socks5://proxy.example"))


def test_credentials_that_cannot_be_renewed(kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = open_endpoint("c", Connection(kubeconfig=kubeconfig))

    def broken(_configuration: Any) -> None:
        raise AttributeError("s3cret")

    monkeypatch.setattr("kubernetes.client.Configuration.auth_settings", broken)
    with pytest.raises(ClusterUnreachable, match=r"c: its credentials cannot be renewed: .*AttributeError") as caught:
        endpoint.headers()
    assert "s3cret" not in str(caught.value)
