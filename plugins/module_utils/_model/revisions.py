# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ControllerRevision: what was delivered, kept for later.

A hub keeps two sorts of them. A *content* is what one Description held, compressed, under a name that is derived from it, so
that all clusters and revisions with the same content share it. A *revision* of a cluster lists the contents of one Base.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import ApiObject, Meta

ENCODING: Final = "json+zlib+base64"
# The fields of a Description that hold base64 of JSON. They are kept as that JSON: base64 of it compresses badly.
_BYTE_FIELDS: Final = ("chartRaw", "raw")
# No Description is larger than an API server stores; more than this is no content of ours, but something that unfolds.
_MOST_BYTES: Final = 8 * 2**20


@dataclass(frozen=True, slots=True)
class ControllerRevision(ApiObject):
    """A content or a revision; see the top of this file.

    :ivar number: of a revision; 0 for a content.
    :ivar contents: names of contents in the order of the Descriptions; empty for a content.
    :ivar objects: how many objects or charts the contents of a revision hold.
    """

    GROUP: ClassVar[str] = "apps"
    KIND: ClassVar[str] = "ControllerRevision"

    number: int
    contents: tuple[str, ...]
    objects: int

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ControllerRevision:
        """The ControllerRevision that a checked object describes; other tools' `data` counts as empty."""
        data = raw.get("data")
        data = data if isinstance(data, Mapping) else {}
        contents, objects = data.get("contents"), data.get("objects")
        return cls(
            meta=Meta.of(raw),
            raw=raw,
            number=raw.get("revision") or 0,
            contents=tuple(str(name) for name in contents) if isinstance(contents, list) else (),
            objects=objects if isinstance(objects, int) else 0,
        )


def packed(spec: Mapping[str, Any]) -> dict[str, str]:
    """The `data` of a content: the `spec` of a Description, compressed.

    :param spec: as it is rendered, with ASCII in its byte fields.
    """
    plain = {field: _texts(value) if field in _BYTE_FIELDS else value for field, value in spec.items()}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return {"encoding": ENCODING, "content": base64.b64encode(zlib.compress(text.encode())).decode()}


def is_packed(data: Any) -> bool:
    """Whether this is the `data` of a content."""
    return isinstance(data, Mapping) and data.get("encoding") == ENCODING


def unpacked(data: Any) -> dict[str, Any]:
    """The `spec` that was packed.

    :raises InvalidInput: where somebody damaged it.
    """
    try:
        decompressor = zlib.decompressobj()
        text = decompressor.decompress(base64.b64decode(data["content"], validate=True), _MOST_BYTES)
        if not decompressor.eof:
            raise InvalidInput("it is cut off, or unfolds to more than a Description can hold")
        plain = json.loads(text)
        return {field: _bytes(value) if field in _BYTE_FIELDS else value for field, value in plain.items()}
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, zlib.error) as error:
        raise InvalidInput("it is no compressed content of a Description") from error


def _texts(values: list[str]) -> list[str]:
    return [base64.b64decode(value).decode() for value in values]


def _bytes(values: list[str]) -> list[str]:
    return [base64.b64encode(value.encode()).decode() for value in values]
