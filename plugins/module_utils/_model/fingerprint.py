# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling whether a cluster still holds what was sent to it, without sending it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.delivery import Record
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import carries_secret, masked


def fingerprint(value: Any) -> str:
    """Sixteen hexadecimal digits that tell contents apart; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def projection(live: Any, desired: Any) -> Any:
    """The fields of `live` that `desired` has, and nothing else.

    Lists of the same length are compared item by item; in others every item counts, for something was added or removed.
    """
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        return {key: projection(live[key], value) for key, value in desired.items() if key in live}
    if isinstance(desired, list | tuple) and isinstance(live, list | tuple) and len(desired) == len(live):
        return [projection(item, wanted) for item, wanted in zip(live, desired, strict=True)]
    return live


def covers(live: Any, desired: Any) -> bool:
    """Whether `live` has every field of `desired`, whatever is in it."""
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        return all(key in live and covers(live[key], value) for key, value in desired.items())
    if isinstance(desired, list | tuple) and isinstance(live, list | tuple) and len(desired) == len(live):
        return all(covers(item, wanted) for item, wanted in zip(live, desired, strict=True))
    return True


def record_of(live: Mapping[str, Any], desired: Mapping[str, Any]) -> Record | None:
    """What to remember after `desired` was sent and the cluster answered `live`.

    More people may read records than Secrets, and a hash of a short password is as good as the password: so secret
    values are compared themselves and do not go into the fingerprints.

    :returns: None where secret values differ: then nothing is worth remembering.
    """
    same_fields = projection(live, desired)
    if carries_secret(desired):
        if same_fields != desired:
            return None
        desired = same_fields = masked(desired)
    return Record(fingerprint(desired), fingerprint(same_fields))
