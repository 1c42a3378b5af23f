# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hub cannot recognise where it keeps objects: an object that is not read must not pass for one removed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    BY_HAND,
    NOW,
    SECOND,
    VAULT,
    only_key,
    open_hub,
    place,
    subscription,
)

WEB = "default/subscriptions/web.yaml"
REMEDY = "correct the file, or remove it, and with it the object from the hub"
BELONGS = f"Subscription of apps.clusternet.io/v1alpha1 belongs here: {REMEDY}"


def problems_of(fleet: Path, namespaces: list[str] | None = None) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        open_hub(fleet, vault=VAULT).load(namespaces)
    return [problem.replace(f"{fleet}/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("namespaces", [None, ["default"]], ids=["all", "one namespace"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "is empty, or holds nothing but comments"),
        ("".join(f"# {line}\n" for line in BY_HAND.splitlines()), "is empty, or holds nothing but comments"),
        ("---\n---\n", "is empty, or holds nothing but comments"),
        (
            BY_HAND.replace("kind: Subscription", "kind: Subscriptoin"),
            "Subscriptoin of apps.clusternet.io/v1alpha1 is no kind of the hub; did you mean 'Subscription'?",
        ),
        (
            BY_HAND.replace("apps.clusternet.io", "app.clusternet.io"),
            "Subscription of app.clusternet.io/v1alpha1 is no kind of the hub; "
            "did you mean 'apps.clusternet.io/v1alpha1'?",
        ),
        (BY_HAND.replace("apiVersion", "apiversion"), "holds no Kubernetes object, which has apiVersion and kind"),
        ("- a\n", "holds YAML that is no object"),
        (
            "apiVersion: apps/v1\nkind: Deployment\n",
            "Deployment of apps/v1 is no kind of the hub; store it with multicluster.apps.apply, which makes a "
            "Manifest of it",
        ),
    ],
    ids=["emptied", "commented out", "dashes", "kind", "group", "field", "list", "foreign"],
)
def test_a_file_without_an_object_is_refused_where_objects_are_kept(
    fleet: Path, text: str, found: str, namespaces: list[str] | None
) -> None:
    place(fleet / WEB, text)

    assert problems_of(fleet, namespaces) == [f"{WEB}: {found}; {BELONGS}"]


def test_a_slip_in_one_object_of_several_is_refused_too(fleet: Path) -> None:
    place(fleet / WEB, BY_HAND + SECOND.replace("Subscription", "Subscriptions"))

    (problem,) = problems_of(fleet)

    assert "did you mean 'Subscription'?" in problem


def test_an_encrypted_file_without_an_object_is_refused(fleet: Path) -> None:
    place(fleet / WEB, "").write_bytes(VAULT.encrypt(b"# soon\n"))

    assert problems_of(fleet) == [f"{WEB}: is empty, or holds nothing but comments; {BELONGS}"]


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("_cluster/globalizations/all.yml", "Globalization of apps.clusternet.io/v1alpha1"),
        ("clusternet-a/managedclusters/a.yaml", "ManagedCluster of clusters.clusternet.io/v1beta1"),
        ("clusternet-a/secrets/child-cluster-deployer.yaml", "Secret of v1"),
    ],
)
def test_each_folder_says_what_belongs_there(fleet: Path, path: str, belongs: str) -> None:
    place(fleet / path, "# soon\n")
    place(fleet / WEB, BY_HAND)

    assert problems_of(fleet) == [f"{path}: is empty, or holds nothing but comments; {belongs} belongs here: {REMEDY}"]


@pytest.mark.parametrize(
    "path",
    ["web.yaml", "default/web.yaml", "default/charts/web.yaml", "default/subscriptions/old/web.yaml", "A/bases/x.yml"],
)
def test_elsewhere_it_is_left_aside(fleet: Path, path: str) -> None:
    place(fleet / path, "replicas: 3\n")
    place(fleet / "default/charts/empty.yaml", "")

    (warning,) = open_hub(fleet).load().warnings

    assert warning == f"{fleet / path}: holds no Kubernetes object, which has apiVersion and kind; left aside"


@pytest.mark.parametrize("namespaces", [None, ["default"]], ids=["all", "one namespace"])
@pytest.mark.parametrize("gone", [False, True], ids=["linked", "its target is gone"])
@pytest.mark.parametrize("link", ["default", "default/subscriptions", WEB])
def test_a_link_where_objects_are_kept_is_refused(
    fleet: Path, tmp_path: Path, link: str, gone: bool, namespaces: list[str] | None
) -> None:
    open_hub(fleet).write([Put(subscription(), None)], NOW)
    (fleet / link).rename(tmp_path / "moved")
    (fleet / link).symlink_to(tmp_path / ("nowhere" if gone else "moved"))

    assert problems_of(fleet, namespaces) == [
        f"{link}: found a symbolic link where the hub keeps objects; put the files themselves in its place, "
        "or remove it, and with it its objects from the hub"
    ]


def test_a_linked_folder_is_refused_whatever_its_name(fleet: Path, tmp_path: Path) -> None:
    fleet.mkdir()
    (fleet / "My apps").symlink_to(tmp_path)

    assert [problem.partition(":")[0] for problem in problems_of(fleet)] == ["My apps"]


def test_a_pipe_where_objects_are_kept_is_refused(fleet: Path) -> None:
    (fleet / WEB).parent.mkdir(parents=True)
    os.mkfifo(fleet / WEB)

    (problem,) = problems_of(fleet)

    assert problem.startswith(f"{WEB}: found no regular file where the hub keeps objects")


@pytest.mark.parametrize(
    "make",
    [
        lambda fleet, target: (fleet / ".cache").symlink_to(target.parent),
        lambda fleet, target: (fleet / "makefile").symlink_to(target),
        lambda fleet, target: (fleet / "README.md").symlink_to(target.parent / "nowhere"),
    ],
    ids=["dot name", "to a file", "broken, no name of a namespace"],
)
def test_links_that_can_hold_no_objects_are_nobodys_business(
    fleet: Path, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    place(fleet / WEB, BY_HAND)
    make(fleet, place(tmp_path / "target", "x"))

    contents = open_hub(fleet).load()

    assert list(contents.objects) == [only_key()]
    assert contents.warnings == ()


def test_all_of_it_is_told_together(fleet: Path, tmp_path: Path) -> None:
    place(fleet / WEB, "")
    place(fleet / "default/subscriptions/api.yaml", "a: [")
    (fleet / "other").symlink_to(tmp_path)

    told = "\n".join(problems_of(fleet))

    assert re.findall(r"^[^:]+", told, re.MULTILINE) == ["other", "default/subscriptions/api.yaml", WEB]
