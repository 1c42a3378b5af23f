# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a source holds: which files, in which order, and what is said of those that cannot be read."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.sources import parse_text, read_source
from ansible_collections.multicluster.apps.plugins.module_utils._edge.vault import VaultCodec
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import MAX_FILE_BYTES
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

VAULT = VaultCodec([("default", b"password")])


def text_of(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    return folder


def fill(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def names(src: Path | str) -> list[str]:
    return [document.raw["metadata"]["name"] for document in read_source(str(src), None)]


def test_a_file_of_any_name(app: Path) -> None:
    fill(app, {"manifest.j2.txt": text_of("a")})
    (document,) = read_source(str(app / "manifest.j2.txt"), None)
    assert document.raw["metadata"] == {"name": "a"}
    assert document.where == f"{app}/manifest.j2.txt:1"


def test_each_document_knows_its_line(app: Path) -> None:
    fill(app, {"all.yml": f"{text_of('a')}---\n{text_of('b')}"})
    found = [(item.raw["metadata"]["name"], item.where) for item in read_source(str(app / "all.yml"), None)]
    assert found == [("a", f"{app}/all.yml:1"), ("b", f"{app}/all.yml:5")]


def test_a_directory_is_read_to_its_bottom_in_the_order_of_names(app: Path) -> None:
    files = ("z.yaml", "b/y.yml", "b/a/x.yaml", "a.json.yaml", "c.yaml")
    fill(app, {name: text_of(f"n{number}") for number, name in enumerate(files)})
    (app / "d.json").write_text('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "json"}}')
    assert names(app) == ["n3", "n2", "n1", "n4", "json", "n0"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.yaml",
        ".git/config.yaml",
        "sub/.cache/x.yaml",
        "kustomization.yaml",
        "sub/kustomization.yml",
        "README.md",
        "values.yaml.bak",
        "yaml",
    ],
)
def test_what_is_no_manifest_is_left_out_of_a_directory(app: Path, name: str) -> None:
    fill(app, {name: "not: [yaml", "web.yaml": text_of("web")})
    assert names(app) == ["web"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.yaml", ["a", "b"]),
        ("?.yaml", ["a", "b"]),
        ("[b-z].yaml", ["b"]),
        ("**/*.yaml", ["a", "b", "deep"]),
        # The pattern says what is meant, a directory that it matches does not.
        ("*", ["a", "b"]),
    ],
)
def test_a_pattern(app: Path, pattern: str, expected: list[str]) -> None:
    fill(app, {"b.yaml": text_of("b"), "a.yaml": text_of("a"), "sub/deep.yaml": text_of("deep")})
    assert names(app / pattern) == expected


def test_a_name_with_brackets_that_is_there_is_no_pattern(app: Path) -> None:
    fill(app, {"web[1].yaml": text_of("one"), "web1.yaml": text_of("other")})
    assert names(app / "web[1].yaml") == ["one"]


@pytest.mark.parametrize(
    ("src", "message"),
    [
        ("missing.yaml", "/missing.yaml: there is no such file or directory"),
        ("*.yaml", "/*.yaml: no file matches this pattern"),
        ("", ": no file that ends in .yaml, .yml, .json is in this directory or below it"),
    ],
)
def test_nothing_there_is_an_error(app: Path, src: str, message: str) -> None:
    fill(app, {"README.md": "text"})
    with pytest.raises(InvalidInput) as raised:
        read_source(os.path.join(app, src).rstrip("/"), None)
    assert str(raised.value) == f"{app}{message}"


def test_all_files_that_are_wrong_are_named_at_once(app: Path) -> None:
    fill(app, {"a.yaml": "a: [", "b.yaml": text_of("b"), "c.yaml": "{"})
    with pytest.raises(InvalidInput) as raised:
        read_source(str(app), None)
    assert [problem.partition(":")[0] for problem in raised.value.problems] == [f"{app}/a.yaml", f"{app}/c.yaml"]


def test_what_cannot_be_opened_is_named_with_the_reason(app: Path) -> None:
    (app / "loop.yaml").symlink_to(app / "loop.yaml")
    with pytest.raises(InvalidInput, match=f"^cannot read {app}/loop.yaml: Too many levels of symbolic links$"):
        read_source(str(app), None)


def test_a_folder_that_may_not_be_read_is_not_passed_over(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(app, {"a.yaml": text_of("a"), "sub/web.yaml": text_of("web")})
    scandir = os.scandir

    def closed(path: str) -> object:
        if path.endswith("sub"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scandir(path)

    # In place of its mode, which root does not heed.
    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(InvalidInput, match=f"^cannot read {app}/sub: Permission denied$"):
        read_source(str(app), None)


def test_a_file_that_is_too_large_is_not_parsed(app: Path) -> None:
    with open(app / "huge.yaml", "wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(InvalidInput, match=f"^{app}/huge.yaml: 64.0 MiB is too much for one file; the limit is 64 MiB"):
        read_source(str(app), None)


def test_an_encrypted_file_is_opened_with_the_passwords_of_the_run(app: Path) -> None:
    (app / "secret.yaml").write_bytes(VAULT.encrypt(text_of("hidden").encode()))
    (document,) = read_source(str(app), VAULT)
    assert document.raw["metadata"]["name"] == "hidden"
    assert document.where == f"{app}/secret.yaml:1"


@pytest.mark.parametrize(
    ("vault", "message"),
    [
        (None, "is encrypted with Ansible Vault, and"),
        (VaultCodec([("prod", b"wrong")]), r"cannot be decrypted with the vault passwords of this run \(prod\)"),
    ],
)
def test_an_encrypted_file_without_its_password_is_named(app: Path, vault: VaultCodec | None, message: str) -> None:
    fill(app, {"plain.yaml": text_of("a")})
    (app / "secret.yaml").write_bytes(VAULT.encrypt(b"kind: Secret"))
    with pytest.raises(InvalidInput, match=f"^{app}/secret.yaml: {message}"):
        read_source(str(app), vault)


def test_text_is_read_as_a_file_is() -> None:
    found = [(item.raw, item.where) for item in parse_text("a: 1\n---\n---\nb: 2\n", "task")]
    assert found == [({"a": 1}, "task:1"), ({"b": 2}, "task:4")]
