# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only input and output: hub stores, cluster sessions, directory clusters, text formats.

Law: knows `_model`, never `_core` or `_run`. Library errors leave here as errors of `_model.errors`, with the cause chained.
"""
