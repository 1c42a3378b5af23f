# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine `clusternet`: storing beside Clusternet's controllers, and waiting for them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubConflict, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.engine_clusternet import distribute_by_clusternet
from ansible_collections.multicluster.apps.plugins.module_utils._run.informing import inform
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents
from ansible_collections.multicluster.apps.plugins.module_utils._run.registering import Host
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import cluster_diffs, cluster_result
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    feed,
    globalization,
    localization,
    merge,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.clusternet_world import (
    NOW,
    WEB,
    MemoryApi,
    phases,
    shop,
    world,
    written,
)


def test_it_stores_and_reports_what_the_controllers_made_of_it() -> None:
    here = world("shanghai", "beijing")
    done = here.distribute(*shop())
    assert phases(done) == {"beijing": "Success", "shanghai": "Success"}
    assert cluster_result(done.outcomes[0])["created"] == ["ConfigMap shop/web"]
    assert [change.key.kind for change in done.changes] == ["Manifest", "Subscription"]
    assert here.lines == [("beijing", True, 2), ("shanghai", True, 2)]
    assert not done.decision.problems


def test_a_second_run_changes_nothing_and_looks_once() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    here.looks = 0
    done = here.distribute(*shop())
    assert (done.changes, done.outcomes[0].changed, here.looks) == ((), False, 0)
    assert cluster_result(done.outcomes[0])["unchanged"] == ["ConfigMap shop/web"]


def test_the_old_success_is_not_taken_for_the_new_content() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    here.controllers.paused = {"base"}
    here.looks = 0
    here.at[5] = here.controllers.paused.clear
    done = here.distribute(*shop("green"))
    assert here.looks >= 5
    assert cluster_result(done.outcomes[0])["updated"] == ["ConfigMap shop/web"]
    assert [diff["after"]["data"] for diff in cluster_diffs(done.outcomes[0])] == [{"color": "green"}]


def test_a_later_run_waits_for_what_an_earlier_one_stored() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    here.controllers.paused = {"base"}
    late = here.distribute(*shop("green"))
    again = here.distribute()
    for done in (late, again):
        assert done.outcomes[0].errors == (
            "not within 30 s: ConfigMap shop/web is not in its Description as it is on the hub now",
        )


def test_a_description_that_cannot_be_applied_fails_its_cluster_alone() -> None:
    here = world("shanghai", "beijing")
    here.controllers.failures["clusternet-beijing"] = "the quota of namespace shop is used up"
    done = here.distribute(*shop())
    assert phases(done) == {"beijing": "Failure", "shanghai": "Success"}
    assert done.outcomes[0].errors[0].endswith("-generic: the quota of namespace shop is used up")


def test_a_failure_that_clusternet_mends_is_waited_for_with_wait() -> None:
    here = world("shanghai")
    here.controllers.failures["clusternet-shanghai"] = "no matches for kind Widget"
    here.at[6] = here.controllers.failures.clear
    assert phases(here.distribute(*shop(), options={"wait": True})) == {"shanghai": "Success"}


def test_with_wait_what_the_agents_report_has_to_be_healthy() -> None:
    here = world("shanghai")
    web = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"replicas": 2},
    }

    def report(**status: Any) -> None:
        for raw in MemoryApi(here.store).list("Description"):
            entry = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
            entry["observedStatus"] = {"observedGeneration": 1, **status}
            MemoryApi(here.store).update_status({**raw, "status": {**raw["status"], "manifestStatuses": [entry]}})

    here.at[2] = lambda: report(replicas=2, updatedReplicas=2, readyReplicas=1, availableReplicas=1)
    slow = here.distribute(web, written(subscription("web", feed(web))), options={"wait": True})
    assert slow.outcomes[0].unhealthy
    assert here.distribute().outcomes[0].ok
    ready = [{"type": "Available", "status": "True"}]
    report(replicas=2, updatedReplicas=2, readyReplicas=2, availableReplicas=2, conditions=ready)
    assert here.distribute(options={"wait": True}).outcomes[0].ok


def test_controllers_that_do_not_run_are_a_timeout_that_says_so() -> None:
    here = world("shanghai", running=False)
    here.store.clusternet = ""
    done = here.distribute(*shop())
    assert done.decision.problems == {
        "default/web": ("not within 30 s: no scheduler has bound it to clusters yet (its status is empty)",)
    }
    assert any("no Lease shows that Clusternet's controllers run" in text for text in done.warnings)
    assert here.seconds == 30.0


def test_what_leaves_a_cluster_is_waited_for_too() -> None:
    here = world("shanghai", "beijing")
    here.distribute(*shop())
    here.controllers.paused = {"base"}
    here.looks = 0
    here.at[4] = here.controllers.paused.clear
    done = here.distribute(*shop(subscribers=[{"clusterAffinity": {"matchLabels": {"site": "shanghai"}}}]))
    results = {outcome.cluster: cluster_result(outcome) for outcome in done.outcomes}
    assert results["beijing"]["pruned"] == ["ConfigMap shop/web"]
    assert results["shanghai"]["unchanged"] == ["ConfigMap shop/web"]
    assert here.looks >= 4


def test_a_change_that_would_empty_the_fleet_is_not_stored() -> None:
    here = world("shanghai", "beijing")
    here.distribute(*shop())
    writes = here.store.writes
    nowhere = [{"clusterAffinity": {"matchLabels": {"site": "shangai"}}}]
    with pytest.raises(InvalidInput, match="none of the 2 clusters is both selected"):
        here.distribute(*shop(subscribers=nowhere))
    only = [{"clusterAffinity": {"matchLabels": {"site": "shanghai"}}}]
    with pytest.raises(InvalidInput, match=r"more than max_removed_clusters=0.*\n.*nothing was stored"):
        here.distribute(*shop(subscribers=only), guards=Guards(max_removed_clusters=0))
    assert here.store.writes == writes


def test_check_mode_stores_nothing_and_waits_for_nothing() -> None:
    here = world("shanghai")
    writes = here.store.writes
    done = here.distribute(*shop(), options={"check": True})
    assert [change.key.kind for change in done.changes] == ["Manifest", "Subscription"]
    assert (done.outcomes, here.looks, here.store.writes) == ((), 0, writes)


def test_without_deliver_it_only_stores() -> None:
    here = world("shanghai")
    done = here.distribute(*shop(), deliver=False)
    assert (len(done.changes), done.outcomes, here.looks) == (2, (), 0)


def test_our_scheduler_binds_and_the_controllers_deploy() -> None:
    here = world("shanghai", "beijing")
    done = here.distribute(*shop(schedulerName="multicluster.apps"))
    status = here.get("Subscription", "web")["status"]
    assert status["bindingClusters"] == ["clusternet-beijing/beijing", "clusternet-shanghai/shanghai"]
    assert phases(done) == {"beijing": "Success", "shanghai": "Success"}
    assert here.distribute().changes == ()


def test_check_mode_knows_the_placements_of_our_scheduler() -> None:
    here = world("shanghai")
    done = here.distribute(*shop(schedulerName="multicluster.apps"), options={"check": True})
    (placement,) = done.decision.placements
    assert placement.subscription.full_name == "default/web"
    assert placement.clusters


def test_our_scheduler_divides_and_leaves_the_localizations_to_clusternet() -> None:
    here = world("beijing", "shanghai")
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"replicas": 5, "template": {"spec": {"containers": []}}},
    }
    raw = subscription(
        "api",
        feed(deployment),
        schedulerName="multicluster.apps",
        schedulingStrategy="Dividing",
        dividingScheduling={"type": "Static"},
        subscribers=[{"clusterAffinity": {}, "weight": 1}],
    )
    here.distribute(deployment, written(raw), deliver=False)
    status = here.get("Subscription", "api")["status"]
    assert status["bindingClusters"] == ["clusternet-beijing/beijing", "clusternet-shanghai/shanghai"]
    assert status["replicas"] == {"apps/v1/Deployment/shop/api": [3, 2]}
    assert MemoryApi(here.store).list("Localization") == []
    assert here.distribute(deliver=False).changes == ()


def test_our_scheduler_keeps_what_runs_where_the_spec_selects_nothing() -> None:
    here = world("shanghai")
    here.distribute(*shop(schedulerName="multicluster.apps"))
    stored = here.get("ManagedCluster", "shanghai", "clusternet-shanghai")
    stored["metadata"]["labels"] = {}
    MemoryApi(here.store).update(stored)
    named = [{"clusterAffinity": {"matchLabels": {"site": "shanghai"}}}]
    with pytest.raises(InvalidInput, match="none of the 1 clusters"):
        here.distribute(*shop(schedulerName="multicluster.apps", subscribers=named))
    assert here.get("Subscription", "web")["status"]["bindingClusters"] == ["clusternet-shanghai/shanghai"]


def test_other_schedulers_are_left_alone_with_a_note() -> None:
    here = world("shanghai")
    done = here.distribute(*shop(schedulerName="nightly"))
    assert "status" not in here.get("Subscription", "web")
    assert done.outcomes == ()
    assert any("names the scheduler 'nightly'" in text for text in done.warnings)


def test_an_apply_later_policy_is_not_waited_for() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    later = written(globalization("later", feed(WEB), merge('{"data":{"a":"b"}}'), overridePolicy="ApplyLater"))
    assert phases(here.distribute(later)) == {"shanghai": "Success"}
    assert here.seconds < 30


def test_an_apply_now_policy_is_waited_for() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    here.looks = 0
    here.at[4] = lambda: setattr(
        here.controllers, "render", lambda raw, _namespace: {**raw, "data": {**raw["data"], "a": "b"}}
    )
    now = written(localization("now", "clusternet-shanghai", feed(WEB), merge('{"data":{"a":"b"}}')))
    done = here.distribute(now)
    assert here.looks >= 4
    assert cluster_result(done.outcomes[0])["updated"] == ["ConfigMap shop/web"]


def test_what_clusternet_renders_otherwise_is_a_warning_once_it_is_made_anew() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    here.controllers.render = lambda raw, _namespace: {**raw, "data": {**raw["data"], "odd": "one"}}
    done = here.distribute(*shop("green"))
    assert done.outcomes[0].ok
    assert "made it anew, but otherwise" in done.outcomes[0].warnings[0]


def test_group_labels_what_the_agents_registered_and_makes_none() -> None:
    here = world("shanghai")
    host = Host("shanghai", ("edge",), {"multicluster_labels": {"site": "east"}}, "/inventory")
    here.distribute(hosts=[host])
    labels = here.get("ManagedCluster", "shanghai", "clusternet-shanghai")["metadata"]["labels"]
    assert (labels["site"], labels["inventory.multicluster.apps/edge"]) == ("east", "true")
    with pytest.raises(InvalidInput, match="hosts without a ManagedCluster on the hub: tokyo"):
        here.distribute(hosts=[Host("tokyo", (), {}, "/inventory")])
    other = Host("shanghai", (), {"multicluster_cluster_id": "00000000-0000-4000-8000-000000000000"}, "/inventory")
    with pytest.raises(InvalidInput, match="but Clusternet registered it as"):
        here.distribute(hosts=[other])


def test_a_relabelled_cluster_is_not_reported_as_it_was_scheduled_before() -> None:
    here = world("shanghai", "beijing")
    both = [{"clusterAffinity": {"matchLabels": {"region": "cn"}}}]
    here.distribute(*shop(subscribers=both))
    here.controllers.paused = {"scheduler"}
    here.looks = 0
    here.at[4] = here.controllers.paused.clear
    host = Host("shanghai", (), {"multicluster_labels": {"region": "cn"}}, "/inventory")
    done = here.distribute(hosts=[host])
    assert phases(done) == {"shanghai": "Success"}
    assert here.looks >= 4


def test_a_write_of_a_controller_in_between_is_read_again() -> None:
    class Busy(MemoryHub):
        conflicts = 2

        def write(self, changes: Any, now: str) -> Any:
            if self.conflicts:
                self.conflicts -= 1
                raise HubConflict("changed by somebody else")
            return super().write(changes, now)

    here = world("shanghai")
    assert phases(here.distribute(*shop(), hub=Busy(here.store))) == {"shanghai": "Success"}
    hub = Busy(here.store)
    hub.conflicts = 99
    with pytest.raises(HubConflict):
        here.distribute(*shop("green"), hub=hub)


def test_a_feed_without_its_object_is_said_of_each_cluster_and_not_waited_for() -> None:
    here = world("shanghai")
    done = here.distribute(written(subscription("web", feed(WEB))))
    assert "the hub holds no such object" in done.outcomes[0].errors[0]
    assert here.seconds < 30


def test_info_says_what_clusternet_made_of_it() -> None:
    here = world("shanghai", "beijing")
    here.controllers.failures["clusternet-beijing"] = "no room"
    here.distribute(*shop())
    answer = inform(parse_contents(MemoryHub(here.store).load()), Scope(), (), Guards())["subscriptions"]["default/web"]
    assert {name: (item["phase"], item["failure"]) for name, item in answer["clusters"].items()} == {
        "beijing": ("Failure", "no room"),
        "shanghai": ("Success", ""),
    }
    assert answer["status"] == here.get("Subscription", "web")["status"]


def test_a_directory_is_no_hub_for_it() -> None:
    here = world("shanghai")
    tools = Tools(MemoryHub(here.store), "/fleet", GoYaml(), None, lambda: NOW, here.clock, None)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="is a directory"):
        distribute_by_clusternet(DistributeRequest(), tools, lambda _cluster: None)


def test_the_labels_and_finalizers_of_the_controllers_survive_a_change() -> None:
    here = world("shanghai")
    here.distribute(*shop())
    before = MemoryApi(here.store).list("Manifest")[0]["metadata"]
    here.distribute(*shop("green"))
    after = MemoryApi(here.store).list("Manifest")[0]["metadata"]
    assert after["labels"] == before["labels"]
    assert any(value == "Base" for value in after["labels"].values())
