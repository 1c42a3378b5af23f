# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection variables: where a cluster is, who we are there, and what is verified."""

from __future__ import annotations

import base64
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


def test_a_host_alone_is_verified_with_the_ca_that_is_given(tmp_path: Path) -> None:
    endpoint = open_endpoint("c", Connection(host="https://one.example", api_key="k", ca_data="PEM"))
    assert verifies(endpoint)
    assert endpoint.pool.connection_pool_kw["ca_cert_data"] == "PEM"
    file = tmp_path / "ca.pem"
    file.write_text("PEM")
    from_file = open_endpoint("c", Connection(host="https://one.example", ca_cert=str(file)))
    assert from_file.pool.connection_pool_kw["ca_certs"] == str(file)
    assert from_file.headers() == {}


def test_a_default_kubeconfig_is_never_taken(kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    with pytest.raises(ClusterError, match="c: nothing says how to reach it; give multicluster_kubeconfig"):
        open_endpoint("c", Connection())


def test_a_hub_is_named_by_options_and_not_by_variables() -> None:
    with pytest.raises(ClusterError) as caught:
        open_endpoint("hub", Connection(prefix=""))
    assert str(caught.value) == "hub: nothing says how to reach it; give kubeconfig or host"
    with pytest.raises(ClusterError) as caught:
        open_endpoint("hub", Connection(kubeconfig="/nowhere/config", prefix=""))
    assert str(caught.value) == (
        "hub: kubeconfig /nowhere/config cannot be used: [Errno 2] No such file or directory: '/nowhere/config'; "
        "see kubeconfig and context"
    )


def test_the_content_of_a_kubeconfig_in_place_of_a_file(kubeconfig: str) -> None:
    content = yaml.safe_load(Path(kubeconfig).read_text())
    endpoint = open_endpoint("hub", Connection(kubeconfig=content, context="two", prefix=""))
    assert endpoint.headers() == {"authorization": "Bearer token-two"}
    assert content == yaml.safe_load(Path(kubeconfig).read_text())
    content["users"][1]["user"] = {"client-certificate-data": "s3cret!"}
    with pytest.raises(ClusterError) as caught:
        open_endpoint("hub", Connection(kubeconfig=content, context="two", prefix=""))
    assert str(caught.value) == (
        "hub: the given kubeconfig, context two cannot be used: client-certificate-data is no base64 of a text; "
        "see kubeconfig and context"
    )


def test_a_token_from_a_file_ends_in_a_line_break() -> None:
    endpoint = open_endpoint("c", Connection(host="https://one.example", api_key="k\n"))
    assert endpoint.headers() == {"authorization": "Bearer k"}


def test_a_user_and_a_password() -> None:
    endpoint = open_endpoint("c", Connection(host="https://one.example", username="ünal", password="a:b"))
    assert endpoint.headers() == {"authorization": f"Basic {base64.b64encode('ünal:a:b'.encode()).decode()}"}


def test_whoever_is_given_beside_a_kubeconfig_is_no_one_else(kubeconfig: str) -> None:
    """A server takes a certificate before it looks at a token."""
    path = edited(kubeconfig, "user", **{"client-certificate": "/nowhere/c", "client-key": "/nowhere/k", "as": "jane"})
    endpoint = open_endpoint("c", Connection(kubeconfig=path, api_key="mine"))
    assert endpoint.headers() == {"authorization": "Bearer mine", "Impersonate-User": "jane"}
    assert "ssl_context" not in endpoint.pool.connection_pool_kw
    assert endpoint.pool.connection_pool_kw.get("cert_file") is None


@pytest.mark.parametrize(
    ("given", "user", "groups"),
    [
        ({}, "jane", ("a", "b")),
        ({"impersonate_user": "joe"}, "joe", ()),
        ({"impersonate_user": "joe", "impersonate_groups": ("c",)}, "joe", ("c",)),
    ],
)
def test_whom_to_act_as(kubeconfig: str, given: Any, user: str, groups: tuple[str, ...]) -> None:
    path = edited(kubeconfig, "user", **{"token": "t", "as": "jane", "as-groups": ["a", "b"]})
    endpoint = open_endpoint("c", Connection(kubeconfig=path, **given))
    assert endpoint.headers() == {"authorization": "Bearer t", "Impersonate-User": user}
    assert endpoint.groups == groups


@pytest.mark.parametrize("name", ["ca_cert", "client_cert", "client_key"])
def test_a_file_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(ClusterError, match=r"No such file or directory: '/nowhere/x\.pem'"):
        open_endpoint("c", Connection(host="https://one.example", **{name: "/nowhere/x.pem"}))


def test_a_certificate_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("s3cret")
    with pytest.raises(ClusterError, match=rf"{tmp_path}/c\.pem: no PEM certificate with its key") as caught:
        open_endpoint("c", Connection(host="https://one.example", client_cert=str(tmp_path / "c.pem")))
    assert "s3cret" not in str(caught.value)


def test_a_proxy_with_headers_and_what_is_reached_without_it() -> None:
    given: Any = {
        "host": "https://one.example",
        "proxy": "http://p:3128",
        "proxy_headers": {"proxy_basic_auth": "joe:pw", "user_agent": "u"},
    }
    pool = open_endpoint("c", Connection(**given)).pool
    assert pool.proxy.host == "p"
    assert pool.proxy_headers == {
        "proxy-authorization": f"Basic {base64.b64encode(b'joe:pw').decode()}",
        "user-agent": "u",
    }
    without = open_endpoint("c", Connection(**given, no_proxy=".local,one.example")).pool
    assert getattr(without, "proxy", None) is None


def test_files_of_a_kubeconfig_are_relative_to_it(kubeconfig: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    (tmp_path / "token").write_text("from a file")
    edited(kubeconfig, "cluster", **{"server": "https://one.example", "certificate-authority": "ca.pem"})
    endpoint = open_endpoint("c", Connection(kubeconfig=edited(kubeconfig, "user", tokenFile="token")))
    assert endpoint.pool.connection_pool_kw["ca_certs"] == str(tmp_path / "ca.pem")
    assert endpoint.headers() == {"authorization": "Bearer from a file"}


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
    ],
    ids=["scheme", "no scheme", "no URL"],
)
def test_variables_that_the_library_does_not_accept(given: Any) -> None:
    with pytest.raises(
        ClusterError, match=r"^c: the connection variables cannot be used: .*multicluster_proxy"
    ) as caught:
        open_endpoint("c", Connection(**{"host": "https://one.example", **given}))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["one.example:6443", "one.example", "ftp://one.example", 5])
def test_an_address_that_is_no_url(host: Any) -> None:
    with pytest.raises(ClusterError, match=r"^c: multicluster_host is .*; a URL is accepted, such as https://"):
        open_endpoint("c", Connection(host=host, api_key="s3cret"))


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
