# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Which hub, and how; the same for everything that talks to one.
    DOCUMENTATION = r"""
options:
  hub_dir:
    description:
      - The directory of the hub, one object a file.
      - A relative path is relative to the playbook's directory; in the playbooks of this collection, to the working
        directory.
      - If it is not given, the environment variable E(MULTICLUSTER_HUB_DIR) names the hub, relative to the working directory.
        There is no other default.
      - Set it once for all tasks with C(module_defaults) for the group C(multicluster.apps.hub).
    type: path
  secrets:
    description:
      - How objects that carry secret data are kept in the directory of the hub, and in directory clusters.
      - V(refuse) is an error that says what to do.
      - V(vault) encrypts their files with Ansible Vault and the first vault password of the run.
      - V(plain) leaves them readable in files of mode 0600.
      - What is encrypted already is read under every choice, if the run has the vault password.
    type: str
    choices: [refuse, vault, plain]
    default: refuse
  lock_timeout:
    description:
      - How many seconds to wait for another run that holds a lock of the hub.
    type: float
    default: 30.0
"""

    # What modules get besides; the actions work in Ansible's own process and need none of it.
    MODULE = r"""
options:
  vault_password_files:
    description:
      - For each vault id of the run, a file with its password. Filled in for every task, and removed when it ends; what is
        given here does not count.
    type: dict
"""
