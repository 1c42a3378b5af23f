# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API server becomes a hub."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import ClusterError, HubError
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey
from ansible_collections.multicluster.apps.plugins.module_utils._run.installing import (
    USER_ROLE,
    Installation,
    install,
    rbac_subject,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_server import MemoryApi

OURS = (("clusternet.io/created-by", "multicluster.apps"),)
ESTABLISHED = {"conditions": [{"type": "Established", "status": "True"}]}
GROUP = {"kind": "Group", "name": "deployers"}
BINDING = ObjectKey("rbac.authorization.k8s.io", "ClusterRoleBinding", "", USER_ROLE)


def crd(*fields: str, labels: Any = OURS, version: str = "v1", **rest: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    versions = [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]
    names = {"kind": "Lamp", "plural": "lamps"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "lamps.example.com", "labels": dict(labels)},
        "spec": {"group": "example.com", "names": names, "versions": versions},
        **rest,
    }


def namespace(labels: Any = OURS, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "reserved", "labels": dict(labels), **metadata},
    }


def role(*verbs: str, labels: Any = OURS) -> dict[str, Any]:
    rules = [{"apiGroups": ["example.com"], "resources": ["lamps"], "verbs": list(verbs)}]
    metadata = {"name": USER_ROLE, "labels": dict(labels)}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules}


CRD, NAMESPACE, ROLE = (ObjectKey.of(raw) for raw in (crd(), namespace(), role()))


@dataclass
class World:
    """A server, the time, and what a hub is to have."""

    api: MemoryApi
    wanted: tuple[Any, ...] = (crd("spec"), namespace(), role("get"))
    time: float = 0.0
    pauses: list[Callable[[], None]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for happen in self.pauses:
            happen()

    def install(
        self, *, subjects: Any = None, update_crds: bool = True, check: bool = False, diff: bool = False
    ) -> dict[str, Any]:
        given = {} if subjects is None else {USER_ROLE: [rbac_subject(item) for item in subjects]}
        wanted = Installation(copy.deepcopy(self.wanted), given, update_crds, wait_timeout=5)
        clock = Clock(lambda: self.time, self.sleep)
        return install(wanted, self.api.open("hub"), clock, check=check, diff=diff)


def world(*objects: Any) -> World:
    return World(MemoryApi(*objects))


ALL = ["CustomResourceDefinition lamps.example.com", "Namespace reserved", f"ClusterRole {USER_ROLE}"]


def test_on_an_empty_server_everything_is_made_in_order() -> None:
    hub = world()
    result = hub.install()
    assert result == {"changed": True, "created": ALL, "updated": [], "kept": [], "warnings": []}
    assert hub.api.log == [f"apply {key}" for key in (CRD, NAMESPACE, ROLE)]


def test_the_second_run_changes_nothing() -> None:
    hub = world()
    hub.install(subjects=[GROUP])
    hub.api.log.clear()
    result = hub.install(subjects=[GROUP], diff=True)
    assert result == {"changed": False, "created": [], "updated": [], "kept": [], "warnings": [], "diff": []}
    assert hub.api.log == []


@pytest.mark.parametrize("before", [(), (crd(), role("list")), (namespace({}), crd(labels={}))])
def test_check_mode_says_what_would_be_and_writes_nothing(before: Any) -> None:
    hub, real = world(*before), world(*before)
    assert hub.install(subjects=[GROUP], check=True, diff=True) | {"diff": 0} == real.install(
        subjects=[GROUP], diff=True
    ) | {"diff": 0}
    assert hub.api.log == []
    assert real.api.log != []


def test_what_we_made_is_brought_up_to_date() -> None:
    hub = world(crd(status=ESTABLISHED), namespace(), role("get", "delete"))
    result = hub.install(diff=True)
    assert result["updated"] == [ALL[0], ALL[2]]
    assert result["created"] == []
    assert hub.api.objects[ROLE]["rules"] == role("get")["rules"]
    first, second = result["diff"]
    assert first["before_header"] == "hub: CustomResourceDefinition lamps.example.com"
    assert first["before"]["spec"] == crd()["spec"]
    assert first["after"]["spec"] == crd("spec")["spec"]
    assert "status" not in first["before"]
    assert "uid" not in second["before"]["metadata"]


def test_a_diff_of_what_is_new_begins_with_nothing() -> None:
    assert [item["before"] for item in world().install(check=True, diff=True)["diff"]] == ["", "", ""]


def test_what_others_note_on_our_objects_is_no_change() -> None:
    hub = world()
    hub.install()
    hub.api.objects[CRD]["metadata"]["annotations"] = {"team": "edge"}
    hub.api.objects[CRD]["status"] = ESTABLISHED
    assert hub.install()["changed"] is False


def test_what_somebody_else_made_is_left_alone() -> None:
    foreign = [
        crd("spec", labels={}),
        namespace({"clusternet.io/created-by": "clusternet-hub"}),
        role("get", labels={}),
    ]
    hub = world(*foreign)
    result = hub.install()
    assert result["changed"] is False
    assert result["kept"] == [{"object": name, "reason": "made by somebody else"} for name in ALL]
    (warning,) = result["warnings"]  # a role may do too little, which nobody else can see
    assert warning.startswith(f"ClusterRole {USER_ROLE} was made by somebody else")
    assert hub.api.log == []


def test_a_foreign_definition_that_lacks_a_field_is_a_warning_that_names_it() -> None:
    result = world(crd("status", labels={})).install()
    (warning,) = result["warnings"]
    assert "CustomResourceDefinition lamps.example.com was made by somebody else and lacks spec:" in warning


def test_a_foreign_definition_of_another_version_is_a_warning_that_names_it() -> None:
    (warning,) = world(crd("spec", labels={}, version="v2")).install()["warnings"]
    assert "does not serve v1" in warning


def test_a_definition_of_ours_stays_when_it_may_not_be_updated() -> None:
    hub = world(crd())
    result = hub.install(update_crds=False)
    assert result["kept"] == [{"object": ALL[0], "reason": "out of date, and update_crds is false"}]
    assert "out of date" in result["warnings"][0]
    assert result["created"] == ALL[1:]
    assert f"apply {CRD}" not in hub.api.log


def test_a_definition_of_ours_that_is_up_to_date_is_no_warning_where_it_may_not_be_updated() -> None:
    result = world(crd("spec"), namespace(), role("get")).install(update_crds=False)
    assert (result["kept"], result["warnings"]) == ([], [])


def test_a_missing_definition_is_made_also_where_others_may_not_be_updated() -> None:
    assert world().install(update_crds=False)["created"] == ALL


def test_a_definition_of_a_newer_version_is_never_cut_back() -> None:
    hub = world(crd("spec", "status"))
    result = hub.install()
    assert result["kept"] == [{"object": ALL[0], "reason": "made by a newer version of this collection"}]
    assert "what is stored in status would be lost" in result["warnings"][0]
    assert hub.api.objects[CRD]["spec"] == crd("spec", "status")["spec"]


def test_subjects_get_the_role_and_no_others() -> None:
    hub = world()
    account = {"kind": "ServiceAccount", "name": "awx", "namespace": "awx"}
    assert hub.install(subjects=[GROUP, account])["created"][-1] == f"ClusterRoleBinding {USER_ROLE}"
    binding = hub.api.objects[BINDING]
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": USER_ROLE}
    assert binding["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "deployers"},
        {"kind": "ServiceAccount", "namespace": "awx", "name": "awx"},
    ]
    assert hub.install(subjects=[account])["updated"] == [f"ClusterRoleBinding {USER_ROLE}"]
    assert [item["name"] for item in hub.api.objects[BINDING]["subjects"]] == ["awx"]


def test_subjects_stay_where_none_are_named_and_go_where_the_list_is_empty() -> None:
    hub = world()
    hub.install(subjects=[GROUP])
    assert hub.install()["changed"] is False
    assert hub.install(subjects=[])["updated"] == [f"ClusterRoleBinding {USER_ROLE}"]
    assert hub.api.objects[BINDING]["subjects"] == []


def test_nobody_is_given_nothing() -> None:
    hub = world()
    assert hub.install(subjects=[])["created"] == ALL
    assert BINDING not in hub.api.objects


def test_a_refusal_leaves_nothing_half_done() -> None:
    hub = world()
    hub.api.failing[ROLE] = ClusterError("hub: cannot apply it: HTTP 403")
    with pytest.raises(ClusterError, match="403"):
        hub.install()
    assert hub.api.log == []


def test_what_is_being_deleted_is_an_error_that_names_its_finalizers() -> None:
    hub = world(namespace(deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["example.com/hold"]))
    with pytest.raises(HubError, match=r"Namespace reserved is being deleted.*example\.com/hold"):
        hub.install()
    assert hub.api.log == []


def test_it_waits_until_a_new_definition_is_served() -> None:
    hub = world()
    hub.api.missing.add("Lamp")
    hub.pauses.append(lambda: hub.api.missing.discard("Lamp") if hub.time > 1 else None)
    assert hub.install()["changed"] is True
    assert 1 < hub.time < 2


def test_a_definition_of_an_earlier_run_that_was_killed_is_waited_for() -> None:
    hub = world(crd("spec"), namespace(), role("get"))
    hub.api.missing.add("Lamp")
    hub.pauses.append(hub.api.missing.clear)
    assert hub.install()["changed"] is False
    assert hub.time > 0


def test_a_definition_that_is_served_already_is_not_asked_for() -> None:
    hub = world(crd("spec", status=ESTABLISHED), namespace(), role("get"))
    hub.api.failing["serves"] = ClusterError("asked")
    assert hub.install()["changed"] is False


def test_a_definition_that_is_not_served_in_time_is_an_error_with_the_reason() -> None:
    hub = world()
    hub.api.missing.add("Lamp")
    conditions = [{"type": "NamesAccepted", "status": "False", "message": '"lamp" is already in use'}]

    def refuse() -> None:
        hub.api.objects[CRD]["status"] = {"conditions": conditions}

    hub.pauses.append(refuse)
    with pytest.raises(HubError, match=r'not served after 5 s: NamesAccepted: "lamp" is already in use'):
        hub.install()


def test_a_definition_that_is_not_served_in_time_without_a_reason() -> None:
    hub = world()
    hub.api.missing.add("Lamp")
    with pytest.raises(HubError, match="raise wait_timeout"):
        hub.install()
