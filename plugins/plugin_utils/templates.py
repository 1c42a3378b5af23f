# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that come from Jinja templates, rendered as Ansible renders files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.plugin_utils.paths import absolute
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain


def rendered(templates: Sequence[str], task_vars: Mapping[str, Any], loader: Any, templar: Any) -> list[dict[str, Any]]:
    """The templates with the variables of the task.

    :param templates: paths as users write them.
    :returns: for each template `where`, which is its path, and `text`, what it makes.
    :raises InvalidInput: for a template that is not there or cannot be rendered.
    """
    lookup = lookup_loader.get("ansible.builtin.template", loader=loader, templar=templar)
    found = []
    for template in templates:
        path = absolute(template, str(loader.get_basedir()))
        # What is not beside the playbook is looked for where Ansible looks for templates, those of a role first.
        term = path if os.path.isfile(path) else template
        try:
            (text,) = lookup.run([term], variables=dict(task_vars))
        except AnsibleError as error:
            raise InvalidInput(f"template {template}: {error}") from error
        found.append({"where": path, "text": plain(text)})
    return found
