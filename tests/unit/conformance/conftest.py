# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Golden cases: what Clusternet's own code answered, one pytest case each.

A test asks for a file of cases with a marker and gets them one by one as the fixture ``case``::

    @pytest.mark.golden("selection", right_answers=RIGHT_ANSWERS)
    def test_selection(case): ...

- ``only``: a predicate on the recorded case (a mapping), for files that mix several functions.
- ``right_answers``: ``<name>#<digest of the input>`` -> ``(reason, {"output": ...})`` or ``(reason, {"error": ...})``;
  what we answer where we differ from the record on purpose. The digest is there because another folder may use a name
  again. A case marked ``bug`` that no table knows is skipped by name, and the reason tells its key.
- ``rules``: the text of a ``bug`` mark -> a function from the recorded output to the right one, for bugs whose right
  answer can be told without looking at the case.

The folder is ``CONFORMANCE_DIR``, else ``shared/conformance`` beside the checkout. Without it the tests are skipped,
but in CI (``CI=true``) they fail.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

RightAnswers = Mapping[str, tuple[str, Mapping[str, Any]]]
Rules = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Case:
    """One golden case, with our right answer in place of the recorded one where the test's table has one.

    ``error`` is None for a case that has an output. ``marks`` holds what else the record says (``quirk``,
    ``order_unstable``, ``outputs``, ...).
    """

    name: str
    input: Mapping[str, Any]
    output: Any = None
    error: str | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Mapping[str, Any], answer: Mapping[str, Any]) -> Case:
        """Build a case from its record and the answer to expect (``{"output": ...}`` or ``{"error": ...}``)."""
        marks = {key: value for key, value in record.items() if key not in ("name", "input", "output", "error")}
        return cls(record["name"], record["input"], answer.get("output"), answer.get("error"), marks)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of this folder, so that strict marker checking accepts them."""
    config.addinivalue_line("markers", "conformance: compares with the golden cases of Clusternet's own code")
    config.addinivalue_line(
        "markers",
        "golden(file, only=None, right_answers={}, rules={}, decided=()): run for each golden case of the file",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Turn the marker ``golden`` of a test into one pytest case for each golden case."""
    marker = metafunc.definition.get_closest_marker("golden")
    if marker is not None:
        metafunc.parametrize("case", list(_params(*marker.args, **marker.kwargs)), indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every golden test the marker by which ``make conformance`` finds it."""
    for item in items:
        if item.get_closest_marker("golden") is not None:
            item.add_marker(pytest.mark.conformance)


def conformance_dir() -> Path:
    """Where the golden cases are, whether or not the folder exists."""
    named = os.environ.get("CONFORMANCE_DIR")
    return Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "conformance"


def _params(
    file: str,
    *,
    only: Callable[[Mapping[str, Any]], bool] = lambda record: True,
    right_answers: RightAnswers | None = None,
    rules: Rules | None = None,
    decided: Collection[str] = (),
) -> Iterator[Any]:
    path = conformance_dir() / f"{file}.json"
    if not path.is_file():
        yield pytest.param(path, id=f"{file}:absent")
        return
    for record in _records(path):
        if only(record):
            yield _param(file, record, _answer(record, right_answers or {}, rules or {}, decided))


def _answer(
    record: Mapping[str, Any], known: RightAnswers, rules: Rules, decided: Collection[str]
) -> Mapping[str, Any] | None:
    """The answer to expect; None where the record is not it and nobody knows better."""
    if (key := _key(record)) in known:
        return known[key][1]
    if record.get("bug") in rules:
        return {"output": rules[record["bug"]](record["output"])}
    return None if "bug" in record or record.get("quirk") in decided else record


def _param(file: str, record: Mapping[str, Any], answer: Mapping[str, Any] | None) -> Any:
    name = f"{file}:{record['name']}"
    reason = f"{name} records what we answer otherwise, and the test knows no right answer for {_key(record)}"
    skip = (pytest.mark.skip(reason=reason),) if answer is None else ()
    return pytest.param(Case.of(record, answer or record), id=name, marks=skip)


def _key(record: Mapping[str, Any]) -> str:
    text = json.dumps(record["input"], sort_keys=True)
    return f"{record['name']}#{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@cache
def _records(path: Path) -> list[Mapping[str, Any]]:
    records: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return records


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The golden case of this test; skips (in CI: fails) where the folder of cases is absent."""
    value = request.param
    if isinstance(value, Case):
        return value
    message = f"there are no golden cases at {value}; CONFORMANCE_DIR names another folder"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)
