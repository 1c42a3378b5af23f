# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an object from outside may come in: the schema of its kind, and the rules that no schema can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    APPS_API_VERSION,
    APPS_GROUP,
    CLUSTERS_API_VERSION,
    CLUSTERS_GROUP,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import (
    Finding,
    describe,
    describe_key,
    suggest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    ObjectKey,
    is_dns_label,
    is_dns_subdomain,
    is_label_key,
    is_label_value,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.schema import SCHEMAS
from ansible_collections.multicluster.apps.plugins.module_utils._model.taints import taint_findings, toleration_findings

_API_VERSIONS: Final = {APPS_GROUP: APPS_API_VERSION, CLUSTERS_GROUP: CLUSTERS_API_VERSION}
# Of another API, but a hub holds it as itself; no message offers it to users.
_OURS_ELSEWHERE: Final = ("apps/v1", "ControllerRevision")
# A hostile document can be wrong in a million places; nobody reads more than these.
_MOST_PROBLEMS: Final = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an object, in words for the person who wrote it.

    :ivar tolerable: API servers take the object all the same; see `Finding`.
    """

    message: str
    tolerable: bool = False


def check(raw: Any, where: str) -> list[Problem]:
    """All that is wrong with an object of this API; nothing else is accepted.

    :param where: the file or task that it comes from; each message begins with it.
    :returns: in the order of the fields, at most fifty.
    """
    prefix = f"{where}: {_name_of(raw)}"
    found = islice(_findings(raw), _MOST_PROBLEMS)
    return [Problem(f"{prefix}: {finding}", finding.tolerable) for finding in found]


def _name_of(raw: Any) -> str:
    """What the person calls the object, as far as it says so."""
    if not isinstance(raw, Mapping):
        return "object"
    meta = raw.get("metadata")
    names = [meta.get(field) for field in ("namespace", "name")] if isinstance(meta, Mapping) else []
    kind = raw.get("kind") if isinstance(raw.get("kind"), str) else None
    path = "/".join(describe_key(name) for name in names if isinstance(name, str) and name)
    return f"{describe_key(kind or 'object')} {path}".rstrip()


def _findings(raw: Any) -> Iterator[Finding]:
    if not isinstance(raw, Mapping):
        yield Finding("", f"found {describe(raw)}; an object with apiVersion, kind and metadata is accepted")
        return
    kind_findings = list(_kind_findings(raw))
    yield from kind_findings
    if not kind_findings:
        key = raw["apiVersion"].partition("/")[0], raw["kind"]
        yield from SCHEMAS[key].findings(raw)
        yield from (finding.below("metadata") for finding in _metadata_findings(_mapping(raw, "metadata"), raw["kind"]))
        yield from (finding.below("spec") for finding in _spec_findings(_mapping(raw, "spec"), raw["kind"]))
        if raw["kind"] == "Manifest":
            yield from _template_findings(raw.get("template"))


def _kind_findings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    api_version, kind = raw.get("apiVersion"), raw.get("kind")
    accepted = ", ".join(_API_VERSIONS.values())
    if not isinstance(api_version, str):
        yield Finding("apiVersion", f"found {describe(api_version)}; accepted: {accepted}")
        return
    group = api_version.partition("/")[0]
    if (api_version, kind) == _OURS_ELSEWHERE:
        return
    if _API_VERSIONS.get(group) != api_version:
        hint = suggest(api_version, _API_VERSIONS.values())
        yield Finding(
            "apiVersion", f"found {describe(api_version)}; accepted: {_API_VERSIONS.get(group, accepted)}{hint}"
        )
    groups = (group,) if group in _API_VERSIONS else _API_VERSIONS
    kinds = sorted(known for known_group, known in SCHEMAS if known_group in groups)
    if kind not in kinds:
        hint = suggest(kind, kinds)
        yield Finding("kind", f"found {describe(kind)}; accepted: {', '.join(kinds)}{hint}")


def _metadata_findings(meta: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    name, namespace = meta.get("name"), meta.get("namespace")
    if isinstance(name, str) and not is_dns_subdomain(name):
        rule = "up to 253 lowercase letters, digits, '-' and '.', with a letter or digit at both ends"
        yield Finding("name", f"found {describe(name)}; accepted: {rule}")
    if kind == "Globalization":
        if namespace:
            yield Finding(
                "namespace", f"found {describe(namespace)}; accepted: none, a Globalization is cluster-scoped"
            )
    elif isinstance(namespace, str) and namespace and not is_dns_label(namespace):
        rule = "up to 63 lowercase letters, digits and '-', with a letter or digit at both ends"
        yield Finding("namespace", f"found {describe(namespace)}; accepted: {rule}")
    for key, value in _mapping(meta, "labels").items():
        if isinstance(key, str) and not is_label_key(key):
            yield Finding(
                "labels", f"found the key {describe(key)}; accepted: [<DNS name>/]<up to 63 letters, digits, -_.>"
            )
        if isinstance(value, str) and not is_label_value(value):
            rule = "empty or up to 63 letters, digits, -_., with a letter or digit at both ends"
            yield Finding(f"labels[{describe_key(key)}]", f"found {describe(value)}; accepted: {rule}")
    for key in _mapping(meta, "annotations"):
        # Kubernetes folds the case of annotations' keys before it looks at them, and of labels' keys not.
        if isinstance(key, str) and not is_label_key(key.lower()):
            rule = "[<DNS name>/]<up to 63 letters, digits, -_.>"
            yield Finding("annotations", f"found the key {describe(key)}; accepted: {rule}")


def _spec_findings(spec: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    if kind in ("Subscription", "Base", "FeedInventory"):
        yield from _duplicate_findings(spec)
    if kind == "Subscription":
        yield from _subgroup_findings(spec)
        for index, toleration in _items(spec, "clusterTolerations"):
            yield from (found.below(f"clusterTolerations[{index}]") for found in toleration_findings(toleration))
    if kind == "ManagedCluster":
        for index, taint in _items(spec, "taints"):
            yield from (found.below(f"taints[{index}]") for found in taint_findings(taint))
    if kind in ("Globalization", "Localization"):
        for index, override in _items(spec, "overrides"):
            yield from (finding.below(f"overrides[{index}]") for finding in _override_findings(override))


def _subgroup_findings(spec: Mapping[str, Any]) -> Iterator[Finding]:
    if spec.get("schedulingBySubGroup") is not True:
        return
    for index, subscriber in _items(spec, "subscribers"):
        strategy = subscriber.get("subGroupStrategy")
        text = "is missing; schedulingBySubGroup needs subGroupStrategy.minClusters in every subscriber"
        if strategy is None:
            yield Finding(f"subscribers[{index}].subGroupStrategy", text, tolerable=True)
        elif isinstance(strategy, Mapping) and strategy.get("minClusters") is None:
            yield Finding(f"subscribers[{index}].subGroupStrategy.minClusters", text, tolerable=True)


def _duplicate_findings(spec: Mapping[str, Any]) -> Iterator[Finding]:
    """A feed is one object, whatever the version: named twice, it would be delivered twice."""
    seen: dict[tuple[str, ...], int] = {}
    for index, feed in _items(spec, "feeds"):
        api_version = feed.get("apiVersion")
        group = api_version.rpartition("/")[0] if isinstance(api_version, str) else ""
        key = (group, *(str(feed.get(field) or "") for field in ("kind", "namespace", "name")))
        if key in seen:
            text = f"is the same object as feeds[{seen[key]}]; accepted: each object once"
            yield Finding(f"feeds[{index}]", text, tolerable=True)
        seen.setdefault(key, index)


def _override_findings(override: Mapping[str, Any]) -> Iterator[Finding]:
    override_type, path = override.get("type"), override.get("fieldPath")
    # One for a chart is passed over, whatever it says.
    if override_type not in ("FieldJSONPatch", "FieldMergePatch") or override.get("overrideChart") is True:
        return
    if not path:
        text = f"is missing; {override_type} needs the path of the string field, as /data/server.conf"
        yield Finding("fieldPath", text, tolerable=True)
    elif isinstance(path, str) and not path.startswith("/"):
        yield Finding("fieldPath", f"found {describe(path)}; accepted: a path that begins with /", tolerable=True)
    if not override.get("fieldFormat"):
        yield Finding("fieldFormat", f"is missing; {override_type} needs YAML or JSON", tolerable=True)


def _template_findings(template: Any) -> Iterator[Finding]:
    """A template without an identity could never be found by a feed."""
    if not isinstance(template, Mapping):
        return
    try:
        ObjectKey.of(template)
    except InvalidInput as error:
        yield Finding("template", str(error))


def _mapping(raw: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """A field that is a mapping; empty where it is none, which the schema reports."""
    value = raw.get(field)
    return value if isinstance(value, Mapping) else {}


def _items(raw: Mapping[str, Any], field: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings in a list, with their places; the schema reports what is none."""
    value = raw.get(field)
    for index, item in enumerate(value if isinstance(value, (list, tuple)) else ()):
        if isinstance(item, Mapping):
            yield index, item
