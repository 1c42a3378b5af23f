# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for Clusternet's controllers: it writes what they write (0.17), where they write it, and in their order.

One step is one pass of each controller over everything. It knows just enough of scheduling (`matchLabels`) and of rendering
(nothing but a function that a test gives) to be a partner for whoever waits for it; it delivers to nobody.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import status_spec_hash
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_API_VERSION, RESERVED_NAMESPACE

Raw = dict[str, Any]

FINALIZER = "apps.clusternet.io/finalizer"
CONTROLLER = "clusternet-controller-manager"


class Api(Protocol):
    """An API server, as controllers use it. Conflicts and the like raise; the next step tries again."""

    def list(self, kind: str) -> list[Raw]: ...

    def create(self, raw: Raw) -> Raw: ...

    def update(self, raw: Raw) -> Raw: ...

    def update_status(self, raw: Raw) -> Raw: ...

    def delete(self, raw: Raw) -> None: ...


class Controllers:
    """Clusternet's scheduler and deployer.

    :ivar failures: by namespace of a cluster, the reason why nothing can be applied there.
    :ivar render: what a template becomes in the cluster of a namespace.
    :ivar paused: controllers that do nothing: `scheduler`, `subscription`, `base`, `generic`.
    """

    def __init__(self, api: Api, seed: int = 0) -> None:
        self.failures: dict[str, str] = {}
        self.render: Callable[[Raw, str], Raw] = lambda template, _namespace: template
        self.paused: set[str] = set()
        self._api = api
        self._random = random.Random(seed)

    def step(self) -> None:
        """One pass of each controller; what one writes the next one sees in the same step."""
        for name, controller in (
            ("scheduler", self._schedule),
            ("subscription", self._subscriptions),
            ("base", self._bases),
            ("generic", self._deploy),
        ):
            if name not in self.paused:
                controller()

    def _schedule(self) -> None:
        clusters = self._api.list("ManagedCluster")
        for item in self._api.list("Subscription"):
            if item["spec"].get("schedulerName", "default") != "default" or _deleting(item):
                continue
            bindings = sorted(f"{_ns(each)}/{_name(each)}" for each in clusters if _selects(item, each))
            status = {
                **item.get("status", {}),
                "bindingClusters": bindings,
                "specHash": status_spec_hash(item),
                "desiredReleases": len(bindings),
            }
            if status != item.get("status"):
                self._api.update_status({**item, "status": status})

    def _subscriptions(self) -> None:
        """Whatever scheduler bound it: a Base in each bound cluster, and none elsewhere."""
        for item in self._api.list("Subscription"):
            item = self._marked(item, "Subscription")
            mine = {_ns(base): base for base in self._api.list("Base") if _label(base, "subs.uid") == _uid(item)}
            bound = (
                []
                if _deleting(item)
                else [each.split("/")[0] for each in item.get("status", {}).get("bindingClusters", [])]
            )
            for namespace in bound:
                base = mine.get(namespace)
                if base is None:
                    self._api.create(self._new_base(item, namespace))
                elif base["spec"]["feeds"] != item["spec"]["feeds"] and not _deleting(base):
                    self._api.update({**base, "spec": {"feeds": item["spec"]["feeds"]}})
            for namespace, base in mine.items():
                if namespace not in bound and not _deleting(base):
                    self._api.delete(base)
            if _deleting(item) and not mine:
                self._released(item)

    def _new_base(self, item: Raw, namespace: str) -> Raw:
        cluster = next(each for each in self._api.list("ManagedCluster") if _ns(each) == namespace)
        labels = {
            "clusternet.io/created-by": CONTROLLER,
            "apps.clusternet.io/config.kind": "Subscription",
            "apps.clusternet.io/config.name": _name(item),
            "apps.clusternet.io/config.namespace": _ns(item),
            "apps.clusternet.io/config.uid": _uid(item),
            "apps.clusternet.io/subs.name": _name(item),
            "apps.clusternet.io/subs.namespace": _ns(item),
            "apps.clusternet.io/subs.uid": _uid(item),
            "clusters.clusternet.io/cluster-id": cluster["spec"]["clusterId"],
            "clusters.clusternet.io/cluster-name": _name(cluster),
        }
        suffix = "".join(self._random.choices(string.ascii_lowercase, k=5))
        metadata = {
            "name": f"{_name(item)}-{suffix}",
            "namespace": namespace,
            "labels": labels,
            "finalizers": [FINALIZER],
        }
        return {
            "apiVersion": APPS_API_VERSION,
            "kind": "Base",
            "metadata": metadata,
            "spec": {"feeds": item["spec"]["feeds"]},
        }

    def _bases(self) -> None:
        for base in self._api.list("Base"):
            mine = [each for each in self._api.list("Description") if _label(each, "config.uid") == _uid(base)]
            if _deleting(base):
                for description in mine:
                    if not _deleting(description):
                        self._api.delete(description)
                if not mine:
                    self._released(base)
                continue
            base = self._marked(base, "Base")
            raw = [self._fed(feed, base) for feed in base["spec"]["feeds"]]
            if None not in raw:
                self._describe(base, mine[0] if mine else None, {"deployer": "Generic", "raw": raw})

    def _fed(self, feed: Mapping[str, str], base: Raw) -> str | None:
        wanted = (feed["apiVersion"], feed["kind"], feed.get("namespace"), feed["name"])
        for manifest in self._api.list("Manifest"):
            template = manifest["template"]
            meta = template["metadata"]
            if (template["apiVersion"], template["kind"], meta.get("namespace"), meta["name"]) == wanted:
                if _uid(base) not in manifest["metadata"].get("labels", {}):
                    manifest = self._labelled(manifest, _uid(base), "Base")
                rendered = self.render(manifest["template"], _ns(base))
                return base64.b64encode(json.dumps(rendered).encode()).decode()
        return None

    def _describe(self, base: Raw, description: Raw | None, spec: Raw) -> None:
        if description is not None:
            if description["spec"] != spec and not _deleting(description):
                self._api.update({**description, "spec": spec})
            return
        # Since 0.17 without apps.clusternet.io/subs.name and config.name.
        labels = {
            **{key: value for key, value in base["metadata"]["labels"].items() if not key.endswith(".name")},
            "apps.clusternet.io/config.kind": "Base",
            "apps.clusternet.io/config.namespace": _ns(base),
            "apps.clusternet.io/config.uid": _uid(base),
        }
        labels.pop(_uid(base), None)
        owner = {
            "apiVersion": APPS_API_VERSION,
            "kind": "Base",
            "name": _name(base),
            "uid": _uid(base),
            "controller": True,
            "blockOwnerDeletion": True,
        }
        metadata = {
            "name": f"{_name(base)}-generic",
            "namespace": _ns(base),
            "labels": labels,
            "finalizers": [FINALIZER],
            "ownerReferences": [owner],
        }
        self._api.create({"apiVersion": APPS_API_VERSION, "kind": "Description", "metadata": metadata, "spec": spec})

    def _deploy(self) -> None:
        """Phases, which are written only where they change: they never tell which content they are about."""
        for item in self._api.list("Description"):
            if _deleting(item):
                self._released(item)
                continue
            reason = self.failures.get(_ns(item), "")
            status = {**item.get("status", {}), "phase": "Failure" if reason else "Success", "reason": reason}
            if not reason:
                del status["reason"]
            if status != item.get("status"):
                self._api.update_status({**item, "status": status})

    def _marked(self, item: Raw, kind: str) -> Raw:
        """Every object that Clusternet handles gets its finalizer, and a label that says its own uid."""
        if _deleting(item):
            return item
        finalizers = item["metadata"].get("finalizers") or []
        if FINALIZER not in finalizers:
            item = self._api.update({**item, "metadata": {**item["metadata"], "finalizers": [*finalizers, FINALIZER]}})
        return item if _uid(item) in item["metadata"].get("labels", {}) else self._labelled(item, _uid(item), kind)

    def _labelled(self, item: Raw, key: str, value: str) -> Raw:
        labels = {**(item["metadata"].get("labels") or {}), key: value}
        return self._api.update({**item, "metadata": {**item["metadata"], "labels": labels}})

    def _released(self, item: Raw) -> None:
        finalizers = [each for each in item["metadata"].get("finalizers") or [] if each != FINALIZER]
        self._api.update({**item, "metadata": {**item["metadata"], "finalizers": finalizers}})


def _selects(subscription: Raw, cluster: Raw) -> bool:
    labels = cluster["metadata"].get("labels") or {}
    return any(
        all(labels.get(key) == value for key, value in (each["clusterAffinity"].get("matchLabels") or {}).items())
        for each in subscription["spec"]["subscribers"]
    )


def _label(raw: Raw, name: str) -> str | None:
    label: str | None = (raw["metadata"].get("labels") or {}).get(f"apps.clusternet.io/{name}")
    return label


def _name(raw: Raw) -> str:
    return str(raw["metadata"]["name"])


def _ns(raw: Raw) -> str:
    return str(raw["metadata"].get("namespace", RESERVED_NAMESPACE))


def _uid(raw: Raw) -> str:
    return str(raw["metadata"]["uid"])


def _deleting(raw: Raw) -> bool:
    return "deletionTimestamp" in raw["metadata"]
