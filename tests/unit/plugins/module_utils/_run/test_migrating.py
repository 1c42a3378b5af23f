# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moving everything of one hub to another."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_directory import DirectoryHub
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import GoYaml
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.defaults import with_defaults
from ansible_collections.multicluster.apps.plugins.module_utils._model.documents import Document
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import HubError, HubLocked, InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put, StoredObject, with_uids
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import ObjectKey, identity_uid
from ansible_collections.multicluster.apps.plugins.module_utils._run.distributing import DistributeRequest, distribute
from ansible_collections.multicluster.apps.plugins.module_utils._run.migrating import migrate
from ansible_collections.multicluster.apps.plugins.module_utils._run.storing import StoreRequest
from ansible_collections.multicluster.apps.plugins.module_utils._run.tasks import store
from ansible_collections.multicluster.apps.plugins.module_utils._run.tools import Clock, Tools
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub, MemoryStore
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_member import MemoryCluster, MemoryMember
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    localization,
    manifest,
    merge,
    subscription,
)

OLD = "2025-01-01T00:00:00Z"
NEW = "2026-05-05T00:00:00Z"
WEB = config_map(color="blue")
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "child-cluster-deployer", "namespace": "clusternet-shanghai"},
    "data": {"token": "aHVudGVyMg==", "apiserver-advertise-url": "aHR0cHM6Ly94"},
}


class ServerHub(MemoryHub):
    """A hub that has its own say, as API servers have: uids, times, defaults.

    :ivar broken_after: writes so many objects and fails then, as a run that is killed.
    """

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.broken_after: int | None = None

    @property
    def location(self) -> str:
        return "https://hub"

    def write(self, changes: Any, now: str) -> tuple[StoredObject, ...]:
        uids: dict[str, str] = {}
        stored = []
        for number, change in enumerate(changes):
            if number == self.broken_after:
                raise HubError("killed")
            if isinstance(change, Put):
                raw = with_uids(with_defaults(change.raw), uids)
                if change.version is None:
                    uid = str(uuid.uuid5(uuid.NAMESPACE_DNS, str(change.key)))
                    uids[identity_uid(change.key)] = uid
                    raw = {**raw, "metadata": {**raw["metadata"], "uid": uid, "creationTimestamp": NEW}}
                version = str(self.store.writes + 1)
                self.store.objects[change.key] = (json.dumps(raw, sort_keys=True), version)
                self.store.writes += 1
                stored.append(StoredObject(raw, version, "server"))
            else:
                super().write([change], now)
        return tuple(stored)


class Place:
    """Hubs of a test, and the cluster that they deliver to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = MemoryStore()
        self.cluster = MemoryCluster()

    def directory(self, name: str = "fleet", **options: Any) -> Tools:
        given = {"secrets": "plain", "vault": None, "lock_timeout": 0.1, "holder": "a test", **options}
        return self._tools(DirectoryHub(str(self.root / name), **given), str(self.root / name))

    def server(self, hub: ServerHub | None = None) -> Tools:
        return self._tools(hub or ServerHub(self.store), None)

    def files(self, name: str) -> dict[str, str]:
        top = self.root / name
        paths = (path for path in top.rglob("*") if path.is_file() and path.suffix == ".yaml")
        return {str(path.relative_to(top)): path.read_text(encoding="utf-8") for path in paths}

    def distribute(self, tools: Tools) -> Any:
        return distribute(DistributeRequest(), tools, lambda _cluster: Connection(host="https://x"))

    def _tools(self, hub: Any, hub_dir: str | None) -> Tools:
        def open_member(_name: str, _connection: Connection) -> MemoryMember:
            return MemoryMember(self.cluster)

        def never(*_args: Any) -> Any:
            raise AssertionError("no server is opened")

        clock = Clock(lambda: 0.0, lambda _seconds: None)
        return Tools(hub, hub_dir, GoYaml(), open_member, lambda: NEW, clock, never)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A directory hub, distributed once, and an empty server."""
    here = Place(tmp_path)
    made = cluster("shanghai", region="cn")
    made["metadata"]["annotations"] = {"multicluster.apps/kubeconfig": "../kube/shanghai"}
    young = globalization("a-young", feed(WEB), merge('{"data":{"order":"young"}}'), overridePolicy="ApplyLater")
    old = globalization("b-old", feed(WEB), merge('{"data":{"order":"old"}}'))
    raws = [old, made, SECRET, manifest(WEB), subscription("web", feed(WEB)), localization_for("shanghai")]
    tools = here.directory()
    tools.hub.write([Put(raw, None) for raw in raws], OLD)
    tools.hub.write([Put(young, None)], NEW)
    here.distribute(tools)
    return here


def localization_for(name: str) -> dict[str, Any]:
    return localization("own", f"clusternet-{name}", feed(WEB), merge('{"data":{"where":"here"}}'))


def test_there_and_back_again_the_files_are_the_same(place: Place) -> None:
    there = migrate(place.directory(), place.server(), check=False, diff=False)
    assert len(there["created"]) == len(place.store.objects) == len(place.files("fleet"))
    back = migrate(place.server(), place.directory("back"), check=False, diff=False)
    assert len(back["created"]) == len(there["created"])
    assert place.files("back") == place.files("fleet")


def test_uids_are_those_of_the_new_hub_wherever_they_are_repeated(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    raws = {key.kind: json.loads(text) for key, (text, _version) in place.store.objects.items()}
    base, description, web = raws["Base"]["metadata"], raws["Description"]["metadata"], raws["Subscription"]["metadata"]
    assert base["labels"]["apps.clusternet.io/subs.uid"] == web["uid"]
    assert description["labels"]["apps.clusternet.io/config.uid"] == base["uid"]
    assert description["ownerReferences"][0]["uid"] == base["uid"]
    assert base["uid"] != identity_uid(ObjectKey.of(raws["Base"]))


def test_what_runs_is_recognised_on_the_new_hub(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    done = place.distribute(place.server())
    assert [str(change.key) for change in done.changes] == []
    assert not any(outcome.changed for outcome in done.outcomes)


def test_the_older_policy_stays_the_first_among_equals(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    manifest_key = next(key for key in place.store.objects if key.kind == "Manifest")
    raw, version = place.store.objects[manifest_key]
    changed = json.loads(raw)
    changed["template"]["data"]["color"] = "green"
    place.store.objects[manifest_key] = (json.dumps(changed), f"{version}+")
    place.distribute(place.server())
    held = place.cluster.objects[ObjectKey.of(WEB)]
    assert held["data"] == {"color": "green", "order": "young", "where": "here"}


def test_what_is_stored_anew_on_the_new_hub_keeps_its_age(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    policy = globalization("b-old", feed(WEB), merge('{"data":{"order":"old"}}'), priority=501)
    policy["metadata"] = {"name": "b-old"}
    same = {**policy, "spec": {key: value for key, value in policy["spec"].items() if key != "priority"}}
    tools = place.server()
    assert not store(StoreRequest([Document(same, "app.yml")]), tools, check=False, diff=False)["changed"]
    assert store(StoreRequest([Document(policy, "app.yml")]), tools, check=False, diff=False)["changed"]
    stored = tools.hub.load().objects[ObjectKey("apps.clusternet.io", "Globalization", "", "b-old")].raw
    assert stored["metadata"]["annotations"]["multicluster.apps/created"] == OLD


def test_paths_are_absolute_on_a_server(place: Place, tmp_path: Path) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    raw = next(json.loads(text) for key, (text, _v) in place.store.objects.items() if key.kind == "ManagedCluster")
    assert raw["metadata"]["annotations"]["multicluster.apps/kubeconfig"] == str(tmp_path / "kube/shanghai")


def test_a_second_migration_changes_nothing(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    again = migrate(place.directory(), place.server(), check=False, diff=True)
    assert (again["changed"], again["diff"]) == (False, [])


def test_one_that_was_killed_anywhere_goes_on_where_it_stopped(place: Place) -> None:
    whole = len(place.files("fleet"))
    for writes in range(whole):
        place.store = MemoryStore()
        hub = ServerHub(place.store)
        hub.broken_after = writes
        with pytest.raises(HubError, match="killed"):
            migrate(place.directory(), place.server(hub), check=False, diff=False)
        assert len(migrate(place.directory(), place.server(), check=False, diff=False)["created"]) == whole - writes
        assert not migrate(place.directory(), place.server(), check=False, diff=False)["changed"]
        place.root.joinpath("fleet").touch()
    back = migrate(place.server(), place.directory("back"), check=False, diff=False)
    assert back["changed"]
    assert place.files("back") == place.files("fleet")


def test_a_status_and_a_mark_that_were_still_to_come_are_written(place: Place) -> None:
    fleet = place.directory()
    base = next(item for key, item in fleet.hub.load().objects.items() if key.kind == "Base")
    metadata = {**base.raw["metadata"], "deletionTimestamp": OLD}
    fleet.hub.write([Put({**base.raw, "metadata": metadata}, base.version)], NEW)
    migrate(fleet, place.server(), check=False, diff=False)
    for key, (text, version) in place.store.objects.items():
        raw = json.loads(text)
        raw.pop("status", None)
        raw["metadata"].pop("deletionTimestamp", None)
        place.store.objects[key] = (json.dumps(raw), version)
    again = migrate(fleet, place.server(), check=False, diff=False)
    kinds = [name.split()[0] for name in again["updated"]]
    assert kinds == ["Subscription", "Base", "Description"]
    marked = next(json.loads(text) for key, (text, _v) in place.store.objects.items() if key.kind == "Base")
    assert marked["metadata"]["deletionTimestamp"] == OLD


def test_a_target_that_holds_anything_else_is_refused(place: Place) -> None:
    ServerHub(place.store).write([Put(subscription("other"), None)], NEW)
    with pytest.raises(
        InvalidInput, match=r"holds 1 objects that the source does not hold.*Subscription default/other"
    ):
        migrate(place.directory(), place.server(), check=False, diff=False)
    place.store.objects.clear()
    ServerHub(place.store).write([Put(subscription("web", feed(config_map("else"))), None)], NEW)
    with pytest.raises(InvalidInput, match=r"or holds otherwise: Subscription default/web"):
        migrate(place.directory(), place.server(), check=False, diff=False)
    assert len(place.store.objects) == 1


def test_check_mode_says_all_and_writes_nothing(place: Place) -> None:
    said = migrate(place.directory(), place.server(), check=True, diff=True)
    assert said["changed"]
    assert place.store.objects == {}
    assert "aHVudGVyMg==" not in json.dumps(said)
    assert said["created"] == migrate(place.directory(), place.server(), check=False, diff=False)["created"]


def test_the_secrets_of_clusters_come_under_the_policy_of_the_target(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    for check in (True, False):
        with pytest.raises(InvalidInput, match="carries secret data"):
            migrate(place.server(), place.directory("back", secrets="refuse"), check=check, diff=False)
    assert place.files("back") == {}


def test_a_hub_is_not_migrated_onto_itself_nor_beside_clusternet(place: Place) -> None:
    with pytest.raises(InvalidInput, match="are the same hub"):
        migrate(place.directory(), place.directory(), check=False, diff=False)
    place.store.clusternet = "the Lease clusternet-system/clusternet-controller-manager is held"
    with pytest.raises(InvalidInput, match="while Clusternet's controllers are stopped"):
        migrate(place.directory(), place.server(), check=False, diff=False)
    assert place.store.objects == {}


def test_both_hubs_are_locked(place: Place) -> None:
    for held in (place.directory(), place.server()):
        with held.hub.lock("hub"), pytest.raises(HubLocked):
            migrate(place.directory(), place.server(), check=False, diff=False)
    assert place.store.objects == {}


def test_what_somebody_changed_from_a_default_stays_changed(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    key = ObjectKey("apps.clusternet.io", "Globalization", "", "b-old")
    text, version = place.store.objects[key]
    raw = json.loads(text)
    raw["spec"]["priority"] = 700
    place.store.objects[key] = (json.dumps(raw), version)
    migrate(place.server(), place.directory("back"), check=False, diff=False)
    stored = place.directory("back").hub.load().objects[key].raw
    assert (stored["spec"]["priority"], stored["spec"]["overridePolicy"]) == (700, "ApplyNow")


def test_a_damaged_record_is_named(place: Place) -> None:
    migrate(place.directory(), place.server(), check=False, diff=False)
    key = ObjectKey("apps.clusternet.io", "Subscription", "default", "web")
    text, version = place.store.objects[key]
    raw = json.loads(text)
    raw["metadata"]["annotations"]["multicluster.apps/migrated"] = "[1]"
    place.store.objects[key] = (json.dumps(raw), version)
    with pytest.raises(InvalidInput, match="no record of a migration"):
        migrate(place.server(), place.directory("back"), check=False, diff=False)
