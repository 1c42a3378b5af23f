# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Description was made from, and whether that is reason enough to make it again.

Reference, section "Overrides": an `ApplyNow` policy counts at once; an `ApplyLater` policy counts the next time that the
Description is made again for another reason. Deleting a policy takes its effect back by the same rule.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_RENDERED_FROM
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import APPLY_LATER, Description, Policy

_DIGEST_LENGTH = 16
# The digest of what came of it names what revisions keep, and so has to tell more apart.
_OUTPUT_LENGTH = 32
# All annotations of an object may have 256 KiB. A record that would be longer keeps a digest of its policies' digests.
_RECORD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Provenance:
    """The record that a Description carries.

    :param inputs: digest of the Subscription's spec and of the fed objects.
    :param now: digests of the `ApplyNow` policies that apply, by `policy_name`.
    :param output: `output_digest` of the Description's spec, so that a spec that someone edited is made again.
    :param policies: in place of `now`, where that would be too long: a digest of it.
    """

    inputs: str
    now: Mapping[str, str]
    output: str
    policies: str = ""

    @classmethod
    def of(cls, description: Description) -> Provenance | None:
        """The record of a stored Description; None where there is none that can be read."""
        try:
            record = json.loads(description.meta.annotations[ANNOTATION_RENDERED_FROM])
            now = record["now"]
            named, policies = ({}, now) if isinstance(now, str) else (dict(now), "")
            return cls(str(record["inputs"]), named, str(record["output"]), policies)
        except (KeyError, TypeError, ValueError):
            return None

    def text(self) -> str:
        """The record as the annotation holds it."""
        now = dict(sorted(self.now.items()))
        whole = json.dumps({"inputs": self.inputs, "now": now, "output": self.output})
        if len(whole) <= _RECORD_LIMIT:
            return whole
        return json.dumps({"inputs": self.inputs, "now": digest(now), "output": self.output})


def still_holds(stored: Description, inputs: str, now: Mapping[str, str], policies: Mapping[str, Policy]) -> bool:
    """Whether a stored Description stays as it is.

    :param inputs: the digest of what it would be made from today.
    :param now: digests of the `ApplyNow` policies that apply today.
    :param policies: all policies that the hub holds, by `policy_name`: one that turned `ApplyLater` since is no reason,
        unless there are so many that the record does not name them.
    """
    record = Provenance.of(stored)
    if record is None or record.inputs != inputs or not is_intact(stored, record):
        return False
    if record.policies:
        return record.policies == digest(dict(now))
    turned_later = {name for name in record.now if name in policies and policies[name].override_policy == APPLY_LATER}
    return {name: text for name, text in record.now.items() if name not in turned_later} == dict(now)


def is_intact(stored: Description, record: Provenance) -> bool:
    """Whether a stored Description holds what was rendered."""
    return record.output == output_digest(stored.raw.get("spec"))


def output_digest(spec: Any) -> str:
    """The digest of a Description's spec; it names the content in revisions."""
    return _digest(spec, _OUTPUT_LENGTH)


def policy_name(policy: Policy) -> str:
    """A policy's name in a record: `Globalization/<name>` or `Localization/<namespace>/<name>`."""
    return "/".join(part for part in (policy.KIND, policy.meta.namespace, policy.meta.name) if part)


def digest(value: Any) -> str:
    """A short digest of a JSON value that does not depend on the order of keys."""
    return _digest(value, _DIGEST_LENGTH)


def _digest(value: Any, length: int) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
