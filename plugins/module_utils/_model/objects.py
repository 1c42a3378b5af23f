# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds of the API in one place, and the door: mappings from outside become values here, or are refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Union

from ansible_collections.multicluster.apps.plugins.module_utils._model.bundles import (
    Base,
    ChartReference,
    Description,
    FeedInventory,
    FeedOrder,
    Manifest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.helm import (
    Chart,
    HelmChart,
    HelmOptions,
    HelmRelease,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta
from ansible_collections.multicluster.apps.plugins.module_utils._model.policies import (
    APPLY_LATER,
    APPLY_NOW,
    Globalization,
    Localization,
    Policy,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import ControllerRevision
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import (
    DividingScheduling,
    DynamicDividing,
    Subscriber,
    Subscription,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.validate import Problem, check

__all__ = (
    "APPLY_LATER",
    "APPLY_NOW",
    "KINDS",
    "ApiObject",
    "Base",
    "Chart",
    "ChartReference",
    "ControllerRevision",
    "Description",
    "DividingScheduling",
    "DynamicDividing",
    "FeedInventory",
    "FeedOrder",
    "Globalization",
    "HelmChart",
    "HelmOptions",
    "HelmRelease",
    "Localization",
    "ManagedCluster",
    "Manifest",
    "Meta",
    "ParsedObject",
    "Policy",
    "Problem",
    "Subscriber",
    "Subscription",
    "check",
    "parse",
    "parse_stored",
)

ParsedObject = Union[
    Subscription,
    Globalization,
    Localization,
    HelmChart,
    HelmRelease,
    Manifest,
    Base,
    Description,
    FeedInventory,
    ManagedCluster,
    ControllerRevision,
]

_CLASSES: Final[tuple[type[ParsedObject], ...]] = (
    Subscription,
    Globalization,
    Localization,
    HelmChart,
    HelmRelease,
    Manifest,
    Base,
    Description,
    FeedInventory,
    ManagedCluster,
    ControllerRevision,
)

# The class of each kind, by group and kind. What is not here is a native object or another API's.
KINDS: Final[Mapping[tuple[str, str], type[ParsedObject]]] = MappingProxyType(
    {(each.GROUP, each.KIND): each for each in _CLASSES}
)


def parse(raw: Mapping[str, Any], where: str) -> ParsedObject:
    """An object that a user stores, as a value.

    :param where: the file or task that it comes from, for messages.
    :raises InvalidInput: with all that is wrong with it, unknown fields included.
    """
    problems = check(raw, where)
    if problems:
        raise InvalidInput(problem.message for problem in problems)
    return _build(raw)


def parse_stored(raw: Mapping[str, Any], where: str) -> tuple[ParsedObject, tuple[str, ...]]:
    """An object that a hub already holds, as a value, and what to warn of: what API servers take and we would not.

    :raises InvalidInput: with all that is wrong beyond that.
    """
    problems = check(raw, where)
    errors = [problem.message for problem in problems if not problem.tolerable]
    if errors:
        raise InvalidInput(errors)
    return _build(raw), tuple(problem.message for problem in problems)


def _build(raw: Mapping[str, Any]) -> ParsedObject:
    group = raw["apiVersion"].rpartition("/")[0]
    return KINDS[group, raw["kind"]].of(raw)
