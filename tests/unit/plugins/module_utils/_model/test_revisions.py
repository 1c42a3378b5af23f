# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a content keeps, and what is ours of the ControllerRevisions that a hub may hold."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import encode
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.objects import ControllerRevision
from ansible_collections.multicluster.apps.plugins.module_utils._model.revisions import (
    ENCODING,
    is_packed,
    packed,
    unpacked,
)
from ansible_collections.multicluster.apps.plugins.module_utils._model.secrets import (
    carries_secret,
    masked,
    masked_pair,
)
from hypothesis import given
from hypothesis import strategies as st

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "aHVudGVyMg=="}}


def content(*objects: Any, deployer: str = "Generic") -> dict[str, Any]:
    spec = {"deployer": deployer, "raw": [encode(each) for each in objects]}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {"name": "content-1", "namespace": "clusternet-reserved"},
        "data": packed(spec),
        "revision": 0,
    }


@given(st.lists(VALUES, max_size=4), st.booleans())
def test_what_is_packed_comes_back_byte_by_byte(values: list[Any], charts: bool) -> None:
    spec: dict[str, Any] = {"deployer": "Helm" if charts else "Generic", "raw": [encode(value) for value in values]}
    if charts:
        spec["charts"] = [{"namespace": "default", "name": str(n)} for n in range(len(values))]
        spec["chartRaw"] = [encode({"n": n}) for n in range(len(values))]
    data = packed(spec)
    assert is_packed(data)
    assert unpacked(json.loads(json.dumps(data))) == spec


def test_it_is_smaller_than_what_it_keeps() -> None:
    spec = {
        "deployer": "Generic",
        "raw": [encode({"kind": "ConfigMap", "n": n, "data": {"a": "b" * 50}}) for n in range(900)],
    }
    assert len(packed(spec)["content"]) * 10 < len(json.dumps(spec))


@pytest.mark.parametrize(
    "text",
    [
        "no base64!",
        "",
        base64.b64encode(b"no zlib").decode(),
        base64.b64encode(zlib.compress(b"no json")).decode(),
        base64.b64encode(zlib.compress(b"[]")).decode(),
        base64.b64encode(zlib.compress(b'{"raw": [1]}')).decode(),
        base64.b64encode(zlib.compress(b'{"raw": []}')[:-6]).decode(),
        base64.b64encode(zlib.compress(b" " * 50 * 2**20)).decode(),
        None,
    ],
    ids=["base64", "empty", "zlib", "json", "list", "entry", "cut", "bomb", "none"],
)
def test_what_is_damaged_is_said(text: Any) -> None:
    with pytest.raises(InvalidInput):
        unpacked({"encoding": ENCODING, "content": text})


@pytest.mark.parametrize("data", [None, [], {"spec": {"template": {}}}, {"contents": 5, "objects": "many"}])
def test_those_of_other_tools_say_nothing(data: Any) -> None:
    raw = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "web-1"}, "data": data}
    found = ControllerRevision.of(raw)
    assert (found.contents, found.objects, found.number, found.is_ours) == ((), 0, 0, False)
    assert not is_packed(data)
    assert not carries_secret(raw)


def test_a_content_with_a_secret_is_as_secret() -> None:
    raw = content({"kind": "ConfigMap", "data": {"Secret": "no"}}, SECRET)
    assert carries_secret(raw)
    assert masked(raw)["data"]["content"] == "********"
    before, after = masked_pair(raw, content({**SECRET, "data": {"a": "b3RoZXI="}}))
    assert before is not None
    assert after is not None
    assert (before["data"]["content"], after["data"]["content"]) == ("******** (before)", "******** (after)")


def test_a_content_without_one_is_not() -> None:
    assert not carries_secret(content({"kind": "ConfigMap", "data": {"Secret": "no"}}, {**SECRET, "data": {}}))


def test_a_damaged_content_is_taken_for_secret() -> None:
    raw = content(SECRET)
    raw["data"]["content"] = raw["data"]["content"][:-8]
    assert masked(raw)["data"]["content"] == "********"
