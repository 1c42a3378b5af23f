# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hash of a Subscription's spec: what the golden cases leave out."""

from __future__ import annotations

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import (
    subscription_spec_hash,
    subscription_spec_json,
)

EMPTY = '"subscribers":null,"feeds":null'


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({}, "{" + EMPTY + "}"),
        ({"schedulerName": "", "priority": None, "clusterTolerations": []}, "{" + EMPTY + "}"),
        ({"priority": 0, "schedulingBySubGroup": False}, '{"schedulingBySubGroup":false,"priority":0,' + EMPTY + "}"),
        ({"dividingScheduling": {}}, '{"dividingScheduling":{"type":""},' + EMPTY + "}"),
        (
            {"dividingScheduling": {"dynamicDividing": {"maxClusters": 0, "strategy": "Spread"}, "type": "Dynamic"}},
            '{"dividingScheduling":{"type":"Dynamic","dynamicDividing":{"strategy":"Spread","maxClusters":0}},'
            + EMPTY
            + "}",
        ),
        (
            {
                "clusterTolerations": [{"tolerationSeconds": 0, "effect": "NoExecute", "key": "k", "value": ""}],
                "unknown": 1,
            },
            '{"subscribers":null,"clusterTolerations":[{"key":"k","effect":"NoExecute","tolerationSeconds":0}],"feeds":null}',
        ),
        (
            {"subscribers": [{"weight": 0, "clusterAffinity": None, "subGroupStrategy": {"minClusters": 0}}]},
            '{"subscribers":[{"clusterAffinity":null,"subGroupStrategy":{}}],"feeds":null}',
        ),
        ({"schedulerName": "<\u2028&\u00e9>"}, '{"schedulerName":"\\u003c\\u2028\\u0026\u00e9\\u003e",' + EMPTY + "}"),
    ],
)
def test_a_spec_is_written_as_go_writes_it(spec, text):
    assert subscription_spec_json(spec) == text


def test_the_order_of_the_fields_does_not_count_and_that_of_the_feeds_does():
    one, other = ({"kind": "A", "apiVersion": "v1", "name": name} for name in "xy")
    assert subscription_spec_hash({"priority": 1, "feeds": [one, other]}) == subscription_spec_hash(
        {"feeds": [dict(reversed(one.items())), other], "priority": 1}
    )
    assert subscription_spec_hash({"feeds": [one, other]}) != subscription_spec_hash({"feeds": [other, one]})


def test_a_text_that_is_no_unicode_has_a_hash_too():
    assert subscription_spec_hash({"schedulerName": "\ud800"}) != subscription_spec_hash({})
