# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of the API out of the options of a module: snake case becomes the API's camel case, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import label_value_slug
from ansible_collections.multicluster.apps.plugins.module_utils._run.module_specs import (
    GLOBALIZATION_FIELDS,
    MANAGED_CLUSTER_FIELDS,
    POLICY_FIELDS,
    SUBSCRIPTION_FIELDS,
    Spec,
)

Params = Mapping[str, Any]
Render = Callable[[Any], str]

# The API writes "subgroup" as two words; no rule of spelling could tell.
_IRREGULAR: Final = {"scheduling_by_subgroup": "schedulingBySubGroup", "subgroup_strategy": "subGroupStrategy"}


def subscription(params: Params) -> dict[str, Any]:
    """The Subscription that the options of the module `subscription` describe."""
    return _object(params, "Subscription", params["namespace"], SUBSCRIPTION_FIELDS)


def globalization(params: Params, render: Render) -> dict[str, Any]:
    """The Globalization that the options of the module `globalization` describe.

    :param render: writes the value of an override that is no text as YAML.
    """
    return _with_texts(_object(params, "Globalization", None, GLOBALIZATION_FIELDS), render)


def localization(params: Params, namespace: str, render: Render) -> dict[str, Any]:
    """The Localization that the options of the module `localization` describe.

    :param namespace: that of the cluster.
    :param render: as of `globalization`.
    """
    return _with_texts(_object(params, "Localization", namespace, POLICY_FIELDS), render)


def managed_cluster(params: Params, namespace: str, cluster_id: str) -> dict[str, Any]:
    """The ManagedCluster that the options of the module `managed_cluster` describe, with the two standard labels."""
    raw = _object({**params, "cluster_id": cluster_id}, "ManagedCluster", namespace, MANAGED_CLUSTER_FIELDS)
    raw["apiVersion"] = api.CLUSTERS_API_VERSION
    raw["metadata"]["labels"] = {
        **raw["metadata"].get("labels", {}),
        api.LABEL_CLUSTER_ID: cluster_id,
        api.LABEL_CLUSTER_NAME: label_value_slug(params["name"]),
    }
    return raw


def api_fields(params: Params, spec: Spec) -> dict[str, Any]:
    """The fields of the API for the options of a spec that were given.

    What an option without suboptions holds (labels, terms of Kubernetes) is the user's own and stays as it is.
    """
    return {
        api_name(option): _api_value(params[option], rules.get("options"))
        for option, rules in spec.items()
        if params.get(option) is not None
    }


def api_name(option: str) -> str:
    """`cluster_affinity` as `clusterAffinity`."""
    first, *others = option.split("_")
    return _IRREGULAR.get(option) or first + "".join(word.capitalize() for word in others)


def _api_value(value: Any, suboptions: Spec | None) -> Any:
    if suboptions is None:
        return value
    if isinstance(value, list):
        return [api_fields(item, suboptions) for item in value]
    return api_fields(value, suboptions)


def _object(params: Params, kind: str, namespace: str | None, fields: Spec) -> dict[str, Any]:
    metadata = {"name": params["name"], "namespace": namespace}
    metadata.update({field: params.get(field) for field in ("labels", "annotations")})
    return {
        "apiVersion": api.APPS_API_VERSION,
        "kind": kind,
        "metadata": {field: value for field, value in metadata.items() if value},
        "spec": api_fields(params, fields),
    }


def _with_texts(policy: dict[str, Any], render: Render) -> dict[str, Any]:
    """The API holds the value of an override as text; a mapping or a list is what users would rather write."""
    for override in policy["spec"].get("overrides", ()):
        if isinstance(override["value"], (dict, list)):
            override["value"] = render(override["value"])
    return policy
