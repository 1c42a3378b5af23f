# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that bear replicas: where the number stands, what one replica asks for, and how the number is set.

Reference, "Scheduling" 9 and 12. Known are Deployment, ReplicaSet, StatefulSet and Job; of other objects a user says
with the annotation `multicluster.apps/replicas-path` where the number stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.apportion import MOST_REPLICAS
from ansible_collections.multicluster.apps.plugins.module_utils._core.patch import split_pointer
from ansible_collections.multicluster.apps.plugins.module_utils._core.pod_requests import pod_limits, pod_requests
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_REPLICAS_PATH
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import FeedOrder
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import (
    describe,
    describe_key,
    describe_type,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed, ObjectKey, shorten
from ansible_collections.multicluster.apps.plugins.module_utils._model.requirements import mapping_at
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import LabelSelector

_REPLICAS: Final = "/spec/replicas"
_APPS: Final = ("apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1")
# The kinds and versions that Clusternet knows, and Job.
_KNOWN_PATHS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        **{(version, kind): _REPLICAS for version in _APPS for kind in ("Deployment", "StatefulSet")},
        **{(version, "ReplicaSet"): _REPLICAS for version in ("apps/v1", "extensions/v1beta1")},
        ("batch/v1", "Job"): "/spec/parallelism",
    }
)
# What an API server fills in, for each of them.
_DEFAULT_REPLICAS: Final = 1
_ABSENT: Final = object()
# What Kubernetes, and so `kubectl`, reads as true or false where it stands without quotes, as a key, too.
_TRUTHS_OF_YAML: Final = frozenset({"y", "yes", "on", "n", "no", "off"})
_SHOWN_KEYS: Final = 200
# Shorter than what Python refuses to read, longer than any list.
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class ReplicaPath:
    """Where the number of replicas stands in an object.

    :ivar pointer: a JSON pointer (RFC 6901).
    :ivar is_known: whether the kind is known, so that an absent number has a known meaning.
    """

    pointer: str
    is_known: bool


def replica_path(template: Mapping[str, Any]) -> ReplicaPath | None:
    """Where the number of replicas stands; None for an object that bears none.

    :param template: an object whose identity was checked.
    :raises InvalidInput: when the annotation is no JSON pointer.
    """
    annotations = mapping_at(mapping_at(template, "metadata", "template"), "annotations", "metadata")
    text = annotations.get(ANNOTATION_REPLICAS_PATH)
    if text is not None:
        return ReplicaPath(_pointer(text), is_known=False)
    known = _KNOWN_PATHS.get((template["apiVersion"], template["kind"]))
    return None if known is None else ReplicaPath(known, is_known=True)


def feed_order(feed: Feed, template: Mapping[str, Any]) -> FeedOrder:
    """What a fed object asks of the clusters: the entry of its Subscription's FeedInventory.

    :param feed: as the Subscription names the object.
    :raises InvalidInput: naming the object and the field that is malformed.
    """
    key = ObjectKey.of(template)
    try:
        path = replica_path(template)
        if path is None:
            return FeedOrder(feed=feed, desired_replicas=None, requirements={}, replica_json_path="")
        return FeedOrder(
            feed=feed,
            desired_replicas=_desired(template, path),
            requirements=_requirements(template),
            replica_json_path=path.pointer,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{key}: {problem}" for problem in error.problems) from error


def replica_requirements(pod_spec: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What one replica with this pod spec asks of a node, in the form of the API.

    :raises InvalidInput: naming the field that is malformed.
    """
    amounts = {"limits": pod_limits(pod_spec, where), "requests": pod_requests(pod_spec, where)}
    resources = {
        field: {name: str(quantity) for name, quantity in sorted(found.items())}
        for field, found in amounts.items()
        if found
    }
    placement = {field: pod_spec[field] for field in ("nodeSelector", "tolerations", "affinity") if pod_spec.get(field)}
    return {**placement, **({"resources": resources} if resources else {})}


def replicas_patch(template: Mapping[str, Any], pointer: str, replicas: int) -> list[dict[str, Any]]:
    """The JSON patch (RFC 6902) that sets the number: `add` where there is none yet (reference, "Scheduling" 12)."""
    op = "add" if _value_at(template, pointer) is _ABSENT else "replace"
    return [{"op": op, "path": pointer, "value": replicas}]


def not_divided(template: Mapping[str, Any]) -> str:
    """A warning for what is not divided with the replicas, though it belongs to them; empty where there is no such thing."""
    path = replica_path(template)
    if path is None or not path.is_known or template["kind"] != "Job":
        return ""
    completions = mapping_at(template, "spec", "template").get("completions")
    if completions is None:
        return ""
    return (
        f"{ObjectKey.of(template)}: its parallelism is divided and its completions are not: every cluster with a share does"
        f" all {describe(completions)}. Leave spec.completions out, or give each cluster its own with a Localization"
    )


def pod_labels(template: Mapping[str, Any]) -> LabelSelector | None:
    """What selects the pods of an object in its namespace; None where that is not known, or where pods end by themselves."""
    if (template["apiVersion"], template["kind"]) not in _KNOWN_PATHS or template["kind"] == "Job":
        return None
    try:
        return LabelSelector.parse(mapping_at(template, "spec", "template").get("selector"))
    except InvalidInput:
        return None


def _desired(template: Mapping[str, Any], path: ReplicaPath) -> int:
    value = _value_at(template, path.pointer)
    if path.is_known and value in (_ABSENT, None):
        return _DEFAULT_REPLICAS
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_REPLICAS:
        return value
    found = f"nothing{_where_it_ends(template, path.pointer)}" if value is _ABSENT else describe(value)
    hint = "" if path.is_known else f" (the annotation {ANNOTATION_REPLICAS_PATH} says that it stands there)"
    raise InvalidInput(
        f"{path.pointer}: found {found}; a number of replicas from 0 to {MOST_REPLICAS} is accepted{hint}"
    )


def _where_it_ends(template: Mapping[str, Any], pointer: str) -> str:
    """How far a pointer leads that leads to nothing, and what stands there; for messages."""
    tokens = pointer.split("/")
    there = next(
        "/".join(tokens[:end])
        for end in range(len(tokens) - 1, 0, -1)
        if _value_at(template, "/".join(tokens[:end])) is not _ABSENT
    )
    last = _value_at(template, there)
    if not isinstance(last, Mapping):
        return f"; {there} is {describe_type(last)}"
    keys = shorten(", ".join(map(describe_key, last)), _SHOWN_KEYS) or "no field"
    missing = tokens[there.count("/") + 1]
    truth = "true" if missing.lower() in ("y", "yes", "on") else "false"
    is_read_as_truth = missing.lower() in _TRUTHS_OF_YAML and truth in last
    hint = f": YAML reads the key {missing} as {truth}, quote it" if is_read_as_truth else ""
    return f"; {there or 'the object'} has {keys}{hint}"


def _requirements(template: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the pod template at `spec.template`, where most kinds have it; a CR may have none that we can read."""
    spec = mapping_at(template, "spec", "template")
    pod = spec.get("template")
    pod_spec = pod.get("spec") if isinstance(pod, Mapping) else None
    return replica_requirements(pod_spec, "spec.template.spec") if isinstance(pod_spec, Mapping) else {}


def _pointer(text: Any) -> str:
    """The pointer that an annotation holds: as a JSON string, or as it is."""
    pointer = text
    if isinstance(text, str) and text.startswith('"'):
        try:
            pointer = json.loads(text)
        except ValueError:
            pointer = None
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise InvalidInput(
            f"metadata.annotations[{ANNOTATION_REPLICAS_PATH}]: found {describe(text)}; a JSON pointer is accepted,"
            ' such as "/spec/size"'
        )
    return pointer


def _value_at(document: Any, pointer: str) -> Any:
    """What stands at a pointer; `_ABSENT` where nothing does."""
    for token in split_pointer(pointer) or ():
        if isinstance(document, Mapping) and token in document:
            document = document[token]
        elif isinstance(document, (list, tuple)) and _INDEX.fullmatch(token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return _ABSENT
    return document
