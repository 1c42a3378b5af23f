# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users write wrongly is said in one message that names the place, the field and what would be accepted."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.tests.integration.support.messages import assert_says, ignored
from ansible_collections.multicluster.apps.tests.integration.support.project import Project

pytestmark = pytest.mark.integration

STORE_AND_DISTRIBUTE = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
SUBSCRIPTION = """\
apiVersion: apps.clusternet.io/v1alpha1
kind: Subscription
metadata: {name: web, namespace: default}
spec:
  subscribers: [{clusterAffinity: {}}]
  feeds: [{apiVersion: v1, kind: ConfigMap, namespace: shop, name: web}]
"""
POLICY = """\
apiVersion: apps.clusternet.io/v1alpha1
kind: Globalization
metadata: {name: web}
spec:
  feed: {apiVersion: v1, kind: ConfigMap, namespace: shop, name: web}
  overrides:
    - {name: change, type: JSONPatch, value: '[{"op": "add", "path": "/data/a", "value": "b"}]'}
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
"""

# By case: the text of the file bad/<case>.yml, and what the message names beside the file.
BAD_FILES: dict[str, tuple[str, list[str]]] = {
    "wrong-kind": (SUBSCRIPTION.replace("kind: Subscription", "kind: Subscripton"), ["Subscripton", "Subscription"]),
    "no-kind": (SUBSCRIPTION.replace("kind: Subscription\n", ""), ["kind"]),
    "no-mapping": ("- a\n- b\n", ["mapping"]),
    "made-by-us": (SUBSCRIPTION.replace("kind: Subscription", "kind: Base"), ["Base", "multicluster.apps.distribute"]),
    "wrong-version": (SUBSCRIPTION.replace("v1alpha1", "v1"), ["apps.clusternet.io/v1", "apps.clusternet.io/v1alpha1"]),
    "unknown-field": (SUBSCRIPTION.replace("feeds:", "feedz:"), ["Subscription default/web", "spec.feedz", "feeds"]),
    "wrong-type": (SUBSCRIPTION.replace("[{clusterAffinity: {}}]", "all"), ["spec.subscribers", "list"]),
    "wrong-choice": (SUBSCRIPTION + "  schedulingStrategy: Copy\n", ["spec.schedulingStrategy", "Replication", "Copy"]),
    "no-affinity": (
        SUBSCRIPTION.replace("{clusterAffinity: {}}", "{weight: 1}"),
        ["spec.subscribers[0].clusterAffinity"],
    ),
    "malformed-selector": (
        SUBSCRIPTION.replace(
            "clusterAffinity: {}", "clusterAffinity: {matchExpressions: [{key: region, operator: Within}]}"
        ),
        ["spec.subscribers[0].clusterAffinity.matchExpressions[0].operator", "Within", "NotIn", "DoesNotExist"],
    ),
    "selector-without-values": (
        SUBSCRIPTION.replace(
            "clusterAffinity: {}", "clusterAffinity: {matchExpressions: [{key: region, operator: In}]}"
        ),
        ["spec.subscribers[0].clusterAffinity.matchExpressions[0]", "values"],
    ),
    "malformed-patch": (
        POLICY.replace('"op": "add"', '"op": "put"'),
        ["Globalization", "override 'change' (JSONPatch)", "put", "add", "replace"],
    ),
    "patch-that-is-no-list": (
        POLICY.replace("'[{", "'{").replace("}]'}", "}'}"),
        ["Globalization", "override 'change' (JSONPatch)", "list"],
    ),
    "patch-that-is-no-yaml": (
        POLICY.replace("'[{", "'[["),
        ["Globalization", "override 'change' (JSONPatch)", "line 1"],
    ),
    "no-field-path": (POLICY.replace("JSONPatch", "FieldJSONPatch"), ["Globalization web", "fieldPath"]),
    "priority-out-of-range": (POLICY + "  priority: 1001\n", ["spec.priority", "1001", "1000"]),
    "not-yaml": ("apiVersion: v1\nkind: [ConfigMap\n", ["line 3"]),
    "not-text": ("apiVersion: v1\nkind: \x01\n", []),
    "duplicate-key": (CONFIG_MAP + "data: {a: b, a: c}\n", ["line 4", "'a'"]),
    "billion-laughs": (
        "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
        ["alias"],
    ),
    "twenty-megabytes": (CONFIG_MAP + f"data: {{a: {'x' * (20 * 2**20)}}}\n", ["MiB"]),
    "beyond-a-server": (CONFIG_MAP + f"data: {{a: {'x' * (2 * 2**20)}}}\n", ["MiB"]),
    "climbing-name": (
        SUBSCRIPTION.replace("name: web, namespace", "name: ../../web, namespace"),
        ["metadata.name", "../../web"],
    ),
    "climbing-namespace": (
        SUBSCRIPTION.replace("namespace: default", "namespace: ../.."),
        ["metadata.namespace", "../.."],
    ),
    "climbing-object": (CONFIG_MAP.replace("name: web", "name: ../../../web"), ["../../../web"]),
    "no-name": (CONFIG_MAP.replace("name: web, ", ""), ["metadata.name"]),
    "name-that-is-none": (
        SUBSCRIPTION.replace("name: web, namespace", "name: Web_1, namespace"),
        ["metadata.name", "Web_1"],
    ),
    "number-for-a-name": (CONFIG_MAP.replace("name: web", "name: 12"), ["metadata.name", "string"]),
}

# By case: a source, and what the message names.
BAD_SOURCES: dict[str, tuple[str, list[str]]] = {
    "duplicate": ("twice/", ["ConfigMap shop/web", "twice/a.yml", "twice/b.yml"]),
    "two-problems": ("problems/", ["problems/a.yml", "spec.feedz", "problems/b.yml", "spec.priority"]),
    "no-file": ("nowhere.yml", ["nowhere.yml", "no such file"]),
    "no-match": ("nowhere/*.yml", ["nowhere/*.yml", "no file matches"]),
    "no-manifests": ("empty/", ["empty", ".yaml"]),
}

# By case: the arguments of apply, and what the message names.
BAD_ARGUMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two-sources": ({"src": "app/", "definition": {}}, ["src", "definition", "mutually exclusive"]),
    "no-source": ({}, ["src", "template", "definition"]),
    "no-object": ({"definition": 5}, ["definition", "mapping"]),
    "no-template": ({"template": "nowhere.j2"}, ["nowhere.j2"]),
    "broken-template": ({"template": "broken.j2"}, ["broken.j2", "not_defined_anywhere"]),
    "unsafe-prune": ({"definition": CONFIG_MAP, "prune": True}, ["prune", "src"]),
}


@pytest.fixture
def hub(project: Project) -> Project:
    """A project with a hub on which the application is already."""
    project.tasks(STORE_AND_DISTRIBUTE).ok()
    return project


def test_what_users_store(hub: Project) -> None:
    for name, (text, _words) in BAD_FILES.items():
        hub.write(f"bad/{name}.yml", text)
    for name in ("twice/a.yml", "twice/b.yml"):
        hub.write(name, CONFIG_MAP)
    hub.write("problems/a.yml", BAD_FILES["unknown-field"][0])
    hub.write("problems/b.yml", BAD_FILES["priority-out-of-range"][0])
    hub.write("empty/README", "")
    hub.write("broken.j2", "{{ not_defined_anywhere }}")
    before = hub.files("fleet")
    # Through `distribute`, as an action is many times as fast as a module; the next test sees that `apply` says the same.
    sources = {name: f"bad/{name}.yml" for name in BAD_FILES} | {
        name: src for name, (src, _words) in BAD_SOURCES.items()
    }
    tasks: dict[str, Any] = {name: {"multicluster.apps.distribute": {"src": src}} for name, src in sources.items()}
    tasks |= {name: {"multicluster.apps.apply": arguments} for name, (arguments, _words) in BAD_ARGUMENTS.items()}
    run = hub.tasks(*ignored(tasks))
    assert "Traceback" not in run.output
    for name, (_text, words) in BAD_FILES.items():
        assert_says(run.task(name), f"bad/{name}.yml", *words)
    for name, (_arguments, words) in {**BAD_SOURCES, **BAD_ARGUMENTS}.items():
        assert_says(run.task(name), *words)
    assert hub.files("fleet") == before


def test_what_check_mode_says_is_what_the_run_says(hub: Project) -> None:
    for name in ("unknown-field", "not-yaml"):
        hub.write(f"bad/{name}.yml", BAD_FILES[name][0])
    tasks = ignored(
        {
            f"{plugin} {path.name}": {f"multicluster.apps.{plugin}": {"src": f"bad/{path.name}"}}
            for plugin in ("apply", "distribute")
            for path in sorted((hub.path / "bad").iterdir())
        }
    )
    before = hub.files("fleet")
    checked = hub.tasks(*tasks, arguments=("--check",))
    done = hub.tasks(*tasks)
    assert hub.files("fleet") == before
    assert all(task.failed for task in checked.tasks)
    assert [(task.name, task.message) for task in checked.tasks] == [(task.name, task.message) for task in done.tasks]


def test_what_belongs_to_nothing(hub: Project) -> None:
    """A policy for nothing has no effect, as on Clusternet's hub; a feed of nothing cannot be distributed."""
    hub.write("loose/policy.yml", POLICY.replace("name: web}\n  overrides", "name: wep}\n  overrides"))
    hub.write(
        "loose/feed.yml", SUBSCRIPTION.replace("name: web}]", "name: wep}]").replace("{name: web,", "{name: wep,")
    )
    tasks = {
        "store": {"multicluster.apps.apply": {"src": "loose/"}},
        "distribute": {"multicluster.apps.distribute": {}},
    }
    before = hub.files("out")
    run = hub.tasks(*ignored(tasks))
    assert "Traceback" not in run.output
    stored = run.task("store")
    assert not stored.failed
    assert "Globalization" in stored.warnings
    assert stored.warnings.count("v1/ConfigMap/shop/wep") == 2
    assert_says(run.task("distribute"), "default/wep", "v1/ConfigMap/shop/wep")
    assert "Globalization" in run.task("distribute").warnings
    assert hub.files("out") == before  # and what has its objects stays as it was
