# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of a kubeconfig: read whole, with absolute paths, and what one context of it names."""

from __future__ import annotations

import base64
import binascii
import os.path
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_PATHS = (("cluster", ("certificate-authority",)), ("user", ("client-certificate", "client-key", "tokenFile")))


class Malformed(ValueError):
    """Something in a kubeconfig cannot be used; the message shows nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class KubeFile:
    """A kubeconfig and its chosen context. What is malformed stays as it is: the package `kubernetes` says what is wrong.

    :param content: all of it, free to be changed.
    :param cluster: what the context calls its cluster; empty where it names none. So too `user`.
    :param folder: the directory of the file; None for content that came without one.
    """

    content: Any
    cluster: dict[str, Any]
    user: dict[str, Any]
    folder: str | None

    @classmethod
    def read(cls, kubeconfig: str | Mapping[str, Any], context: str | None) -> KubeFile:
        """Read a file, or take the content of one.

        :param context: None for the one that the kubeconfig calls its current one.
        :raises OSError: when the file cannot be read.
        :raises yaml.YAMLError: when it is no YAML.
        """
        import yaml

        if isinstance(kubeconfig, str):
            folder: str | None = os.path.dirname(os.path.abspath(kubeconfig))
            with open(kubeconfig, encoding="utf-8") as file:
                content = yaml.safe_load(file)
        else:
            folder, content = None, deepcopy(dict(kubeconfig))
        if folder is not None:
            _make_absolute(content, folder)
        chosen = _named(content, "context", context or _mapping(content).get("current-context"))
        cluster, user = (_named(content, part, chosen.get(part)) for part in ("cluster", "user"))
        return cls(content, cluster, user, folder)


def take_text(part: dict[str, Any], name: str) -> str | None:
    """Take a text in base64 out of a cluster or user; None where there is none.

    The package `kubernetes` would write it to a file below /tmp, and leave that there when Ansible ends its worker.

    :raises Malformed: when it is no base64 of a text.
    """
    given = part.pop(name, None)
    if not given:
        return None
    try:
        return base64.b64decode(given).decode()
    except (binascii.Error, ValueError, TypeError):
        raise Malformed(f"{name} is no base64 of a text") from None


def _make_absolute(content: Any, folder: str) -> None:
    for part, names in _PATHS:
        for entry in _entries(content, part):
            found = _mapping(entry.get(part))
            for name in names:
                if isinstance(found.get(name), str) and found[name]:
                    found[name] = os.path.join(folder, found[name])


def _named(content: Any, part: str, name: Any) -> dict[str, Any]:
    found = (_mapping(entry.get(part)) for entry in _entries(content, part) if name and entry.get("name") == name)
    return next(found, {})


def _entries(content: Any, part: str) -> Iterator[dict[str, Any]]:
    entries = _mapping(content).get(f"{part}s")
    yield from (entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
