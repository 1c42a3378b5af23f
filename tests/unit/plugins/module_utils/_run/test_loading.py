# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hub becomes values at the door: all of it, or a run does not begin."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Contents, StoredObject
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import KINDS, parse_stored
from ansible_collections.multicluster.apps.plugins.module_utils._run import loading
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import parse_contents, policies_for_nothing
from ansible_collections.multicluster.apps.tests.unit.fakes.memory_hub import MemoryHub
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    cluster,
    config_map,
    feed,
    globalization,
    manifest,
    subscription,
)
from ansible_collections.multicluster.apps.tests.unit.plugins.module_utils._run.run_helpers import (
    SECRET,
    WEB,
    load,
    overwrite,
    store_of,
)


def contents(*raws: dict[str, Any]) -> Contents:
    stored = [StoredObject(raw, "1", f"hub/{raw['metadata']['name']}.yaml") for raw in raws]
    return Contents({item.key: item for item in stored}, ("notes.txt: left aside",))


def with_spec(raw: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {**raw, "spec": {**raw["spec"], **spec}}


def test_an_unknown_field_is_a_warning_that_names_file_and_field() -> None:
    loaded = parse_contents(contents(with_spec(subscription("web"), fedes=[])))
    assert [each.meta.name for each in loaded.snapshot.subscriptions] == ["web"]
    aside, unknown = loaded.warnings
    assert aside == "notes.txt: left aside"
    assert unknown.startswith("hub/web.yaml: ")
    assert "spec.fedes" in unknown


def test_a_broken_object_ends_the_run_and_all_of_them_are_named() -> None:
    broken = [with_spec(subscription(name), feeds="none") for name in ("a", "b")]
    with pytest.raises(InvalidInput) as raised:
        parse_contents(contents(cluster("fine"), *broken))
    assert [problem.partition(":")[0] for problem in raised.value.problems] == ["hub/a.yaml", "hub/b.yaml"]
    assert all("spec.feeds" in problem for problem in raised.value.problems)


def test_what_no_decision_reads_is_there_and_not_parsed() -> None:
    loaded = load(store_of({**SECRET, "data": "malformed"}))
    assert [key.kind for key in loaded.contents.objects] == ["Secret"]
    assert loaded.parsed == {}
    assert ("", "Secret") not in KINDS


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the objects that were parsed, one by one."""
    names: list[str] = []

    def counted(raw: Any, where: str) -> Any:
        names.append(raw["metadata"]["name"])
        return parse_stored(raw, where)

    monkeypatch.setattr(loading, "parse_stored", counted)
    return names


def test_the_very_same_object_is_not_parsed_again(parsed: list[str]) -> None:
    first = contents(cluster("a"), with_spec(subscription("web"), fedes=[]))
    earlier = parse_contents(first)
    changed = StoredObject(with_spec(subscription("new")), "1", "hub/new.yaml")
    parsed.clear()
    later = parse_contents(Contents({**first.objects, changed.key: changed}, first.warnings), earlier)
    assert parsed == ["new"]
    assert [each.meta.name for each in later.snapshot.subscriptions] == ["new", "web"]
    assert later.warnings == earlier.warnings, "a warning about an object that stayed is lost"


def test_an_object_that_somebody_changed_is_parsed_again(parsed: list[str]) -> None:
    store = store_of(cluster("a"), subscription("web"))
    earlier = load(store)
    overwrite(store, with_spec(subscription("web"), priority=7))
    parsed.clear()
    later = parse_contents(MemoryHub(store).load(), earlier)
    assert "web" in parsed
    assert later.snapshot.subscriptions[0].priority == 7


def test_an_object_that_is_gone_is_forgotten() -> None:
    first = contents(cluster("a"), cluster("b"))
    earlier = parse_contents(first)
    left = {key: item for key, item in first.objects.items() if key.name == "a"}
    later = parse_contents(Contents(left), earlier)
    assert [each.name for each in later.snapshot.clusters] == ["a"]
    assert later.warnings == ()


def test_policies_that_change_nothing_are_warned_of() -> None:
    nobody = globalization("nobody", feed(WEB))
    del nobody["spec"]["feed"]
    lost = globalization("lost", feed(config_map("wbe")))
    loaded = load(store_of(manifest(WEB), lost, nobody, globalization("fine", feed(WEB))))
    assert policies_for_nothing(loaded) == (
        "Globalization lost: its feed v1/ConfigMap/shop/wbe points to no object on the hub; the policy has no effect",
        "Globalization nobody: it names no feed; the policy has no effect",
    )
