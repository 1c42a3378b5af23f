# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose an object in a cluster is, by the marks that it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_OWNED_BY_DESCRIPTION
from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import PART_OF, applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ApplySet, Bundle

_HELM_RELEASE = "meta.helm.sh/release-name"
_HELM_NAMESPACE = "meta.helm.sh/release-namespace"


class Relation(Enum):
    """What an owner is to a bundle."""

    OURS = auto()
    LOST = auto()
    """A Description of this cluster's namespace on the hub, but of no Base that the hub still has."""
    FOREIGN = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an object is.

    :param applyset: with OURS, which one.
    :param text: the owner in words, for messages.
    """

    relation: Relation
    applyset: ApplySet | None = None
    text: str = ""


class Owners:
    """Reads marks against one bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._namespace = bundle.namespace
        self._by_id = {applyset_id(applyset.name): applyset for applyset in bundle.applysets}
        # Longest first: the name of one Base may begin with the name of another.
        self._by_length = sorted(bundle.applysets, key=lambda applyset: (-len(applyset.name), applyset.name))

    def of(self, raw: Mapping[str, Any]) -> Owner:
        """Whose this object is."""
        label = _marks(raw, "labels").get(PART_OF)
        part_of = None if label is None else str(label)
        annotations = _marks(raw, "annotations")
        description = annotations.get(ANNOTATION_OWNED_BY_DESCRIPTION)
        if description:
            return self._by_description(str(description), part_of)
        if part_of in self._by_id:
            return Owner(Relation.OURS, self._by_id[part_of])
        if part_of:
            return Owner(Relation.FOREIGN, text=f"the ApplySet {part_of}")
        if annotations.get(_HELM_RELEASE):
            release = f"{annotations.get(_HELM_NAMESPACE, '')}/{annotations[_HELM_RELEASE]}"
            return Owner(Relation.FOREIGN, text=f"the Helm release {release}")
        return Owner(Relation.NOBODY)

    def _by_description(self, description: str, part_of: str | None) -> Owner:
        text = f"the Description {description}"
        namespace, _dot, name = description.partition(".")
        if namespace != self._namespace:
            # Whatever its label: the id of an ApplySet is made of the name of its Base alone, and another hub, or this
            # cluster under another registration, gives its Base the same name.
            return Owner(Relation.FOREIGN, text=text)
        if part_of in self._by_id:
            return Owner(Relation.OURS, self._by_id[part_of])
        if part_of is None:
            for applyset in self._by_length:
                # Descriptions are named after their Base: `<base>-generic`, `<base>-helm`.
                if name.startswith(f"{applyset.name}-"):
                    return Owner(Relation.OURS, applyset)
        return Owner(Relation.LOST, text=f"{text}, which the hub no longer has")


def prunable_marks(raw: Mapping[str, Any]) -> bool:
    """Whether we made this object, and no controller did.

    Controllers copy labels to what they make (a Service's to its Endpoints and EndpointSlices), so a label alone says
    nothing.
    """
    references = raw["metadata"].get("ownerReferences") or []
    if not isinstance(references, list) or not all(isinstance(reference, Mapping) for reference in references):
        return False  # a file may hold anything there: nobody can tell who made it
    made_by_controller = any(reference.get("controller") for reference in references)
    return ANNOTATION_OWNED_BY_DESCRIPTION in _marks(raw, "annotations") and not made_by_controller


def _marks(raw: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Labels or annotations; a file may hold something else there, and then it carries no marks."""
    value = raw["metadata"].get(field)
    return value if isinstance(value, Mapping) else {}
