# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secret data: refused unless asked for, kept as the user chose, delivered whole, and never shown."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.tests.controlplane.fixtures import ControlPlane
from ansible_collections.multicluster.apps.tests.integration.support.messages import appearances
from ansible_collections.multicluster.apps.tests.integration.support.project import Project, Run

pytestmark = pytest.mark.integration

WORDS = ("a-word-that-nobody-may-see", "a-word-of-beijing", "a-third-word-to-hide", "a-token-to-hide")
STEPS = (
    {"name": "register", "multicluster.apps.register": {"group": "managed_clusters"}},
    {"name": "apply", "multicluster.apps.apply": {"src": "app/"}},
    {
        "name": "manifest",
        "multicluster.apps.manifest": {
            "definition": {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "other", "namespace": "shop"},
                "stringData": {"password": "a-third-word-to-hide"},
            }
        },
    },
    {"name": "distribute", "multicluster.apps.distribute": {}},
    {"name": "info", "multicluster.apps.info": {"kinds": ["Manifest", "Description", "Localization"]}},
)
LOUD = ("--diff", "-vvv")


def assert_hidden(run: Run) -> None:
    """No word is in what the run said or gave."""
    said = run.output + json.dumps([task.result for task in run.tasks])
    shown = [text for word in WORDS for text in appearances(word) if text in said]
    assert not shown, shown


def holding(project: Project, directory: str) -> list[Path]:
    """The files below a directory in which a word can be read."""
    texts = [text.encode() for word in WORDS for text in appearances(word)]
    paths = [path for path in (project.path / directory).rglob("*") if path.is_file()]
    return [path for path in paths if any(text in path.read_bytes() for text in texts)]


def test_they_are_refused_unless_asked_for(project: Project) -> None:
    steps = [{**step, "ignore_errors": True} for step in STEPS[:3]]
    run = project.tasks(*steps, arguments=LOUD)
    assert_hidden(run)
    for name, where in [("apply", "Secret shop/web"), ("manifest", "Secret shop/other")]:
        assert run.task(name).failed
        for word in (where, "vault", "plain"):
            assert word in run.task(name).message
    whole = {"multicluster.apps.distribute": {"group": "managed_clusters", "src": "app/"}}
    for arguments in ((), ("--check",)):
        refused = project.tasks(whole, arguments=(*LOUD, *arguments))
        assert_hidden(refused)
        assert "secrets" in refused.failure().message
    assert not [name for name in project.objects("fleet") if not name.startswith("ManagedCluster ")]
    assert not (project.path / "out").exists()


def test_plain_files_are_for_their_owner(project: Project) -> None:
    run = project.tasks(*STEPS, arguments=LOUD, secrets="plain").ok()
    assert_hidden(run)
    readable = [*holding(project, "fleet"), *holding(project, "out")]
    # Two Manifests, a Localization, a Description for each of two clusters; a file in each of these.
    assert len(readable) == 2 + 1 + 2 + 2
    assert {path.stat().st_mode & 0o777 for path in readable} == {0o600}
    passwords = {
        name: project.objects(f"out/{name}")["Secret shop/web"]["stringData"]["password"]
        for name in ("shanghai", "beijing")
    }
    assert passwords == {"shanghai": WORDS[0], "beijing": WORDS[1]}
    (project.path / "out/beijing/shop/secret-web.yaml").chmod(0o644)  # as Git checks it out
    mended = project.tasks(*STEPS, secrets="plain").ok()
    assert mended.task("distribute").result["clusters"]["beijing"]["updated"] == ["Secret shop/web"]
    assert {path.stat().st_mode & 0o777 for path in holding(project, "out")} == {0o600}
    assert project.tasks(*STEPS, secrets="plain").ok().changed == []


def test_vaulted_files_are_read_with_the_password_alone(project: Project) -> None:
    project.write("password", "the password of the vault")
    vault = ("--vault-password-file", "password")
    run = project.tasks(*STEPS, arguments=(*LOUD, *vault), secrets="vault").ok()
    assert_hidden(run)
    assert "the password of the vault" not in run.output
    assert not holding(project, "fleet")
    assert not holding(project, "out")
    sealed = [
        path for path in (project.path / "fleet").rglob("*.yaml") if path.read_bytes().startswith(b"$ANSIBLE_VAULT")
    ]
    assert len(sealed) == 2 + 1 + 2 + 2  # the last two for revisions
    secret = project.path / "out/beijing/shop/secret-web.yaml"
    assert secret.read_bytes().startswith(b"$ANSIBLE_VAULT")
    assert "secret-web" not in (project.path / "out/beijing/kustomization.yaml").read_text(encoding="utf-8")
    before = project.files("fleet"), project.files("out")
    assert project.tasks(*STEPS, arguments=vault, secrets="vault").ok().changed == []
    assert (project.files("fleet"), project.files("out")) == before

    for problem in (project.tasks(STEPS[3], secrets="vault"), project.tasks(STEPS[1], secrets="vault")):
        assert "vault password" in problem.failure().message
        assert ".yaml" in problem.failure().message
    project.write("password", "another password")
    assert "decrypt" in project.tasks(STEPS[3], arguments=vault, secrets="vault").failure().message
    assert (project.files("fleet"), project.files("out")) == before


def test_vaulted_sources_and_vaulted_variables(project: Project, servers: ControlPlane) -> None:
    """Manifests that are encrypted with Ansible Vault, and tokens that are: to a real server they go decrypted."""
    member = servers.members[0]
    kubeconfig = yaml.safe_load(member.kubeconfig.read_text(encoding="utf-8"))
    token = _token(kubeconfig)
    project.write(
        "ca.crt", base64.b64decode(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    )
    project.write("password", "the password of the vault")
    vault = ("--vault-password-file", "password")
    project.write(
        "inventory.yml",
        {
            "managed_clusters": {
                "hosts": {
                    "shanghai": {
                        "multicluster_host": member.server,
                        "multicluster_ca_cert": "ca.crt",
                        "multicluster_api_key": "{{ token }}",
                    }
                }
            }
        },
    )
    project.write("token.yml", {"token": token})
    _application(project)
    for name in ("token.yml", "app/web.yml"):
        project.command("ansible-vault", "encrypt", name, *vault)
    steps = [STEPS[0], STEPS[1], STEPS[3]]
    run = project.tasks(*steps, arguments=("-e", "@token.yml", *LOUD, *vault), secrets="vault").ok()
    assert_hidden(run)
    assert token not in run.output
    assert not [path for path in (project.path / "fleet").rglob("*.yaml") if token.encode() in path.read_bytes()]
    found = json.loads(member.kubectl("get", "secret", "web", "-n", project.namespace, "-o", "json").stdout)
    assert base64.b64decode(found["data"]["password"]).decode() == WORDS[0]


def test_the_secret_of_a_cluster_on_the_hub_is_a_connection(project: Project, servers: ControlPlane) -> None:
    """As Clusternet's own hub has it; the host says nothing of how it is reached."""
    member = servers.members[0]
    kubeconfig = yaml.safe_load(member.kubeconfig.read_text(encoding="utf-8"))
    _application(project)
    project.inventory({"shanghai": {}})
    data = {
        "apiserver-advertise-url": base64.b64encode(member.server.encode()).decode(),
        "ca.crt": kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"],
        "token": base64.b64encode(_token(kubeconfig).encode()).decode(),
    }
    metadata = {"name": "child-cluster-deployer", "namespace": "clusternet-shanghai"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}
    project.write("fleet/clusternet-shanghai/secrets/child-cluster-deployer.yaml", secret)
    run = project.tasks(STEPS[0], STEPS[1], STEPS[3], arguments=LOUD, secrets="plain").ok()
    assert_hidden(run)
    assert _token(kubeconfig) not in run.output
    assert len(run.task("distribute").result["clusters"]["shanghai"]["created"]) == 3
    del data["token"]
    project.write("fleet/clusternet-shanghai/secrets/child-cluster-deployer.yaml", secret)
    message = project.tasks(STEPS[3], secrets="plain").failure().message
    assert "clusternet-shanghai/child-cluster-deployer" in message
    assert "no token" in message


def _token(kubeconfig: dict[str, Any]) -> str:
    return str(kubeconfig["users"][0]["user"]["token"])


def _application(project: Project) -> None:
    """The application in the namespace of the test, with that Namespace and a name that no other test has."""
    text = (project.path / "app/web.yml").read_text(encoding="utf-8").replace("shop", project.namespace)
    text = text.replace(
        "kind: Subscription\nmetadata:\n  name: web", f"kind: Subscription\nmetadata:\n  name: {project.namespace}"
    )
    space = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {project.namespace}}}\n---\n"
    project.write(
        "app/web.yml", space + text + f"    - {{apiVersion: v1, kind: Namespace, name: {project.namespace}}}\n"
    )
