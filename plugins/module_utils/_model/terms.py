# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Node selector terms: the conditions of node affinity, which preferences for clusters are written in, too.

They are label selectors with two operators more, `Gt` and `Lt`, and with conditions on the object's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import (
    Finding,
    describe,
    describe_key,
    suggest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import (
    DOES_NOT_EXIST,
    EXISTS,
    IN,
    NOT_IN,
    Requirement,
)

GREATER: Final = "Gt"
LESS: Final = "Lt"

_OPERATORS: Final = (IN, NOT_IN, EXISTS, DOES_NOT_EXIST, GREATER, LESS)
_FIELDS: Final = ("matchExpressions", "matchFields")
_NAME_FIELD: Final = "metadata.name"
# What Go reads as a number of 64 bits; the length is looked at first, Python being without a limit.
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on labels, or on the fields of an object."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether it is met. `Gt` and `Lt` compare whole numbers; what is none meets neither, as in Kubernetes."""
        if self.operator not in (GREATER, LESS):
            return Requirement(self.key, self.operator, self.values).matches(values)
        found = values.get(self.key, "")
        if not _INTEGER.fullmatch(found):
            return False
        return int(found) > int(self.values[0]) if self.operator == GREATER else int(found) < int(self.values[0])


@dataclass(frozen=True, slots=True)
class SelectorTerm:
    """Conditions that all must hold; a term without any selects nothing, as in Kubernetes.

    :ivar labels: conditions on the labels.
    :ivar fields: conditions on `metadata.name`, the only field there is.
    """

    labels: tuple[Condition, ...] = ()
    fields: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, raw: Any, where: str) -> SelectorTerm:
        """A term from the mapping that objects have.

        :param where: where the mapping stands, for messages.
        :raises InvalidInput: with all that is wrong with it.
        """
        findings = list(term_findings(raw))
        if findings:
            raise InvalidInput(str(found.below(where)) for found in findings)
        return cls(*(tuple(map(_condition, raw.get(field) or ())) for field in _FIELDS))

    @property
    def is_empty(self) -> bool:
        """Whether it has no condition."""
        return not self.labels and not self.fields

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether an object of this name and these labels meets every condition."""
        if self.is_empty:
            return False
        return all(each.holds(labels) for each in self.labels) and all(
            each.holds({_NAME_FIELD: name}) for each in self.fields
        )


def _condition(raw: Mapping[str, Any]) -> Condition:
    return Condition(raw["key"], raw["operator"], tuple(raw.get("values") or ()))


def term_findings(raw: Any) -> Iterator[Finding]:
    """What is wrong with a term's mapping; paths are relative to it."""
    if not isinstance(raw, Mapping):
        yield Finding("", f"found {describe(raw)}; a mapping with {' or '.join(_FIELDS)} is accepted")
        return
    for field in raw:
        if field not in _FIELDS:
            hint = suggest(field, _FIELDS)
            yield Finding(describe_key(field), f"unknown field; accepted: {', '.join(_FIELDS)}{hint}")
    for field in _FIELDS:
        conditions = raw.get(field)
        if conditions is not None and not isinstance(conditions, (list, tuple)):
            yield Finding(field, f"found {describe(conditions)}; a list of mappings is accepted")
            continue
        for index, each in enumerate(conditions or ()):
            found = _condition_findings(each, on_fields=field == "matchFields")
            yield from (finding.below(f"{field}[{index}]") for finding in found)


def _condition_findings(raw: Any, *, on_fields: bool) -> Iterator[Finding]:
    if not isinstance(raw, Mapping):
        yield Finding("", f"found {describe(raw)}; a mapping with key, operator and values is accepted")
        return
    key, operator, values = raw.get("key"), raw.get("operator"), raw.get("values")
    # On fields Kubernetes knows two operators with one value each.
    operators = (IN, NOT_IN) if on_fields else _OPERATORS
    if not isinstance(key, str) or not key:
        yield Finding("key", f"found {describe(key)}; {_NAME_FIELD if on_fields else 'a label key'} is accepted")
    elif on_fields and key != _NAME_FIELD:
        yield Finding("key", f"found {describe(key)}; accepted: {_NAME_FIELD}")
    if operator not in operators:
        yield Finding(
            "operator",
            f"found {describe(operator)}; accepted: {', '.join(operators)}{suggest(operator, operators)}",
        )
    elif values is not None and not (isinstance(values, (list, tuple)) and all(isinstance(v, str) for v in values)):
        yield Finding("values", f"found {describe(values)}; a list of strings is accepted (quote numbers)")
    elif rule := _broken_rule(operator, tuple(values or ()), on_fields=on_fields):
        yield Finding("values", rule)


def _broken_rule(operator: Any, values: tuple[str, ...], *, on_fields: bool) -> str:
    """What Kubernetes would say of the number and kind of the values."""
    if operator in (EXISTS, DOES_NOT_EXIST):
        return f"has values; {operator} takes none" if values else ""
    if operator in (GREATER, LESS):
        is_number = len(values) == 1 and _INTEGER.fullmatch(values[0])
        return "" if is_number else f"{operator} takes one value, a whole number in quotes"
    if on_fields and len(values) != 1:
        return f"{operator} takes one value here, a name"
    return "" if values else f"is empty; {operator} needs at least one value"
