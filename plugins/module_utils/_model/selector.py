# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label selectors: as objects have them (`matchLabels`, `matchExpressions`) and as `kubectl -l` takes them."""

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
    join,
    suggest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    is_label_key,
    is_label_value,
    shorten,
)

IN: Final = "In"
NOT_IN: Final = "NotIn"
EXISTS: Final = "Exists"
DOES_NOT_EXIST: Final = "DoesNotExist"
OPERATORS: Final = (IN, NOT_IN, EXISTS, DOES_NOT_EXIST)

_KEY_RULE: Final = "a label key is [<DNS name>/]<up to 63 letters, digits, '-', '_' or '.'>"
_VALUE_RULE: Final = (
    "a label value is empty or up to 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on the labels."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet it. `NotIn` is met by labels without the key, as in Kubernetes."""
        if self.operator == IN:
            return self.key in labels and labels[self.key] in self.values
        if self.operator == NOT_IN:
            return self.key not in labels or labels[self.key] not in self.values
        return (self.key in labels) is (self.operator == EXISTS)

    def __str__(self) -> str:
        """As `kubectl -l` takes it."""
        if self.operator == EXISTS:
            return self.key
        if self.operator == DOES_NOT_EXIST:
            return f"!{self.key}"
        if len(self.values) == 1:
            return f"{self.key}{'=' if self.operator == IN else '!='}{self.values[0]}"
        return f"{self.key} {self.operator.lower()} ({','.join(self.values)})"


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Conditions that all must hold; none at all selects everything."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def parse(cls, raw: Any, field: str = "labelSelector") -> LabelSelector:
        """A selector from the mapping that objects have.

        :param field: where the mapping stands, for messages.
        :raises InvalidInput: with all that is wrong with it.
        """
        findings = list(selector_findings(raw))
        if findings:
            raise InvalidInput(str(finding.below(field)) for finding in findings)
        return cls(tuple(_requirements(raw)))

    @classmethod
    def from_string(cls, text: str, field: str = "labelSelector") -> LabelSelector:
        """A selector from the text that `kubectl -l` takes: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.

        :raises InvalidInput: naming the part that is wrong.
        """
        requirements = tuple(_requirement_of(part.strip(), text, field) for part in _split(text, field))
        findings = [found for each in requirements for found in _requirement_findings(each)]
        if findings:
            raise InvalidInput(f"{field} {shorten(text)!r}: {finding.text}" for finding in findings)
        return cls(requirements)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet every condition."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def __str__(self) -> str:
        """As `kubectl -l` takes it; `everything` where there is no condition."""
        return ",".join(map(str, self.requirements)) or "everything"


def selector_findings(raw: Any) -> Iterator[Finding]:
    """What is wrong with a selector's mapping, by the rules of Kubernetes; paths are relative to it."""
    if not isinstance(raw, Mapping):
        yield Finding("", f"found {describe(raw)}; a mapping with matchLabels, matchExpressions or neither is accepted")
        return
    for field in raw:
        if field not in ("matchLabels", "matchExpressions"):
            hint = suggest(field, ("matchLabels", "matchExpressions"))
            yield Finding(
                describe_key(field), f"unknown field; accepted: matchExpressions, matchLabels{hint}", tolerable=True
            )
    yield from _match_labels_findings(raw.get("matchLabels"))
    yield from _match_expressions_findings(raw.get("matchExpressions"))


def _match_labels_findings(labels: Any) -> Iterator[Finding]:
    if labels is None:
        return
    if not isinstance(labels, Mapping):
        yield Finding("matchLabels", f"found {describe(labels)}; a mapping of label keys to strings is accepted")
        return
    for key, value in labels.items():
        path = f"matchLabels[{describe_key(key)}]"
        if not isinstance(key, str) or not isinstance(value, str):
            yield Finding(path, f"found {describe(value)}; a string is accepted (quote numbers and true or false)")
            continue
        yield from (Finding(path, found.text) for found in _requirement_findings(Requirement(key, IN, (value,))))


def _match_expressions_findings(expressions: Any) -> Iterator[Finding]:
    if expressions is None:
        return
    if not isinstance(expressions, (list, tuple)):
        yield Finding("matchExpressions", f"found {describe(expressions)}; a list of mappings is accepted")
        return
    for index, expression in enumerate(expressions):
        path = f"matchExpressions[{index}]"
        yield from (found.below(path) for found in _expression_findings(expression))


def _expression_findings(raw: Any) -> Iterator[Finding]:
    if not isinstance(raw, Mapping):
        yield Finding("", f"found {describe(raw)}; a mapping with key, operator and values is accepted")
        return
    for field in raw:
        if field not in ("key", "operator", "values"):
            hint = suggest(field, ("key", "operator", "values"))
            yield Finding(describe_key(field), f"unknown field; accepted: key, operator, values{hint}", tolerable=True)
    shapes = [found for field in ("key", "operator") for found in _text_findings(raw, field)]
    values = raw.get("values")
    if values is not None and not (
        isinstance(values, (list, tuple)) and all(isinstance(value, str) for value in values)
    ):
        shapes.append(Finding("values", f"found {describe(values)}; a list of strings is accepted (quote numbers)"))
    yield from shapes or _requirement_findings(Requirement(raw["key"], raw["operator"], tuple(values or ())))


def _text_findings(raw: Mapping[str, Any], field: str) -> Iterator[Finding]:
    accepted = ", ".join(OPERATORS) if field == "operator" else "a label key"
    if raw.get(field) is None:
        yield Finding(field, f"is missing; accepted: {accepted}")
    elif not isinstance(raw[field], str):
        yield Finding(field, f"found {describe(raw[field])}; accepted: {accepted}")


def _requirement_findings(requirement: Requirement) -> Iterator[Finding]:
    """The rules of Kubernetes for one condition."""
    if not is_label_key(requirement.key):
        yield Finding("key", f"found {describe(requirement.key)}; {_KEY_RULE}")
    if requirement.operator not in OPERATORS:
        hint = suggest(requirement.operator, OPERATORS)
        yield Finding("operator", f"found {describe(requirement.operator)}; accepted: {', '.join(OPERATORS)}{hint}")
    elif requirement.operator in (IN, NOT_IN) and not requirement.values:
        yield Finding("values", f"is empty; {requirement.operator} needs at least one value")
    elif requirement.operator in (EXISTS, DOES_NOT_EXIST) and requirement.values:
        yield Finding("values", f"has values; {requirement.operator} takes none")
    for index, value in enumerate(requirement.values):
        if not is_label_value(value):
            yield Finding(join("values", f"[{index}]"), f"found {describe(value)}; {_VALUE_RULE}")


def _requirements(raw: Mapping[str, Any]) -> Iterator[Requirement]:
    for key, value in (raw.get("matchLabels") or {}).items():
        yield Requirement(key, IN, (value,))
    for expression in raw.get("matchExpressions") or ():
        yield Requirement(expression["key"], expression["operator"], tuple(expression.get("values") or ()))


def _split(text: str, field: str) -> list[str]:
    """The parts between the commas that stand outside parentheses; no part at all for a blank text."""
    if not text.strip():
        return []
    parts = re.split(r",(?![^(]*\))", text)
    if any(not part.strip() for part in parts):
        raise InvalidInput(f"{field} {shorten(text)!r}: a condition is missing beside a comma")
    return parts


_SET: Final = re.compile(r"(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY: Final = re.compile(r"(?P<key>[^\s=!<>()]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s=!<>()]*)")
_PRESENCE: Final = re.compile(r"(?P<absent>!?)\s*(?P<key>[^\s=!<>()]+)")


def _requirement_of(part: str, text: str, field: str) -> Requirement:
    if found := _SET.fullmatch(part):
        values = tuple(value.strip() for value in found["values"].split(","))
        return Requirement(found["key"], IN if found["operator"] == "in" else NOT_IN, values)
    if found := _EQUALITY.fullmatch(part):
        return Requirement(found["key"], NOT_IN if found["operator"] == "!=" else IN, (found["value"],))
    if found := _PRESENCE.fullmatch(part):
        return Requirement(found["key"], DOES_NOT_EXIST if found["absent"] else EXISTS)
    raise InvalidInput(
        f"{field} {shorten(text)!r}: {shorten(part)!r} is no condition;"
        " accepted: key=value, key==value, key!=value, key in (a,b), key notin (a,b), key, !key"
    )
