# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types that the schema of the API is made of: each says what is wrong with a value."""

from __future__ import annotations

import base64
import binascii
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import (
    Finding,
    describe,
    describe_key,
    describe_type,
    suggest,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.selector import selector_findings
from ansible_collections.multicluster.apps.plugins.module_utils._model.terms import term_findings

_INTEGER_RANGE: Final = {32: (-(2**31), 2**31 - 1), 64: (-(2**63), 2**63 - 1)}


class Type(ABC):
    """One type of the schema."""

    @property
    @abstractmethod
    def accepted(self) -> str:
        """What is accepted, for messages: `a string`."""

    @abstractmethod
    def findings(self, value: Any) -> Iterator[Finding]:
        """What is wrong with a value that is not null. Paths are relative to it."""

    def unexpected(self, value: Any, hint: str = "") -> Finding:
        """The finding for a scalar that is not accepted."""
        return Finding("", f"found {describe(value)}; accepted: {self.accepted}{hint}")

    def unstructured(self, value: Any) -> Finding:
        """The finding for a value that is no mapping or list; a text that stands for one may hold anything."""
        return Finding("", f"found {describe_type(value)}; accepted: {self.accepted}")


@dataclass(frozen=True, slots=True)
class Text(Type):
    """A string.

    :ivar enum: the only values; none means any.
    :ivar pattern: what has to be found in it; `rule` says the same in words.
    :ivar is_shown: False for what may hold a secret: no message quotes it.
    """

    enum: tuple[str, ...] = ()
    pattern: str = ""
    rule: str = "a string"
    max_length: int | None = None
    is_shown: bool = True

    @property
    def accepted(self) -> str:
        """The values, or the rule in words."""
        return ", ".join(self.enum) or self.rule

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, str):
            shown = describe(value) if self.is_shown else describe_type(value)
            advice = "" if isinstance(value, (Mapping, list, tuple)) else " (quote it)"
            yield Finding("", f"found {shown}; accepted: {self.accepted}{advice}")
        elif self.enum and value not in self.enum:
            yield self.unexpected(value, suggest(value, self.enum))
        elif self.pattern and not re.search(self.pattern, value):
            yield self.unexpected(value)
        elif self.max_length is not None and len(value) > self.max_length:
            yield Finding("", f"has {len(value)} characters; accepted: at most {self.max_length}")


@dataclass(frozen=True, slots=True)
class Integer(Type):
    """A whole number; true and false, which Python counts among them, are none.

    :ivar rule: what makes sense, in words, where API servers take more than that. The rules say the rest.
    """

    bits: int = 32
    minimum: int | None = None
    maximum: int | None = None
    rule: str = ""

    @property
    def accepted(self) -> str:
        """The range in words."""
        lowest, highest = self._range()
        return self.rule or f"a whole number from {lowest} to {highest}"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        lowest, highest = self._range()
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            yield self.unexpected(value)

    def _range(self) -> tuple[int, int]:
        lowest, highest = _INTEGER_RANGE[self.bits]
        return (
            lowest if self.minimum is None else self.minimum,
            highest if self.maximum is None else self.maximum,
        )


@dataclass(frozen=True, slots=True)
class Boolean(Type):
    """True or false."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "true or false"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, bool):
            yield self.unexpected(value)


@dataclass(frozen=True, slots=True)
class Bytes(Type):
    """Bytes as base64. No message quotes them: they may hold a Secret."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "base64"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            yield Finding(
                "", f"found {'a string that is no base64' if isinstance(value, str) else 'no string'}; accepted: base64"
            )


@dataclass(frozen=True, slots=True)
class Quantity(Type):
    """A quantity as Kubernetes writes it."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a quantity such as 500m, 2 or 1.5Gi"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        number = r"(\d+(\.\d*)?|\.\d+)"
        pattern = rf"[+-]?{number}([KMGTPE]i|[numkMGTPE]|[eE][+-]?{number})?"
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole and not (isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)):
            yield self.unexpected(value)


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A list whose items are all of one type."""

    item: Type

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a list"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, (list, tuple)):
            yield self.unstructured(value)
            return
        for index, each in enumerate(value):
            found = self.item.findings(each) if each is not None else (self.item.unexpected(each),)
            yield from (finding.below(f"[{index}]") for finding in found)


@dataclass(frozen=True, slots=True)
class MapOf(Type):
    """A mapping from strings of the user's choice to values of one type."""

    item: Type

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a mapping"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, Mapping):
            yield self.unstructured(value)
            return
        for key, each in value.items():
            if not isinstance(key, str):
                yield Finding("", f"found the key {describe(key)}; accepted: strings as keys (quote it)")
                continue
            found = self.item.findings(each) if each is not None else (self.item.unexpected(each),)
            yield from (finding.below(f"[{describe_key(key)}]") for finding in found)


@dataclass(frozen=True, slots=True)
class Fields(Type):
    """A mapping with the fields of the API.

    :ivar fields: by name. A null is the same as no field, as on an API server.
    """

    fields: Mapping[str, Type]
    required: tuple[str, ...] = ()

    @property
    def accepted(self) -> str:
        """The names of the fields."""
        return f"a mapping with {', '.join(self.fields)}"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, Mapping):
            yield self.unstructured(value)
            return
        for name in self.required:
            if value.get(name) is None:
                yield Finding(name, f"is missing; accepted: {self.fields[name].accepted}")
        for name, each in value.items():
            field = self.fields.get(name)
            if field is None:
                yield self._unknown(name)
            elif each is not None:
                yield from (finding.below(name) for finding in field.findings(each))

    def _unknown(self, name: Any) -> Finding:
        hint = suggest(name, self.fields)
        text = f"unknown field; accepted: {', '.join(sorted(self.fields))}{hint}"
        return Finding(describe_key(name), text, tolerable=True)


@dataclass(frozen=True, slots=True)
class Opaque(Type):
    """A mapping that is not looked into."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a mapping"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, Mapping):
            yield self.unstructured(value)


@dataclass(frozen=True, slots=True)
class Term(Type):
    """A node selector term. API servers look at no rule of it, so all that is wrong inside is tolerable."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a mapping with matchExpressions, matchFields"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        if not isinstance(value, Mapping):
            yield self.unstructured(value)
            return
        yield from (replace(finding, tolerable=True) for finding in term_findings(value))


@dataclass(frozen=True, slots=True)
class Selector(Type):
    """A label selector; the empty one selects everything."""

    @property
    def accepted(self) -> str:
        """See `Type.accepted`."""
        return "a label selector (matchLabels, matchExpressions; {} selects everything)"

    def findings(self, value: Any) -> Iterator[Finding]:
        """See `Type.findings`."""
        return selector_findings(value)
