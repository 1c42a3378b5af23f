# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to what the use cases take."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import DELIVERY_SPEC
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import (
    delivery_options,
    guards_of,
    qualified,
    scope_of,
)


def test_the_defaults_of_the_options_are_those_of_delivery() -> None:
    params = ArgumentSpecValidator(DELIVERY_SPEC).validate({}).validated_parameters
    assert delivery_options(params, check=False) == DeliveryOptions()


def test_options_arrive() -> None:
    params = {"wait": True, "max_pruned_objects": 3, "hub_dir": "not of delivery"}
    assert delivery_options(params, check=True) == DeliveryOptions(check=True, wait=True, max_pruned_objects=3)


def test_the_scope() -> None:
    assert scope_of({}) == Scope()
    given = {"subscriptions": ["web", "shop/api"], "clusters": ["shanghai"]}
    assert scope_of(given) == Scope(frozenset({"default/web", "shop/api"}), frozenset({"shanghai"}))


def test_an_empty_scope_is_not_all() -> None:
    assert scope_of({"subscriptions": []}).subscriptions == frozenset()


@pytest.mark.parametrize(("given", "full"), [("web", "default/web"), ("shop/web", "shop/web")])
def test_a_name_without_a_namespace(given: str, full: str) -> None:
    assert qualified(given) == full


@pytest.mark.parametrize("most", [0, 3])
def test_the_guards(most: int) -> None:
    assert guards_of({"max_removed_clusters": most, "fail_on_shortage": True}) == Guards(most, fail_on_shortage=True)


def test_a_guard_below_zero_is_refused() -> None:
    with pytest.raises(InvalidInput, match="max_removed_clusters: found -1; a whole number from 0 on is accepted"):
        guards_of({"max_removed_clusters": -1, "fail_on_shortage": False})
