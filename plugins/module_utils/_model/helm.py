# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HelmChart and HelmRelease: a chart as a feed, and what becomes of it in one cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta, spec_of

_DEFAULT_TIMEOUT_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class HelmOptions:
    """How Helm is to install a chart; the same in both kinds.

    :ivar pull_secret_name: empty where the repository needs no credentials.
    """

    pull_secret_namespace: str
    pull_secret_name: str
    plain_http: bool
    create_namespace: bool
    timeout_seconds: int
    wait: bool
    wait_for_job: bool
    replace: bool
    atomic: bool
    upgrade_atomic: bool
    skip_crds: bool
    replace_crds: bool
    disable_hooks: bool
    force: bool

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> HelmOptions:
        """The options in a checked `spec`, with the defaults of the API."""
        secret = spec.get("chartPullSecret") or {}
        timeout, create_namespace = spec.get("timeoutSeconds"), spec.get("createNamespace")
        return cls(
            pull_secret_namespace=secret.get("namespace") or "",
            pull_secret_name=secret.get("name") or "",
            plain_http=bool(spec.get("plainHTTP")),
            create_namespace=True if create_namespace is None else create_namespace,
            timeout_seconds=_DEFAULT_TIMEOUT_SECONDS if timeout is None else timeout,
            wait=bool(spec.get("wait")),
            wait_for_job=bool(spec.get("waitForJob")),
            replace=bool(spec.get("replace")),
            atomic=bool(spec.get("atomic")),
            upgrade_atomic=bool(spec.get("upgradeAtomic")),
            skip_crds=bool(spec.get("skipCRDs")),
            replace_crds=bool(spec.get("replaceCRDs")),
            disable_hooks=bool(spec.get("disableHooks")),
            force=bool(spec.get("force")),
        )


@dataclass(frozen=True, slots=True)
class Chart(ApiObject):
    """What HelmChart and HelmRelease share.

    :ivar version: empty for the latest.
    """

    repo: str
    chart: str
    version: str
    target_namespace: str
    options: HelmOptions


@dataclass(frozen=True, slots=True)
class HelmChart(Chart):
    """A chart that can be fed."""

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "HelmChart"

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> HelmChart:
        """The HelmChart that a checked object describes."""
        return cls(**_chart_fields(raw))


@dataclass(frozen=True, slots=True)
class HelmRelease(Chart):
    """A chart as it is installed in one cluster.

    :ivar release_name: None where the object does not say; an empty one is taken as it is, as Clusternet does.
    :ivar overrides: the values, as base64 of YAML or JSON.
    """

    GROUP: ClassVar[str] = APPS_GROUP
    KIND: ClassVar[str] = "HelmRelease"

    release_name: str | None
    overrides: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> HelmRelease:
        """The HelmRelease that a checked object describes."""
        spec = spec_of(raw)
        return cls(**_chart_fields(raw), release_name=spec.get("releaseName"), overrides=spec.get("overrides") or "")

    @property
    def release(self) -> str:
        """The name of the release in the member: the object's own where `releaseName` is absent."""
        return self.meta.name if self.release_name is None else self.release_name


def _chart_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    spec = spec_of(raw)
    return {
        "meta": Meta.of(raw),
        "raw": raw,
        "repo": spec.get("repo") or "",
        "chart": spec.get("chart") or "",
        "version": spec.get("version") or "",
        "target_namespace": spec.get("targetNamespace") or "",
        "options": HelmOptions.of(spec),
    }
