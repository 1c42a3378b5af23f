# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks gave, for tests: one line of JSON for each result, in the file that MULTICLUSTER_TASK_RESULTS names."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_results
type: aggregate
short_description: Results of tasks as lines of JSON
description: Writes what each task gave to the file that MULTICLUSTER_TASK_RESULTS names.
"""


class CallbackModule(CallbackBase):
    """Ansible's callbacks, one for each way in which a task ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_results"

    def v2_runner_on_ok(self, result: Any) -> None:
        self._note("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._note("unreachable", result)

    def _note(self, status: str, result: Any) -> None:
        line = {"status": status, "host": result.host.name, "task": result.task.name, "result": result.result}
        with open(os.environ["MULTICLUSTER_TASK_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, cls=AnsibleJSONEncoder, default=None) + "\n")
