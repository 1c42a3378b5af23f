# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the checked options of a task to what the use cases take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.schedule import Guards
from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import DeliveryOptions
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope


def scope_of(params: Mapping[str, Any]) -> Scope:
    """What the task is about; a name without a namespace means one in `default`, as everywhere."""
    subscriptions, clusters = params.get("subscriptions"), params.get("clusters")
    return Scope(
        None if subscriptions is None else frozenset(map(qualified, subscriptions)),
        None if clusters is None else frozenset(clusters),
    )


def qualified(subscription: str) -> str:
    """`<namespace>/<name>` of a Subscription."""
    return subscription if "/" in subscription else f"default/{subscription}"


def guards_of(params: Mapping[str, Any]) -> Guards:
    """What the run may take away.

    :raises InvalidInput: for a number of clusters below zero, which would refuse everything.
    """
    most = params["max_removed_clusters"]
    if most < 0:
        raise InvalidInput(f"max_removed_clusters: found {most}; a whole number from 0 on is accepted")
    return Guards(most, fail_on_shortage=params["fail_on_shortage"])


def delivery_options(params: Mapping[str, Any], *, check: bool) -> DeliveryOptions:
    """How to deliver: options have the names of the fields."""
    names = {field.name for field in fields(DeliveryOptions)} - {"prune_kinds"}
    given: dict[str, Any] = {name: value for name, value in params.items() if name in names}
    return replace(DeliveryOptions(check=check), prune_kinds=tuple(params.get("prune_kinds") or ()), **given)
