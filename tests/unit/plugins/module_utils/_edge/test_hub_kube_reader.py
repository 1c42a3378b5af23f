# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hub asks its API server to list, and in pages of which size."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kube_reader import read_objects
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Request

OURS = "clusternet.io/created-by=multicluster.apps"
REVISIONS = "/apis/apps/v1/controllerrevisions"
CONTENTS = "/apis/apps/v1/namespaces/clusternet-reserved/controllerrevisions"


class Http:
    """An empty server that notes what it is asked."""

    cluster = "hub https://one.example"

    def __init__(self) -> None:
        self.asked: dict[str, dict[str, str]] = {}

    def send(self, request: Request) -> dict[str, Any]:
        self.asked[request.path] = dict(request.query or {})
        return {"items": []}

    def entries(self, _request: Request, answer: Any, field: str) -> Any:
        return answer[field]


def asked(namespaces: Collection[str] | None, kinds: Collection[str] | None) -> dict[str, dict[str, str]]:
    """The query of each list, by its path."""
    http = Http()
    assert read_objects(http, namespaces, kinds) == ([], [])  # type: ignore[arg-type]
    return http.asked


def test_the_many_small_revisions_come_in_larger_pages_than_their_contents() -> None:
    assert asked(None, ["ControllerRevision"]) == {
        CONTENTS: {"limit": "100", "labelSelector": OURS},
        REVISIONS: {
            "limit": "500",
            "labelSelector": OURS,
            "fieldSelector": "metadata.namespace!=clusternet-reserved",
        },
    }


@pytest.mark.parametrize(("namespace", "limit"), [("clusternet-a", "500"), ("clusternet-reserved", "100")])
def test_so_do_those_of_one_namespace(namespace: str, limit: str) -> None:
    queries = list(asked([namespace], ["ControllerRevision"]).values())
    assert queries == [{"limit": limit, "labelSelector": OURS}]


def test_what_may_take_a_mebibyte_comes_in_small_pages() -> None:
    lists = asked(None, None)
    small = {path.rpartition("/")[2] for path, query in lists.items() if query["limit"] == "100"}
    assert small == {"controllerrevisions", "descriptions", "manifests"}
    assert len(lists) == 14


def test_a_namespace_has_no_objects_of_the_cluster_and_no_strange_name() -> None:
    assert asked(["clusternet-a", "../x"], ["Globalization", "Base"]).keys() == {
        "/apis/apps.clusternet.io/v1alpha1/namespaces/clusternet-a/bases"
    }
