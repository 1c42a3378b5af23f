# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a directory cluster does beyond the suite of all members: files, their list, strangers, secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_directory import DirectoryMember
from ansible_collections.multicluster.apps.plugins.module_utils._edge.member_layout import relative_path
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import (
    ApplySet,
    Bundle,
    ClusterOutcome,
    DeliveryOptions,
    Desired,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deliver import deliver
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock

Raw = dict[str, Any]


def config_map(name: str = "settings", namespace: str = "shop", **data: str) -> Raw:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"colour": "green"}}


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "login", "namespace": "shop"},
    "stringData": {"password": "correct horse"},
}


def applyset(*raws: Raw, name: str = "web", **more: Any) -> ApplySet:
    objects = tuple(Desired(ObjectKey.of(raw), raw, f"hub.{name}-generic") for raw in raws)
    return ApplySet(name, f"default/{name}", objects, **more)


class Rot13:
    """Stands for Ansible Vault, whose codec has tests of its own."""

    HEADER = b"$ANSIBLE_VAULT;"

    def encrypt(self, data: bytes) -> bytes:
        return self.HEADER + data.hex().encode()

    def decrypt(self, data: bytes, source: str) -> bytes:
        return bytes.fromhex(data.removeprefix(self.HEADER).decode())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "one"


def run(
    directory: Path, *applysets: ApplySet, secrets: Any = "refuse", vault: Any = None, **more: Any
) -> ClusterOutcome:
    member = DirectoryMember("one", str(directory), secrets=secrets, vault=vault)
    clock = Clock(lambda: 0.0, lambda _seconds: None)
    return deliver(member, Bundle("one", "hub", applysets), DeliveryOptions(**more), clock)


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def listed(directory: Path) -> list[str]:
    resources: list[str] = yaml.safe_load((directory / "kustomization.yaml").read_text())["resources"]
    return resources


# --------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("group", "kind", "namespace", "name", "path"),
    [
        ("", "ConfigMap", "shop", "settings", "shop/configmap-settings.yaml"),
        ("apps", "Deployment", "shop", "web", "shop/deployment-web.yaml"),
        ("networking.k8s.io", "Ingress", "shop", "web", "shop/ingress-web.yaml"),
        ("extensions", "Ingress", "shop", "web", "shop/ingress.extensions-web.yaml"),
        ("shop.example", "Menu", "shop", "lunch", "shop/menu.shop.example-lunch.yaml"),
        ("", "Namespace", "", "shop", "_cluster/namespace-shop.yaml"),
    ],
)
def test_a_person_can_guess_the_file(group: str, kind: str, namespace: str, name: str, path: str) -> None:
    assert relative_path(ObjectKey(group, kind, namespace, name)) == path


@pytest.mark.parametrize(
    "part", ["../../etc/passwd", "..", "/etc/passwd", "a/b", "System:Web", "x\0y", "..%2f", "A" * 300]
)
def test_no_name_leads_out_of_the_directory(part: str) -> None:
    rbac = "rbac.authorization.k8s.io"
    for key in (
        ObjectKey(rbac, "Role", "shop", part),
        ObjectKey("", part, "shop", "x"),
        ObjectKey("", "Role", part, "x"),
    ):
        path = relative_path(key)
        folder, name = path.split("/")
        assert ".." not in path.split("/")
        assert os.path.normpath(path) == path
        assert name.endswith(".yaml")
        assert len(name) <= 255
        assert "\0" not in path
        assert path == path.lower()
        assert not folder.startswith(".")


def test_names_that_differ_by_case_alone_have_files_of_their_own() -> None:
    keys = [ObjectKey("rbac.authorization.k8s.io", "Role", "shop", name) for name in ("web", "Web", "WEB")]
    assert len({relative_path(key) for key in keys}) == 3


def test_the_directory_holds_the_objects_and_their_list_and_nothing_else(directory: Path) -> None:
    menu = {"apiVersion": "shop.example/v1", "kind": "Menu", "metadata": {"name": "lunch", "namespace": "shop"}}
    run(directory, applyset(menu, config_map(), NAMESPACE))
    assert set(files(directory)) == {
        "kustomization.yaml",
        "_cluster/namespace-shop.yaml",
        "shop/configmap-settings.yaml",
        "shop/menu.shop.example-lunch.yaml",
    }
    assert listed(directory) == [
        "_cluster/namespace-shop.yaml",
        "shop/configmap-settings.yaml",
        "shop/menu.shop.example-lunch.yaml",
    ]
    assert yaml.safe_load((directory / "shop/configmap-settings.yaml").read_text()) == {
        **config_map(),
        "metadata": {
            **config_map()["metadata"],
            "annotations": {"apps.clusternet.io/owned-by-description": "hub.web-generic"},
        },
    }


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed; integration tests bring one")
def test_kustomize_builds_it(directory: Path) -> None:
    run(directory, applyset(config_map(), NAMESPACE, config_map("more")))
    built = subprocess.run(["kubectl", "kustomize", str(directory)], capture_output=True, text=True, check=True)
    assert [raw["metadata"]["name"] for raw in yaml.safe_load_all(built.stdout)] == ["shop", "more", "settings"]


def test_a_second_run_touches_no_file(directory: Path) -> None:
    run(directory, applyset(config_map(), NAMESPACE))
    before = {path: path.stat() for path in directory.rglob("*")}
    outcome = run(directory, applyset(config_map(), NAMESPACE))
    assert not outcome.changed
    assert {path: path.stat() for path in directory.rglob("*")} == before


def test_what_says_the_same_in_other_words_is_left_as_it_is(directory: Path) -> None:
    run(directory, applyset(config_map()))
    path = directory / "shop/configmap-settings.yaml"
    path.write_text("# approved by the shop\n" + path.read_text())
    assert not run(directory, applyset(config_map())).changed
    assert path.read_text().startswith("# approved")


def test_check_mode_writes_nothing_and_says_all(directory: Path) -> None:
    outcome = run(directory, applyset(config_map()), check=True)
    assert outcome.changed
    assert outcome.rewritten == (str(directory / "kustomization.yaml"),)
    assert not directory.exists()


def test_a_list_that_is_missing_is_a_change(directory: Path) -> None:
    run(directory, applyset(config_map()))
    (directory / "kustomization.yaml").unlink()
    outcome = run(directory, applyset(config_map()))
    assert outcome.changed
    assert listed(directory) == ["shop/configmap-settings.yaml"]


def test_what_is_removed_leaves_no_empty_folders_and_no_empty_list(directory: Path) -> None:
    run(directory, applyset(config_map(), config_map(namespace="bar")))
    assert run(directory, applyset(config_map())).changed
    assert set(files(directory)) == {"kustomization.yaml", "shop/configmap-settings.yaml"}
    assert not (directory / "bar").exists()
    assert run(directory, applyset(removing=True)).removed == ("web",)
    assert list(directory.iterdir()) == []  # kustomize refuses an empty list


def test_a_kept_namespace_stays_listed(directory: Path) -> None:
    run(directory, applyset(NAMESPACE, config_map()))
    assert len(run(directory, applyset(removing=True)).kept) == 1
    assert listed(directory) == ["_cluster/namespace-shop.yaml"]
    # The Base is gone by now; whoever wants the namespace next has it.
    outcome = run(directory, applyset(NAMESPACE, name="db"))
    assert [item.result.value for item in outcome.outcomes] == ["updated"]


def test_a_limited_run_leaves_the_files_of_others(directory: Path) -> None:
    run(directory, applyset(config_map("a"), name="web"), applyset(config_map("b"), name="db"))
    before = files(directory)["shop/configmap-b.yaml"]
    other = applyset(config_map("b", colour="red"), name="db", selected=False)
    run(directory, applyset(config_map("c"), name="web"), other)
    assert files(directory)["shop/configmap-b.yaml"] == before
    assert listed(directory) == ["shop/configmap-b.yaml", "shop/configmap-c.yaml"]


@pytest.mark.parametrize("survived", range(7))
def test_a_run_that_is_killed_leaves_files_that_build_and_is_mended(
    directory: Path, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each rename and each removal in turn; what is listed is always there."""

    class Killed(BaseException):
        pass

    run(directory, applyset(config_map("a"), config_map("old")))
    calls: list[Any] = []

    def mortal(function: Any) -> Any:
        def called(*arguments: Any, **more: Any) -> Any:
            if str(arguments[0]).startswith(str(directory)):
                calls.append(arguments)
                if len(calls) > survived:
                    raise Killed
            return function(*arguments, **more)

        return called

    wanted = applyset(config_map("a", colour="red"), config_map("b"), NAMESPACE)
    with monkeypatch.context() as patch:
        for name in ("rename", "unlink"):
            patch.setattr(os, name, mortal(getattr(os, name)))
        try:
            run(directory, wanted)
        except Killed:
            assert len(calls) > survived
    assert all((directory / path).is_file() for path in listed(directory))
    assert run(directory, wanted).ok
    assert listed(directory) == ["_cluster/namespace-shop.yaml", "shop/configmap-a.yaml", "shop/configmap-b.yaml"]
    assert set(files(directory)) == {*listed(directory), "kustomization.yaml"}


# ------------------------------------------------------------------------------------------------------ strangers


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", "hello"),
        ("shop/notes.yaml", "kind: Note"),
        ("shop/broken.yaml", "a: ["),
        ("shop/two.yaml", "a: 1\n---\nb: 2\n"),
        ("shop/configmap-mine.yaml", yaml.safe_dump(config_map("mine"))),
    ],
)
def test_files_of_others_are_left_alone_with_a_warning(directory: Path, path: str, content: str) -> None:
    (directory / path).parent.mkdir(parents=True)
    (directory / path).write_text(content)
    outcome = run(directory, applyset(config_map()))
    assert outcome.ok
    assert [str(directory / path) in warning for warning in outcome.warnings] == [True]
    assert (directory / path).read_text() == content
    assert listed(directory) == ["shop/configmap-settings.yaml"]


def test_git_is_nobodys_business(directory: Path) -> None:
    (directory / ".git").mkdir(parents=True)
    (directory / ".git" / "config.yaml").write_text("a: 1")
    (directory / ".gitignore").write_text("x")
    assert run(directory, applyset(config_map())).warnings == ()


def test_a_copy_of_our_own_file_is_not_taken_for_ours(directory: Path) -> None:
    run(directory, applyset(config_map()))
    copy = directory / "shop" / "backup.yaml"
    shutil.copy(directory / "shop/configmap-settings.yaml", copy)
    outcome = run(directory, applyset(config_map()))
    assert "whose place is shop/configmap-settings.yaml" in outcome.warnings[0]
    assert copy.exists()


@pytest.mark.parametrize("content", [yaml.safe_dump(config_map(size="big")), "a: [", ""])
def test_a_strangers_file_in_our_place_is_refused(directory: Path, content: str) -> None:
    path = directory / "shop" / "configmap-settings.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    outcome = run(directory, applyset(config_map(), NAMESPACE))
    assert "no delivery made" in outcome.failed[0].reason
    assert path.read_text() == content
    assert listed(directory) == ["_cluster/namespace-shop.yaml"]
    assert run(directory, applyset(config_map(), NAMESPACE), adopt=True).ok
    assert yaml.safe_load(path.read_text())["data"] == {"colour": "green"}


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_a_strangers_list_is_refused_before_anything_is_written(directory: Path, name: str) -> None:
    directory.mkdir()
    (directory / name).write_text("resources: [mine.yaml]\n")
    outcome = run(directory, applyset(config_map()))
    assert str(directory / name) in outcome.errors[0]
    assert list(files(directory)) == [name]


@pytest.mark.parametrize("link", ["shop", "shop/configmap-settings.yaml"])
def test_a_symbolic_link_is_not_followed_out(directory: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "file").write_text("untouched")
    place = directory / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside / "deep" if link == "shop" else outside / "file")
    outcome = run(directory, applyset(config_map()))
    assert [item.key.name for item in outcome.failed] == ["settings"]
    assert files(outside) == {"file": b"untouched"}


@pytest.mark.parametrize("namespace", ["shop", "Shop"])
def test_two_objects_never_share_a_file(directory: Path, namespace: str) -> None:
    member = DirectoryMember("one", str(directory))
    member.apply(config_map(namespace=namespace), force=False, dry_run=True)
    clash = {**config_map(namespace=namespace), "kind": "CONFIGMAP"}
    with pytest.raises(ClusterError, match="would be one file"):
        member.apply(clash, force=False, dry_run=True)


def test_what_cannot_be_written_is_named(directory: Path) -> None:
    directory.write_text("a file")
    outcome = run(directory, applyset(config_map()))
    assert str(directory) in outcome.errors[0]
    assert outcome.errors[0].startswith("one: cannot read")


def test_temporary_files_of_a_killed_run_go(directory: Path) -> None:
    run(directory, applyset(config_map()))
    left = directory / "shop" / ".multicluster-0123.tmp"
    left.write_text("half")
    run(directory, applyset(config_map()), check=True)
    assert left.exists()
    run(directory, applyset(config_map()))
    assert not left.exists()


# -------------------------------------------------------------------------------------------------------- secrets


def test_secrets_are_refused_unless_somebody_decides(directory: Path) -> None:
    outcome = run(directory, applyset(SECRET, config_map()))
    assert "secrets: vault" in outcome.failed[0].reason
    assert "correct horse" not in repr(outcome)
    assert set(files(directory)) == {"kustomization.yaml", "shop/configmap-settings.yaml"}
    assert run(directory, applyset(SECRET), check=True).failed[0].reason == outcome.failed[0].reason


def test_plain_secrets_are_for_their_owner_only(directory: Path) -> None:
    run(directory, applyset(SECRET, config_map()), secrets="plain")
    path = directory / "shop" / "secret-login.yaml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (directory / "shop/configmap-settings.yaml").stat().st_mode & 0o044
    assert "shop/secret-login.yaml" in listed(directory)
    path.chmod(0o644)
    run(directory, applyset(SECRET, config_map()), secrets="plain")
    assert path.stat().st_mode & 0o777 == 0o600


def test_vaulted_secrets_are_encrypted_and_not_listed(directory: Path) -> None:
    outcome = run(directory, applyset(SECRET, config_map()), secrets="vault", vault=Rot13())
    content = files(directory)["shop/secret-login.yaml"]
    assert content.startswith(Rot13.HEADER)
    assert b"correct horse" not in content
    assert listed(directory) == ["shop/configmap-settings.yaml"]
    assert "Secret shop/login" in outcome.warnings[0]
    again = run(directory, applyset(SECRET, config_map()), secrets="vault", vault=Rot13())
    assert not again.changed
    # What was encrypted stays so.
    other = {**SECRET, "stringData": {"password": "battery staple"}}
    assert run(directory, applyset(other, config_map()), secrets="plain", vault=Rot13()).ok
    assert files(directory)["shop/secret-login.yaml"].startswith(Rot13.HEADER)
    assert listed(directory) == ["shop/configmap-settings.yaml"]


def test_a_vault_without_a_password_is_said_so(directory: Path) -> None:
    outcome = run(directory, applyset(SECRET), secrets="vault")
    assert "no vault password" in outcome.failed[0].reason
    assert run(directory, applyset(SECRET), secrets="vault", check=True).failed[0].reason == outcome.failed[0].reason
