# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo as a fleet has it: the hub and all clusters are API servers, the roll-out goes in waves, and no secret shows."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ClusterAccess, ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.messages import appearances
from ansible_collections.multicluster.apps.tests.integration.support.project import ROOT, Project, Run

pytestmark = pytest.mark.integration

Versions = Callable[[], Mapping[str, Any]]
REGIONS = {"shanghai": "cn", "frankfurt": "eu", "paris": "eu"}
WORD = "a-word-that-nobody-may-see"


@pytest.fixture
def fleet(project: Project, servers: ControlPlane, access: ClusterAccess) -> Iterator[Project]:
    """The demo application, with a Secret of a known word, for three API servers; the hub is asked with a token."""
    for source in sorted((ROOT / "demo" / "app").rglob("*.yml")):
        if "policies" not in source.parts:
            text = source.read_text(encoding="utf-8")
            project.write(str(source.relative_to(ROOT / "demo")), text)
    project.write("app/word.yml", _secret())
    subscription = project.read("app/subscription.yml")
    subscription["spec"]["feeds"].append({"apiVersion": "v1", "kind": "Secret", "namespace": "shop", "name": "word"})
    project.write("app/subscription.yml", subscription)
    project.inventory(
        {
            name: {
                "multicluster_kubeconfig": str(member.kubeconfig),
                "multicluster_labels": {"environment": "production", "region": region},
            }
            for (name, region), member in zip(REGIONS.items(), servers.members, strict=True)
        }
    )
    yield project
    for wait in ("--wait=false", "--wait=true"):  # side by side, and not before all is gone
        for member in servers.members:
            member.kubectl("delete", "namespace", "shop", "--ignore-not-found", wait)
            member.kubectl("delete", "crd", "promotions.shop.example.com", "--ignore-not-found", wait)
    for member in servers.members:
        member.kubectl("delete", "configmap", "-n", "multicluster-apps", "--all")


def _secret() -> dict[str, Any]:
    metadata = {"name": "word", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"word": WORD}}


def hub_options(project: Project, access: ClusterAccess) -> tuple[dict[str, Any], str]:
    """The hub by its address, with a token; and the token."""
    content = yaml.safe_load(access.kubeconfig.read_text(encoding="utf-8"))
    ca = base64.b64decode(content["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    path = project.write("ca.pem", ca)
    token = str(content["users"][0]["user"]["token"])
    return {"host": access.server, "api_key": token, "ca_cert": str(path)}, token


def rollout(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Two plays: what the hub needs to know, and the delivery in waves."""
    hub = {"group/multicluster.apps.hub": dict(options)}
    prepare = [
        {"name": "register", "multicluster.apps.register": {"group": "managed_clusters"}},
        {"name": "apply", "multicluster.apps.apply": {"src": "app/", "source": "demo", "prune": True}},
        {"name": "render", "multicluster.apps.distribute": {"deliver": False}},
    ]
    deploy = [{"name": "deploy", "multicluster.apps.deploy": {}}]
    finish = [
        {"name": "distribute", "multicluster.apps.distribute": {}},
        {"name": "info", "multicluster.apps.info": {"kinds": ["Subscription"]}},
    ]
    first = {"hosts": "localhost", "gather_facts": False, "module_defaults": hub}
    waves = {"hosts": "managed_clusters", "gather_facts": False, "connection": "local", "serial": [1, "100%"]}
    waves |= {"max_fail_percentage": 0, "module_defaults": hub, "tasks": deploy}
    return [{**first, "tasks": prepare}, waves, {**first, "tasks": finish}]


def test_a_roll_out_and_then_no_write(fleet: Project, access: ClusterAccess, versions: Versions) -> None:
    options, token = hub_options(fleet, access)
    fleet.write("rollout.yml", rollout(options))
    run = fleet.play("rollout.yml").ok()
    for name in REGIONS:
        assert len(run.task("deploy", name).result["clusters"][name]["created"]) == 18
    assert run.task("distribute").result["clusters"].keys() == REGIONS.keys()
    told = run.task("info").result["subscriptions"]["default/shop"]["clusters"]
    assert {name: cluster["phase"] for name, cluster in told.items()} == dict.fromkeys(REGIONS, "Success")
    fleet.play("rollout.yml").ok()  # the clusters' own controllers have reported by now
    before = versions()
    again = fleet.play("rollout.yml").ok()
    assert again.changed == []
    assert versions() == before
    assert token not in run.output + again.output


def test_no_secret_shows_anywhere(fleet: Project, access: ClusterAccess) -> None:
    """Not in output, results, the log, or the arguments of processes; in check mode, with a diff, and when it fails."""
    options, token = hub_options(fleet, access)
    fleet.write("rollout.yml", rollout(options))
    fleet.environment["ANSIBLE_LOG_PATH"] = str(fleet.path / "ansible.log")
    with sampled_arguments() as arguments:
        runs = [fleet.play("rollout.yml", "-vvvv", "--diff").ok()]
        fleet.write("app/word.yml", {**_secret(), "stringData": {"word": f"{WORD}-changed"}})
        runs += [
            fleet.play("rollout.yml", "-vvvv", "--diff", "--check").ok(),
            fleet.play("rollout.yml", "-vvvv", "--diff"),
        ]
        content = yaml.safe_load(access.kubeconfig.read_text(encoding="utf-8"))
        fleet.write("rollout.yml", rollout({"kubeconfig": {**content, "current-context": "none"}}))
        runs.append(fleet.play("rollout.yml", "-vvvv", "--diff"))
        fleet.write("rollout.yml", rollout({**options, "api_key": f"{token}x"}))
        runs.append(fleet.play("rollout.yml", "-vvvv", "--diff"))
    assert [run.returncode for run in runs] == [0, 0, 0, 2, 2]
    said = "\n".join([*map(everything, runs), (fleet.path / "ansible.log").read_text(encoding="utf-8"), *arguments])
    assert "ansible-playbook" in "".join(arguments)
    shown = [text for word in (WORD, token) for text in appearances(word) if text in said]
    assert not shown, [said[max(0, said.index(text) - 300) : said.index(text) + 100] for text in shown]


def everything(run: Run) -> str:
    """What a run said and gave."""
    return run.output + json.dumps([task.result for task in run.tasks])


@contextmanager
def sampled_arguments() -> Iterator[set[str]]:
    """The arguments of all processes, as anybody on the machine can see them, again and again."""
    found: set[str] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    found.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()
