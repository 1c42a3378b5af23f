# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # One object of the hub: its identity and its metadata.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes the object what the options say; what they leave out is not kept from an earlier version.
      - V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - The name of the object.
    type: str
    required: true
  labels:
    description:
      - The labels of the object; keys and values are strings.
    type: dict
  annotations:
    description:
      - The annotations of the object; keys and values are strings.
    type: dict
"""
