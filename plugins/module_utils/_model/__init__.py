# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What things are: frozen values, identities, selectors, documents checked at the door.

Law: standard library only, no I/O, imports nothing of ours outside this package.
"""
