# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server says when it forbids something, and the permission that would be needed."""

from __future__ import annotations

import re
from typing import Final

# `deployments.apps "web" is forbidden: User "…" cannot patch resource "deployments" in API group "apps" in the namespace "shop"`
_FORBIDDEN: Final = re.compile(
    r'User "system:serviceaccount:multicluster-apps:[^"]*" cannot [a-z]+ resource "([a-z0-9./-]+)" '
    r'in API group "([a-z0-9.-]*)"(?: in the namespace "([a-z0-9-]+)")?'
)


def missing_rule(message: str) -> str:
    """What to do about a refusal, to follow the message; empty where it is not about an account of the role `cluster`."""
    found = _FORBIDDEN.search(message)
    if found is None:
        return ""
    resource, group, namespace = found.groups()
    where = f" (or, if it is limited to namespaces, with {namespace} in cluster_namespaces)" if namespace else ""
    return (
        f"; to allow it, run the role multicluster.apps.cluster{where} with this in cluster_rules: "
        f'{{api_groups: ["{group}"], resources: [{resource}]}}'
    )
