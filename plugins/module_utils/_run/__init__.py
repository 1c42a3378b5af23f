# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Use cases: load, schedule, render, deliver, report; and what the plugins share to call them.

Law: joins `_core` and `_edge`, and names `_edge` in `wiring.py` only. Knows nothing of AnsibleModule, Display or tasks.
"""
