# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names and labels of the objects that are made: the same for the same input on every machine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import (
    CLUSTER_NAMESPACE_PREFIX,
    LABEL_CONFIG_GROUP,
    LABEL_CONFIG_KIND,
    LABEL_CONFIG_NAME,
    LABEL_CONFIG_NAMESPACE,
    LABEL_CONFIG_VERSION,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import ChartReference
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    NAME_LIMIT,
    Feed,
    ObjectKey,
    hashed_slug,
    is_dns_subdomain,
    label_slug,
    label_value_slug,
    slug,
    split_api_version,
)

# A Base's name leaves room for `-generic-999` and for a file's ending: file systems take 255 characters.
_BASE_LIMIT: Final = NAME_LIMIT - len("-generic-999") - len(".yaml")
_MANIFEST_LIMIT: Final = NAME_LIMIT - len(".yaml")


def base_name(namespace: str, name: str) -> str:
    """The name of a Subscription's Bases: `<subscription>-<suffix>`.

    The suffix is derived from namespace and name, so that a second run or a second machine gives the same name.
    """
    return hashed_slug(name, f"{namespace}/{name}", _BASE_LIMIT)


def description_name(base: str, deployer: str, part: int = 1) -> str:
    """The name of a Base's Description for a deployer: `<base>-generic`, `<base>-helm`; `<base>-generic-2` for a second part."""
    return f"{base}-{deployer.lower()}" if part == 1 else f"{base}-{deployer.lower()}-{part}"


def revision_name(base: str, number: int) -> str:
    """The name of a cluster's revision: `<base>-<number>`."""
    return f"{base}-{number}"


def content_name(digest: str) -> str:
    """The name of what revisions list, by the digest of the Description's spec."""
    return f"content-{digest}"


def cluster_namespace(cluster: str) -> str:
    """The namespace on the hub of a cluster that names none itself: `clusternet-<name>`."""
    return label_slug(f"{CLUSTER_NAMESPACE_PREFIX}{cluster}")


def manifest_name(template: Mapping[str, Any]) -> str:
    """The name of the Manifest that holds an object: `<kind>[.<group>]--[<namespace>--]<name>`.

    With a hash where that is no valid name, or could be read in two ways.

    :raises InvalidInput: when the object has no identity.
    """
    key = ObjectKey.of(template)
    kind = f"{key.kind.lower()}.{key.group}" if key.group else key.kind.lower()
    parts = [part for part in (kind, key.namespace, key.name) if part]
    readable = "--".join(parts)
    if is_dns_subdomain(readable) and len(readable) <= _MANIFEST_LIMIT and not any("--" in part for part in parts):
        return readable
    return hashed_slug(readable, "\n".join((key.kind, key.group, key.namespace, key.name)), _MANIFEST_LIMIT)


def feed_labels(feed: Feed) -> dict[str, str]:
    """The labels by which Clusternet finds the Manifest of a feed.

    :raises InvalidInput: when `apiVersion` is malformed.
    """
    group, version = split_api_version(feed.api_version)
    labels = {
        LABEL_CONFIG_GROUP: group,
        LABEL_CONFIG_KIND: feed.kind,
        LABEL_CONFIG_NAME: feed.name,
        LABEL_CONFIG_NAMESPACE: feed.namespace,
        LABEL_CONFIG_VERSION: version,
    }
    # A feed without a namespace does not ask for the label, so that it finds an object of any namespace.
    wanted = {label: value for label, value in labels.items() if value or label != LABEL_CONFIG_NAMESPACE}
    return {label: label_value_slug(value) for label, value in wanted.items()}


def manifest_labels(template: Mapping[str, Any]) -> dict[str, str]:
    """The labels of the Manifest that holds an object; the namespace is there, if empty, as Clusternet has it.

    :raises InvalidInput: when the object has no identity.
    """
    return dict(sorted({LABEL_CONFIG_NAMESPACE: "", **feed_labels(Feed.to(template))}.items()))


def release_names(description: str, charts: Sequence[ChartReference]) -> tuple[str, ...]:
    """The names of the HelmReleases of a Description: `<description>-<chart namespace>-<chart name>`, by index.

    Nothing makes HelmReleases yet; the conformance tests hold the names against Clusternet's.

    :raises InvalidInput: when two charts come to one name, as `a-b/c` and `a/b-c` do.
    """
    names = tuple(slug(f"{description}-{chart.namespace}-{chart.name}") for chart in charts)
    owners: dict[str, ChartReference] = {}
    for name, chart in zip(names, charts, strict=True):
        other = owners.setdefault(name, chart)
        if other != chart:
            raise InvalidInput(
                f"HelmCharts {other.namespace}/{other.name} and {chart.namespace}/{chart.name} both come to the"
                f" HelmRelease {name}; rename one of them"
            )
    return names


def derived_name(namespace: str, name: str) -> str:
    """The name of an object that is made on behalf of another one, as Clusternet forms it.

    Nothing makes such objects yet; the conformance tests hold the name against Clusternet's.
    """
    digest = base64.b32hexencode(hashlib.sha256(name.encode()).digest()).decode("ascii").lower()
    return f"derived-{namespace}-{digest[:10]}"
