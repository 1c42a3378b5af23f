# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One override of a Globalization or Localization: ``spec.overrides[]`` as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OverrideType(StrEnum):
    """What an override does with its value (``spec.overrides[].type``)."""

    HELM = "Helm"
    JSON_PATCH = "JSONPatch"
    MERGE_PATCH = "MergePatch"
    FIELD_JSON_PATCH = "FieldJSONPatch"
    FIELD_MERGE_PATCH = "FieldMergePatch"


class FieldFormat(StrEnum):
    """The text format of a field that a ``Field*`` override changes (``spec.overrides[].fieldFormat``)."""

    YAML = "YAML"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class OverrideConfig:
    """``spec.overrides[]``, with the names and defaults of the API.

    ``type`` and ``field_format`` are kept as written: a hub that Clusternet filled may hold others than ours, and
    whoever applies the override says what is wrong with them. ``value`` is YAML or JSON text.
    """

    name: str
    type: str
    value: str
    override_chart: bool = False
    field_path: str = ""
    field_format: str = ""
