# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret data on a directory hub."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import (
    InvalidInput,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._edge.hub_helpers import (
    BY_HAND,
    LATER,
    NOW,
    VAULT,
    changed,
    files_of,
    only,
    only_named,
    open_hub,
    place,
    secret,
    subscription,
)


class TestSecrets:
    def path(self, fleet: Path) -> Path:
        return fleet / "clusternet-a/secrets/child-cluster-deployer.yaml"

    def test_plain_ones_are_for_their_owner_alone(self, fleet: Path) -> None:
        before = os.umask(0o022)
        try:
            open_hub(fleet).write([Put(secret(), None), Put(subscription(), None)], NOW)
        finally:
            os.umask(before)

        assert stat.S_IMODE(self.path(fleet).stat().st_mode) == 0o600
        assert stat.S_IMODE((fleet / "default/subscriptions/web.yaml").stat().st_mode) == 0o644

    def test_a_readable_one_is_closed_when_it_is_written(self, fleet: Path) -> None:
        hub = open_hub(fleet)
        hub.write([Put(secret(), None)], NOW)
        self.path(fleet).chmod(0o644)

        hub.write([Put(secret("bmV3"), only(hub).version)], LATER)

        assert stat.S_IMODE(self.path(fleet).stat().st_mode) == 0o600

    def test_other_files_keep_their_mode(self, fleet: Path) -> None:
        path = place(fleet / "default/subscriptions/web.yaml", BY_HAND)
        path.chmod(0o664)
        hub = open_hub(fleet)

        hub.write([changed(only(hub), priority=2)], LATER)

        assert stat.S_IMODE(path.stat().st_mode) == 0o664

    def test_a_vault_keeps_them_encrypted_and_does_not_churn(self, fleet: Path) -> None:
        hub = open_hub(fleet, secrets="vault", vault=VAULT)
        hub.write([Put(secret(), None), Put(subscription(), None)], NOW)
        before = files_of(fleet)

        hub.write([Put(stored.raw, stored.version) for stored in hub.load().objects.values()], LATER)

        assert files_of(fleet) == before
        assert before["clusternet-a/secrets/child-cluster-deployer.yaml"].startswith(b"$ANSIBLE_VAULT;")
        assert before["default/subscriptions/web.yaml"].startswith(b"apiVersion")
        hub.write([Put(secret("bmV3"), only_named(hub, "child-cluster-deployer").version)], LATER)
        assert self.path(fleet).read_bytes().startswith(b"$ANSIBLE_VAULT;")
        assert only_named(hub, "child-cluster-deployer").raw["data"] == {"token": "bmV3"}

    def test_a_plain_one_is_encrypted_once_a_vault_is_asked_for(self, fleet: Path) -> None:
        open_hub(fleet).write([Put(secret(), None)], NOW)
        hub = open_hub(fleet, secrets="vault", vault=VAULT)

        hub.write([Put(secret(), only(hub).version)], LATER)

        assert self.path(fleet).read_bytes().startswith(b"$ANSIBLE_VAULT;")

    def test_any_file_may_be_encrypted_by_hand_and_stays_so(self, fleet: Path) -> None:
        path = place(fleet / "default/subscriptions/web.yaml", "")
        path.write_bytes(VAULT.encrypt(BY_HAND.encode()))
        hub = open_hub(fleet, secrets="refuse", vault=VAULT)

        hub.write([changed(only(hub), priority=2)], LATER)

        assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;")
        assert only(hub).raw["spec"]["priority"] == 2

    def test_an_encrypted_file_without_a_password_is_named_with_what_to_give(self, fleet: Path) -> None:
        open_hub(fleet, secrets="vault", vault=VAULT).write([Put(secret(), None)], NOW)

        with pytest.raises(InvalidInput, match=rf"{self.path(fleet)}: is encrypted .* --vault-password-file"):
            open_hub(fleet).load()

    def test_a_vault_without_a_password_refuses_before_anything_is_written(self, fleet: Path) -> None:
        hub = open_hub(fleet, secrets="vault")

        for act in (hub.check, lambda changes: hub.write(changes, NOW)):
            with pytest.raises(
                InvalidInput, match="child-cluster-deployer carries secret data, and this run has no vault"
            ):
                act([Put(subscription(), None), Put(secret(), None)])

        assert not fleet.exists()
        hub.write([Put(subscription(), None)], NOW)

    def test_a_neighbour_of_a_secret_in_a_file_is_written_under_its_rules(self, fleet: Path) -> None:
        text = BY_HAND + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\ndata: {a: eA==}\n"
        path = place(fleet / "app.yaml", text)
        path.chmod(0o644)
        hub = open_hub(fleet, secrets="refuse")

        hub.write([changed(only_named(hub, "web"), priority=2)], LATER)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
