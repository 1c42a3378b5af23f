# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON patches (RFC 6902) as the library applies them that Clusternet uses (evanphx/json-patch 5.7, its root package).

It differs from the RFC, and from the Python library `jsonpatch`, in what users may rely on: an operation whose path
leads nowhere makes the whole patch a no-op, `replace` of a missing key adds it, negative indexes count from the end of
a list, copying a missing key gives null, a missing `value` is null, and what stands before the first slash of a path
is ignored. It is written out here for that, and because nothing may be changed in place: containers on the way to a
change are copied, everything else is shared. Operations that only read copy their way, too: the order of keys in JSON
text depends on which containers a patch has looked into. Numbers are compared by value, as RFC 6902 says (section
4.6); the library compares their texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.merge import describe

MAX_OPERATIONS: Final = 10_000

_INDEX: Final = re.compile(r"[-+]?[0-9]+")
_ABSENT: Final = object()

Change = Callable[[Any, str], Any]


class Missed(Exception):
    """The path of an operation leads nowhere: the patch is to be ignored, whole.

    :param op: the kind of the operation.
    :param path: the path that leads nowhere.
    """

    def __init__(self, op: str, path: str | None) -> None:
        super().__init__(f"{op} {path or '(no path)'}")
        self.op = op
        self.path = path


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a patch, with what it lacks as None.

    :ivar path: decoded tokens; None when the path is missing or leads nowhere by itself (no slash in it).
    :ivar text: the path as written; None when there is none.
    :ivar value: the value, None for null and for none; `has_value` tells them apart.
    """

    op: str
    path: tuple[str, ...] | None
    text: str | None
    source: tuple[str, ...] | None
    source_text: str | None
    value: Any
    has_value: bool
    problem: str | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it does nothing: the library ignores a whole document replaced by what is no container."""
        whole = self.op == "replace" and self.text == "" and self.has_value
        return whole and not isinstance(self.value, (dict, list))


def compile_patch(patch: Any) -> tuple[Operation, ...]:
    """The operations of a patch; null has none.

    :raises ValueError: when it is no list of objects, or too long. What is wrong with a single operation is raised
        when its turn comes, for an earlier one may end the patch.
    """
    if patch is None:
        return ()
    if not isinstance(patch, list):
        raise ValueError(f"a JSON patch is a list of operations, not {describe(patch)}")
    if len(patch) > MAX_OPERATIONS:
        raise ValueError(f"a JSON patch may have {MAX_OPERATIONS} operations; this one has {len(patch)}")
    for item in patch:
        if item is not None and not isinstance(item, dict):
            raise ValueError(f"an operation of a JSON patch is an object, not {describe(item)}")
    return tuple(_operation(item or {}) for item in patch)


def apply_patch(document: Any, operations: Sequence[Operation]) -> Any:
    """The document after all operations, never the very object that was given; that one stays as it is.

    :raises Missed: when a path leads nowhere.
    :raises ValueError: for everything else that cannot be done.
    """
    if isinstance(document, dict):
        document = dict(document)
    elif isinstance(document, list):
        document = [*document]
    elif document is not None:
        raise ValueError(f"the document is {describe(document)}, neither object nor list")
    for operation in operations:
        if operation.problem is not None:
            raise ValueError(operation.problem)
        document = _OPERATIONS[operation.op](document, operation)
    return document


def replace_at(document: Any, path: tuple[str, ...], value: Any) -> Any:
    """The document with a value that is there replaced; containers on the way are copied.

    :raises Missed: when the path leads nowhere.
    """
    text = "/" + "/".join(path)
    return _replace(document, Operation("replace", path, text, None, None, value, has_value=True))


def split_pointer(text: str) -> tuple[str, ...] | None:
    """The decoded tokens of a JSON pointer (RFC 6901); None for a text without a slash."""
    tokens = text.split("/")[1:]
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens) if tokens else None


def list_index(token: str) -> int | None:
    """The number that a token of a pointer is; None when it is none."""
    return int(token) if _INDEX.fullmatch(token) else None


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal (RFC 6902, section 4.6): unlike in Python, true is not 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return isinstance(left, bool) is isinstance(right, bool) and bool(left == right)


def _operation(raw: dict[str, Any]) -> Operation:
    op, path, source = raw.get("op"), raw.get("path"), raw.get("from")
    problem = None
    if not isinstance(op, str) or op not in _OPERATIONS:
        accepted = ", ".join(sorted(_OPERATIONS))
        found = repr(op) if isinstance(op, str) else "none" if op is None else describe(op)
        problem = f"a JSON patch knows the operations {accepted}; not {found}"
    elif not _is_text_or_none(source) and op in ("move", "copy"):
        problem = f"from of a JSON patch is text, not {describe(source)}"
    elif not _is_text_or_none(path) and op in ("replace", "move", "test"):
        problem = f"path of a JSON patch is text, not {describe(path)}"
    path_text = path if isinstance(path, str) else None
    source_text = source if isinstance(source, str) else None
    return Operation(
        op=op if isinstance(op, str) else "",
        path=None if path_text is None else split_pointer(path_text),
        text=path_text,
        source=None if source_text is None else split_pointer(source_text),
        source_text=source_text,
        value=raw.get("value"),
        has_value="value" in raw,
        problem=problem,
    )


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _add(document: Any, operation: Operation) -> Any:
    return _insert(document, operation, operation.value)


def _insert(document: Any, operation: Operation, value: Any) -> Any:
    def change(container: Any, token: str) -> Any:
        if isinstance(container, dict):
            return {**container, token: value}
        index = len(container) if token == "-" else _position(container, token, len(container) + 1, operation)
        return [*container[:index], value, *container[index:]]

    return _changed(document, operation.path, change, operation.op, operation.text)


def _remove(document: Any, operation: Operation) -> Any:
    return _without(document, operation, operation.path, operation.text)


def _without(document: Any, operation: Operation, path: tuple[str, ...] | None, text: str | None) -> Any:
    def change(container: Any, token: str) -> Any:
        if isinstance(container, dict):
            if token not in container:
                raise Missed(operation.op, text)
            result = dict(container)
            del result[token]
            return result
        index = _position(container, token, len(container), operation)
        return [*container[:index], *container[index + 1 :]]

    return _changed(document, path, change, operation.op, text)


def _replace(document: Any, operation: Operation) -> Any:
    if operation.text == "":
        if not operation.has_value:
            raise ValueError("replace of the whole document needs a value")
        return document if operation.is_idle else operation.value

    def change(container: Any, token: str) -> Any:
        if isinstance(container, dict):
            return {**container, token: operation.value}
        index = _existing(container, token)
        if index is None:
            raise Missed(operation.op, operation.text)
        return [*container[:index], operation.value, *container[index + 1 :]]

    return _changed(document, operation.path, change, operation.op, operation.text)


def _move(document: Any, operation: Operation) -> Any:
    value = _read(document, operation, operation.source, operation.source_text)[1]
    rest = _without(document, operation, operation.source, operation.source_text)
    return _insert(rest, operation, None if value is _ABSENT else value)


def _copy(document: Any, operation: Operation) -> Any:
    touched, value = _read(document, operation, operation.source, operation.source_text)
    return _insert(touched, operation, None if value is _ABSENT else value)


def _test(document: Any, operation: Operation) -> Any:
    if operation.text == "":
        touched, value = document, document
    else:
        touched, value = _read(document, operation, operation.path, operation.text)
    present = None if value is _ABSENT else value
    if not same(present, operation.value) or (present is not None and not operation.has_value):
        # Neither value is quoted, here or in any message: both may be secrets.
        raise ValueError(f"the test of {operation.text!r} failed: what is there is not the value in the patch")
    if not isinstance(present, (dict, list)):
        return touched
    # Equal, but with the order of the patch: a container that was compared has lost its own.
    return operation.value if operation.text == "" else _replace(touched, operation)


def _read(document: Any, operation: Operation, path: tuple[str, ...] | None, text: str | None) -> tuple[Any, Any]:
    """The document with its way to the path copied, and what is there; `_ABSENT` for a missing key."""
    found: list[Any] = []

    def look(container: Any, token: str) -> Any:
        if isinstance(container, dict):
            found.append(container.get(token, _ABSENT))
            return dict(container)
        found.append(container[_position(container, token, len(container), operation)])
        return [*container]

    return _changed(document, path, look, operation.op, text), found[0]


def _changed(document: Any, path: tuple[str, ...] | None, change: Change, op: str, text: str | None) -> Any:
    """The document with `change` made to the container that holds the last token; containers on the way are copied."""
    if path is None:
        raise Missed(op, text)
    *parents, last = path
    if document is None:
        if parents or op in ("remove", "move"):
            raise Missed(op, text)
        raise ValueError(f"{op} {text}: the document is null")
    way: list[tuple[Any, Any]] = []
    container = document
    for token in parents:
        key: Any = token if isinstance(container, dict) else _existing(container, token)
        below = container.get(key) if isinstance(container, dict) else None if key is None else container[key]
        if not isinstance(below, (dict, list)):
            raise Missed(op, text)
        way.append((container, key))
        container = below
    result = change(container, last)
    for parent, key in reversed(way):
        copy = dict(parent) if isinstance(parent, dict) else [*parent]
        copy[key] = result
        result = copy
    return result


def _existing(container: list[Any], token: str) -> int | None:
    index = list_index(token)
    if index is None or not -len(container) <= index < len(container):
        return None
    return index % len(container)


def _position(container: list[Any], token: str, size: int, operation: Operation) -> int:
    index = list_index(token)
    if index is None:
        raise ValueError(f"{operation.op} {operation.text}: {token!r} is no index of a list")
    if not -size <= index < size:
        raise ValueError(f"{operation.op} {operation.text}: a list of {len(container)} has no index {index}")
    return index % size


_OPERATIONS: Final[dict[str, Callable[[Any, Operation], Any]]] = {
    "add": _add,
    "copy": _copy,
    "move": _move,
    "remove": _remove,
    "replace": _replace,
    "test": _test,
}
