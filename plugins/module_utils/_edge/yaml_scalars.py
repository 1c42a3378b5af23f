# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plain YAML scalar means, and how numbers are written: by go-yaml v2, with which Kubernetes reads YAML.

They are YAML 1.1 with changes: `y` and `n` are booleans, sexagesimal numbers and `=` are strings, timestamps stay
strings, `1e3` is a number. The facts are from go-yaml's resolver and Go's `strconv`; PyYAML's own resolver differs in
each of them.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from decimal import Decimal
from typing import Any, Final

TAG_PREFIX: Final = "tag:yaml.org,2002:"
TAG_MERGE: Final = TAG_PREFIX + "merge"
_TAG_BINARY: Final = TAG_PREFIX + "binary"

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_INTEGER: Final = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))")
_BASES: Final = (16, 2, 8, 10)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FLOAT: Final = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)
_MAX_UINT64: Final = 2**64 - 1
_MIN_INT64: Final = -(2**63)
_MAX_INT64: Final = 2**63 - 1


def resolve(text: str, *, exact: bool = False) -> Any:
    """The value of a plain scalar without a tag.

    :param exact: integers beyond 64 bits stay integers; go-yaml makes floats of them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    number = _number(text, exact)
    return text if number is None else number


def resolve_tagged(tag: str, text: str, *, exact: bool = False) -> Any:
    """The value of a scalar with an explicit tag; text with a tag that YAML does not know stays text.

    :raises ValueError: when the text is no such thing; the message says what and names the tag.
    """
    kind = tag.removeprefix(TAG_PREFIX) if tag.startswith(TAG_PREFIX) else ""
    if tag == _TAG_BINARY:
        return _binary(text)
    if kind == "timestamp" and is_timestamp(text):
        return text
    if kind not in ("bool", "int", "float", "null", "timestamp"):
        return text
    value = resolve(text, exact=exact)
    found = _kind(value)
    if found == kind:
        return value
    if kind == "float" and found == "int":
        return float(value)
    raise ValueError(f"{text!r} is tagged !!{kind} and is none")


def is_timestamp(text: str) -> bool:
    """Whether go-yaml would quote the text for looking like a date or time."""
    return text[:1].isdigit() and _TIMESTAMP.fullmatch(text) is not None


def key_text(key: Any) -> str:
    """The text of a mapping key that is no string, as the converter to JSON that Kubernetes uses writes it.

    :raises ValueError: for a key that JSON cannot have.
    """
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int) and _MIN_INT64 <= key <= _MAX_INT64:
        return str(key)
    if isinstance(key, float):
        single = _single(key)
        return _special(single) or go_float(*_shortest(single))
    raise ValueError(f"a key must be text; this one is {'null' if key is None else f'{key!r}'}")


def yaml_number(value: float | int) -> str:
    """A number as go-yaml writes it after it has passed through JSON, where integral floats below 1e21 are integers."""
    if isinstance(value, float) and abs(value) < 1e21 and value.is_integer():
        value = int(json_number(value))
    if isinstance(value, int) and _MIN_INT64 <= value <= _MAX_UINT64:
        return str(value)
    return go_float(*_digits(repr(float(value))))


def json_number(value: float | int) -> str:
    """A number as Go's encoding/json writes it; integers keep all their digits (beyond: Go loses those past 2**53)."""
    if isinstance(value, int):
        return str(value)
    sign, digits, exponent = _digits(repr(value))
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return sign + _positional(digits, exponent)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{exponent:+d}"


def go_float(sign: str, digits: str, exponent: int) -> str:
    """Shortest digits in Go's format `g`: with an exponent of two digits at least, from 1e+06 on and below 1e-04.

    :param exponent: decimal exponent of the first digit.
    """
    if -4 <= exponent < 6:
        return sign + _positional(digits, exponent)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _number(text: str, exact: bool) -> int | float | None:
    if text[0] == ".":
        return _finite(text) if _POINT_FLOAT.fullmatch(text) else None
    plain = text.replace("_", "")
    match = _INTEGER.fullmatch(plain)
    if match is not None:
        value = _integer(match)
        if _MIN_INT64 <= value <= _MAX_INT64 or (not match[1] and value <= _MAX_UINT64):
            return value
        if exact and match[5]:
            return value
    return _finite(plain) if _FLOAT.fullmatch(plain) else None


def _integer(match: re.Match[str]) -> int:
    sign, *alternatives = match.groups()
    base, digits = next((base, text) for base, text in zip(_BASES, alternatives, strict=True) if text is not None)
    return -int(digits, base) if sign == "-" else int(digits, base)


def _finite(text: str) -> float | None:
    """None for a number out of range: go-yaml keeps that as text."""
    value = float(text)
    return None if value in (math.inf, -math.inf) else value


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "str")


def _binary(text: str) -> str:
    try:
        data = base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"!!binary value is no base64: {error}") from error
    # JSON has no bytes: each byte that is no UTF-8 becomes U+FFFD, as in Go.
    return re.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", "surrogateescape"))


def _special(value: float) -> str | None:
    if math.isnan(value):
        return ".nan"
    return {math.inf: ".inf", -math.inf: "-.inf"}.get(value)


def _digits(text: str) -> tuple[str, str, int]:
    """Sign, digits without zeros at either end, and the decimal exponent of the first digit, of a repr."""
    sign, digits, exponent = Decimal(text).as_tuple()
    if not any(digits):
        return "-" if sign else "", "0", 0
    joined = "".join(map(str, digits))
    first = int(exponent) + len(joined) - 1
    return "-" if sign else "", joined.rstrip("0"), first


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return digits[: exponent + 1] + "." + digits[exponent + 1 :]


def _single(value: float) -> float:
    """The nearest 32-bit float: keys have this precision on their way to JSON."""
    try:
        single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return single


def _shortest(single: float) -> tuple[str, str, int]:
    """The shortest digits that tell a 32-bit float from its neighbours; nine always do."""
    texts = (f"{single:.{precision}e}" for precision in range(9))
    return _digits(next(text for text in texts if _single(float(text)) == single))
