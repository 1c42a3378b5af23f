# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long scheduling takes as a fleet grows, and what the next run costs when one cluster's labels changed.

Each size runs in a process of its own, so that its peak of memory, both runs together, is its own. Nothing is read or
written: hubs and servers are not what is measured here. The first run starts from nothing: nothing is bound, all replicas
look for a place. The second begins with what a hub would hold then, parsed anew, with all pods on nodes, and with another
label on one cluster, for which one Subscription in fifty leaves it.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from ansible_collections.multicluster.apps.plugins.module_utils._core.capacity import ClusterRoom
from ansible_collections.multicluster.apps.plugins.module_utils._core.claiming import to_measure
from ansible_collections.multicluster.apps.plugins.module_utils._core.nodes import PodGroup
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards, Placement, ask, place
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._model.snapshot import Snapshot

Raw = dict[str, Any]
APPS = "apps.clusternet.io/v1alpha1"
REGIONS = ("north", "east", "south", "west")
GUARDS = Guards(max_removed_clusters=10)
# One kind of Subscription after the other; a real fleet has few that divide.
MIXES = {
    "mixed": ("replication", "static", "spread", "binpack"),
    "replication": ("replication",),
    "static": ("static",),
    "spread": ("spread",),
    "binpack": ("binpack",),
}


def cluster(number: int, **labels: str) -> Raw:
    name = f"cluster-{number:04}"
    found = {"region": REGIONS[number % len(REGIONS)], "tier": str(number % 3), "name": name, **labels}
    metadata = {"name": name, "namespace": f"clusternet-{name}", "uid": f"uid-{name}", "labels": found}
    taints = [{"key": "old", "effect": "PreferNoSchedule"}] if number % 20 == 0 else []
    return {
        "apiVersion": "clusters.clusternet.io/v1beta1",
        "kind": "ManagedCluster",
        "metadata": metadata,
        "spec": {
            "clusterId": str(uuid5(NAMESPACE_DNS, name)),
            "syncMode": "Dual",
            "clusterType": "EdgeCluster",
            "taints": taints,
        },
    }


def room(number: int) -> ClusterRoom:
    """Three nodes, with a pod each; as large as it takes for all the feeds to have two replicas in every cluster."""
    allocatable = {"cpu": str(256 + number % 17), "memory": "1Ti", "pods": "5000", "ephemeral-storage": "1Ti"}
    names = [f"node-{place}" for place in range(3)]
    nodes = [{"metadata": {"name": name}, "status": {"allocatable": allocatable}} for name in names]
    container = {"name": "c", "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}}}
    pods = [
        {
            "metadata": {"name": f"pod-{name}", "namespace": "shop"},
            "spec": {"nodeName": name, "containers": [container]},
        }
        for name in names
    ]
    return ClusterRoom.of(nodes, pods)


def manifest(subscription: int, number: int, replicas: int) -> Raw:
    """A Deployment; one in four asks for more than the others."""
    name = f"app-{subscription}-{number}"
    requests = {"cpu": f"{10 * (1 + number % 4)}m", "memory": "16Mi"}
    pod = {"containers": [{"name": "c", "image": "i", "resources": {"requests": requests}}]}
    template = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }
    metadata = {"name": f"deployments.{name}.shop", "namespace": "clusternet-reserved", "uid": f"uid-m-{name}"}
    return {"apiVersion": APPS, "kind": "Manifest", "metadata": metadata, "template": template}


def subscription(number: int, kind: str, feeds: int) -> Raw:
    """One Subscription in fifty looks at `tier`, each time another kind of them; the others go everywhere."""
    block, place = divmod(number, 50)
    tiers = {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["0", "1", "2"]}]}
    affinity: Raw = tiers if place == block % len(MIXES["mixed"]) else {}
    subscribers: list[Raw] = [{"clusterAffinity": affinity, "weight": 1}]
    spec: Raw = {"schedulingStrategy": "Replication", "subscribers": subscribers}
    if kind == "static":
        spec |= {"schedulingStrategy": "Dividing", "dividingScheduling": {"type": "Static"}}
        subscribers.append({"clusterAffinity": {"matchLabels": {"region": "north"}}, "weight": 2})
    elif kind in ("spread", "binpack"):
        dynamic = {"strategy": kind.capitalize()}
        spec |= {
            "schedulingStrategy": "Dividing",
            "dividingScheduling": {"type": "Dynamic", "dynamicDividing": dynamic},
        }
    spec["feeds"] = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": f"app-{number}-{feed}"}
        for feed in range(feeds)
    ]
    metadata = {"name": f"sub-{number:03}", "namespace": "default", "uid": f"uid-sub-{number}"}
    return {"apiVersion": APPS, "kind": "Subscription", "metadata": metadata, "spec": spec}


def hub(clusters: int, subscriptions: int, feeds: int, mix: Sequence[str]) -> Iterator[Raw]:
    """Two replicas a cluster, so that a division has something to divide."""
    for number in range(clusters):
        yield cluster(number)
    for number in range(subscriptions):
        yield subscription(number, mix[number % len(mix)], feeds)
        for feed in range(feeds):
            yield manifest(number, feed, 2 * clusters)


def snapshot_of(raws: Sequence[Raw]) -> Snapshot:
    return Snapshot.of([parse_stored(raw, "benchmark")[0] for raw in raws])


def settled(raw: Raw, placement: Placement) -> Raw:
    """The Subscription once the run is done: what the hub would hold, through JSON as from a file or a server."""
    status: Raw = {"bindingClusters": [each.binding for each in placement.clusters]}
    if placement.divided:
        status["replicas"] = placement.divided.replicas
    return {**raw, "status": json.loads(json.dumps(status))}


def filled(rooms: Mapping[str, ClusterRoom], placements: Sequence[Placement]) -> dict[str, ClusterRoom]:
    """The rooms as they would be listed once all pods of the first run are on nodes."""
    pods: dict[str, Counter[PodGroup]] = defaultdict(Counter)
    for placement in placements:
        rows = placement.divided.replicas if placement.divided else {}
        for key, row in rows.items():
            group = ("shop", frozenset({("app", key.rpartition("/")[2])}))
            for each, count in zip(placement.clusters, row, strict=True):
                pods[each.binding][group] += count
    return {binding: ClusterRoom(each.nodes, pods[binding]) for binding, each in rooms.items()}


def bound(placement: Placement) -> tuple[list[str], Mapping[str, tuple[int, ...]]]:
    """Where a Subscription goes, with how many replicas."""
    replicas = placement.divided.replicas if placement.divided else {}
    return [each.binding for each in placement.clusters], replicas


def run(snapshot: Snapshot, rooms: dict[str, ClusterRoom]) -> tuple[tuple[Placement, ...], float, int]:
    """The placements, the seconds that they took, and of how many clusters the nodes and pods would be listed."""
    gc.collect()
    start = time.perf_counter()
    asked = ask(snapshot)
    measured = to_measure([each.claim for each in asked if each.claim is not None])
    known = {each.binding: rooms[each.binding] for each in measured}
    placements = place(asked, snapshot, GUARDS, known)
    return placements, time.perf_counter() - start, len(measured)


def measure(clusters: int, subscriptions: int, feeds: int, mix: Sequence[str]) -> dict[str, Any]:
    raws = list(hub(clusters, subscriptions, feeds, mix))
    rooms = {f"clusternet-cluster-{number:04}/cluster-{number:04}": room(number) for number in range(clusters)}
    placements, first, measured = run(snapshot_of(raws), rooms)
    problems = [problem for placement in placements for problem in placement.problems]
    if problems:
        raise SystemExit(f"the benchmark's own applications cannot be placed: {problems[0]}")
    placed = {(item.subscription.meta.namespace, item.subscription.meta.name): item for item in placements}
    after = [
        settled(raw, placed[raw["metadata"]["namespace"], raw["metadata"]["name"]])
        if raw["kind"] == "Subscription"
        else raw
        for raw in raws
    ]
    after[clusters // 2] = cluster(clusters // 2, tier="another")
    rooms = filled(rooms, placements)
    seconds = []
    for _round in range(3):
        again, second, measured_again = run(snapshot_of(after), rooms)
        seconds.append(second)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = [bound(old) == bound(new) for old, new in zip(placements, again, strict=True)]
    return {
        "clusters": clusters,
        "subscriptions": subscriptions,
        "feeds": feeds,
        "first_seconds": round(first, 3),
        "second_seconds": round(statistics.median(seconds), 3),
        "peak_mib": round(peak),
        "measured": measured,
        "measured_again": measured_again,
        "unmoved": sum(kept),
    }


def _child(pipe: Any, arguments: tuple[Any, ...]) -> None:
    pipe.send(measure(*arguments))


def in_a_process(*arguments: Any) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, arguments))
    child.start()
    theirs.close()
    try:
        found: dict[str, Any] = ours.recv()
    except EOFError:
        raise SystemExit(f"the run with {arguments} has died") from None
    child.join()
    return found


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The figures as lines of Markdown; what a doubling of the fleet costs stands beside them."""
    yield "| Subscriptions | clusters | first run | times the row above | one label changed | of the first | moved | peak |"
    yield "|---|---|---|---|---|---|---|---|"
    before: Mapping[str, Any] = {}
    for row in rows:
        growth = row["first_seconds"] / before["first_seconds"] if before.get("mix") == row["mix"] else None
        yield (
            f"| {row['subscriptions']} {row['mix']} | {row['clusters']} | {row['first_seconds']:.1f} s | "
            f"{f'{growth:.2f}' if growth else ''} | {row['second_seconds']:.2f} s | "
            f"1/{row['first_seconds'] / row['second_seconds']:.0f} | {row['subscriptions'] - row['unmoved']} | "
            f"{row['peak_mib']} MiB |"
        )
        before = row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clusters", type=int, nargs="+", default=[500, 1000, 2000])
    parser.add_argument("--subscriptions", type=int, default=200)
    parser.add_argument("--feeds", type=int, default=20, help="of each Subscription")
    parser.add_argument("--mix", choices=MIXES, nargs="+", default=["mixed", "spread"])
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    options = parser.parse_args()
    rows = []
    for mix in options.mix:
        for clusters in options.clusters:
            rows.append({"mix": mix, **in_a_process(clusters, options.subscriptions, options.feeds, MIXES[mix])})
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    if options.output:
        options.output.write_text(json.dumps(rows, indent=2) + "\n")
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
