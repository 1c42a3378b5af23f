# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where relative paths begin: with the playbook, and for the collection's own playbooks in the working directory."""

from __future__ import annotations

import os

# The collection as it is installed: this file is in plugins/plugin_utils.
_OWN_PLAYBOOKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "playbooks")


def absolute(path: str, playbook_dir: str) -> str:
    """A user's path, absolute; `~` and `$VARIABLES` are those of the control node.

    :param playbook_dir: the directory of the playbook that runs.
    """
    base = os.getcwd() if _is_own_playbook(playbook_dir) else playbook_dir
    return os.path.normpath(os.path.join(os.path.abspath(base), expanded(path)))


def expanded(path: str) -> str:
    """As Ansible expands options of type `path`."""
    return os.path.expanduser(os.path.expandvars(path))


def _is_own_playbook(playbook_dir: str) -> bool:
    return os.path.realpath(playbook_dir) == os.path.realpath(_OWN_PLAYBOOKS)
