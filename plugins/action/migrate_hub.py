# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy everything of one hub to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.migrating import migrate
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HUB_SPEC
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.plugin_utils import which_hub
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import MIGRATE_HUB_SPEC
from ansible_collections.multicluster.apps.plugins.plugin_utils.hub_action import HubAction, Params, Result


class ActionModule(HubAction):
    """See plugins/modules/migrate_hub.py."""

    SPEC = MIGRATE_HUB_SPEC

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:  # noqa: ARG002 (a port)
        """Copy; the source is the hub that the task itself names, unless it names another one."""
        source = self.tools(params, must_exist=True) if params["source"] is None else self._hub(params, "source")
        return migrate(source, self._hub(params, "target"), check=self.check, diff=self.diff)

    def _hub(self, params: Params, name: str) -> Tools:
        """A hub that an option describes by itself: what task and environment say of the task's own is not about it."""
        validation = ArgumentSpecValidator(HUB_SPEC).validate(params[name])
        if validation.error_messages:
            raise InvalidInput(f"{name}: {message}" for message in validation.error_messages)
        checked: dict[str, Any] = validation.validated_parameters
        if not any(checked.get(place) for place in ("hub_dir", "kubeconfig", "host")):
            raise InvalidInput(f"{name}: nothing says where the hub is; give hub_dir, kubeconfig or host in it")
        return self.tools(which_hub.described(checked, self.playbook_dir), must_exist=name == "source")
