# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML text to values as JSON has them, with the rules of go-yaml v2 and the limits of a careful reader.

libyaml (through PyYAML) reads the text; its events are put together here and not by a PyYAML loader, because go-yaml
differs from PyYAML in scalars (see `yaml_scalars`), in merge keys (they take effect where they stand), in anchors
(they may be defined again), and because duplicates, nesting and aliases are judged while the text is read, not after.
An alias gives the very value of its anchor: what is read is never to be changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_scalars import (
    TAG_MERGE,
    json_number,
    key_text,
    resolve,
    resolve_tagged,
)

try:
    import yaml
    from yaml.events import (
        AliasEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )
except ImportError:  # `libraries.require` says so, to whoever is about to read YAML
    _Loader: Any = None
else:
    # Without libyaml PyYAML's own parser gives the same events, only slower.
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Recursion over what was read must stay far from Python's own limit.
MAX_DEPTH: Final = 200
# What aliases may add: go-yaml's limits against alias bombs, simplified for documents of more than 400,000 values.
_SMALL: Final = 1_000
_MAX_ALIASED_SHARE: Final = 0.99
_MAX_ALIASED: Final = 400_000
# Go writes integral floats below this one as integers; from 2**53 on their digits are not exact any more.
_GO_INTEGRAL_BELOW: Final = 1e21
_EXACT_BELOW: Final = 2.0**53
_NO_KEY: Final = object()
_MERGE: Final = object()


class YamlProblem(ValueError):
    """Text that is no YAML, or YAML that is not accepted.

    :param line: counted from one; None where the whole text is meant.
    """

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs between reading users' files and reading the values of overrides as Clusternet does.

    :param unique_keys: a key that a mapping has twice is an error; otherwise the last one wins.
    :param exact_integers: integers beyond 64 bits stay integers, and floats become integers only where that is exact.
    :param max_characters: longest text of one document.
    """

    unique_keys: bool = False
    exact_integers: bool = False
    max_characters: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """The value of one document.

    :param line: where it begins, counted from one.
    :param characters: length of its text.
    :param aliased: how many values came from aliases.
    """

    value: Any
    line: int
    characters: int
    aliased: int


def read_first(text: str, rules: Rules) -> Any:
    """The value of the first document of the text; None where there is none. What follows is not even looked at.

    :raises YamlProblem: naming the line.
    """
    return next((node.value for node in read_all(text, rules)), None)


def read_all(text: str, rules: Rules) -> Iterator[Node]:
    """The documents of the text, one by one.

    :raises YamlProblem: naming the line.
    """
    try:
        # A subclass of str, such as Ansible's tagged text, is none to libyaml.
        yield from _documents(_Loader(str(text)), rules)
    except UnicodeEncodeError as error:
        raise YamlProblem(_half_a_character(error), None) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(_problem(error, text), mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise YamlProblem(f"no YAML: {error}", None) from error


def _documents(loader: Any, rules: Rules) -> Iterator[Node]:
    try:
        while not isinstance(event := loader.get_event(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                node = _Builder(loader.get_event, rules).build()
                loader.get_event()  # the end of the document, which also finds what cannot follow it
                yield node
    finally:
        loader.dispose()


def _half_a_character(error: UnicodeEncodeError) -> str:
    return f"character {error.start + 1} is half of a surrogate pair, which is no text"


def _problem(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        return "a tab where YAML wants spaces"
    return "no YAML: " + " ".join(part for part in (error.problem, error.context) if part)


def object_name(value: Any) -> str:
    """What to call a value in messages: `ConfigMap web`, as far as it says so."""
    if not isinstance(value, dict):
        return "the document"
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{value.get('kind') or 'the object'} {name or 'without a name'}"


@dataclass(slots=True)
class _Frame:
    """A collection that is being read."""

    container: Any
    anchor: str | None
    started: int
    key: Any = _NO_KEY
    merged: set[str] = field(default_factory=set)


class _Builder:
    """Puts the events of one document together."""

    def __init__(self, next_event: Callable[[], Any], rules: Rules) -> None:
        self._next_event = next_event
        self._rules = rules
        self._integral_below = _EXACT_BELOW if rules.exact_integers else _GO_INTEGRAL_BELOW
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._nodes = 0
        self._aliased = 0

    def build(self) -> Node:
        """The document whose start was the last event."""
        stack, limit = self._stack, self._rules.max_characters
        event = self._next_event()
        start = event.start_mark
        while True:
            if limit is not None and event.end_mark.index - start.index > limit:
                raise self._too_long(limit, start.line + 1)
            kind = type(event)
            if kind is ScalarEvent:
                value = self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open_collection(event, {} if kind is MappingStartEvent else [])
                event = self._next_event()
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = self._close_collection()
            else:
                value = self._alias(event)
            if not stack:
                return Node(self._as_json(value), start.line + 1, event.end_mark.index - start.index, self._aliased)
            self._place(value, event)
            event = self._next_event()

    def _too_long(self, limit: int, line: int) -> YamlProblem:
        name = object_name(self._stack[0].container) if self._stack else "the document"
        size = f"more than {limit // 2**20} MiB of text"
        return YamlProblem(f"{name} has {size}; Kubernetes stores objects up to 1.5 MiB", line)

    def _scalar(self, event: Any) -> Any:
        self._nodes += 1
        text, tag = event.value, event.tag
        try:
            if tag is not None:
                value = text if tag == TAG_MERGE else resolve_tagged(tag, text, exact=self._rules.exact_integers)
            else:
                value = resolve(text, exact=self._rules.exact_integers) if event.implicit[0] else text
        except ValueError as error:
            raise YamlProblem(str(error), _line(event)) from error
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        return value

    def _open_collection(self, event: Any, container: Any) -> None:
        self._nodes += 1
        if len(self._stack) >= MAX_DEPTH:
            raise YamlProblem(f"nested deeper than {MAX_DEPTH} levels", _line(event))
        if event.anchor is not None:
            self._open.add(event.anchor)
        self._stack.append(_Frame(container, event.anchor, self._nodes))

    def _close_collection(self) -> Any:
        frame = self._stack.pop()
        if frame.anchor is not None:
            self._open.discard(frame.anchor)
            self._anchors[frame.anchor] = (frame.container, self._nodes - frame.started + 1)
        return frame.container

    def _alias(self, event: Any) -> Any:
        line = _line(event)
        if event.anchor in self._open:
            raise YamlProblem(f"the value of anchor &{event.anchor} contains itself", line)
        if event.anchor not in self._anchors:
            raise YamlProblem(f"*{event.anchor} refers to no anchor before it", line)
        value, size = self._anchors[event.anchor]
        self._nodes += size
        self._aliased += size
        if self._nodes > _SMALL and self._aliased > min(_MAX_ALIASED_SHARE * self._nodes, _MAX_ALIASED):
            raise YamlProblem("aliases make the document many times larger than its text; write it out", line)
        return value

    def _as_json(self, value: Any) -> Any:
        """`3.0` and `1e3` are integers once they have passed through Go's JSON; API servers take nothing else for one."""
        if isinstance(value, float) and value.is_integer() and abs(value) < self._integral_below:
            return int(json_number(value))
        return value

    def _place(self, value: Any, event: Any) -> None:
        """Put a finished value where it belongs: an item of a list, a key, or the value of the key before it."""
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(self._as_json(value))
        elif frame.key is _NO_KEY:
            frame.key = self._key(value, event, frame)
        elif frame.key is _MERGE:
            self._merge(frame, value, event)
            frame.key = _NO_KEY
        else:
            frame.container[frame.key] = self._as_json(value)
            frame.key = _NO_KEY

    def _key(self, value: Any, event: Any, frame: _Frame) -> Any:
        if value == "<<" and isinstance(event, ScalarEvent) and (event.implicit[0] or event.tag == TAG_MERGE):
            return _MERGE
        if isinstance(value, str):
            key = value
        elif isinstance(value, (dict, list)):
            raise YamlProblem("a key must be text, not a list or mapping", _line(event))
        else:
            try:
                key = key_text(value)
            except ValueError as error:
                raise YamlProblem(str(error), _line(event)) from error
        if self._rules.unique_keys and key in frame.container and key not in frame.merged:
            raise YamlProblem(f"the key {key!r} stands a second time in the same mapping", _line(event))
        frame.merged.discard(key)
        return key

    def _merge(self, frame: _Frame, value: Any, event: Any) -> None:
        """`<<`: go-yaml sets the keys where the merge key stands, so they win over what stands before it."""
        sources = value if isinstance(value, list) and not isinstance(event, AliasEvent) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise YamlProblem("<< takes a mapping or a list of mappings", _line(event))
        for source in reversed(sources):
            frame.container.update(source)
            frame.merged.update(source)


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line
