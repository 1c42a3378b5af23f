# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects users may store, and what becomes of them on a hub: API objects as they are, all others in Manifests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.dividing import rules_of
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import (
    cluster_namespace,
    manifest_labels,
    manifest_name,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.override import compile_overrides
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import replica_path
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, is_dns_label
from ansible_collections.multicluster.apps.plugins.module_utils._model.kinds import cluster_scoped
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Manifest,
    ParsedObject,
    Policy,
    Subscription,
    parse,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DIVIDING
from ansible_collections.multicluster.apps.plugins.module_utils._run.ports import TextCodec

# Beyond it a float does not tell one whole number from the next.
_EXACT_BELOW = 2**53
_API_GROUPS = frozenset({api.APPS_GROUP, api.CLUSTERS_GROUP})
_MADE_BY_US = frozenset({"Base", "Description", "FeedInventory", "HelmRelease"})
# What a server or a tool wrote into an exported object; a hub writes its own.
_SERVER_FIELDS = frozenset(
    {"creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"}
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An object as it goes to the hub.

    :param where: where the user wrote it.
    """

    raw: Mapping[str, Any]
    where: str

    @property
    def key(self) -> ObjectKey:
        """Its identity on the hub."""
        return ObjectKey.of(self.raw)


def admit(documents: Iterable[Document], codec: TextCodec) -> tuple[Admitted, ...]:
    """Check documents and turn them into what a hub stores, in their order.

    An object without a namespace that needs one is in `default`; a ManagedCluster is in its cluster's namespace.

    :raises InvalidInput: with all problems of all documents: wrong kinds, unknown fields, malformed values, duplicates.
    """
    flat = tuple(_items(documents))
    namespaced = _namespaced_by_crds(flat)
    admitted: list[Admitted] = []
    problems: list[str] = []
    for document in flat:
        try:
            item = Admitted(_hub_object(document, namespaced, codec), document.where)
            admitted.append(item)
        except InvalidInput as error:
            problems.extend(error.problems)
    problems.extend(_duplicates(admitted))
    if problems:
        raise InvalidInput(problems)
    return tuple(admitted)


def identify(documents: Iterable[Document]) -> tuple[tuple[ObjectKey, str], ...]:
    """The hub's identities of documents, and where each was written; for removing, which needs no valid content.

    :raises InvalidInput: for a document without an identity.
    """
    flat = tuple(_items(documents))
    namespaced = _namespaced_by_crds(flat)
    found = []
    for document in flat:
        raw = _with_namespace(document.raw, namespaced)
        found.append((ObjectKey.of(raw if _is_api_object(raw) else _manifest(raw)), document.where))
    return tuple(found)


def _items(documents: Iterable[Document]) -> Iterable[Document]:
    """The objects themselves; a `List`, as `kubectl get -o yaml` writes it, stands for its items."""
    for document in documents:
        raw = document.raw
        if isinstance(raw, Mapping) and raw.get("kind") == "List" and isinstance(raw.get("items"), list):
            yield from _items(Document(item, f"{document.where} items[{n}]") for n, item in enumerate(raw["items"]))
        elif not isinstance(raw, Mapping):
            raise InvalidInput(
                f"{document.where}: a Kubernetes object is a mapping with apiVersion, kind and metadata.name"
            )
        else:
            _identified(document)
            yield document


def _identified(document: Document) -> None:
    try:
        ObjectKey.of(document.raw)
    except InvalidInput as error:
        raise InvalidInput(f"{document.where}: {error}") from error


def _namespaced_by_crds(documents: Sequence[Document]) -> Mapping[tuple[str, str], bool]:
    """Which custom kinds live in namespaces, as far as the CustomResourceDefinitions among the documents tell."""
    found = {}
    for document in documents:
        if document.raw.get("kind") == "CustomResourceDefinition":
            spec = _mapping(document.raw.get("spec"))
            kind = _mapping(spec.get("names")).get("kind")
            found[str(spec.get("group")), str(kind)] = spec.get("scope") == "Namespaced"
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _with_namespace(raw: Mapping[str, Any], namespaced: Mapping[tuple[str, str], bool]) -> Mapping[str, Any]:
    key = ObjectKey.of(raw)
    if key.namespace:
        return raw
    if key.kind == "ManagedCluster" and key.group == api.CLUSTERS_GROUP:
        return _in_namespace(raw, cluster_namespace(key.name))
    scoped = cluster_scoped(key.group, key.kind)
    needs_one = namespaced.get((key.group, key.kind), False) if scoped is None else not scoped
    return _in_namespace(raw, "default") if needs_one else raw


def _in_namespace(raw: Mapping[str, Any], namespace: str) -> Mapping[str, Any]:
    return {**raw, "metadata": {**raw["metadata"], "namespace": namespace}}


def _hub_object(document: Document, namespaced: Mapping[tuple[str, str], bool], codec: TextCodec) -> Mapping[str, Any]:
    raw = _with_namespace(_with_whole_numbers(document.raw), namespaced)
    if not _is_api_object(raw):
        _check_names(raw, document.where)
        raw = _manifest(raw)
    elif raw["kind"] in _MADE_BY_US:
        raise InvalidInput(
            f"{document.where}: a {raw['kind']} is made by multicluster.apps.distribute; users store Subscriptions"
        )
    parsed = parse(_without_server_fields(raw), document.where)
    if isinstance(parsed, Policy):
        _check_overrides(parsed, document.where, codec)
    _check_dividing(parsed, document.where)
    return parsed.raw


def _with_whole_numbers(value: Any) -> Any:
    """`1.0` as `1`, as every hub reads it back: an object must not look different in the next run.

    YAML files are read so from the start; JSON files and tasks are not.
    """
    if isinstance(value, Mapping):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_BELOW:
        return int(value)
    return value


def _check_names(raw: Mapping[str, Any], where: str) -> None:
    """Names of any kind are part of a path for every API server; more than that only the server of the kind knows."""
    key = ObjectKey.of(raw)
    if key.namespace and not is_dns_label(key.namespace):
        raise InvalidInput(
            f"{where}: {key}: metadata.namespace is no name of a namespace; lower-case letters, digits and '-' are accepted"
        )
    if key.name in (".", "..") or any(sign in key.name for sign in "/%"):
        raise InvalidInput(
            f"{where}: {key}: metadata.name is no name of an object; no '/' or '%', and neither '.' nor '..'"
        )


def _check_overrides(policy: Policy, where: str, codec: TextCodec) -> None:
    try:
        problems = compile_overrides(policy.overrides, codec, origin=str(policy.key)).problems
    except InvalidInput as error:
        problems = error.problems
    if problems:
        raise InvalidInput(f"{where}: {problem}" for problem in problems)


def _check_dividing(parsed: ParsedObject, where: str) -> None:
    """Rules that contradict each other, and paths that are none, are found here, not when replicas are divided.

    :raises InvalidInput: naming the fields.
    """
    try:
        if isinstance(parsed, Subscription) and parsed.scheduling_strategy == DIVIDING:
            rules_of(parsed, ())
        elif isinstance(parsed, Manifest):
            replica_path(parsed.template)
    except InvalidInput as error:
        key = ObjectKey.of(parsed.template) if isinstance(parsed, Manifest) else parsed.key
        raise InvalidInput(f"{where}: {key}: {problem}" for problem in error.problems) from error


def _without_server_fields(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {field: value for field, value in raw["metadata"].items() if field not in _SERVER_FIELDS}
    return {field: value for field, value in raw.items() if field != "status"} | {"metadata": metadata}


def _manifest(template: Mapping[str, Any]) -> Mapping[str, Any]:
    name = manifest_name(template)
    return {
        "apiVersion": api.APPS_API_VERSION,
        "kind": "Manifest",
        "metadata": {"name": name, "namespace": api.RESERVED_NAMESPACE, "labels": manifest_labels(template)},
        "template": template,
    }


def _is_api_object(raw: Mapping[str, Any]) -> bool:
    return ObjectKey.of(raw).group in _API_GROUPS


def _duplicates(admitted: Collection[Admitted]) -> Iterable[str]:
    first: dict[ObjectKey, str] = {}
    for item in admitted:
        if item.key in first:
            yield f"{item.where}: {_shown(item)} is already in {first[item.key]}; keep one of them"
        first.setdefault(item.key, item.where)


def _shown(item: Admitted) -> str:
    return str(ObjectKey.of(item.raw["template"]) if item.key.kind == "Manifest" else item.key)
