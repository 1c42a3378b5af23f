# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a directory hub keeps which object, and which names could climb out of it."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_kinds import is_hub_kind
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_layout import relative_path
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

APPS, CLUSTERS = "apps.clusternet.io", "clusters.clusternet.io"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ((APPS, "Subscription", "default", "web"), "default/subscriptions/web.yaml"),
        ((APPS, "Globalization", "", "web"), "_cluster/globalizations/web.yaml"),
        ((APPS, "Localization", "clusternet-a", "web"), "clusternet-a/localizations/web.yaml"),
        ((APPS, "Base", "clusternet-a", "web-1"), "clusternet-a/bases/web-1.yaml"),
        ((CLUSTERS, "ManagedCluster", "clusternet-a", "a.b"), "clusternet-a/managedclusters/a.b.yaml"),
        (("", "Secret", "clusternet-a", "child-cluster-deployer"), "clusternet-a/secrets/child-cluster-deployer.yaml"),
    ],
)
def test_a_person_can_guess_it(key: tuple[str, str, str, str], path: str) -> None:
    assert relative_path(ObjectKey(*key)) == path
    assert is_hub_kind(key[0], key[1])


def test_names_that_leave_no_room_for_the_extension_stay_apart() -> None:
    long = [ObjectKey(APPS, "Manifest", "default", f"{'x' * 252}{last}") for last in "ab"]
    paths = {relative_path(key) for key in long}
    assert len(paths) == 2
    assert all(len(path.rpartition("/")[2]) <= 255 for path in paths)


@pytest.mark.parametrize("name", ["..", "../web", "a/b", "/etc/passwd", "", ".", "web\0", "Web", "a\nb", "web."])
@pytest.mark.parametrize("field", ["name", "namespace"])
def test_a_name_that_kubernetes_would_not_take_is_refused(field: str, name: str) -> None:
    given = {"namespace": "default", "name": "web", field: name}
    with pytest.raises(InvalidInput, match=f"metadata.{field}"):
        relative_path(ObjectKey(APPS, "Subscription", given["namespace"], given["name"]))


def test_an_object_without_a_place_for_a_namespace_may_name_none() -> None:
    with pytest.raises(InvalidInput, match="objects of this kind have no namespace; leave it out"):
        relative_path(ObjectKey(APPS, "Globalization", "default", "web"))


@pytest.mark.parametrize("kind", [("apps", "Deployment"), ("", "ConfigMap"), ("example.com", "Subscription")])
def test_any_other_object_belongs_in_a_manifest(kind: tuple[str, str]) -> None:
    assert not is_hub_kind(*kind)
    with pytest.raises(InvalidInput, match=r"store it with multicluster\.apps\.apply, which makes a Manifest of it"):
        relative_path(ObjectKey(*kind, "default", "web"))


def test_both_names_are_reported_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        relative_path(ObjectKey(APPS, "Subscription", "..", ".."))
    assert len(raised.value.problems) == 2
