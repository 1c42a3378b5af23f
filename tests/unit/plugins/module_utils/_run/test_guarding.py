# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Storing where Clusternet's controllers run: what would empty a fleet at once is not stored, by whichever task."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.engine_clusternet import distribute_by_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import register, store
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.clusternet_world import (
    World,
    shop,
    world,
)

SITES = [{"clusterAffinity": {"matchLabels": {"site": site}}} for site in ("shanghai", "beijing")]


def apply(here: World, *raws: dict[str, Any], check: bool = False, **how: Any) -> Any:
    request = StoreRequest([Document(raw, "app.yml") for raw in raws], source="repository", **how)
    return store(request, here.tools(), check=check, diff=False)


def sold(**spec: Any) -> World:
    """A shop that runs in two clusters, stored from `repository`."""
    here = world("shanghai", "beijing")
    apply(here, *shop(**spec))
    for _round in range(4):
        here.step()
    assert len(here.get("Subscription", "web")["status"]["bindingClusters"]) == 2
    return here


@pytest.mark.parametrize("check", [False, True])
def test_a_mistyped_label_is_not_stored(check: bool) -> None:
    here = sold()
    writes = here.store.writes
    mistyped = [{"clusterAffinity": {"matchLabels": {"site": "shangai"}}}]
    with pytest.raises(InvalidInput, match="Subscription default/web: none of the 2 clusters is both") as raised:
        apply(here, *shop(subscribers=mistyped), check=check)
    assert "nothing was stored: Clusternet's controllers serve this hub" in str(raised.value)
    assert here.store.writes == writes


def test_what_leaves_one_cluster_is_stored() -> None:
    here = sold()
    assert apply(here, *shop(subscribers=SITES[:1]))["updated"] == ["Subscription default/web"]


@pytest.mark.parametrize("spec", [{}, {"schedulerName": "nightly"}])
def test_a_lost_file_takes_no_bound_subscription_from_the_hub(spec: dict[str, Any]) -> None:
    here = sold()
    stored = here.get("Subscription", "web")
    web_map, subscription = shop(**spec)
    here.controllers.paused = {"scheduler"}
    apply(here, web_map, subscription)
    assert here.get("Subscription", "web")["status"] == stored["status"]
    writes = here.store.writes
    with pytest.raises(InvalidInput, match="what it delivered to 2 clusters, more than max_removed_clusters=1"):
        apply(here, web_map, prune=True)
    assert here.store.writes == writes


def test_a_lost_file_is_a_loss_for_distribute_too_until_it_is_said_that_it_is_meant() -> None:
    here = sold()
    request = DistributeRequest(
        store=StoreRequest([Document(shop()[0], "app.yml")], source="repository", prune=True), deliver=False
    )
    with pytest.raises(InvalidInput, match="Subscription default/web: it would be removed"):
        distribute_by_clusternet(request, here.tools(), lambda _cluster: None)
    meant = DistributeRequest(store=request.store, deliver=False, guards=Guards(max_removed_clusters=2))
    done = distribute_by_clusternet(meant, here.tools(), lambda _cluster: None)
    assert [change.key.kind for change in done.changes] == ["Subscription"]


def test_to_name_a_subscription_absent_is_consent() -> None:
    here = sold()
    assert "Subscription default/web" in apply(here, shop()[1], absent=True)["removed"]


def test_without_clusternet_a_subscription_is_stored_as_it_is_and_distribute_judges_it() -> None:
    here = sold()
    here.store.clusternet = ""
    assert apply(here, shop()[0], prune=True)["removed"] == ["Subscription default/web"]


def test_register_labels_what_the_agents_registered_and_makes_none() -> None:
    here = world("shanghai")
    tokyo = Host("tokyo", (), {}, "/inventory")
    with pytest.raises(InvalidInput, match="hosts without a ManagedCluster on the hub: tokyo"):
        register([tokyo], here.tools(), check=False, diff=False)
    shanghai = Host("shanghai", (), {"multicluster_labels": {"tier": "gold"}}, "/inventory")
    done = register([shanghai], here.tools(), check=False, diff=False)
    assert done["updated"] == ["ManagedCluster clusternet-shanghai/shanghai"]


def test_register_does_not_take_the_label_that_keeps_an_application_in_its_clusters() -> None:
    here = sold(subscribers=SITES)
    moved = [
        Host(name, (), {"multicluster_labels": {"site": "elsewhere"}}, "/inventory") for name in ("shanghai", "beijing")
    ]
    writes = here.store.writes
    with pytest.raises(InvalidInput, match="none of the 2 clusters is both selected"):
        register(moved, here.tools(), check=False, diff=False)
    assert here.store.writes == writes
