# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking the values of a Secret out of messages about it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import HIDDEN


def scrubbed(message: str, raw: Mapping[str, Any]) -> str:
    """The message without the values of the Secret that it is about; as it is for every other object.

    API servers quote what they refuse, encoded or not.
    """
    if (raw.get("apiVersion"), raw.get("kind")) != ("v1", "Secret"):
        return message
    for value in sorted(set(_values(raw)), key=lambda item: (-len(item), item)):
        message = message.replace(value, HIDDEN)
    return message


def _values(raw: Mapping[str, Any]) -> Iterator[str]:
    for field in ("data", "stringData"):
        content = raw.get(field)
        for value in content.values() if isinstance(content, Mapping) else [content]:
            text = str(value)
            # Single characters hide nothing, and taking them out would leave no message.
            yield from (variant for variant in (text, *_decoded(text)) if len(variant) > 1 and value is not None)


def _decoded(text: str) -> tuple[str, ...]:
    try:
        return (base64.b64decode(text, validate=True).decode(),)
    except (binascii.Error, ValueError):
        return ()
