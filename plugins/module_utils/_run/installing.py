# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API server becomes a hub (`hub_setup`): definitions, the namespace for Manifests, permissions. Nothing is ever removed.

What is there already and was not made by us (it has not our `clusternet.io/created-by`) is left alone, as on a hub of
Clusternet's. All is asked of the server in a dry run before anything is written, so that a missing permission leaves nothing
half done, and check mode says what the server itself would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._core.crds import lacking_fields, unserved_versions
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import CREATED_BY, LABEL_CREATED_BY
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._model.meta import is_ours
from ansible_collections.multicluster.apps.plugins.module_utils._run.applied import applied_diff, is_going, lasting
from ansible_collections.multicluster.apps.plugins.module_utils._run.results import shown
from ansible_collections.multicluster.apps.plugins.module_utils._run.server_port import Server
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock

Raw = Mapping[str, Any]

USER_ROLE: Final = "multicluster-apps-hub-user"
REGISTRAR_ROLE: Final = "multicluster-apps-hub-registrar"
VIEWER_ROLE: Final = "multicluster-apps-hub-viewer"

_RBAC: Final = "rbac.authorization.k8s.io"
_CRD: Final = "CustomResourceDefinition"
# What a server changes by itself; it makes no object a different one.
_POLL: Final = 0.2


@dataclass(frozen=True, slots=True)
class Installation:
    """What a hub is to have.

    :param objects: as the role's files have them, in the order in which they are to be made.
    :param subjects: by the name of a ClusterRole: who is to have it, as RBAC writes subjects; roles that are not named keep
        the subjects that they have.
    :param update_crds: whether definitions that we made earlier are brought up to date.
    :param wait_timeout: seconds until new definitions must be served.
    """

    objects: Sequence[Raw]
    subjects: Mapping[str, Sequence[Raw]]
    update_crds: bool
    wait_timeout: float


def rbac_subject(given: Raw) -> Raw:
    """A subject as RBAC writes it.

    :param given: `kind`, `name`, and for a ServiceAccount `namespace`.
    """
    if given["kind"] == "ServiceAccount":
        return {"kind": "ServiceAccount", "namespace": given["namespace"], "name": given["name"]}
    return {"apiGroup": _RBAC, "kind": given["kind"], "name": given["name"]}


@dataclass(frozen=True, slots=True)
class _Step:
    """One object: what is there, what would be, and why it is left alone, if it is."""

    wanted: Raw
    before: Raw | None
    after: Raw
    kept: str = ""
    warning: str = ""

    @property
    def changes(self) -> bool:
        return not self.kept and (self.before is None or lasting(self.before) != lasting(self.after))


def install(wanted: Installation, server: Server, clock: Clock, *, check: bool, diff: bool) -> dict[str, Any]:
    """Make a server a hub.

    :returns: `changed`, `created`, `updated`, `kept`, `warnings`, and `diff` where it is asked for.
    :raises ClusterError: when the server cannot be reached, or refuses something.
    :raises HubError: when something is being deleted, or a new definition is not served in time.
    """
    steps = _plan(wanted, server)
    if not check:
        for step in steps:
            if step.changes:
                server.apply(step.wanted)
        _wait_until_served(steps, server, clock, wanted.wait_timeout)
    changed = [step for step in steps if step.changes]
    result = {
        "changed": bool(changed),
        "created": [_name(step.wanted) for step in changed if step.before is None],
        "updated": [_name(step.wanted) for step in changed if step.before is not None],
        "kept": [{"object": _name(step.wanted), "reason": step.kept} for step in steps if step.kept],
        "warnings": [step.warning for step in steps if step.warning],
    }
    return result | ({"diff": [applied_diff("hub", step.before, step.after) for step in changed]} if diff else {})


def _plan(installation: Installation, server: Server) -> list[_Step]:
    steps: list[_Step] = []
    for wanted in (*installation.objects, *_bindings(installation.subjects)):
        key = ObjectKey.of(wanted)
        before = server.get(wanted["apiVersion"], key.kind, key.namespace, key.name)
        if before is None and key.kind == "ClusterRoleBinding" and not wanted["subjects"]:
            continue  # There is nothing to take from anybody.
        if before is not None and is_going(before):
            raise HubError(
                f"{server.location}: {_name(wanted)} is being deleted; wait until it is gone, or find out what its finalizers "
                f"({', '.join(before['metadata'].get('finalizers') or ('none',))}) wait for, then run this again"
            )
        if before is not None and not is_ours(before):
            steps.append(_Step(wanted, before, before, "made by somebody else", _what_lacks(wanted, before)))
        else:
            steps.append(_ours(wanted, before, server, installation.update_crds))
    return steps


def _ours(wanted: Raw, before: Raw | None, server: Server, update_crds: bool) -> _Step:
    """The step for what is missing, or was made by us."""
    if before is not None and wanted["kind"] == _CRD and (newer := lacking_fields(wanted, before)):
        text = (
            f"{_name(wanted)} is of a newer version of this collection and stays as it is: what is stored in "
            f"{', '.join(newer)} would be lost; upgrade the collection here"
        )
        return _Step(wanted, before, before, "made by a newer version of this collection", text)
    step = _Step(wanted, before, server.apply(wanted, dry_run=True))
    if before is not None and wanted["kind"] == _CRD and step.changes and not update_crds:
        text = f"{_name(wanted)} is out of date and stays as it is, because update_crds is false"
        return _Step(wanted, before, before, "out of date, and update_crds is false", text)
    return step


def _bindings(subjects: Mapping[str, Sequence[Raw]]) -> Iterator[Raw]:
    for role, given in subjects.items():
        yield {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": role, "labels": {LABEL_CREATED_BY: CREATED_BY}},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
            "subjects": list(given),
        }


def _what_lacks(wanted: Raw, found: Raw) -> str:
    """Why what somebody else made may not do; empty where it does."""
    if wanted["kind"].startswith("ClusterRole"):
        return (
            f"{_name(wanted)} was made by somebody else and stays as it is; if it is to be managed here, give it the label "
            f"{LABEL_CREATED_BY}: {CREATED_BY}"
        )
    if wanted["kind"] != _CRD:
        return ""
    if versions := unserved_versions(found, wanted):
        return (
            f"{_name(wanted)} was made by somebody else and does not serve {', '.join(versions)}: this is no hub for it"
        )
    if fields := lacking_fields(found, wanted):
        return (
            f"{_name(wanted)} was made by somebody else and lacks {', '.join(fields)}: objects that use them are refused; "
            "upgrade Clusternet's definitions there"
        )
    return ""


def _wait_until_served(steps: Sequence[_Step], server: Server, clock: Clock, seconds: float) -> None:
    """Wait for the definitions that the server was not known to serve before."""
    deadline = clock.now() + seconds
    for step in steps:
        if step.wanted["kind"] != _CRD or not (step.changes or not _is_established(step.before)):
            continue
        spec = step.wanted["spec"]
        versions = [f"{spec['group']}/{version['name']}" for version in spec["versions"]]
        while not all(server.serves(version, spec["names"]["kind"]) for version in versions):
            if clock.now() >= deadline:
                raise HubError(
                    f"{server.location}: {_name(step.wanted)} is not served after {seconds:g} s: {_why(server, step.wanted)}"
                )
            clock.sleep(_POLL)


def _is_established(crd: Raw | None) -> bool:
    conditions = ((crd or {}).get("status") or {}).get("conditions") or ()
    return any(item.get("type") == "Established" and item.get("status") == "True" for item in conditions)


def _why(server: Server, crd: Raw) -> str:
    """What the server says about a definition that it does not serve."""
    live = server.get(crd["apiVersion"], _CRD, "", crd["metadata"]["name"]) or {}
    conditions = (live.get("status") or {}).get("conditions") or ()
    said = [f"{item['type']}: {item.get('message', '')}" for item in conditions if item.get("status") != "True"]
    return "; ".join(said) or "the server does not say why; raise wait_timeout or run this again"


def _name(raw: Raw) -> str:
    return shown(ObjectKey.of(raw))
