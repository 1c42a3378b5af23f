# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What Globalizations and Localizations share.
    DOCUMENTATION = r"""
options:
  feed:
    description:
      - The object that is overridden.
      - Required if O(state=present).
    type: dict
    suboptions:
      api_version:
        description: Its API version, such as V(apps/v1).
        type: str
        required: true
      kind:
        description: Its kind.
        type: str
        required: true
      namespace:
        description: Its namespace, if it has one.
        type: str
      name:
        description: Its name.
        type: str
        required: true
  priority:
    description:
      - From 0 to 1000; of two policies the one with the higher priority is applied later and so wins.
      - The default of the API is 500.
    type: int
  override_policy:
    description:
      - V(ApplyNow) counts at the next run.
      - V(ApplyLater), the default of the API, counts when the object is rendered anew for another reason.
    type: str
    choices: [ApplyLater, ApplyNow]
  overrides:
    description:
      - What is changed, in this order.
      - Required if O(state=present).
    type: list
    elements: dict
    suboptions:
      name:
        description: A name, for messages.
        type: str
      type:
        description:
          - V(Helm) merges values of a chart. V(JSONPatch) is a patch of RFC 6902, V(MergePatch) of RFC 7386.
          - V(FieldJSONPatch) and V(FieldMergePatch) patch YAML or JSON that is the text of a field.
        type: str
        required: true
        choices: [Helm, JSONPatch, MergePatch, FieldJSONPatch, FieldMergePatch]
      value:
        description:
          - The values or the patch, as text in YAML or JSON, or as a mapping or list, which is stored as YAML.
        type: raw
        required: true
      override_chart:
        description: Merge into the HelmChart itself and not into the chart's values.
        type: bool
      field_path:
        description: The path of the text field, such as V(/data/server.conf), for V(FieldJSONPatch) and V(FieldMergePatch).
        type: str
      field_format:
        description: How the text of that field is written.
        type: str
        choices: [YAML, JSON]
"""
