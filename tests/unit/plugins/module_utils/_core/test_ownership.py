# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose an object is, by its marks."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.ownership import Owners, Relation, prunable_marks
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF, applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ApplySet, Bundle

WEB, LONGER = ApplySet("web", "default/web"), ApplySet("web-shop", "default/web-shop")
OWNERS = Owners(Bundle("one", "hub", (WEB, LONGER)))
OWNED_BY = ANNOTATION_OWNED_BY_DESCRIPTION


def marked(part_of: str | None = None, **annotations: str) -> dict[str, Any]:
    labels = {} if part_of is None else {PART_OF: part_of}
    return {"metadata": {"name": "x", "labels": labels, "annotations": annotations}}


def owned_by(description: str, part_of: str | None = None) -> dict[str, Any]:
    return marked(part_of, **{OWNED_BY: description})


def helm(**annotations: str) -> dict[str, Any]:
    return marked(**{f"meta.helm.sh/{key}": value for key, value in annotations.items()})


@pytest.mark.parametrize(
    ("raw", "relation", "applyset", "text"),
    [
        (marked(), Relation.NOBODY, None, ""),
        ({"metadata": {"name": "x"}}, Relation.NOBODY, None, ""),
        ({"metadata": {"name": "x", "labels": ["a"], "annotations": "text"}}, Relation.NOBODY, None, ""),
        (marked(applyset_id("web")), Relation.OURS, WEB, ""),
        (owned_by("hub.web-generic", applyset_id("web")), Relation.OURS, WEB, ""),
        # Another hub, or another registration of the cluster, has a Base of the same name.
        (
            owned_by("other.web-generic", applyset_id("web")),
            Relation.FOREIGN,
            None,
            "the Description other.web-generic",
        ),
        (owned_by("hub2.web-generic", applyset_id("web")), Relation.FOREIGN, None, "the Description hub2.web-generic"),
        # A file may hold anything where a label belongs.
        ({"metadata": {"name": "x", "labels": {PART_OF: ["a"]}}}, Relation.FOREIGN, None, "the ApplySet ['a']"),
        # Clusternet sets no label; the longest name that fits is meant.
        (owned_by("hub.web-generic"), Relation.OURS, WEB, ""),
        (owned_by("hub.web-shop-generic"), Relation.OURS, LONGER, ""),
        (owned_by("hub.old-generic"), Relation.LOST, None, "the Description hub.old-generic, which the hub no longer"),
        (owned_by("hub.web-generic", "applyset-x-v1"), Relation.LOST, None, "the Description hub.web-generic, which"),
        (owned_by("other.web-generic"), Relation.FOREIGN, None, "the Description other.web-generic"),
        (marked("applyset-x-v1"), Relation.FOREIGN, None, "the ApplySet applyset-x-v1"),
        (
            helm(**{"release-name": "redis", "release-namespace": "shop"}),
            Relation.FOREIGN,
            None,
            "the Helm release shop/redis",
        ),
        (helm(**{"release-namespace": "shop"}), Relation.NOBODY, None, ""),
    ],
)
def test_an_owner_is_read_from_the_marks(
    raw: dict[str, Any], relation: Relation, applyset: ApplySet | None, text: str
) -> None:
    owner = OWNERS.of(raw)
    assert (owner.relation, owner.applyset) == (relation, applyset)
    assert owner.text.startswith(text)
    assert bool(owner.text) == bool(text)


@pytest.mark.parametrize(
    ("raw", "ours"),
    [
        (owned_by("hub.web-generic"), True),
        (marked(applyset_id("web")), False),
        ({"metadata": {**owned_by("h.w")["metadata"], "ownerReferences": [{"controller": True}]}}, False),
        ({"metadata": {**owned_by("h.w")["metadata"], "ownerReferences": [{"name": "x"}]}}, True),
        ({"metadata": {**owned_by("h.w")["metadata"], "ownerReferences": None}}, True),
        ({"metadata": {**owned_by("h.w")["metadata"], "ownerReferences": 5}}, False),
        ({"metadata": {**owned_by("h.w")["metadata"], "ownerReferences": ["x"]}}, False),
    ],
)
def test_only_what_we_made_ourselves_is_pruned(raw: dict[str, Any], ours: bool) -> None:
    assert prunable_marks(raw) is ours
