# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What registering means where Clusternet's agents register: their ManagedClusters are labelled, and none is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.names import cluster_namespace
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Change, Contents
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import slug
from ansible_collections.multicluster.apps.plugins.module_utils._run.connecting import PREFIX
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host, plan_register


def plan_labels(
    hosts: Sequence[Host], contents: Contents, hub_dir: str | None
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes that give the hosts' clusters their labels, taints and annotations, as `plan_register` does, and warnings.

    :param hub_dir: as for `plan_register`.
    :raises InvalidInput: for a host whose cluster no agent has registered, or registered as another one than the inventory
        says, besides what `plan_register` raises.
    """
    there = {key.name: stored.raw for key, stored in contents.objects.items() if key.kind == "ManagedCluster"}
    unknown = [host.name for host in hosts if slug(host.name) not in there]
    if unknown:
        raise InvalidInput(
            f"hosts without a ManagedCluster on the hub: {', '.join(unknown)}. Where Clusternet runs, clusters are registered by its "
            "agents, under the name that the agent's option --cluster-reg-name gives; give the hosts these names"
        )
    problems = [problem for host in hosts for problem in _contradictions(host, there[slug(host.name)])]
    if problems:
        raise InvalidInput(problems)
    return plan_register([_placed(host, there[slug(host.name)]) for host in hosts], contents, hub_dir)


def _placed(host: Host, cluster: Mapping[str, Any]) -> Host:
    """The host with the namespace that the agent's registration made, which ends at random."""
    return replace(host, variables={**host.variables, f"{PREFIX}namespace": cluster["metadata"]["namespace"]})


def _contradictions(host: Host, cluster: Mapping[str, Any]) -> Iterator[str]:
    namespace, cluster_id = host.variables.get(f"{PREFIX}namespace"), host.variables.get(f"{PREFIX}cluster_id")
    found, found_id = cluster["metadata"]["namespace"], cluster["spec"]["clusterId"]
    if namespace not in (None, "", found, cluster_namespace(slug(host.name))):
        yield f"host {host.name}: variable {PREFIX}namespace is {namespace!r}, but Clusternet registered it in {found}"
    if cluster_id not in (None, "") and str(cluster_id).lower() != str(found_id).lower():
        yield f"host {host.name}: variable {PREFIX}cluster_id is {cluster_id!r}, but Clusternet registered it as {found_id}"
