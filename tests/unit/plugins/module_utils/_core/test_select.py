# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clusters a Subscription goes to, and what is said of the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.fleet import Fleet
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import Filter, Selection
from ansible_collections.multicluster.apps.plugins.module_utils._core.select import select as select_of
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import Subscription
from hypothesis import given
from hypothesis import strategies as st

EVERYTHING = {"clusterAffinity": {}}
REGIONS = ("eu", "us", "ap")


def select(found: Subscription, clusters: Sequence[ManagedCluster], percentage: int = 100) -> Selection:
    return select_of(found, Fleet(clusters), percentage)


def cluster(name, *taints, deleting=False, **labels):
    meta = {"name": name, "namespace": f"clusternet-{name}", "labels": labels}
    if deleting:
        meta["deletionTimestamp"] = "2024-01-01T00:00:00Z"
    return ManagedCluster.of({"metadata": meta, "spec": {"taints": [taint(each) for each in taints]}})


def taint(text):
    key, effect = text.split(":")
    return {"key": key, "effect": effect}


def subscription(*subscribers, **spec):
    raw = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"subscribers": list(subscribers), **spec}}
    return Subscription.of(raw)


def in_region(region, **fields):
    return {"clusterAffinity": {"matchLabels": {"region": region}}, **fields}


def names(clusters):
    return [each.name for each in clusters]


def by_name(selection):
    return {verdict.cluster.name: verdict for verdict in selection.verdicts}


def test_clusters_come_in_the_order_of_the_subscribers_and_then_as_given():
    clusters = [
        cluster("d", region="us"),
        cluster("c", region="eu"),
        cluster("b", region="us"),
        cluster("a", region="eu"),
    ]
    selection = select(subscription(in_region("eu"), in_region("us")), clusters)
    assert names(selection.selected) == ["c", "a", "d", "b"]
    assert names(verdict.cluster for verdict in selection.verdicts) == ["d", "c", "b", "a"]


def test_a_cluster_of_two_subscribers_is_bound_once_and_says_so():
    selection = select(subscription(EVERYTHING, in_region("eu")), [cluster("a", region="eu")])
    (verdict,) = selection.verdicts
    assert names(selection.selected) == ["a"]
    assert verdict.is_chosen
    assert verdict.subscribers == (0, 1)
    assert verdict.score == 300
    assert verdict.reason == "selected by spec.subscribers[0], spec.subscribers[1]"


def test_every_cluster_that_is_turned_away_says_why():
    clusters = [
        cluster("chosen", region="eu"),
        cluster("elsewhere", region="ap"),
        cluster("leaving", region="eu", deleting=True),
        cluster("tainted", "gpu:NoSchedule", region="eu"),
        cluster("second", "old:PreferNoSchedule", region="eu"),
    ]
    subgroup = {"subGroupStrategy": {"minClusters": 1}}
    given_subscription = subscription(
        in_region("eu", **subgroup), in_region("us", **subgroup), schedulingBySubGroup=True
    )
    verdicts = by_name(select(given_subscription, clusters))
    assert {name: (verdict.turned_away_by, verdict.score, verdict.reason) for name, verdict in verdicts.items()} == {
        "chosen": (None, 300, "selected by spec.subscribers[0]"),
        "elsewhere": (
            Filter.AFFINITY,
            None,
            "no subscriber selects it; its labels would have to meet region=eu or region=us",
        ),
        "leaving": (Filter.DELETION, None, "the cluster is being deleted"),
        "tainted": (Filter.TAINT, None, "its taint gpu:NoSchedule is not tolerated by spec.clusterTolerations"),
        "second": (Filter.SUBGROUP, 0, "its subgroups are full with clusters that rank before it"),
    }


@pytest.mark.parametrize(
    ("taints", "tolerations", "is_chosen"),
    [
        (["k:NoSchedule"], [], False),
        (["k:NoExecute"], [], False),
        (["k:PreferNoSchedule"], [], True),
        (["k:Whatever"], [], True),
        (["k:NoSchedule"], [{"key": "k", "operator": "Exists"}], True),
        (["k:NoSchedule", "l:NoExecute"], [{"key": "k", "operator": "Exists"}], False),
        (["k:NoSchedule", "l:NoExecute"], [{"operator": "Exists"}], True),
        (["k:NoSchedule"], [{"key": "k", "operator": "Exists", "effect": "NoExecute"}], False),
    ],
)
def test_taints_that_nobody_tolerates_turn_a_cluster_away(taints, tolerations, is_chosen):
    selection = select(subscription(EVERYTHING, clusterTolerations=tolerations), [cluster("a", *taints)])
    assert [verdict.is_chosen for verdict in selection.verdicts] == [is_chosen]


def test_fewer_taints_that_ask_to_stay_away_come_first_and_equals_keep_their_order():
    prefer = [f"p{number}:PreferNoSchedule" for number in range(3)]
    clusters = [cluster("a", *prefer), cluster("b", *prefer[:1]), cluster("c"), cluster("d", *prefer[:1]), cluster("e")]
    selection = select(subscription(EVERYTHING), clusters)
    assert names(selection.selected) == ["c", "e", "b", "d", "a"]
    assert [verdict.score for verdict in selection.verdicts] == [0, 201, 300, 201, 300]


def test_a_tolerated_taint_costs_no_score():
    tolerations = [{"key": "p0", "operator": "Exists"}]
    clusters = [cluster("a", "p0:PreferNoSchedule"), cluster("b", "p1:PreferNoSchedule")]
    selection = select(subscription(EVERYTHING, clusterTolerations=tolerations), clusters)
    assert [verdict.score for verdict in selection.verdicts] == [300, 0]


def test_a_subgroup_with_fewer_clusters_than_it_wants_takes_all_it_has():
    clusters = [cluster("a", region="eu"), cluster("b", region="us"), cluster("c", region="us")]
    subscribers = [
        in_region("us", subGroupStrategy={"minClusters": 1}),
        in_region("eu", subGroupStrategy={"minClusters": 5}),
    ]
    assert names(select(subscription(*subscribers, schedulingBySubGroup=True), clusters).selected) == ["b", "a"]


def test_a_subgroup_without_its_size_is_an_error():
    subscribers = [in_region("us", subGroupStrategy={"minClusters": 1}), in_region("eu")]
    with pytest.raises(
        InvalidInput, match=r"Subscription.*shop/web: spec.subscribers\[1\].subGroupStrategy.minClusters: is missing"
    ):
        select(subscription(*subscribers, schedulingBySubGroup=True), [cluster("a", region="us")])


@pytest.mark.parametrize("subscribers", [(), (in_region("eu"),)])
def test_nothing_selected_is_no_error_here(subscribers):
    selection = select(subscription(*subscribers), [cluster("a", region="us")])
    assert selection.selected == ()
    assert [verdict.turned_away_by for verdict in selection.verdicts] == [Filter.AFFINITY]


def test_no_clusters_give_no_verdicts():
    assert select(subscription(EVERYTHING), []).verdicts == ()


def test_a_large_fleet_is_looked_at_whole_also_when_replicas_are_divided():
    clusters = [cluster(f"c{number}") for number in range(150)]
    assert len(select(subscription(EVERYTHING, schedulingStrategy="Dividing"), clusters).selected) == 150


@pytest.mark.parametrize(
    ("clusters", "strategy", "percentage", "expected"),
    [
        (99, "Dividing", 5, 99),
        (100, "Dividing", 5, 100),
        (300, "Dividing", 50, 150),
        (300, "Dividing", 10, 100),
        (300, "Dividing", 0, 144),
        (6000, "Dividing", 0, 300),
        (300, "Replication", 50, 300),
    ],
)
def test_a_share_of_a_large_fleet(clusters, strategy, percentage, expected):
    fleet = [cluster(f"c{number}") for number in range(clusters)]
    selection = select(subscription(EVERYTHING, schedulingStrategy=strategy), fleet, percentage)
    assert len(selection.selected) == expected
    assert selection.selected == tuple(fleet[:expected])
    left = {verdict.turned_away_by for verdict in selection.verdicts[expected:]}
    assert left == (set() if expected == clusters else {Filter.SAMPLE})


FLEETS = st.lists(
    st.builds(
        lambda region, prefer, keep_off, deleting: (region, prefer, keep_off, deleting),
        st.sampled_from(REGIONS),
        st.integers(0, 3),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@given(FLEETS, st.lists(st.tuples(st.sampled_from(REGIONS), st.integers(0, 3)), max_size=4), st.booleans())
def test_every_cluster_has_one_verdict_and_the_chosen_ones_are_feasible(fleet, wanted, by_subgroup):
    clusters = [
        cluster(
            f"c{place}",
            *[f"p{number}:PreferNoSchedule" for number in range(prefer)],
            *(["k:NoSchedule"] if keep_off else []),
            deleting=deleting,
            region=region,
        )
        for place, (region, prefer, keep_off, deleting) in enumerate(fleet)
    ]
    subscribers = [in_region(region, subGroupStrategy={"minClusters": size}) for region, size in wanted]
    selection = select(subscription(*subscribers, schedulingBySubGroup=by_subgroup), clusters)
    assert [verdict.cluster for verdict in selection.verdicts] == clusters
    chosen = [verdict.cluster.name for verdict in selection.verdicts if verdict.is_chosen]
    assert sorted(names(selection.selected)) == sorted(chosen)
    assert len(set(names(selection.selected))) == len(selection.selected)
    assert set(names(selection.selected)) <= set(names(selection.feasible)) <= set(names(selection.candidates))
    if not by_subgroup:
        assert set(names(selection.selected)) == set(names(selection.feasible))
        scores = {verdict.cluster.name: verdict.score for verdict in selection.verdicts}
        ranks = [scores[name] for name in names(selection.selected)]
        assert ranks == sorted(ranks, reverse=True)
