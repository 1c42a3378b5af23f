# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of dynamic dividing, checked: `spec.dividingScheduling.dynamicDividing`.

What the fields mean is said in `_core/divide_dynamic.py`, where they are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import Finding, describe, suggest
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import SPREAD, DynamicDividing
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import SelectorTerm, term_findings

BINPACK: Final = "Binpack"
STRATEGIES: Final = (SPREAD, BINPACK)

DO_NOT_SCHEDULE: Final = "DoNotSchedule"
SCHEDULE_ANYWAY: Final = "ScheduleAnyway"
_ACTIONS: Final = (DO_NOT_SCHEDULE, SCHEDULE_ANYWAY)

# The weights of preferred terms in Kubernetes.
_WEIGHTS: Final = range(1, 101)
_WHERE: Final = "spec.dividingScheduling.dynamicDividing"


@dataclass(frozen=True, slots=True)
class Preference:
    """Clusters that are better than others."""

    term: SelectorTerm
    weight: int


@dataclass(frozen=True, slots=True)
class SpreadConstraint:
    """How unevenly replicas may be spread over the values of a label of clusters.

    :ivar is_hard: `DoNotSchedule`: what would break it is not placed; otherwise it gives way.
    :ivar min_domains: with fewer domains than that, the emptiest counts as empty; None without such a rule.
    """

    topology_key: str
    max_skew: int
    is_hard: bool
    min_domains: int | None = None

    def __str__(self) -> str:
        """For messages: `maxSkew 1 over region`."""
        return f"maxSkew {self.max_skew} over {self.topology_key}"


@dataclass(frozen=True, slots=True)
class DynamicRules:
    """How replicas are divided by what clusters can take."""

    strategy: str = SPREAD
    min_clusters: int = 0
    max_clusters: int | None = None
    preferences: tuple[Preference, ...] = ()
    constraints: tuple[SpreadConstraint, ...] = ()

    @classmethod
    def of(cls, dynamic: DynamicDividing | None) -> DynamicRules:
        """The rules of a Subscription.

        :raises InvalidInput: with all that is wrong with them.
        """
        if dynamic is None:
            raise InvalidInput(
                f"{_WHERE}: is missing; dividing of type Dynamic needs it, such as {{strategy: {SPREAD}}}"
            )
        findings = [*_bound_findings(dynamic), *_preference_findings(dynamic), *_constraint_findings(dynamic)]
        if dynamic.strategy not in STRATEGIES:
            hint = suggest(dynamic.strategy, STRATEGIES)
            found = f"found {describe(dynamic.strategy)}; accepted: {', '.join(STRATEGIES)}{hint}"
            findings.insert(0, Finding("strategy", found))
        if findings:
            raise InvalidInput(str(finding.below(_WHERE)) for finding in findings)
        return cls(
            strategy=dynamic.strategy,
            min_clusters=dynamic.min_clusters or 0,
            max_clusters=dynamic.max_clusters,
            preferences=tuple(_preference(raw, index) for index, raw in enumerate(dynamic.preferred_clusters)),
            constraints=tuple(map(_constraint, dynamic.topology_spread_constraints)),
        )


def _bound_findings(dynamic: DynamicDividing) -> Iterator[Finding]:
    lowest, highest = dynamic.min_clusters, dynamic.max_clusters
    if lowest is not None and lowest < 0:
        yield Finding("minClusters", f"found {lowest}; a whole number from 0 on is accepted")
    if highest is not None and highest < 1:
        yield Finding("maxClusters", f"found {highest}; a whole number from 1 on is accepted")
    elif highest is not None and lowest is not None and lowest > highest:
        yield Finding(
            "minClusters", f"is {lowest} and above maxClusters, which is {highest}; lower the one or raise the other"
        )


def _preference_findings(dynamic: DynamicDividing) -> Iterator[Finding]:
    for index, raw in enumerate(dynamic.preferred_clusters):
        path, weight = f"preferredClusters[{index}]", raw.get("weight")
        if not isinstance(weight, int) or isinstance(weight, bool) or weight not in _WEIGHTS:
            found = f"found {describe(weight)}; a whole number from {_WEIGHTS.start} to {_WEIGHTS.stop - 1} is accepted"
            yield Finding(f"{path}.weight", found)
        yield from (finding.below(f"{path}.preference") for finding in term_findings(raw.get("preference")))


def _constraint_findings(dynamic: DynamicDividing) -> Iterator[Finding]:
    constraints = dynamic.topology_spread_constraints
    if constraints and dynamic.strategy == BINPACK:
        yield Finding("topologySpreadConstraints", f"is for the strategy {SPREAD} only; {BINPACK} does the opposite")
    seen: set[tuple[Any, Any]] = set()
    for index, raw in enumerate(constraints):
        path = f"topologySpreadConstraints[{index}]"
        yield from (finding.below(path) for finding in _one_constraint_findings(raw))
        pair = (str(raw.get("topologyKey")), str(raw.get("whenUnsatisfiable")))
        if pair in seen:
            yield Finding(path, f"topologyKey {pair[0]!r} with {pair[1]} is there already; one of them is accepted")
        seen.add(pair)


def _one_constraint_findings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    skew, action, domains = raw.get("maxSkew"), raw.get("whenUnsatisfiable"), raw.get("minDomains")
    if not isinstance(raw.get("topologyKey"), str) or not raw["topologyKey"]:
        yield Finding(
            "topologyKey", f"found {describe(raw.get('topologyKey'))}; the key of a label of clusters is accepted"
        )
    if not _is_positive(skew):
        yield Finding("maxSkew", f"found {describe(skew)}; a whole number from 1 on is accepted")
    if action not in _ACTIONS:
        hint = suggest(action, _ACTIONS)
        yield Finding("whenUnsatisfiable", f"found {describe(action)}; accepted: {', '.join(_ACTIONS)}{hint}")
    if domains is not None and not _is_positive(domains):
        yield Finding("minDomains", f"found {describe(domains)}; a whole number from 1 on is accepted")
    elif domains is not None and action == SCHEDULE_ANYWAY:
        yield Finding("minDomains", f"is accepted with whenUnsatisfiable {DO_NOT_SCHEDULE} only")


def _is_positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _preference(raw: Mapping[str, Any], index: int) -> Preference:
    return Preference(SelectorTerm.parse(raw["preference"], f"preferredClusters[{index}].preference"), raw["weight"])


def _constraint(raw: Mapping[str, Any]) -> SpreadConstraint:
    return SpreadConstraint(
        topology_key=raw["topologyKey"],
        max_skew=raw["maxSkew"],
        is_hard=raw["whenUnsatisfiable"] == DO_NOT_SCHEDULE,
        min_domains=raw.get("minDomains"),
    )
