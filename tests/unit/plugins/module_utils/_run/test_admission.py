# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identities by which documents are removed: the same that storing gives them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.admission import admit, identify
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    subscription,
)

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {"group": "example.com", "names": {"kind": "Widget"}, "scope": "Namespaced"},
}


def bare(raw: dict[str, Any]) -> dict[str, Any]:
    """The object as a user writes it who leaves the namespace out."""
    return {**raw, "metadata": {"name": raw["metadata"]["name"]}}


def documents(*raws: Any) -> list[Document]:
    return [Document(raw, f"app.yml:{number}") for number, raw in enumerate(raws, 1)]


@pytest.mark.parametrize(
    "raws",
    [
        [config_map()],
        [bare(config_map())],
        [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}],
        [bare(subscription("web"))],
        [bare(cluster("a"))],
        [globalization("g", feed(config_map()))],
        [{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}],
        [{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}, CRD],
        [{"apiVersion": "v1", "kind": "List", "items": [bare(config_map()), bare(config_map("b"))]}],
        [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root:ca"}}],
    ],
)
def test_what_is_stored_is_found_again_to_be_removed(raws: list[dict[str, Any]]) -> None:
    stored = [(item.key, item.where) for item in admit(documents(*raws), GoYaml())]
    assert list(identify(documents(*raws))) == stored


def test_removing_needs_no_valid_content() -> None:
    broken = {"apiVersion": "apps.clusternet.io/v1alpha1", "kind": "Subscription", "metadata": {"name": "web"}}
    ((key, where),) = identify(documents({**broken, "spec": "nonsense"}))
    assert (str(key), where) == ("Subscription default/web", "app.yml:1")


@pytest.mark.parametrize("raw", ["text", None, {}, {"kind": "ConfigMap", "metadata": {"name": "a"}}])
def test_removing_needs_an_identity(raw: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^app\.yml:1: "):
        identify(documents(raw))
