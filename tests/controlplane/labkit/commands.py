# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command lines of the servers: small, quick to start, and as a real cluster in everything that delivery sees."""

from __future__ import annotations

import os
from pathlib import Path

from .layout import ClusterFiles, LabFiles
from .state import Cluster, State

_LOOPBACK = "127.0.0.1"

# What a cluster without nodes can do. Left out: what acts on nodes, clouds and certificates, and the horizontal pod
# autoscaler, which without metrics only writes an event every 15 seconds. The protection controllers are needed
# because admission adds their finalizers to volumes and claims, which otherwise never go.
CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
)


def environment(lab: Path) -> dict[str, str]:
    """The servers' environment: theirs alone, nothing of the caller's (proxies, GODEBUG, credentials)."""
    return {"PATH": os.defpath, "HOME": str(lab)}


def etcd(program: Path, files: LabFiles, state: State) -> list[str]:
    """One etcd for all clusters; each has a prefix of its own there."""
    client, peer = (f"http://{_LOOPBACK}:{port}" for port in (state.etcd.port, state.etcd_peer_port))
    return [
        str(program),
        f"--data-dir={files.etcd_data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        # A lab that loses power is made anew; syncing every write costs more than all the rest.
        "--unsafe-no-fsync",
        "--snapshot-count=5000",
        "--log-level=warn",
    ]


def apiserver(program: Path, files: ClusterFiles, cluster: Cluster, etcd_port: int) -> list[str]:
    """kube-apiserver with RBAC, bearer tokens from a file, and a certificate that it makes itself."""
    return [
        str(program),
        f"--etcd-servers=http://{_LOOPBACK}:{etcd_port}",
        f"--etcd-prefix=/{files.name}",
        f"--bind-address={_LOOPBACK}",
        f"--advertise-address={_LOOPBACK}",
        f"--secure-port={cluster.apiserver.port}",
        # The endpoint of the service "kubernetes" may not be a loopback address: nobody is to write it.
        "--endpoint-reconciler-type=none",
        f"--cert-dir={files.certificates}",
        f"--token-auth-file={files.tokens}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={files.service_account_key}",
        f"--service-account-signing-key-file={files.service_account_key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        # Pods never run here, and need no token mounted.
        "--disable-admission-plugins=ServiceAccount",
        # Fair queuing has twenty objects and a controller of its own; plain limits do for one user at a time.
        "--enable-priority-and-fairness=false",
        "--max-requests-inflight=400",
        "--max-mutating-requests-inflight=200",
        "--event-ttl=10m",
        "--allow-privileged=true",
        "--profiling=false",
    ]


def controller_manager(program: Path, files: ClusterFiles) -> list[str]:
    """kube-controller-manager with ``CONTROLLERS``, no port and no leader election."""
    return [
        str(program),
        f"--kubeconfig={files.kubeconfig}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--service-account-private-key-file={files.service_account_key}",
        f"--root-ca-file={files.serving_certificate}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=100",
        "--kube-api-burst=200",
        "--profiling=false",
    ]
