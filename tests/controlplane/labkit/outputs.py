# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that a lab leaves for its users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from .credentials import write_private
from .layout import HUB, LabFiles, member_number
from .state import State

USER_PROGRAMS = ("kubectl", "helm")
_REGIONS = ("eu-central", "us-east")


def write_outputs(files: LabFiles, state: State, programs: Mapping[str, Path]) -> None:
    """Write inventory, integration configuration and ``bin/`` for the clusters of ``state``."""
    members = [name for name in state.names if name != HUB]
    write_private(files.inventory, _yaml(inventory(members)))
    write_private(files.integration_config, _yaml(integration_config(files, state)))
    files.bin.mkdir(exist_ok=True)
    for name in USER_PROGRAMS:
        link = files.bin / name
        link.unlink(missing_ok=True)
        link.symlink_to(programs[name])


def inventory(members: Sequence[str]) -> dict[str, Any]:
    """Hosts in the group ``managed_clusters``; regions in turn, so that selectors have something to select."""
    return {
        "managed_clusters": {
            "hosts": {
                name: {
                    "multicluster_kubeconfig": f"{name}.kubeconfig",
                    "multicluster_labels": {"region": _REGIONS[(member_number(name) - 1) % len(_REGIONS)]},
                }
                for name in members
            }
        }
    }


def integration_config(files: LabFiles, state: State) -> dict[str, Any]:
    """Variables for integration targets (``ansible-test integration`` reads them from a file of this name)."""
    clusters = {name: _cluster_variables(files, state, name) for name in state.names}
    return {
        "multicluster_lab_dir": str(files.lab),
        "multicluster_lab_inventory": str(files.inventory),
        "multicluster_lab_kubectl": str(files.bin / "kubectl"),
        "multicluster_lab_helm": str(files.bin / "helm"),
        "multicluster_lab_hub": clusters.pop(HUB, None),
        "multicluster_lab_members": list(clusters.values()),
    }


def _cluster_variables(files: LabFiles, state: State, name: str) -> dict[str, str]:
    cluster = files.cluster(name)
    return {
        "name": name,
        "server": state.clusters[name].url,
        "kubeconfig": str(cluster.kubeconfig),
        "unprivileged_kubeconfig": str(cluster.unprivileged_kubeconfig),
    }


def _yaml(content: dict[str, Any]) -> str:
    return "---\n" + str(yaml.safe_dump(content, sort_keys=False))
