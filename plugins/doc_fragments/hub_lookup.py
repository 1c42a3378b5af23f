# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Lookups have the options of a hub that they need to read it.
    DOCUMENTATION = r"""
options:
  hub_dir:
    description:
      - The directory of the hub. A relative path is relative to the playbook's directory; in the playbooks of this collection,
        to the working directory.
      - If it is not given, the environment variable E(MULTICLUSTER_HUB_DIR) names the hub, relative to the working directory.
    type: path
author:
  - The multicluster.apps authors (@multicluster-apps)
"""
