# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions, pure: select clusters, override, render, plan a delivery, judge health, roll up status.

Law: data in, data out. No clock, randomness, logging, environment, YAML, I/O or Ansible; what a decision needs is passed
in, and the output has a stated order, so that the same input always gives the same bytes. Knows `_model`, never `_edge`.
"""
