# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a cluster is reached: variables, annotations, the hub's Secret."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import (
    annotations_for,
    connection_from_variables,
    connection_on_hub,
)
from ansible_collections.multicluster.apps.tests.unit.fakes import objects


def variables(**values: Any) -> dict[str, Any]:
    return {f"multicluster_{field}": value for field, value in values.items()}


def managed(**annotations: str) -> ManagedCluster:
    raw = objects.cluster("a")
    raw["metadata"]["annotations"] = {
        f"multicluster.apps/{key.replace('_', '-')}": text for key, text in annotations.items()
    }
    return ManagedCluster.of(raw)


def secret(**data: str) -> Contents:
    encoded = {key.replace("_", "."): base64.b64encode(text.encode()).decode() for key, text in data.items()}
    if "url" in encoded:
        encoded["apiserver-advertise-url"] = encoded.pop("url")
    raw = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-a"},
        "data": encoded,
    }
    item = StoredObject(raw, "1", "test")
    return Contents({item.key: item})


def test_relative_paths_are_the_inventorys() -> None:
    found = connection_from_variables("a", variables(kubeconfig="../kube/a", context="c"), "/inventory/prod")
    assert found == Connection(kubeconfig="/inventory/kube/a", context="c")


def test_a_host_without_connection_variables_says_nothing() -> None:
    assert connection_from_variables("a", {"multicluster_labels": {"x": "y"}, "ansible_host": "b"}, "/i") is None


def test_what_the_hub_keeps_leads_back_to_the_same_connection() -> None:
    given = variables(kubeconfig="kube/a", context="c", validate_certs=False, proxy="http://p:1")
    kept = annotations_for(given, "/inventory", "/inventory/fleet")
    cluster = managed(**{key.rpartition("/")[2]: text for key, text in kept.items()})
    assert kept["multicluster.apps/kubeconfig"] == "../kube/a"
    assert connection_on_hub(cluster, Contents({}), "/inventory/fleet") == connection_from_variables(
        "a", given, "/inventory"
    )


@pytest.mark.parametrize(("written", "meant"), [(False, False), ("false", False), ("no", False), ("True", True)])
def test_certificates_are_checked_unless_that_is_said(written: Any, meant: bool) -> None:
    given = variables(kubeconfig="/a", validate_certs=written)
    found = connection_from_variables("a", given, "/i")
    kept = annotations_for(given, "/i", "/h")
    cluster = managed(**{key.rpartition("/")[2]: text for key, text in kept.items()})
    assert found == connection_on_hub(cluster, Contents({}), "/h") == Connection(kubeconfig="/a", validate_certs=meant)


def test_absolute_paths_and_those_of_the_home_directory_stay_as_they_are() -> None:
    kept = annotations_for(variables(directory="/srv/a", ca_cert="~/ca.pem"), "/inventory", "/hub")
    assert kept == {"multicluster.apps/directory": "/srv/a", "multicluster.apps/ca-cert": "~/ca.pem"}


def test_a_token_is_not_kept() -> None:
    assert annotations_for(variables(host="https://x", api_key="hunter2"), "/i", "/h") == {
        "multicluster.apps/host": "https://x"
    }


def test_the_deployers_secret_is_the_last_resort() -> None:
    found = connection_on_hub(
        managed(proxy="http://p:1"), secret(url="https://x:6443", token="t0k", ca_crt="PEM"), "/h"
    )
    assert found == Connection(host="https://x:6443", api_key="t0k", ca_data="PEM", proxy="http://p:1")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (Contents({}), "nothing says how to reach it"),
        (secret(url="https://x"), "has no token"),
        (secret(), "has no apiserver-advertise-url and no token"),
    ],
)
def test_a_cluster_that_nobody_can_reach_is_named(contents: Contents, message: str) -> None:
    with pytest.raises(ClusterError, match=message) as caught:
        connection_on_hub(managed(), contents, "/h")
    assert "cluster a" in str(caught.value)


def test_a_damaged_secret_is_no_traceback_and_shows_nothing() -> None:
    contents = secret(url="https://x", token="t0k")
    (stored,) = contents.objects.values()
    stored.raw["data"]["token"] = "%%hunter2%%"
    with pytest.raises(ClusterError, match="not base64") as caught:
        connection_on_hub(managed(), contents, "/h")
    assert "hunter2" not in str(caught.value)


def test_a_token_is_not_in_the_repr() -> None:
    assert "hunter2" not in repr(Connection(host="https://x", api_key="hunter2"))


def test_a_proxy_for_a_whole_group_does_not_hide_what_the_hub_knows() -> None:
    assert connection_from_variables("a", variables(proxy="http://p:1", validate_certs=False), "/i") is None


def test_a_password_in_a_url_is_neither_kept_nor_shown() -> None:
    proxy = "http://user:hunter2@p:3128"
    assert annotations_for(variables(kubeconfig="/k", proxy=proxy), "/i", "/h") == {
        "multicluster.apps/kubeconfig": "/k"
    }
    assert "hunter2" not in repr(connection_from_variables("a", variables(kubeconfig="/k", proxy=proxy), "/i"))
    with pytest.raises(InvalidInput, match="multicluster_host holds a user or password") as caught:
        connection_from_variables("a", variables(host="https://user:hunter2@x"), "/i")
    assert "hunter2" not in str(caught.value)


def test_an_api_server_is_nowhere_and_so_it_keeps_paths_whole() -> None:
    given = variables(kubeconfig="kube/a", ca_cert="~/ca.pem", host="https://one.example")
    kept = annotations_for(given, "/srv/inventory", None)
    assert kept == {
        "multicluster.apps/kubeconfig": "/srv/inventory/kube/a",
        "multicluster.apps/ca-cert": "~/ca.pem",
        "multicluster.apps/host": "https://one.example",
    }
    found = connection_on_hub(managed(kubeconfig=kept["multicluster.apps/kubeconfig"]), Contents({}), None)
    assert found == Connection(kubeconfig="/srv/inventory/kube/a")


def test_a_relative_path_on_an_api_server_leads_nowhere() -> None:
    with pytest.raises(ClusterError) as caught:
        connection_on_hub(managed(ca_cert="/c", kubeconfig="kube/a"), Contents({}), None)
    assert str(caught.value).startswith(
        "cluster a: its annotation multicluster.apps/kubeconfig is 'kube/a', but on a hub"
    )
