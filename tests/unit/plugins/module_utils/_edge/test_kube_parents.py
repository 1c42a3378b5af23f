# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parent of an ApplySet, as other tools read it, and back."""

from __future__ import annotations

from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_parents import ledger_of, parent_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Ledger, Record
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey

KEY = ObjectKey("apps", "Deployment", "shop", "web")
CLUSTER_WIDE = ObjectKey("rbac.authorization.k8s.io", "ClusterRole", "", "system:web: reader")
LEDGER = Ledger(
    "web-1",
    "default/web",
    frozenset({("apps", "Deployment"), ("", "Secret")}),
    frozenset({"shop", "bar"}),
    {KEY: Record("a" * 16, "b" * 16), CLUSTER_WIDE: Record("c" * 16, "d" * 16)},
)


def test_a_parent_follows_the_convention() -> None:
    parent = parent_of(LEDGER)
    # The ID for web-1.multicluster-apps.ConfigMap. as KEP-3659 makes it, computed with openssl.
    identity = "applyset-GTx9Rfj2NWNuo_SSDVTPaAzljOAQnkHQDuMisAmZtPM-v1"
    assert parent["metadata"] == {
        "name": "web-1",
        "namespace": "multicluster-apps",
        "labels": {"applyset.kubernetes.io/id": identity},
        "annotations": {
            "applyset.kubernetes.io/tooling": "multicluster.apps/v1",
            "applyset.kubernetes.io/contains-group-kinds": "Deployment.apps,Secret",
            "applyset.kubernetes.io/additional-namespaces": "bar,shop",
        },
    }


def test_a_parent_reads_back_as_it_was_written() -> None:
    assert ledger_of(parent_of(LEDGER)) == LEDGER
    empty = Ledger("web-1", "default/web")
    assert ledger_of(parent_of(empty)) == empty


def test_the_parent_of_another_tool_is_left_alone() -> None:
    parent: dict[str, Any] = parent_of(LEDGER)
    parent["metadata"]["annotations"]["applyset.kubernetes.io/tooling"] = "kubectl/v1.30"
    assert ledger_of(parent) is None


def test_records_that_somebody_edited_do_not_count() -> None:
    parent: dict[str, Any] = parent_of(LEDGER)
    parent["data"]["records"] = (
        "nonsense\nDeployment.apps/shop/web\nDeployment.apps/shop/web: a\nConfigMap/shop/c: 1 2\n"
    )
    ledger = ledger_of(parent)
    assert ledger is not None
    assert ledger.records == {ObjectKey("", "ConfigMap", "shop", "c"): Record("1", "2")}
    assert ledger_of({**parent, "data": None}) == Ledger("web-1", "", LEDGER.kinds, LEDGER.namespaces)


def test_records_never_outgrow_an_object() -> None:
    record = Record("a" * 16, "b" * 16)
    many = {ObjectKey("", "ConfigMap", "shop", f"settings-{number:06}"): record for number in range(20_000)}
    parent = parent_of(Ledger("web-1", "default/web", records=many))
    assert 890_000 < len(parent["data"]["records"]) <= 900_000
    ledger = ledger_of(parent)
    assert ledger is not None
    assert set(ledger.records) < set(many)
