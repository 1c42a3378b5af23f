# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API server refuses, in the words of a hub: what it was about, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge.kube_http import ApiError
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.scrub import scrubbed
from ansible_collections.multicluster.apps.plugins.module_utils._model.text import fit

ROLE: Final = "the role multicluster.apps.hub"
# What is wrong with the object itself: malformed or unknown fields, too large, invalid.
_ABOUT_CONTENT: Final = frozenset({400, 413, 422})
# Kubernetes' words for what no authorizer allows (its `responsewriters.Forbidden`).
_NOT_PERMITTED: Final = re.compile(r'forbidden: User ".*" cannot ')


class RefusedContent(HubError):
    """The server does not take an object for what it says; the same object is refused again."""


@contextmanager
def hub_errors(raw: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Errors of the server become errors of the hub.

    :param raw: the object that is written, whose secret values are kept out of messages.
    """
    try:
        yield
    except ApiError as error:
        message = f"{scrubbed(str(error), raw or {})}{_advice(error)}"
        raise (RefusedContent(message) if error.status in _ABOUT_CONTENT else HubError(message)) from error
    except ClusterError as error:
        raise HubError(str(error)) from error


def _advice(error: ApiError) -> str:
    if any(cause.get("reason") == "NamespaceTerminating" for cause in error.causes):
        return (
            "; run again once the namespace is gone: what it waits for is in its status.conditions, and Bases and Descriptions "
            "of this collection end by multicluster.apps.apply with state=absent"
        )
    if lacks_permission(error):
        return f"; {ROLE} grants what a user of the hub needs"
    if error.status in _ABOUT_CONTENT and "unknown field" in str(error):
        return f"; the hub's CustomResourceDefinition does not know it: correct the object, or bring the CRD up to date with {ROLE}"
    return ""


def lacks_permission(error: ApiError) -> bool:
    """Whether the user may not do it; webhooks, quotas and namespaces that end answer 403 as well."""
    return error.status == 403 and _NOT_PERMITTED.search(str(error.body.get("message", ""))) is not None


def missing_namespace(error: ApiError) -> bool:
    """Whether a write was refused because its namespace does not exist."""
    details = error.body.get("details")
    return error.status == 404 and isinstance(details, Mapping) and details.get("kind") == "namespaces"


def changed_by(raw: Mapping[str, Any] | None, key: ObjectKey) -> str:
    """What became of an object since it was read.

    :param raw: the object as it is now, with `managedFields`; None where it is gone.
    """
    if raw is None:
        return f"{key} was removed by somebody else since this run read it"
    entries = raw["metadata"].get("managedFields")
    entries = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    last = max(entries, key=lambda entry: str(entry.get("time", "")), default=None)
    if last is None:
        return f"{key} was changed by somebody else since this run read it"
    who, when = fit(last.get("manager", "unknown"), 80), fit(last.get("time", "unknown"), 40)
    return f"{key} was changed by somebody else since this run read it, last by {who!r} at {when}"
