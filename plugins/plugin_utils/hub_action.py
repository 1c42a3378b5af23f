# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the actions that use a hub have in common: options, paths, vault passwords, errors, results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput, MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Tools
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import open_tools
from ansible_collections.multicluster.apps.plugins.plugin_utils import paths, which_hub
from ansible_collections.multicluster.apps.plugins.plugin_utils.action_specs import Spec
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain, untrusted
from ansible_collections.multicluster.apps.plugins.plugin_utils.vault_passwords import vault_of

Params = Mapping[str, Any]
Result = dict[str, Any]


class HubAction(ActionBase):
    """An action that works on the control node alone. Subclasses say what they take (`SPEC`, `RULES`) and do (`act`)."""

    SPEC: ClassVar[Spec]
    # Further arguments of Ansible's validation, such as `mutually_exclusive`.
    RULES: ClassVar[Mapping[str, Any]] = {}

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def act(self, params: Params, task_vars: Mapping[str, Any]) -> Result:
        """Do what the task asks for.

        :param params: checked options, as plain values; paths are absolute.
        :returns: the task's result; `failed` and `msg` where it failed in a way that is worth more than a message.
        :raises MulticlusterError: for what ends the task.
        """
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Ansible's entry: check the options, act, and turn our errors into a failed result without a traceback."""
        super().run(tmp, task_vars)
        try:
            params = which_hub.resolved(self._checked_options(), self.playbook_dir)
            result = self.act(params, task_vars or {})
        except MulticlusterError as error:
            result = {"failed": True, "msg": str(error)}
        return untrusted(result)

    def _checked_options(self) -> dict[str, Any]:
        """The options with their defaults.

        :raises InvalidInput: with all that is wrong with them; Ansible's own helper for actions stops at the first.
        """
        validation = ArgumentSpecValidator(self.SPEC, **self.RULES).validate(plain(self._task.args))
        if validation.error_messages:
            raise InvalidInput(map(_sentence, validation.errors.errors))
        checked: dict[str, Any] = validation.validated_parameters
        return checked

    @property
    def playbook_dir(self) -> str:
        """The directory of the playbook that runs."""
        return str(self._loader.get_basedir())

    @property
    def check(self) -> bool:
        """Whether this is a run in check mode."""
        return bool(self._task.check_mode)

    @property
    def diff(self) -> bool:
        """Whether this run shows diffs."""
        return bool(self._task.diff)

    def tools(self, params: Params, *, must_exist: bool = False) -> Tools:
        """The hub that the task names.

        :raises MulticlusterError: when it names none, or none that is there and one has to be.
        """
        what = f"multicluster.apps.{self._task.action.rpartition('.')[2]}"
        return open_tools(HubOptions.of(params), what, vault_of(self._loader), must_exist=must_exist)

    def absolute(self, path: str) -> str:
        """A path of the user's, absolute."""
        return paths.absolute(path, self.playbook_dir)


def _sentence(error: Exception) -> str:
    """What is wrong with an option; Ansible itself puts the verb in front of unknown names elsewhere."""
    return f"unknown options: {error}" if isinstance(error, UnsupportedError) else str(error)
