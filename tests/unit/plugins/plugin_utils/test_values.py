# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's values become plain, and ours become untrusted."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain, refuse_unknown, untrusted


class Phase(StrEnum):
    """What our results hold beside plain text."""

    SUCCESS = "Success"


class Shy(str):
    """A text that hides from str(), as some of Ansible's do."""

    def __str__(self) -> str:
        return "hidden"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Phase.SUCCESS, "Success"),
        (Shy("seen"), "seen"),
        (wrap_var("{{ x }}"), "{{ x }}"),
        ({Shy("key"): (1, 2.5, None, True)}, {"key": [1, 2.5, None, True]}),
        ({3: date(2026, 1, 2)}, {"3": "2026-01-02"}),
        (frozenset(["a"]), ["a"]),
    ],
)
def test_plain(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert types(plain(value)) == types(expected)


def types(value: Any) -> Any:
    """The types of all parts, exactly."""
    if isinstance(value, dict):
        return {(type(key), key): types(item) for key, item in value.items()}
    return (type(value), [types(item) for item in value]) if isinstance(value, list) else type(value)


def test_what_a_cluster_says_is_no_template() -> None:
    said = untrusted({"clusters": {"a": {"errors": ["{{ 1 + 1 }}"]}}})
    assert json.loads(json.dumps(said)) == {"clusters": {"a": {"errors": ["{{ 1 + 1 }}"]}}}
    templar = Templar(loader=DataLoader(), variables={"said": said})
    assert templar.template(said["clusters"]["a"]["errors"][0]) == "{{ 1 + 1 }}"


def test_an_option_that_is_not_there_is_named_with_those_that_are() -> None:
    refuse_unknown({}, ("weights", "capacity"))
    with pytest.raises(InvalidInput, match="no option weight; accepted: weights, capacity; did you mean 'weights'"):
        refuse_unknown({"weight": 1}, ("weights", "capacity"))
