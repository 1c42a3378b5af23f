# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API server with the role's definitions takes, fills in and refuses."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import Pacing, Patience
from ansible_collections.multicluster.apps.plugins.module_utils._edge.server_kubernetes import KubernetesServer
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess
from ansible_collections.multicluster.apps.tests.integration.targets.role_hub.full_objects import FULL, UUID

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[4] / "demo"
CLUSTER_SCOPED = {"Globalization", "ClusterRegistrationRequest"}


def an(kind: str, content: Mapping[str, Any], name: str = "one") -> dict[str, Any]:
    own = kind not in ("ManagedCluster", "ClusterRegistrationRequest")
    version = "apps.clusternet.io/v1alpha1" if own else "clusters.clusternet.io/v1beta1"
    metadata = {"name": name} if kind in CLUSTER_SCOPED else {"name": name, "namespace": "default"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **copy.deepcopy(dict(content))}


@pytest.fixture(scope="module")
def api(installed: ClusterAccess) -> Iterator[KubernetesServer]:
    pacing = Pacing(time.sleep, random.random, time.monotonic)
    server = KubernetesServer.connect(
        "hub", Connection(kubeconfig=str(installed.kubeconfig)), patience=Patience(), pacing=pacing
    )
    yield server
    server.close()


@pytest.mark.parametrize("kind", FULL)
def test_every_field_is_taken_and_none_is_lost(installed: ClusterAccess, kind: str) -> None:
    wanted = an(kind, FULL[kind])
    try:
        installed.kubectl("create", "--validate=strict", "-f", "-", stdin=json.dumps(wanted))
        if "status" in wanted:
            patch = json.dumps({"status": wanted["status"]})
            installed.kubectl("patch", kind, "one", "--subresource=status", "--type=merge", "-p", patch)
        found = json.loads(installed.kubectl("get", kind, "one", "-o", "json").stdout)
    finally:
        installed.kubectl("delete", kind, "one", "--ignore-not-found")
    assert {name: found[name] for name in FULL[kind]} == FULL[kind]


DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Subscription": (
        {"feeds": [], "subscribers": [], "dividingScheduling": {"dynamicDividing": {}}},
        {
            "schedulerName": "default",
            "schedulingStrategy": "Replication",
            "preemptionPolicy": "PreemptLowerPriority",
            "dividingScheduling": {"type": "Static", "dynamicDividing": {"strategy": "Spread"}},
        },
    ),
    "Globalization": ({}, {"priority": 500, "overridePolicy": "ApplyLater"}),
    "Localization": ({}, {"priority": 500, "overridePolicy": "ApplyLater"}),
    **dict.fromkeys(
        ("HelmChart", "HelmRelease"),
        (
            {"repo": "https://charts.example", "chart": "a", "targetNamespace": "b"},
            {"createNamespace": True, "timeoutSeconds": 300},
        ),
    ),
    "Base": ({"feeds": []}, {}),
    "Description": ({"deployer": "Generic"}, {}),
    "FeedInventory": ({"feeds": []}, {}),
    "ManagedCluster": ({"clusterId": UUID, "syncMode": "Push"}, {}),
    "ClusterRegistrationRequest": ({"clusterId": UUID}, {"syncMode": "Pull"}),
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_defaults(api: KubernetesServer, kind: str) -> None:
    given, added = DEFAULTS[kind]
    assert api.apply(an(kind, {"spec": given}), dry_run=True)["spec"] == {**given, **added}


# What is changed in a full object, and what the server then names.
REFUSED = [
    *(
        (kind, ("spec",), None)
        for kind in FULL
        if kind not in ("Manifest", "ManagedCluster", "ClusterRegistrationRequest")
    ),
    ("Manifest", ("template",), None),
    ("Subscription", ("spec", "feeds"), None),
    ("Subscription", ("spec", "subscribers"), None),
    ("Subscription", ("spec", "subscribers", 0, "clusterAffinity"), None),
    ("Subscription", ("spec", "subscribers", 0, "weight"), -1),
    ("Subscription", ("spec", "subscribers", 0, "weight"), 2**31),
    ("Subscription", ("spec", "subscribers", 0, "subGroupStrategy", "minClusters"), -1),
    ("Subscription", ("spec", "schedulingStrategy"), "Divide"),
    ("Subscription", ("spec", "preemptionPolicy"), "Never"),
    ("Subscription", ("spec", "dividingScheduling", "type"), "Weighted"),
    ("Subscription", ("spec", "dividingScheduling", "dynamicDividing", "strategy"), "Pack"),
    ("Subscription", ("spec", "priority"), "high"),
    ("Subscription", ("spec", "unknown"), 1),
    *(("Subscription", ("spec", "feeds", 0, field), None) for field in ("apiVersion", "kind", "name")),
    *(("Globalization", ("spec", "feed", field), None) for field in ("apiVersion", "kind", "name")),
    ("Globalization", ("spec", "priority"), -1),
    ("Globalization", ("spec", "priority"), 1001),
    ("Globalization", ("spec", "overridePolicy"), "ApplySoon"),
    ("Globalization", ("spec", "overrides", 0, "type"), "Patch"),
    ("Globalization", ("spec", "overrides", 0, "type"), None),
    ("Globalization", ("spec", "overrides", 0, "value"), None),
    ("Globalization", ("spec", "overrides", 0, "fieldFormat"), "TOML"),
    ("Localization", ("spec", "priority"), 1001),
    ("Localization", ("spec", "clusterAffinity"), {}),
    *(("HelmChart", ("spec", field), None) for field in ("chart", "repo", "targetNamespace")),
    ("HelmChart", ("spec", "repo"), "charts.example"),
    ("HelmChart", ("spec", "repo"), "file:///srv/charts"),
    ("HelmChart", ("spec", "repo"), "https://charts.example/a b"),
    ("HelmRelease", ("spec", "overrides"), "no base64"),
    ("Base", ("spec", "feeds"), None),
    ("Description", ("spec", "deployer"), "Kustomize"),
    ("Description", ("spec", "deployer"), None),
    ("Description", ("spec", "raw", 0), "no base64"),
    ("Description", ("spec", "charts", 0, "namespace"), None),
    ("FeedInventory", ("spec", "feeds", 0, "replicaRequirements", "resources", "limits", "cpu"), "much"),
    ("FeedInventory", ("spec", "feeds", 0, "desiredReplicas"), 2**31),
    ("ManagedCluster", ("spec", "clusterId"), None),
    ("ManagedCluster", ("spec", "clusterId"), "1"),
    ("ManagedCluster", ("spec", "syncMode"), None),
    ("ManagedCluster", ("spec", "syncMode"), "Both"),
    ("ManagedCluster", ("spec", "clusterInitBaseName"), "x" * 513),
    ("ManagedCluster", ("spec", "taints", 0, "effect"), None),
    ("ManagedCluster", ("spec", "taints", 0, "key"), None),
    ("ClusterRegistrationRequest", ("spec", "clusterId"), None),
    ("ClusterRegistrationRequest", ("spec", "clusterName"), "x" * 31),
    ("ClusterRegistrationRequest", ("spec", "clusterName"), "-"),
    ("ClusterRegistrationRequest", ("spec", "clusterNamespace"), "x" * 64),
    ("ClusterRegistrationRequest", ("spec", "syncMode"), "Both"),
]


def changed(raw: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """An object with one field set, or removed where the value is None."""
    place: Any = raw
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    REFUSED,
    ids=[f"{kind}.{'.'.join(map(str, path))}={str(value)[:20]}" for kind, path, value in REFUSED],
)
def test_what_is_invalid_is_refused_by_its_name(api: KubernetesServer, kind: str, path: Any, value: Any) -> None:
    raw = {name: part for name, part in an(kind, FULL[kind]).items() if name != "status"}
    with pytest.raises(ClusterError) as caught:
        api.apply(changed(raw, path, value), dry_run=True)
    field = next(step for step in reversed(path) if isinstance(step, str))
    assert re.search(rf"\b{field}\b", str(caught.value))


@pytest.mark.parametrize(("patch", "message"), [("other", "cannot be changed"), (None, "has to stay")])
def test_the_first_base_of_a_cluster_stays(installed: ClusterAccess, patch: Any, message: str) -> None:
    installed.kubectl("create", "-f", "-", stdin=json.dumps(an("ManagedCluster", FULL["ManagedCluster"], "first")))
    body = json.dumps({"spec": {"clusterInitBaseName": patch}})
    try:
        refused = installed.kubectl("patch", "mcls", "first", "--type=merge", "-p", body, check=False)
    finally:
        installed.kubectl("delete", "mcls", "first")
    assert refused.returncode != 0
    assert message in refused.stderr


def test_the_objects_of_the_demo_are_taken(api: KubernetesServer) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("app/**/*.yml"))]
    documents = [raw for text in texts for raw in yaml.safe_load_all(text) if raw]
    ours = [
        raw
        for raw in documents
        if raw["apiVersion"].endswith(("v1alpha1", "v1beta1")) and "clusternet" in raw["apiVersion"]
    ]
    assert {raw["kind"] for raw in ours} >= {"Subscription", "Globalization"}
    for raw in ours:
        # All objects of a kind in one namespace: those of the demo's clusters are not here.
        scoped = {**raw["metadata"], **({} if raw["kind"] in CLUSTER_SCOPED else {"namespace": "default"})}
        assert api.apply({**raw, "metadata": scoped}, dry_run=True)["spec"]


def test_short_names_and_category(installed: ClusterAccess) -> None:
    short = "sub,subs,glob,global,loc,local,chart,charts,hr,desc,finv,mcls,clsrr"
    assert installed.kubectl("get", short, "--all-namespaces").stdout == ""
    installed.kubectl("create", "-f", "-", stdin=json.dumps(an("ManagedCluster", FULL["ManagedCluster"], "seen")))
    try:
        header = installed.kubectl("get", "clusternet", "--all-namespaces").stdout.splitlines()[0].split("  ")
    finally:
        installed.kubectl("delete", "mcls", "seen")
    columns = [column.strip() for column in header if column.strip()]
    assert columns == ["NAMESPACE", "NAME", "CLUSTER ID", "SYNC MODE", "KUBERNETES", "STATUS", "AGE"]
