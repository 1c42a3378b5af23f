# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one CustomResourceDefinition knows and another does not: an API server drops fields that its definition lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Raw = Mapping[str, Any]


def unserved_versions(known: Raw, wanted: Raw) -> tuple[str, ...]:
    """The versions that `wanted` serves and `known` does not, in the order of `wanted`."""
    served = _served(known)
    return tuple(name for name in _served(wanted) if name not in served)


def lacking_fields(known: Raw, wanted: Raw) -> tuple[str, ...]:
    """The fields that `wanted` has and `known` lacks, in the versions that both serve, each as a path, sorted.

    Only the topmost field of a part that is missing is named. Where `known` keeps fields that it does not name, none lacks.
    """
    served = _served(known)
    both = ((served[name], schema) for name, schema in _served(wanted).items() if name in served)
    return tuple(sorted({path for old, new in both for path in _lacking(old, new, "")}))


def _served(crd: Raw) -> dict[str, Raw]:
    """The schemas of the versions that are served, by name."""
    versions = (crd.get("spec") or {}).get("versions") or ()
    served = (version for version in versions if version.get("served"))
    return {version["name"]: (version.get("schema") or {}).get("openAPIV3Schema") or {} for version in served}


def _lacking(known: Raw, wanted: Raw, path: str) -> Iterator[str]:
    if known.get("x-kubernetes-preserve-unknown-fields"):
        return
    fields = known.get("properties") or {}
    for name, schema in (wanted.get("properties") or {}).items():
        below = f"{path}.{name}" if path else name
        if name not in fields:
            yield below
        else:
            yield from _lacking(fields[name], schema, below)
    for part, mark in (("items", "[]"), ("additionalProperties", "[*]")):
        # In the place of a schema, `additionalProperties: true` takes anything.
        if isinstance(wanted.get(part), Mapping) and known.get(part) is not True:
            yield from _lacking(known.get(part) or {}, wanted[part], path + mark)
