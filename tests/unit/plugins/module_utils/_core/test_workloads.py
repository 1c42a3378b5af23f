# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that bear replicas."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.patch import apply_patch, compile_patch
from ansible_collections.multicluster.apps.plugins.module_utils._core.workloads import (
    feed_order,
    not_divided,
    replicas_patch,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed

POD = {"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "1"}}}], "nodeSelector": {"a": "b"}}}
PATH = "multicluster.apps/replicas-path"


def template(kind: str, version: str = "apps/v1", path: Any = None, **spec: Any) -> dict[str, Any]:
    annotations = {} if path is None else {"annotations": {PATH: path}}
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop", **annotations},
        "spec": {"template": POD, **spec},
    }


def order(raw: dict[str, Any]) -> Any:
    return feed_order(Feed.to(raw), raw)


@pytest.mark.parametrize(
    ("raw", "replicas", "path"),
    [
        (template("Deployment", replicas=3), 3, "/spec/replicas"),
        (template("Deployment"), 1, "/spec/replicas"),
        (template("StatefulSet", replicas=None), 1, "/spec/replicas"),
        (template("ReplicaSet", replicas=0), 0, "/spec/replicas"),
        (template("Job", "batch/v1", parallelism=4, replicas=9), 4, "/spec/parallelism"),
        (template("Job", "batch/v1"), 1, "/spec/parallelism"),
        (template("DaemonSet"), None, ""),
        (template("Deployment", "example.com/v1", replicas=3), None, ""),
        (template("Cache", "example.com/v1", '"/spec/size"', size=2), 2, "/spec/size"),
        (template("Cache", "example.com/v1", "/spec/pools/1/a~1b", pools=[{}, {"a/b": 7}]), 7, "/spec/pools/1/a~1b"),
        (template("Deployment", path="/spec/size", size=2, replicas=9), 2, "/spec/size"),
    ],
)
def test_replicas(raw: dict[str, Any], replicas: int | None, path: str) -> None:
    found = order(raw)
    assert (found.desired_replicas, found.replica_json_path) == (replicas, path)
    needed = {"nodeSelector": {"a": "b"}, "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}}
    assert found.requirements == ({} if replicas is None else needed)


def test_a_cr_without_a_pod_template_asks_for_nothing() -> None:
    raw = {**template("Cache", "example.com/v1", "/spec/size"), "spec": {"size": 2, "template": "small"}}
    assert order(raw).requirements == {}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (template("Deployment", replicas="3"), r"^Deployment.apps shop/web: /spec/replicas: found '3'; a number"),
        (template("Deployment", replicas=-1), "/spec/replicas: found -1; a number of replicas from 0 to 2147483647"),
        (template("Deployment", replicas=True), "/spec/replicas: found true"),
        (template("Deployment", replicas=2**31), "/spec/replicas: found 2147483648"),
        (template("Cache", "x.io/v1", "/spec/size"), rf"/spec/size: found nothing; .*the annotation {PATH}"),
        (template("Cache", "x.io/v1", "/spec/a/9", a=[1]), "/spec/a/9: found nothing"),
        (template("Cache", "x.io/v1", "/spec/a/01", a=[1, 2]), "/spec/a/01: found nothing; /spec/a is a list"),
        (template("Cache", "x.io/v1", "/spec/size", sise=1), "found nothing; /spec has template, sise;"),
        (template("Cache", "x.io/v1", "/spec/a/b", a={}), "found nothing; /spec/a has no field;"),
        (template("Cache", "x.io/v1", "/spec/a/b", a=5), "found nothing; /spec/a is a number;"),
        (template("Cache", "x.io/v1", "/size"), "found nothing; the object has apiVersion, kind, metadata, spec;"),
        (
            template("Cache", "x.io/v1", "/spec/groups/0/n", groups=[{"false": 3}]),
            r"/spec/groups/0/n: found nothing; /spec/groups/0 has false: YAML reads the key n as false, quote it; a number",
        ),
        (
            template("Cache", "x.io/v1", "/spec/a/on", a={"true": 3}),
            "YAML reads the key on as true, quote it; a number",
        ),
        (template("Cache", "x.io/v1", "/spec/a/y", a={"false": 3}), "found nothing; /spec/a has false; a number"),
        (template("Cache", "x.io/v1", "spec.size", size=2), "found 'spec.size'; a JSON pointer is accepted"),
        (template("Cache", "x.io/v1", '"/spec', size=2), "a JSON pointer is accepted"),
        (template("Cache", "x.io/v1", 7), "found 7; a JSON pointer is accepted"),
        ({**template("Deployment"), "spec": []}, "template.spec: found a list"),
    ],
)
def test_what_is_malformed(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        order(raw)


@pytest.mark.parametrize(
    ("raw", "op"),
    [
        (template("Deployment"), "add"),
        (template("Deployment", replicas=3), "replace"),
        (template("Deployment", replicas=None), "replace"),
    ],
)
def test_the_patch(raw: dict[str, Any], op: str) -> None:
    patch = replicas_patch(raw, "/spec/replicas", 5)
    assert patch == [{"op": op, "path": "/spec/replicas", "value": 5}]
    assert apply_patch(raw, compile_patch(patch))["spec"]["replicas"] == 5


def test_the_patch_of_a_list_item_changes_that_item() -> None:
    raw = template("Cache", "example.com/v1", "/spec/sizes/0", sizes=[1, 2])
    patched = apply_patch(raw, compile_patch(replicas_patch(raw, "/spec/sizes/0", 5)))
    assert patched["spec"]["sizes"] == [5, 2]


def test_completions_are_not_divided_and_that_is_said() -> None:
    said = not_divided(template("Job", "batch/v1", parallelism=4, completions=10))
    assert said.startswith("Job.batch shop/web: its parallelism is divided and its completions are not: ")
    assert "does all 10. Leave spec.completions out, or" in said


@pytest.mark.parametrize(
    "raw",
    [
        template("Job", "batch/v1", parallelism=4),
        template("Job", "batch/v1", completions=None),
        template("Job", "example.org/v1", completions=3),
        template("Job", "batch/v1", "/spec/completions", completions=3),
        template("Deployment", completions=3),
    ],
)
def test_what_is_divided_whole_needs_no_warning(raw: dict[str, Any]) -> None:
    assert not_divided(raw) == ""
