# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, names and hashes: Clusternet's own answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.names import (
    derived_name,
    feed_labels,
    release_names,
)
from ansible_collections.multicluster.apps.plugins.module_utils._core.spec_hash import (
    subscription_spec_hash,
    subscription_spec_json,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import ChartReference
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.helm import HelmRelease
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import Feed


def feed_key(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": Feed.of(given["feed"]).key}


def feed_text(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": str(Feed.of(given["feed"]))}


def feed_selector(given: Mapping[str, Any]) -> dict[str, Any]:
    labels = feed_labels(Feed.of(given["feed"]))
    return {"selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items()))}


def spec_hash(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"hash": subscription_spec_hash(given["spec"]), "specJSON": subscription_spec_json(given["spec"])}


def release_in_member(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"releaseName": HelmRelease.of(given["helmRelease"]).release}


def release_object(given: Mapping[str, Any]) -> dict[str, Any]:
    chart = ChartReference(given["chart"]["namespace"], given["chart"]["name"])
    return {"name": release_names(given["descriptionName"], [chart])[0]}


def has_feed(given: Mapping[str, Any]) -> dict[str, Any]:
    # We need no such function: two feeds are one object where their identities, which leave the version out, are equal.
    identities = {Feed.of(raw).object_key for raw in given["feeds"]}
    return {"has": Feed.of(given["feed"]).object_key in identities}


def obsolete_feeds(given: Mapping[str, Any]) -> dict[str, Any]:
    # Nor this one: what a cluster loses is told by what is there, not by what a Base once said.
    identities = {Feed.of(raw).object_key for raw in given["feeds"]}
    old = [Feed.of(raw) for raw in given["oldFeeds"]]
    return {"obsolete": [feed.as_raw() for feed in old if feed.object_key not in identities]}


def name_of_derived(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": derived_name(given["namespace"], given["name"])}


FUNCTIONS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "GetFeedKey": feed_key,
    "FormatFeed": feed_text,
    "GetLabelsSelectorFromFeed": feed_selector,
    "HashSubscriptionSpec": spec_hash,
    "getReleaseName": release_in_member,
    "GenerateHelmReleaseName": release_object,
    "HasFeed": has_feed,
    "FindObsoletedFeeds": obsolete_feeds,
    "DerivedName": name_of_derived,
}

# Our answer where Clusternet's is a bug.
RIGHT_ANSWERS: Final = {
    "GenerateHelmReleaseName-2#509859ce": (
        "the reference fixes the name of a HelmRelease; two charts of one Description that come to the same are refused"
        " by name instead (test_names), and Descriptions of different Bases differ by the suffix of their Base",
        {"output": {"name": "a-b-c-d"}},
    ),
}


@pytest.mark.golden("specs", right_answers=RIGHT_ANSWERS)
def test_specs(case: Any) -> None:
    function = FUNCTIONS[case.input["function"]]
    if case.error is not None:
        with pytest.raises(InvalidInput):
            function(case.input)
        return
    assert function(case.input) == case.output
