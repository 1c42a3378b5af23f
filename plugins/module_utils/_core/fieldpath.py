# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The string field that a `Field*` override changes: found by `fieldPath`, patched as the text it holds, written back.

Reference, section "Overrides". Unlike Clusternet, `~1` and `~0` in the path are decoded, as in every JSON pointer,
both when the field is read and when it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ansible_collections.multicluster.apps.plugins.module_utils._core.merge import describe
from ansible_collections.multicluster.apps.plugins.module_utils._core.patch import list_index, replace_at, split_pointer
from ansible_collections.multicluster.apps.plugins.module_utils._model.overrides import FieldFormat

Change = Callable[[Any], Any]


class TextCodec(Protocol):
    """The text formats, handed in because this package knows none. The readers raise InvalidInput."""

    def parse(self, text: str) -> Any:
        """The value of YAML or JSON text: the first document, None where there is none."""

    def parse_json(self, text: str, *, verbatim: bool = False) -> Any:
        """The value of JSON text; with `verbatim`, `render_json` writes its untouched parts as they were."""

    def render_yaml(self, value: Any) -> str:
        """YAML in block style with sorted keys."""

    def render_json(self, value: Any) -> str:
        """JSON with four spaces and sorted keys."""


def read_field(document: Any, field_path: str) -> tuple[tuple[str, ...], str]:
    """The decoded path and the text of a string field.

    :raises ValueError: when there is no such field, or it is no string.
    """
    path = split_pointer(field_path)
    if path is None:
        raise ValueError(f"fieldPath {field_path!r} begins with no slash; a path is like /data/server.conf")
    if not isinstance(document, dict):
        raise ValueError(f"fieldPath {field_path!r}: the document is {describe(document)}, not an object")
    value: Any = document
    for token in path:
        value = _below(value, token, field_path)
    if not isinstance(value, str):
        raise ValueError(f"fieldPath {field_path!r} leads to {describe(value)}; it must lead to text")
    return path, value


def change_field(document: Any, path: tuple[str, ...], text: str) -> Any:
    """The document with the text of the field at `path` replaced."""
    return replace_at(document, path, text)


def merged_text(text: str, field_format: FieldFormat, merge: Change, codec: TextCodec) -> str:
    """The text after a merge patch.

    :raises ValueError: when the result cannot stand in JSON text: Clusternet takes nothing but an object there.
    """
    if field_format is FieldFormat.YAML:
        return codec.render_yaml(merge(codec.parse(text)))
    result = merge(codec.parse_json(text))
    if not isinstance(result, dict):
        raise ValueError(f"the JSON text would become {describe(result)}; it must stay an object")
    return codec.render_json(result)


def patched_text(text: str, field_format: FieldFormat, patch: Change, codec: TextCodec) -> str:
    """The text after a JSON patch; JSON text stays as it is where `patch` gives back the very value it was given."""
    if field_format is FieldFormat.YAML:
        return codec.render_yaml(patch(codec.parse(text)))
    if not text.strip():
        return text
    value = codec.parse_json(text, verbatim=True)
    result = patch(value)
    return text if result is value else codec.render_json(result)


def _below(value: Any, token: str, field_path: str) -> Any:
    if isinstance(value, dict) and token in value:
        return value[token]
    if isinstance(value, list):
        index = list_index(token)
        if index is not None and 0 <= index < len(value):
            return value[index]
        raise ValueError(f"fieldPath {field_path!r}: a list of {len(value)} has no index {token!r}")
    if isinstance(value, dict):
        raise ValueError(f"fieldPath {field_path!r}: there is no {token!r} in the object that has {_keys(value)}")
    raise ValueError(f"fieldPath {field_path!r}: {token!r} cannot be looked up in {describe(value)}")


def _keys(value: dict[str, Any]) -> str:
    shown = sorted(value)[:8]
    return ", ".join(shown) + (", ..." if len(value) > len(shown) else "") if shown else "no keys"
