# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Overrides applied to one object, outside of any policy (the filter `override`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._core.override import compile_overrides
from ansible_collections.multicluster.apps.plugins.module_utils._model import api
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.finding import describe
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import Globalization, check
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import text_codec

_WHERE = "overrides"


def overridden(document: Any, overrides: Sequence[Mapping[str, Any]], *, strict: bool) -> tuple[Any, tuple[str, ...]]:
    """A document after overrides, and a sentence for each patch that missed its target.

    :param overrides: as in `spec.overrides` of a policy; a value may be a mapping or a list.
    :param strict: a patch that misses is an error.
    :raises InvalidInput: for what is no object, no override or cannot be applied.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput(f"overrides apply to a mapping, not to {describe(document)}")
    if not isinstance(overrides, list):
        raise InvalidInput(f"overrides must be a list of mappings, not {describe(overrides)}")
    codec = text_codec()
    texts = [_with_text(item, codec.render_yaml) for item in overrides]
    # The same door as for stored policies, so that the same is accepted and the same is said.
    policy = {
        "apiVersion": api.APPS_API_VERSION,
        "kind": "Globalization",
        "metadata": {"name": "override"},
        "spec": {"overrides": texts},
    }
    if problems := check(policy, _WHERE):
        raise InvalidInput(
            problem.message.removeprefix(f"{_WHERE}: Globalization override: spec.") for problem in problems
        )
    result = compile_overrides(Globalization.of(policy).overrides, codec).apply(document, strict=strict)
    return result.generic, result.warnings


def _with_text(override: Any, render: Any) -> Any:
    """Values as text: the API has no others."""
    if isinstance(override, Mapping) and isinstance(override.get("value"), (dict, list)):
        return {**override, "value": render(override["value"])}
    return override
