# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The libraries that a run cannot do without, and what to say where one is missing.

Files that use them import them guarded, so that Ansible can load a module and let it say what it lacks.
"""

from __future__ import annotations

import sys

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput


def require() -> None:
    """See that everything that is always needed is there.

    :raises InvalidInput: naming the Python that lacks it.
    """
    try:
        import yaml  # noqa: F401
    except ImportError as error:
        raise InvalidInput(
            f"{sys.executable} lacks PyYAML, which hubs and manifests are read with ({error}); install it there, or run the "
            "task with the control node's own Python: ansible_python_interpreter: '{{ ansible_playbook_python }}'"
        ) from error
