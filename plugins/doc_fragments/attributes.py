# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Tasks that change something.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Says truthfully what would be done, and writes nothing.
    support: full
  diff_mode:
    description: Shows each object that is changed, before and after. Secret data is masked.
    support: full
  action_group:
    description: Is in the action group C(multicluster.apps.hub), so that C(module_defaults) names the hub once.
    support: full
    membership:
      - multicluster.apps.hub
"""

    # Tasks that only read.
    READING = r"""
attributes:
  check_mode:
    description: Reads, and writes nothing.
    support: full
  diff_mode:
    description: There is nothing to compare.
    support: N/A
  action_group:
    description: Is in the action group C(multicluster.apps.hub), so that C(module_defaults) names the hub once.
    support: full
    membership:
      - multicluster.apps.hub
"""
