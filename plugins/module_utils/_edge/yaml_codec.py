# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text formats of the project: the codec of overrides, and YAML files read and written.

Law of the folder: library errors leave here as InvalidInput, naming the file and the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._edge import json_text
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_reader import (
    Node,
    Rules,
    YamlProblem,
    object_name,
    read_all,
    read_first,
)
from ansible_collections.multicluster.apps.plugins.module_utils._edge.yaml_writer import write_for_people, write_like_go
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

MIB: Final = 2**20
# Longer files are refused unread: reading takes three seconds for each ten MiB.
MAX_FILE_BYTES: Final = 64 * MIB
# etcd takes requests up to 1.5 MiB, so no API server could hold a larger object.
MAX_OBJECT_BYTES: Final = 3 * MIB // 2
# YAML may be longer than the JSON of the same object (indentation, comments), but hardly by this factor: reading stops
# here.
_MAX_OBJECT_CHARACTERS: Final = 4 * MIB

_LIKE_GO: Final = Rules()
_OF_USERS: Final = Rules(unique_keys=True, exact_integers=True, max_characters=_MAX_OBJECT_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    :param source: the name of the file, for messages.
    :param line: where the document begins in it, counted from one.
    """

    source: str
    line: int
    value: Any


class GoYaml:
    """The codec of overrides: reads and writes YAML and JSON as the Go libraries do that Clusternet uses.

    All readers raise InvalidInput that says what is wrong and where in the text.
    """

    def parse(self, text: str) -> Any:
        """The value of an override or of a YAML field, as `sigs.k8s.io/yaml` converts it to JSON.

        Only the first document counts; None for text without one.
        """
        try:
            value = read_first(text, _LIKE_GO)
            _refuse_what_json_lacks(value)
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        return value

    def parse_json(self, text: str, *, verbatim: bool = False) -> Any:
        """The value of JSON text.

        :param verbatim: remember the text of each part, so that `render_json` writes untouched parts as they were.
        """
        try:
            return json_text.read_verbatim(text) if verbatim else json_text.read(text)
        except ValueError as error:
            raise InvalidInput(f"no JSON: {error}") from error

    def render_yaml(self, value: Any) -> str:
        """The text that Clusternet writes back into a YAML field."""
        try:
            return write_like_go(value)
        except UnicodeEncodeError as error:
            raise InvalidInput(f"cannot be written as YAML: {error.reason}") from error

    def render_json(self, value: Any) -> str:
        """The text that Clusternet writes back into a JSON field."""
        return json_text.write(value)


def load_documents(content: str | bytes, source: str) -> list[Document]:
    """The documents of a user's YAML or JSON file, without the empty ones.

    :param source: the name of the file, for messages.
    :raises InvalidInput: naming file and line: no UTF-8, no YAML, a key twice in a mapping, aliases that multiply, too
        deeply nested, an object that no API server could hold.
    """
    text = _text(content, source)
    try:
        nodes = _json_document(text) or list(read_all(text, _OF_USERS))
    except YamlProblem as error:
        raise InvalidInput(f"{source}: {error}") from error
    documents = [Document(source, node.line, node.value) for node in nodes if node.value is not None]
    for node in nodes:
        _check_size(node, source)
    return documents


def dump_document(obj: Mapping[str, Any], source: str = "the object") -> str:
    """A document as people read it in Git: `load_documents` gives the same value back.

    `apiVersion`, `kind`, `metadata` come first, and name, namespace, labels, annotations in metadata; all else is
    sorted.

    :raises InvalidInput: for text that is no Unicode and numbers that JSON lacks; `source` names the object.
    """
    try:
        return write_for_people(dict(obj))
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{source}: half of a surrogate pair, which is no text, at {error.object[:40]!r}") from error
    except RecursionError as error:
        raise InvalidInput(f"{source}: nested too deeply") from error
    except ValueError as error:
        raise InvalidInput(f"{source}: {error}") from error


def _text(content: str | bytes, source: str) -> str:
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // MIB
        raise InvalidInput(f"{source}: {len(content) / MIB:.1f} MiB is too much for one file; the limit is {limit} MiB")
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{source}: byte {error.start + 1} is no UTF-8; the file must be YAML in UTF-8") from error


def _json_document(text: str) -> list[Node] | None:
    """JSON read as JSON: it may hold what YAML forbids, such as tabs and surrogate pairs. None: leave it to YAML."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (_NotPlain, ValueError, RecursionError):
        return None
    return [Node(value, 1, len(text), 0)]


class _NotPlain(Exception):
    """JSON that only the YAML reader can judge, with a line in its message."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _NotPlain
    return mapping


def _no_constant(_constant: str) -> Any:
    raise _NotPlain


def _refuse_what_json_lacks(value: Any) -> None:
    """Infinity and NaN are YAML; JSON has no such numbers, and no field of Kubernetes takes them."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise ValueError("infinity and not-a-number are no JSON") from error


def _check_size(node: Node, source: str) -> None:
    """Refuse what no API server could hold; the text's length spares the measuring of all but large objects."""
    if node.characters < MAX_OBJECT_BYTES // 4 and not node.aliased:
        return
    for value in _objects(node):
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        if size > MAX_OBJECT_BYTES:
            raise InvalidInput(
                f"{source}: {object_name(value)} at line {node.line} has {size / MIB:.1f} MiB as JSON; "
                f"Kubernetes stores objects up to {MAX_OBJECT_BYTES / MIB} MiB"
            )


def _objects(node: Node) -> list[Any]:
    """What is stored of a document: of a `List`, as `kubectl get -o yaml` writes it, its items and not itself."""
    value = node.value
    items = value.get("items") if isinstance(value, dict) and value.get("kind") == "List" else None
    # With aliases few characters can make items without end: such a List is held to the size of one object.
    return items if isinstance(items, list) and not node.aliased else [value]
