# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that a program gives: exec plugins of kubeconfigs, as client-go of Kubernetes runs them.

The package `kubernetes` runs them too, but goes on without credentials where one fails, writes what it said to the log, and
lets it talk to a terminal that a task does not have.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_file import KubeFile
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import ClusterUnreachable

Now = Callable[[], datetime]

# A token must still be good when the request arrives.
_MARGIN: Final = timedelta(seconds=10)
_PATIENCE: Final = 60.0
_CLUSTER_FIELDS: Final = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
)
_EXTENSION: Final = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a plugin answered.

    :param certificate: PEM text; so too `key`.
    :param expires: None where they hold for as long as we run.
    """

    token: str | None
    certificate: str | None
    key: str | None
    expires: datetime | None


class ExecPlugin:
    """The exec plugin of one user of a kubeconfig."""

    def __init__(self, where: str, file: KubeFile, now: Now) -> None:
        """Take what the kubeconfig says; nothing is run yet.

        :param where: the beginning of messages: the cluster and the kubeconfig.
        """
        self._where = where
        self._file = file
        self._spec: Mapping[str, Any] = file.user["exec"]
        self._now = now
        self._lock = threading.Lock()
        self._credentials: Credentials | None = None

    def credentials(self) -> Credentials:
        """What the plugin gives; it runs again once that has expired.

        :raises ClusterUnreachable: when it fails, hangs, or answers what is no credential. What it said is not repeated,
            because it may be a secret.
        """
        with self._lock:
            known = self._credentials
            if known is None or (known.expires is not None and known.expires - _MARGIN <= self._now()):
                self._credentials = known = self._run()
            return known

    def _run(self) -> Credentials:
        try:
            done = subprocess.run(
                [self._command, *map(str, self._spec.get("args") or ())],
                env={**os.environ, **self._variables()},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._failure(f"did not end within {_PATIENCE:g} seconds") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            said = error.strerror if isinstance(error, OSError) else "its entry in the kubeconfig is malformed"
            raise self._failure(f"cannot be run: {said}") from None
        if done.returncode != 0:
            raise self._failure(f"failed with status {done.returncode}")
        return self._answered(done.stdout)

    @property
    def _command(self) -> str:
        """A path with a directory in it is relative to the kubeconfig; a mere name is looked for on the PATH."""
        command = str(self._spec["command"])
        return os.path.join(self._file.folder or os.getcwd(), command) if os.path.dirname(command) else command

    def _variables(self) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": False}
        if self._spec.get("provideClusterInfo"):
            spec["cluster"] = {
                field: self._file.cluster[field] for field in _CLUSTER_FIELDS if field in self._file.cluster
            }
            for extension in self._file.cluster.get("extensions") or ():
                if extension.get("name") == _EXTENSION:
                    spec["cluster"]["config"] = extension.get("extension")
        info = {"apiVersion": self._spec["apiVersion"], "kind": "ExecCredential", "spec": spec}
        given = {str(item["name"]): str(item["value"]) for item in self._spec.get("env") or ()}
        return {**given, "KUBERNETES_EXEC_INFO": json.dumps(info)}

    def _answered(self, output: bytes) -> Credentials:
        try:
            answer = json.loads(output)
            version, status = answer["apiVersion"], answer["status"]
            expires = status.get("expirationTimestamp")
            found = Credentials(
                status.get("token"),
                status.get("clientCertificateData"),
                status.get("clientKeyData"),
                _time(expires) if expires else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._failure("answered what is no ExecCredential") from None
        if version != self._spec["apiVersion"]:
            raise self._failure(f"answered for apiVersion {version}, not {self._spec['apiVersion']} as its entry says")
        if not found.token and not (found.certificate and found.key):
            raise self._failure("gave neither a token nor a certificate with its key")
        return found

    def _failure(self, what: str) -> ClusterUnreachable:
        name = os.path.basename(str(self._spec.get("command", "without a command")))
        return ClusterUnreachable(
            f"{self._where}: the credential plugin {name} {what}; what it said is not shown, as it may hold a secret: run it "
            "by hand, as kubectl does with this kubeconfig"
        )


def _time(text: str) -> datetime:
    """A time as RFC 3339 has it.

    :raises ValueError, TypeError: for another text, one without a time zone too: nobody knows when that is.
    """
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("it has no time zone")
    return time


def plugin_of(where: str, file: KubeFile) -> ExecPlugin | None:
    """The exec plugin of the chosen user of a kubeconfig; None where it has none."""
    if not isinstance(file.user.get("exec"), dict):
        return None
    return ExecPlugin(where, file, lambda: datetime.now(UTC))
