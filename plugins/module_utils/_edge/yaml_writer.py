# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values to YAML text, in two manners: exactly as go-yaml v2 writes it, and as people like to read it in Git.

libyaml's emitter (through PyYAML) writes both; go-yaml's is a port of it. What differs is decided here: the style that
each string asks for, how numbers look, and the order of keys.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_scalars import (
    is_timestamp,
    resolve,
    yaml_number,
)

try:
    import yaml
    from yaml.events import (
        DocumentEndEvent,
        DocumentStartEvent,
        Event,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
        StreamStartEvent,
    )
except ImportError:  # `libraries.require` says so, to whoever is about to write YAML
    _Dumper: Any = None
else:
    _Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_OTHER_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
# Wider than any line: a long value stays on its line, so that a change of one word is a change of one line.
_UNFOLDED: Final = 2**30
_GO_WIDTH: Final = 80

_PLAIN: Final = (True, False)
_EITHER: Final = (True, True)

# Literal blocks are used where every reader gives back the same text: no other line breaks, no control characters,
# nothing that needs an indentation hint, and no blanks at the end of a line that an editor would strip.
_NOT_LITERAL: Final = re.compile("[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[ \t](?:\n|\\Z)")
# Words and signs that are text for go-yaml and something else for other readers of YAML 1.1 and 1.2.
_AMBIGUOUS: Final = re.compile(
    r"=|<<|[-+]?0o[0-7]+|[-+]?(?:[0-9][0-9_,]*)?\.?[0-9_]*(?:[eE][-+]?[0-9]+)?|\.(?:inf|nan)", re.I
)


@dataclass(frozen=True, slots=True)
class _Manner:
    string: Callable[[str], str]
    number: Callable[[int | float], str]
    order: Callable[[dict[str, Any], int, str], list[str]]
    width: int


def write_like_go(value: Any) -> str:
    """Exactly the text that `sigs.k8s.io/yaml` makes of the value's JSON."""
    return _write(value, _GO)


def write_for_people(value: Any) -> str:
    """Block style as `kubectl` shows it, in a stable order; reading it gives the same value again.

    :raises ValueError: for what YAML text cannot hold: half of a surrogate pair, an infinite number.
    """
    return _write(value, _PEOPLE)


def _write(value: Any, manner: _Manner) -> str:
    events = [StreamStartEvent(), DocumentStartEvent(explicit=False)]
    events.extend(_events(value, manner, 0, ""))
    events += [DocumentEndEvent(explicit=False), StreamEndEvent()]
    text: str = yaml.emit(events, Dumper=_Dumper, allow_unicode=True, width=manner.width)
    # libyaml marks the end of a document that is one plain scalar; go-yaml does not.
    return text[:-4] if text.endswith("\n...\n") else text


def _events(value: Any, manner: _Manner, depth: int, parent: str) -> Iterator[Event]:
    if isinstance(value, dict):
        yield MappingStartEvent(None, None, True, flow_style=False)
        for key in manner.order(value, depth, parent):
            yield _text(key, manner)
            yield from _events(value[key], manner, depth + 1, key)
        yield MappingEndEvent()
    elif isinstance(value, list):
        yield SequenceStartEvent(None, None, True, flow_style=False)
        for item in value:
            yield from _events(item, manner, depth + 1, "")
        yield SequenceEndEvent()
    elif isinstance(value, str):
        yield _text(value, manner)
    elif value is None:
        yield ScalarEvent(None, None, _PLAIN, "null")
    elif isinstance(value, bool):
        yield ScalarEvent(None, None, _PLAIN, "true" if value else "false")
    else:
        yield ScalarEvent(None, None, _PLAIN, manner.number(value))


def _text(text: str, manner: _Manner) -> ScalarEvent:
    return ScalarEvent(None, None, _EITHER, text, style=manner.string(text) or None)


def _go_string(text: str) -> str:
    if _OTHER_BREAKS.search(text) is not None:
        # go-yaml writes these as they are in a block or in single quotes, and other text comes back: a bug of it.
        return '"'
    if "\n" in text:
        return "|"
    return '"' if _is_other_than_text(text) else ""


def _is_other_than_text(text: str) -> bool:
    return not isinstance(resolve(text), str) or is_timestamp(text) or _BASE_60.fullmatch(text) is not None


def _readable_string(text: str) -> str:
    if "\n" in text and text[0] not in " \n" and _NOT_LITERAL.search(text) is None:
        return "|"
    return '"' if "\n" in text or _is_other_than_text(text) or _AMBIGUOUS.fullmatch(text) else ""


def _readable_number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that JSON has")
    text = repr(float(value))
    # YAML 1.1 as others read it takes 1e+21 for text: it wants a point.
    return text if "." in text else text.replace("e", ".0e")


def _sorted_like_go(mapping: dict[str, Any], _depth: int, _parent: str) -> list[str]:
    return sorted(mapping, key=_GO_ORDER)


_FIRST: Final = {"apiVersion": 0, "kind": 1, "metadata": 2}
_FIRST_IN_METADATA: Final = {"name": 0, "namespace": 1, "labels": 2, "annotations": 3}


def _sorted_for_people(mapping: dict[str, Any], depth: int, parent: str) -> list[str]:
    first: dict[str, int] = {}
    if depth == 0:
        first = _FIRST
    elif depth == 1 and parent == "metadata":
        first = _FIRST_IN_METADATA
    return sorted(mapping, key=lambda key: (first.get(key, len(first)), key))


def _compare(left: str, right: str) -> int:
    """go-yaml's order of keys: numbers inside by their value, letters after everything else."""
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if b.isalpha() else 1
        return _compare_digits(left, right, at)
    return len(left) - len(right)


def _compare_digits(left: str, right: str, at: int) -> int:
    start = 0
    if "0" in (left[at], right[at]):
        before = at - 1
        while before >= 0 and left[before].isdecimal():
            if left[before] != "0":
                start = 1
                break
            before -= 1
    (a, a_end), (b, b_end) = _digits_from(left, at, start), _digits_from(right, at, start)
    if a != b:
        return -1 if a < b else 1
    if a_end != b_end:
        return a_end - b_end
    return -1 if left[at] < right[at] else 1


def _digits_from(text: str, at: int, value: int) -> tuple[int, int]:
    while at < len(text) and text[at].isdecimal():
        value = value * 10 + ord(text[at]) - ord("0")
        at += 1
    return value, at


_GO_ORDER: Final = cmp_to_key(_compare)
_GO: Final = _Manner(_go_string, yaml_number, _sorted_like_go, _GO_WIDTH)
_PEOPLE: Final = _Manner(_readable_string, _readable_number, _sorted_for_people, _UNFOLDED)
