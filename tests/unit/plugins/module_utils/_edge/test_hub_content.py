# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hubs of both kinds take for the same, and can hold."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._edge.hub_content import (
    AS_SENT,
    COMPACT,
    content_problem,
    raise_problems,
    text_of,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_codec import MAX_OBJECT_BYTES
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.hub import Put


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), ({"a": None}, {}), ("1", 1)], ids=repr)
def test_values_of_other_types_differ(one: Any, other: Any) -> None:
    assert text_of(one) != text_of(other)


def test_the_order_of_keys_does_not_matter_and_mappings_may_be_read_only() -> None:
    assert text_of({"a": 1, "b": 2}) == text_of(MappingProxyType({"b": 2, "a": 1}))
    for bad in (float("nan"), object(), {"a": b""}):
        with pytest.raises((TypeError, ValueError)):
            text_of(bad)


@pytest.mark.parametrize("separators", [COMPACT, AS_SENT], ids=["compact", "as sent"])
def test_an_object_may_have_as_much_as_the_limit_and_no_more(separators: tuple[str, str]) -> None:
    raw = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "big", "namespace": "a"}, "data": ""}
    raw["data"] = "x" * (MAX_OBJECT_BYTES - len(text_of(raw, separators)))
    assert content_problem(Put(raw, None), separators) == ""
    raw["data"] += "x"
    assert "Kubernetes stores objects up to 1.5 MiB" in content_problem(Put(raw, None), separators)


def test_many_problems_are_cut_to_what_a_person_reads() -> None:
    raise_problems([])
    with pytest.raises(InvalidInput) as caught:
        raise_problems(f"problem {number}" for number in range(23))
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "… and 3 more like these"
