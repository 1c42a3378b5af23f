# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a Description stays as it is, and digests that mean the same in every run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.provenance import (
    Provenance,
    digest,
    output_digest,
    policy_name,
    still_holds,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.api import ANNOTATION_RENDERED_FROM
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import (
    Description,
    Globalization,
    Localization,
    Policy,
)
from ansible_collections.multicluster.apps.tests.unit.fakes.objects import (
    config_map,
    feed,
    globalization,
    localization,
)

SPEC = {"deployer": "Generic", "raw": ["e30="]}
RECORD = Provenance("inputs", {"Globalization/g": "one"}, output_digest(SPEC))


def description(record: str | None, spec: dict[str, Any] | None = None) -> Description:
    annotations = {} if record is None else {ANNOTATION_RENDERED_FROM: record}
    metadata = {"name": "web-generic", "namespace": "clusternet-a", "annotations": annotations}
    return Description.of({"metadata": metadata, "spec": spec or SPEC})


def policies(override_policy: str) -> dict[str, Policy]:
    policy = Globalization.of(globalization("g", feed(config_map()), overridePolicy=override_policy))
    return {policy_name(policy): policy}


@pytest.mark.parametrize(
    ("inputs", "now", "override_policy", "holds"),
    [
        ("inputs", {"Globalization/g": "one"}, "ApplyNow", True),
        ("others", {"Globalization/g": "one"}, "ApplyNow", False),
        ("inputs", {"Globalization/g": "two"}, "ApplyNow", False),
        ("inputs", {"Globalization/g": "one", "Globalization/h": "new"}, "ApplyNow", False),
        # It is still there, but applies to this cluster no longer.
        ("inputs", {}, "ApplyNow", False),
        # It turned ApplyLater: what it did is left in place until there is another reason.
        ("inputs", {}, "ApplyLater", True),
        ("others", {}, "ApplyLater", False),
    ],
)
def test_when_a_description_stays(inputs: str, now: dict[str, str], override_policy: str, holds: bool) -> None:
    assert still_holds(description(RECORD.text()), inputs, now, policies(override_policy)) is holds


def test_a_policy_that_was_deleted_is_a_reason() -> None:
    assert not still_holds(description(RECORD.text()), "inputs", {}, {})


def test_a_spec_that_someone_edited_is_a_reason() -> None:
    edited = description(RECORD.text(), {**SPEC, "raw": []})
    assert not still_holds(edited, "inputs", RECORD.now, policies("ApplyNow"))


def test_a_record_reads_as_it_was_written_and_has_one_form() -> None:
    forwards = Provenance("i", {"a": "1", "b": "2"}, "o")
    backwards = Provenance("i", {"b": "2", "a": "1"}, "o")
    assert forwards.text() == backwards.text()
    assert Provenance.of(description(forwards.text())) == forwards


@pytest.mark.parametrize(
    "record",
    [
        None,
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        json.dumps({"inputs": "i", "now": {}}),
        json.dumps({"inputs": "i", "now": 5, "output": "o"}),
        json.dumps({"inputs": "i", "now": None, "output": "o"}),
        json.dumps({"inputs": "i", "now": 3, "output": "o"}),
    ],
)
def test_a_record_that_cannot_be_read_is_none(record: str | None) -> None:
    assert Provenance.of(description(record)) is None
    assert not still_holds(description(record), "inputs", {}, {})


def test_digests_depend_on_the_value_alone() -> None:
    assert digest({"a": 1, "b": [{"c": None, "d": "é"}]}) == digest({"b": [{"d": "é", "c": None}], "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest({"a": None}) != digest({})
    # They are stored on hubs: another way to take them would make every Description anew.
    assert digest({"a": 1}) == "015abd7f5cc57a2d"


def test_names_of_policies_are_unique_among_kinds_and_namespaces() -> None:
    target = feed(config_map())
    found = [
        policy_name(Globalization.of(globalization("p", target))),
        policy_name(Localization.of(localization("p", "clusternet-a", target))),
    ]
    assert found == ["Globalization/p", "Localization/clusternet-a/p"]


def test_a_record_of_thousands_of_policies_stays_small_and_tells_the_same() -> None:
    now = {f"Globalization/{'a-rather-long-name-' * 3}{n}": f"{n:016}" for n in range(3000)}
    text = Provenance("inputs", now, output_digest(SPEC)).text()
    assert len(text) < 200
    assert still_holds(description(text), "inputs", now, {})
    assert not still_holds(description(text), "inputs", {**now, "Globalization/more": "x"}, {})
    assert not still_holds(description(text), "others", now, {})
