# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a cluster: how few requests it takes, and what happens where something may not be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_discovery import Discovery
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError, KubeHttp, Request
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_reader import Reader
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ClusterUnreachable,
    Ledger,
    Record,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

Raw = dict[str, Any]
Answer = Union[Raw, int, Exception]

V1 = {
    "resources": [
        {"kind": "ConfigMap", "name": "configmaps", "namespaced": True},
        {"kind": "Namespace", "name": "namespaces", "namespaced": False},
        {"kind": "Namespace", "name": "namespaces/status", "namespaced": False},
    ]
}
LABEL = "labelSelector=applyset.kubernetes.io/part-of"


class Http:
    """Answers by path and query; what it does not know does not exist."""

    cluster = "one"

    def __init__(self, answers: dict[str, Answer | list[Answer]]) -> None:
        self.answers = {"/api/v1": V1, **answers}
        self.asked: list[str] = []

    def send(self, request: Request) -> Raw:
        query = "&".join(f"{name}={value}" for name, value in (request.query or {}).items() if name != "limit")
        path = f"{request.path}?{query}" if query else request.path
        if "PartialObjectMetadata" in request.accept:
            path += " names only"
        self.asked.append(path)
        answer = self.answers.get(path, 404)
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            raise ApiError(f"one: cannot {request.doing}: HTTP {answer}: no", answer, {})
        return answer

    def entries(self, request: Request, answer: Raw, field: str) -> list[Raw]:
        return KubeHttp.entries(self, request, answer, field)  # type: ignore[arg-type]

    def as_object(self, request: Request, answer: Raw) -> Any:
        return KubeHttp.as_object(self, request, answer)  # type: ignore[arg-type]

    def _no_api(self, request: Request) -> ClusterUnreachable:
        return ClusterUnreachable(f"cannot {request.doing}: no API server")


def config_map(name: str, namespace: str = "shop", **labels: str) -> Raw:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
    }


def item(name: str, namespace: str = "shop") -> Raw:
    """As lists hold objects: without their kind."""
    return {"metadata": {"name": name, "namespace": namespace}}


def page(*items: Raw, following: str = "") -> Raw:
    return {"items": list(items), "metadata": {"continue": following}}


@pytest.fixture
def read() -> Callable[..., tuple[Reader, Http]]:
    def reading(answers: dict[str, Any], *wanted: Raw, ledgers: Any = ()) -> tuple[Reader, Http]:
        http = Http(answers)
        reader = Reader(http, Discovery(http))  # type: ignore[arg-type]
        reader.read(wanted, ledgers)
        return reader, http

    return reading


def found(reader: Reader) -> list[str]:
    return sorted(str(key) for key in reader.objects)


ALL = f"/api/v1/configmaps?{LABEL}"


def test_what_is_ours_takes_one_list(read: Any) -> None:
    reader, http = read({ALL: page(item("a"), item("b"), item("old", "bar"))}, config_map("a"), config_map("b"))
    assert found(reader) == ["ConfigMap bar/old", "ConfigMap shop/a", "ConfigMap shop/b"]
    assert http.asked == ["/api/v1", ALL]


def test_pages_are_put_together(read: Any) -> None:
    answers = {ALL: page(item("a"), following="x"), f"{ALL}&continue=x": page(item("b"))}
    reader, _http = read(answers, config_map("a"), config_map("b"))
    assert found(reader) == ["ConfigMap shop/a", "ConfigMap shop/b"]


def test_pages_that_grew_too_old_are_read_again(read: Any) -> None:
    answers = {ALL: [page(item("a"), following="x"), page(item("a"), item("b"))], f"{ALL}&continue=x": 410}
    reader, http = read(answers, config_map("a"), config_map("b"))
    assert found(reader) == ["ConfigMap shop/a", "ConfigMap shop/b"]
    assert len(http.asked) == 4


def test_a_few_that_are_not_ours_are_asked_for_by_name(read: Any) -> None:
    answers = {ALL: page(), "/api/v1/namespaces/shop/configmaps/a": config_map("a")}
    reader, http = read(answers, config_map("a"), config_map("b"))
    assert found(reader) == ["ConfigMap shop/a"]
    assert http.asked[2:] == ["/api/v1/namespaces/shop/configmaps/a", "/api/v1/namespaces/shop/configmaps/b"]


def test_many_that_are_not_ours_take_one_list_of_names(read: Any) -> None:
    names = "/api/v1/namespaces/shop/configmaps names only"
    answers = {ALL: page(), names: page(item("c"), item("z")), "/api/v1/namespaces/shop/configmaps/c": config_map("c")}
    reader, http = read(answers, *map(config_map, "abcdef"))
    assert found(reader) == ["ConfigMap shop/c"]
    assert http.asked[2:] == [names, "/api/v1/namespaces/shop/configmaps/c"]


def test_where_names_may_not_be_listed_each_is_asked_for(read: Any) -> None:
    names = "/api/v1/namespaces/shop/configmaps names only"
    answers = {ALL: page(), names: 403, "/api/v1/namespaces/shop/configmaps/b": config_map("b")}
    reader, http = read(answers, *map(config_map, "abc"))
    assert found(reader) == ["ConfigMap shop/b"]
    assert len(http.asked) == 6


def test_where_the_cluster_may_not_be_listed_namespaces_are(read: Any) -> None:
    shop, till = (f"/api/v1/namespaces/{namespace}/configmaps?{LABEL}" for namespace in ("shop", "bar"))
    ledger = Ledger("web", "default/web", frozenset({("", "ConfigMap")}), frozenset({"bar"}))
    answers = {ALL: 403, shop: page(item("a")), till: page(item("old", "bar"))}
    reader, http = read(answers, config_map("a"), ledgers=[ledger])
    assert found(reader) == ["ConfigMap bar/old", "ConfigMap shop/a"]
    assert http.asked[2:] == [till, shop]
    assert reader.blocked == {}


def test_where_a_namespace_may_not_be_listed_either_the_kind_is_blocked(read: Any) -> None:
    answers = {ALL: 403, f"/api/v1/namespaces/shop/configmaps?{LABEL}": 403}
    reader, _http = read(answers, config_map("a"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    assert "HTTP 403" in reader.blocked["", "ConfigMap"]
    assert list(reader.blocked) == [("", "ConfigMap"), ("", "Namespace")]


def test_cluster_scoped_objects_that_may_not_be_listed_are_asked_for_by_name(read: Any) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    marked = {**namespace, "metadata": {"name": "old", "labels": {"applyset.kubernetes.io/part-of": "x"}}}
    record = {ObjectKey("", "Namespace", "", "old"): Record("a", "b")}
    ledger = Ledger("web", "default/web", frozenset({("", "Namespace")}), records=record)
    answers = {
        f"/api/v1/namespaces?{LABEL}": 403,
        "/api/v1/namespaces/old": marked,
        "/api/v1/namespaces/shop": namespace,
    }
    reader, _http = read(answers, namespace, ledgers=[ledger])
    assert found(reader) == ["Namespace old", "Namespace shop"]
    assert reader.blocked == {}


def test_a_broken_api_group_blocks_its_own_kinds_only(read: Any) -> None:
    menus = [{"apiVersion": "shop.example/v1", "kind": kind, "metadata": {"name": "x"}} for kind in ("Menu", "Order")]
    reader, http = read({ALL: page(item("a")), "/apis/shop.example/v1": 503}, config_map("a"), *menus)
    assert found(reader) == ["ConfigMap shop/a"]
    assert list(reader.blocked) == [("shop.example", "Menu"), ("shop.example", "Order")]
    assert http.asked.count("/apis/shop.example/v1") == 1  # once, not once a kind: each would cost its retries


def test_a_cluster_that_is_lost_ends_the_reading(read: Any) -> None:
    with pytest.raises(ClusterUnreachable):
        read({ALL: ClusterUnreachable("gone")}, config_map("a"))


def test_a_kind_that_only_the_ledger_names_is_read_in_the_preferred_version(read: Any) -> None:
    ledger = Ledger("web", "default/web", frozenset({("shop.example", "Menu"), ("gone.example", "Menu")}))
    served = {"resources": [{"kind": "Menu", "name": "menus", "namespaced": True}]}
    versions = [{"groupVersion": "shop.example/v1"}, {"groupVersion": "shop.example/v2"}]
    answers = {
        "/apis/shop.example": {"versions": versions, "preferredVersion": {"groupVersion": "shop.example/v2"}},
        "/apis/shop.example/v2": served,
        f"/apis/shop.example/v2/menus?{LABEL}": page(item("old")),
    }
    reader, _http = read(answers, ledgers=[ledger])
    assert found(reader) == ["Menu.shop.example shop/old"]
    assert reader.objects[ObjectKey("shop.example", "Menu", "shop", "old")].raw["apiVersion"] == "shop.example/v2"
    assert reader.blocked == {}


def test_an_object_is_read_in_the_version_that_it_is_wanted_in(read: Any) -> None:
    served = {"resources": [{"kind": "Menu", "name": "menus", "namespaced": True}]}
    answers: dict[str, Any] = {}
    for version in ("v1", "v2"):
        answers[f"/apis/shop.example/{version}"] = served
        answers[f"/apis/shop.example/{version}/menus?{LABEL}"] = page(item("a"), item("b"))
    wanted = [
        {"apiVersion": f"shop.example/{version}", "kind": "Menu", "metadata": {"name": name, "namespace": "shop"}}
        for name, version in (("a", "v2"), ("b", "v1"))
    ]
    reader, _http = read(answers, *wanted)
    assert {key.name: live.raw["apiVersion"] for key, live in reader.objects.items()} == {
        "a": "shop.example/v2",
        "b": "shop.example/v1",
    }


@pytest.mark.parametrize(
    ("kind", "written", "home"),
    [("Namespace", "default", ""), ("ConfigMap", "", "default")],
    ids=["a namespace too many", "a namespace too few"],
)
def test_the_cluster_knows_the_scope_of_a_kind_better(read: Any, kind: str, written: str, home: str) -> None:
    plural = f"{kind.lower()}s"
    place = {"namespace": home} if home else {}
    answers = {f"/api/v1/{plural}?{LABEL}": page({"metadata": {"name": "x", **place}})}
    wanted = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": written}}
    reader, http = read(answers, wanted)
    assert list(reader.objects) == [ObjectKey("", kind, written, "x")]
    assert len(http.asked) == 2


def test_an_object_that_was_fed_without_its_namespace_is_looked_for_in_default(read: Any) -> None:
    menu = {"apiVersion": "shop.example/v1", "kind": "Menu", "metadata": {"name": "new"}}
    record = {ObjectKey("shop.example", "Menu", "", "old"): Record("a", "b")}
    ledger = Ledger("web", "default/web", frozenset({("shop.example", "Menu")}), records=record)
    served = {"resources": [{"kind": "Menu", "name": "menus", "namespaced": True}]}
    answers = {
        "/apis/shop.example/v1": served,
        "/apis/shop.example": {"versions": [{"groupVersion": "shop.example/v1"}]},
        f"/apis/shop.example/v1/menus?{LABEL}": 403,
        f"/apis/shop.example/v1/namespaces/default/menus?{LABEL}": page(item("old", "default")),
    }
    for wanted in ([], [menu]):
        reader, _http = read(answers, *wanted, ledgers=[ledger])
        assert found(reader) == ["Menu.shop.example default/old"]


def test_cluster_scoped_objects_that_nothing_lists_or_names_are_not_taken_for_gone(read: Any) -> None:
    kinds = frozenset({("", "Namespace")})
    named = Ledger("web", "default/web", kinds, records={ObjectKey("", "Namespace", "", "old"): Record("a", "b")})
    answers = {f"/api/v1/namespaces?{LABEL}": 403}
    assert read(answers, ledgers=[named])[0].blocked == {}
    for ledgers in ([Ledger("db", "default/db", kinds)], [named, Ledger("db", "default/db", kinds)]):
        assert "HTTP 403" in read(answers, ledgers=ledgers)[0].blocked["", "Namespace"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"metadata": {}},
        {"metadata": 5},
        {"metadata": {"name": 5}},
        {"metadata": {"name": "a", "labels": 5}},
        {"metadata": {"name": "a", "annotations": ["x"]}},
    ],
)
def test_an_answer_that_is_no_object_is_no_api_servers(read: Any, broken: Raw) -> None:
    with pytest.raises(ClusterUnreachable, match="list the configmaps"):
        read({ALL: page(broken)}, config_map("a"))
    answer = {"apiVersion": "v1", "kind": "ConfigMap", **broken}
    with pytest.raises(ClusterUnreachable, match="read ConfigMap shop/a"):
        read({ALL: page(), "/api/v1/namespaces/shop/configmaps/a": answer}, config_map("a"))


def test_a_list_whose_own_metadata_is_something_else_has_one_page(read: Any) -> None:
    assert found(read({ALL: {"items": [item("a")], "metadata": 5}}, config_map("a"))[0]) == ["ConfigMap shop/a"]


def test_a_list_that_always_grows_too_old_is_given_up(read: Any) -> None:
    reader, http = read({ALL: [page(item("a"), following="x")] * 20, f"{ALL}&continue=x": 410}, config_map("a"))
    assert "HTTP 410" in reader.blocked["", "ConfigMap"]
    assert http.asked.count(f"{ALL}&continue=x") == 6
