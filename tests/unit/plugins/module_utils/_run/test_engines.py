# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who does what on a hub: other schedulers, and Clusternet's controllers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.deploying import deploy
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import (
    Distributed,
    DistributeRequest,
    distribute,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import config_map, feed, manifest, subscription
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    WEB,
    fleet_of,
    overwrite,
    store_of,
    tools_of,
)

LEASE = "Lease clusternet-system/clusternet-scheduler is held by somebody"
FOREIGN = subscription("web", feed(WEB), schedulerName="nightly")


def run(store: MemoryStore, member: MemoryCluster, **given: object) -> Distributed:
    request = DistributeRequest(**given)  # type: ignore[arg-type]
    return distribute(request, tools_of(store, {"shanghai": member}), lambda _cluster: Connection(host="https://x"))


def test_a_foreign_subscription_is_left_alone_and_named() -> None:
    done = run(fleet_of("shanghai", web=FOREIGN), MemoryCluster())
    assert (done.changes, done.outcomes, done.decision.problems) == ((), (), {})
    assert [text for text in done.warnings if "nightly" in text] == [
        "Subscription default/web was left alone: it names the scheduler 'nightly', and ours serve default and "
        "multicluster.apps"
    ]


def test_what_was_delivered_while_it_was_ours_stays_and_is_named() -> None:
    store, member = fleet_of("shanghai"), MemoryCluster()
    run(store, member)
    overwrite(store, FOREIGN)
    del member.objects[ObjectKey.of(WEB)]
    writes = store.writes
    done = run(store, member)
    assert store.writes == writes
    assert ObjectKey.of(WEB) not in member.objects  # not even drift is mended: it is somebody else's now
    assert any("What was delivered for it earlier stays in 1 clusters as it is" in text for text in done.warnings)


def test_ours_beside_it_are_served() -> None:
    store, member = fleet_of("shanghai"), MemoryCluster()
    run(store, member)
    overwrite(store, FOREIGN)
    other = config_map("other")
    store.objects.update(store_of(manifest(other), subscription("other", feed(other))).objects)
    done = run(store, member)
    assert [item.key for outcome in done.outcomes for item in outcome.created] == [ObjectKey.of(other)]


def test_a_scope_without_it_has_no_note() -> None:
    store = fleet_of("shanghai", web=FOREIGN)
    store.objects.update(store_of(subscription("other", feed(WEB))).objects)
    done = run(store, MemoryCluster(), scope=Scope(subscriptions=frozenset({"default/other"})))
    assert not any("nightly" in text for text in done.warnings)


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_done_beside_clusternet(check: bool) -> None:
    store = fleet_of("shanghai")
    store.clusternet = LEASE
    before = json.dumps({str(key): text for key, (text, _version) in store.objects.items()})
    with pytest.raises(InvalidInput, match=r"Lease clusternet-system/clusternet-scheduler .* engine=clusternet"):
        run(store, MemoryCluster(), options=DeliveryOptions(check=check))
    tools = tools_of(store, {"shanghai": MemoryCluster()})
    with pytest.raises(InvalidInput, match="engine=clusternet"):
        deploy("shanghai", "clusternet-shanghai", Scope(), DeliveryOptions(check=check), tools, lambda _cluster: None)
    assert json.dumps({str(key): text for key, (text, _version) in store.objects.items()}) == before
