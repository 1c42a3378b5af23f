# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON text that people wrote, read and written so that what nobody touched stays as it was.

A JSON patch on JSON text changes the values it names. Go's library keeps the text of everything else: the order of
keys, `1.500`, `"\\/"`. `read_verbatim` remembers that text in subclasses of the plain types; copying a container to
change it (`dict(x)`, `[*x]`) forgets the text of that container and keeps that of its items, which is exactly what Go
does. `write` sorts the keys of what has no text of its own and escapes as Go does: `<`, `>`, `&`, U+2028 and U+2029.
"""

from __future__ import annotations

import json
import json.decoder
import json.scanner
import re
from typing import Any, Final, NoReturn

from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_scalars import json_number

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_ESCAPED: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_INDENT: Final = "    "


class _VerbatimDict(dict[str, Any]):
    __slots__ = ("text",)
    text: str


class _VerbatimList(list[Any]):
    __slots__ = ("text",)
    text: str


class _VerbatimStr(str):
    text: str


class _VerbatimFloat(float):
    __slots__ = ("text",)
    text: str


_VERBATIM: Final = (_VerbatimDict, _VerbatimList, _VerbatimStr, _VerbatimFloat)


def read(text: str) -> Any:
    """The value of JSON text. The last of equal keys wins, as in Go.

    :raises ValueError: when it is no JSON, or a number is out of range.
    """
    return _decode(_Strict(), text)


def read_verbatim(text: str) -> Any:
    """The value of JSON text, whose untouched parts `write` writes as they were.

    :raises ValueError: when it is no JSON.
    """
    return _decode(_Verbatim(), text)


def write(value: Any) -> str:
    """JSON with four spaces, as Go's `json.MarshalIndent` writes it."""
    return _indented(_compact(value))


def _decode(decoder: json.JSONDecoder, text: str) -> Any:
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


class _Strict(json.JSONDecoder):
    """JSON and nothing else: Python's decoder would take NaN, Infinity and 1e400."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse, parse_int=_integer, parse_float=_finite)


class _Verbatim(json.JSONDecoder):
    """Remembers texts. The scanner written in Python is the one whose parts can be replaced."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse, parse_int=_integer, parse_float=_number)
        self.parse_object = _object
        self.parse_array = _array
        self.parse_string = _string
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _integer(text: str) -> int | float:
    return _number(text) if text == "-0" else int(text)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is out of range")
    return value


def _number(text: str) -> _VerbatimFloat:
    value = _VerbatimFloat(text)
    value.text = text
    return value


def _object(s_and_end: tuple[str, int], *args: Any) -> tuple[_VerbatimDict, int]:
    text, start = s_and_end
    pairs, end = json.decoder.JSONObject(s_and_end, *args)  # type: ignore[attr-defined]
    value = _VerbatimDict(pairs)
    value.text = text[start - 1 : end]
    return value, end


def _array(s_and_end: tuple[str, int], *args: Any) -> tuple[_VerbatimList, int]:
    text, start = s_and_end
    items, end = json.decoder.JSONArray(s_and_end, *args)  # type: ignore[attr-defined]
    value = _VerbatimList(items)
    value.text = text[start - 1 : end]
    return value, end


def _string(text: str, start: int, strict: bool = True) -> tuple[str, int]:
    plain, end = json.decoder.scanstring(text, start, strict)  # type: ignore[attr-defined]
    raw = text[start - 1 : end]
    if "\\" not in raw:
        return plain, end
    value = _VerbatimStr(plain)
    value.text = raw
    return value, end


def _compact(value: Any) -> str:
    if isinstance(value, _VERBATIM):
        return _escaped("".join(_TOKEN.findall(value.text)))
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(key)}:{_compact(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return json_number(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    # Half of a surrogate pair is no text; Go writes U+FFFD for it.
    return _escaped(json.dumps(re.sub("[\ud800-\udfff]", "\ufffd", text), ensure_ascii=False))


def _escaped(text: str) -> str:
    """These characters can only stand inside strings."""
    return text.translate(_ESCAPED)


def _indented(compact: str) -> str:
    parts: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(compact)
    for index, token in enumerate(tokens):
        if token in ("{", "["):
            depth += 1
            parts.append(token)
            if tokens[index + 1] not in ("}", "]"):
                parts.append("\n" + _INDENT * depth)
        elif token in ("}", "]"):
            depth -= 1
            if tokens[index - 1] not in ("{", "["):
                parts.append("\n" + _INDENT * depth)
            parts.append(token)
        elif token == ",":
            parts.append(",\n" + _INDENT * depth)
        else:
            parts.append(": " if token == ":" else token)
    return "".join(parts)
