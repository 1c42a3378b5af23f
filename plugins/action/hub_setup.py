# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes an API server a hub."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.installing import (
    REGISTRAR_ROLE,
    USER_ROLE,
    VIEWER_ROLE,
    Installation,
    install,
    rbac_subject,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import documents_of
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import HUB_SETUP_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result

# What is installed lies with the role, as files that kubectl takes as well.
_FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "roles", "hub", "files")
_ROLES = {"subjects": USER_ROLE, "registrars": REGISTRAR_ROLE, "viewers": VIEWER_ROLE}


class ActionModule(HubAction):
    """See plugins/modules/hub_setup.py."""

    SPEC = HUB_SETUP_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:  # noqa: ARG002
        """Install what is missing."""
        options = HubOptions.of(params)
        if options.connection is None:
            raise InvalidInput(
                f"the hub is the directory {options.hub_dir} (hub_dir, or MULTICLUSTER_HUB_DIR in the environment), and there is "
                "nothing to install in a directory; name an API server with kubeconfig or host"
            )
        wanted = Installation(
            objects=tuple(document.raw for document in documents_of(os.path.normpath(_FILES), None, None)),
            subjects={
                role: tuple(map(rbac_subject, params[option]))
                for option, role in _ROLES.items()
                if params[option] is not None
            },
            update_crds=params["update_crds"],
            wait_timeout=params["wait_timeout"],
        )
        tools = self.tools(params)
        server = tools.open_server("hub", options.connection)
        try:
            return install(wanted, server, tools.clock, check=self.check, diff=self.diff)
        finally:
            server.close()
