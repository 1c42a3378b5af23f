# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API server fills in, and what Clusternet's controllers add, to objects that users store.

An object is the same whether a user leaves a default out or the server has filled it in; and what a controller needs on an
object is no business of whoever wrote it. Without these two, every run would change the object and each would undo the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model import api

Raw = Mapping[str, Any]

_POLICY: Final = ((("spec",), {"priority": 500, "overridePolicy": "ApplyLater"}),)
_CHART: Final = ((("spec",), {"createNamespace": True, "timeoutSeconds": 300}),)
# As the CustomResourceDefinitions say: for each kind, mappings by their path, and what is filled in where they are.
_DEFAULTS: Final[Mapping[tuple[str, str], Sequence[tuple[tuple[str, ...], Raw]]]] = {
    (api.APPS_API_VERSION, "Subscription"): (
        (
            ("spec",),
            {
                "schedulerName": "default",
                "schedulingStrategy": "Replication",
                "preemptionPolicy": "PreemptLowerPriority",
            },
        ),
        (("spec", "dividingScheduling"), {"type": "Static"}),
        (("spec", "dividingScheduling", "dynamicDividing"), {"strategy": "Spread"}),
    ),
    (api.APPS_API_VERSION, "Globalization"): _POLICY,
    (api.APPS_API_VERSION, "Localization"): _POLICY,
    (api.APPS_API_VERSION, "HelmChart"): _CHART,
    (api.APPS_API_VERSION, "HelmRelease"): _CHART,
}
# A server leaves them out where they are empty.
_METADATA: Final = ("labels", "annotations", "finalizers", "ownerReferences", "creationTimestamp")

# Clusternet marks a Manifest or HelmChart with the uids of the Subscriptions and Bases that feed it, as keys of labels, a policy
# with the uid and kind of what it is for (and applies only policies that have this label), and a HelmChart with what it is;
# ManagedClusters have two labels of the namespace that they live in.
_UID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KIND: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_CONTROLLERS_LABELS: Final = (
    "apps.clusternet.io/config.",
    "apps.clusternet.io/subs.",
    api.LABEL_CLUSTER_ID,
    api.LABEL_CLUSTER_NAME,
)
_DOMAIN: Final = re.compile(r"([a-z0-9-]+\.)*clusternet\.io/")


def with_defaults(raw: Raw, as_in: Raw | None = None) -> dict[str, Any]:
    """An object as a server stores it.

    :param as_in: of the defaults, only those that this object shows; None for all.
    :returns: a new mapping; what is not touched is shared with `raw`.
    """
    filled = dict(raw)
    if as_in is None:
        metadata = {name: value for name, value in raw["metadata"].items() if value or name not in _METADATA}
        filled["metadata"] = metadata
    for path, defaults in _DEFAULTS.get((raw["apiVersion"], raw["kind"]), ()):
        shown = defaults if as_in is None else _common(defaults, _at(as_in, path))
        _fill(filled, path, shown)
    return filled


def equal(one: Raw, other: Raw) -> bool:
    """Whether two objects are the same to a server that has defaults."""
    return with_defaults(one) == with_defaults(other)


def is_controllers_label(key: str, value: Any) -> bool:
    """Whether a controller of Clusternet put a label on an object that users store."""
    return key.startswith(_CONTROLLERS_LABELS) or (
        _UID.fullmatch(key) is not None and isinstance(value, str) and _KIND.fullmatch(value) is not None
    )


def is_controllers_finalizer(finalizer: str) -> bool:
    """Whether a finalizer is Clusternet's."""
    return _DOMAIN.match(finalizer) is not None


def _at(raw: Raw, path: Sequence[str]) -> Raw:
    found: Any = raw
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _common(defaults: Raw, other: Raw) -> Raw:
    return {name: value for name, value in defaults.items() if other.get(name) == value}


def _fill(target: dict[str, Any], path: Sequence[str], defaults: Raw) -> None:
    """Fill in what a mapping lacks; one that is not there stays so."""
    for name in path:
        if not isinstance(target.get(name), Mapping):
            return
        target[name] = dict(target[name])
        target = target[name]
    for name, value in defaults.items():
        if target.get(name) is None:
            target[name] = value
